// Package core is what the emulated clouds have in common: a model that always
// gives the same answer to the same prompt, a real tokenizer, prompt caches,
// quotas, a bill, a pace, and drills (faults ordered in advance).
//
// It speaks no cloud's language. A dialect package (openai, azure, anthropic,
// claudeaws, bedrock, mantle, gemini, vertex) reads its own request, checks it as that cloud would, says what was
// asked as a [Prompt], and writes the [Reply] in its own words. It never calls
// a real cloud, and it never pretends to be one: every answer says that it is
// emulated, and every response carries the header x-emulated-by.
//
// One request goes through four steps:
//
//	x, ok := c.Enter(place, w, r)        // takes the fault ordered for this request
//	grant := c.Quota.Admit(pool, tokens) // 429 in the dialect's words when refused
//	reply := c.Complete(scope, prompt, rule)
//	c.Deliver(x, ...) or x.Stream(...)   // paced, booked, and broken where a drill says so
//
// A whole answer is on the bill before it is sent. A stream is booked by the
// [Tab] of [Core.Open]: before its last event, or when it breaks off, from
// [Stream.OnBreak] and in a deferred call, since over HTTP/2 a drill that resets
// the stream leaves the handler by a panic with http.ErrAbortHandler.
//
// Everything here is safe for concurrent use unless it says otherwise.
package core
