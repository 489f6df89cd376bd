// Package gemini emulates Google's generateContent language at the wire, and the
// Gemini API as a place that speaks it: unary and streamed answers, token
// counts, embeddings, the list of models, and the OpenAI-compatible door. The
// same language on Vertex AI is served by package vertex, which adds Google
// Cloud's addresses and credentials. Neither ever calls Google.
//
// A request is read twice: as Google's HTTP front end reads it, against the
// fields of a protobuf message (package form), and then as the service does,
// against the rules of turns, tools, media and the model. Field names and rules
// follow the definitions of 2026-10 and genai v1.77.0; the words of refusals
// follow recorded or published ones where there were any.
//
// Not emulated, and refused with a 400 that says so: built-in tools, cached
// contents other than the implicit cache, other modalities than text,
// continuation tokens, Model Armor and the enum answer format.
// Files are not stored: a file by URI is known by its address only.
package gemini
