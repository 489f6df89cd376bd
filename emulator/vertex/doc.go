// Package vertex emulates Vertex AI as a place: Google Cloud's addresses and
// credentials around the languages its models speak. Gemini answers
// generateContent (package gemini), Claude answers rawPredict (package
// anthropic), and Gemini and open weights answer the OpenAI-compatible door
// (package chat). It never calls Google.
//
// Callers come with an access token, which the place's own authority issues: for
// a JWT that the service account signed, for a subject token of workload
// identity federation, or for another access token by impersonation. In express
// mode, without a project in the path, an API key will do.
//
// A credential file names the authority's address, which is not known before it
// listens. So the files among the place's credentials have [AnyAuthority] in its
// place, and [File] puts the address in:
//
//	place := run.Place("vertex")
//	file, err := vertex.File("service_account", place.Credentials, place.Authority, "")
//
// The files are for golang.org/x/oauth2/google, cloud.google.com/go/auth and
// their like in other languages, where replacing a string does the same. Their
// client must trust emulator.Running.CertificatePEM.
package vertex
