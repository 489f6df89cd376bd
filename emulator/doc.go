// Package emulator runs emulated AI clouds on this machine: OpenAI, Azure (OpenAI
// and Claude), both endpoints of Amazon Bedrock, Anthropic, the Claude Platform on
// AWS, the Gemini API and Vertex AI, each at its own address, speaking its own
// wire protocol with its own authentication, errors, limits and streams.
// It is meant for tests and demonstrations, in this project and in yours.
//
//	run, err := emulator.Start(ctx, emulator.Options{})
//	...
//	defer run.Close(context.Background())
//	openai := run.Place("openai")       // its URL and its key
//	run.Drills().Add(core.Drill{Target: "openai", Kind: core.Down, Count: 3})
//
// # What is answered
//
//	openai     /v1/chat/completions, responses, embeddings, files, moderations,
//	           images/generations, audio/transcriptions, models
//	azure      chat, responses and embeddings below /openai/v1/, and dated
//	           below /openai/deployments/{name}/; Claude below /anthropic/v1/;
//	           Entra's token endpoint
//	bedrock    /model/{id}/converse, converse-stream, count-tokens,
//	           /model/{id}/invoke for Claude, Titan and Cohere, and
//	           invoke-with-response-stream for Claude; chat/completions and
//	           responses below /openai/v1/; /anthropic/v1/messages
//	mantle     chat/completions and responses below /openai/v1/ and /v1/,
//	           /v1/models; Claude below /anthropic/v1/
//	anthropic  /v1/messages, /v1/messages/count_tokens, /v1/models
//	claudeaws  the same, for a workspace and with AWS signatures
//	gemini     /v1beta/models/{m}:generateContent, streamGenerateContent,
//	           countTokens, embedContent, batchEmbedContents, /v1beta/models;
//	           chat/completions and embeddings below /v1beta/openai/
//	vertex     the same below /v1/projects/{p}/locations/{l}/publishers/google/,
//	           rawPredict and streamRawPredict for Claude, predict for
//	           embeddings, endpoints/openapi; Google's token endpoints
//
// Answers follow from the prompt, so that a test can foresee them (see
// [core.Think]): a prompt is answered with a sentence that ends with its last
// line; "write 200 words" with 200 words; a prompt that names declared tools,
// as get_weather("Bern") does, with calls of them; tool results are quoted,
// pictures measured, and a JSON schema is filled in. The same seed and prompt
// give the same answer, whole or streamed.
//
// # From other languages
//
// Everything but starting is HTTP. A test in any language starts a process that
// calls Start (such as the command "interline emulate"), points its client at
// the place's address with the place's plainly fake credentials, and speaks to
// the control interface on loopback:
//
//	GET /places        addresses and credentials of every place
//	POST /drills       order a fault; answers 201 with its id
//	GET /drills        the faults that are not yet over
//	DELETE /drills     end all faults; DELETE /drills/{id} ends one
//	GET /bill          what would be charged for; ?place=azure for one place
//	DELETE /bill       forget the bill
//
// A fault, for the next two requests to Azure, and one that breaks every stream
// of Bedrock off after ten events for a minute:
//
//	curl $CONTROL/drills -d '{"target":"azure","kind":"throttle","count":2}'
//	curl $CONTROL/drills -d '{"target":"bedrock","kind":"cut","after":10,"for":"1m"}'
//
// The kinds are down, hang, throttle, overload, status (with "status"), auth,
// content-filter and garbage before an answer, and slow (with "delay"), stall,
// cut, eof, error and corrupt within one. Refusals come in the words of the
// cloud that is drilled.
//
// The bill has a row for every request a real cloud would charge for, with its
// tokens: input with cache reads and writes in it, output with reasoning in it.
// An answer that broke off is charged for what was said of it and has "cut". A
// row is there before a caller can have the end of the answer, so a test may
// compare at once:
//
//	curl $CONTROL/bill?place=azure
//	{"total":{"input":11,...},"rows":[{"place":"azure","model":"gpt-4.1",...}]}
//
// Some clients send some credentials over TLS only: AWS's do so with bearer
// tokens, azidentity with everything. Each place's secure_url and authority are
// for them; their certificate is written to Options.CertificateFile.
//
// # What it is not
//
// The emulators are honest: answers say that they are emulated, every response
// carries x-emulated-by, credentials are plainly fake, and no cloud is ever
// called. They listen on loopback addresses only. The package imports nothing
// of the rest of this project, so that it can judge it.
package emulator
