// Package chat is the emulated side of OpenAI's Chat Completions, Embeddings and
// Responses, as OpenAI, Azure, both endpoints of Bedrock and Google's
// OpenAI-compatible doors serve them, each as far as it does. It reads a request,
// checks it as strictly as the cloud does, lets the model of package core
// answer, and writes the answer whole or as a stream of chunks.
//
// What differs between the clouds (who may call, which models there are,
// how errors look, which headers go along, Azure's content filter) comes from
// the caller in a [Dialect] and a [Model]. The package knows no credentials and
// routes no URLs.
//
// Field names and rules follow OpenAI's API reference and openai-go v3.96.0
// (2026-11); messages of errors follow recorded answers where there were any.
// Not emulated, and refused with a 400 that says so: functions and
// function_call (the predecessors of tools), sound in a question or other than
// wav and samples in an answer, prediction, moderation, web search and, but for
// Responses, custom tools; and of Responses: background and conversations, prompts,
// compaction and hosted tools, of which a few may be declared and are never called.
// Truncation is accepted and never happens: an input that is too long is refused. A
// stored response is kept in memory, on a [Shelf] that forgets the oldest.
package chat
