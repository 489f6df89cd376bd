package protocol

// The APIs that are forwarded below their roots, whatever the path: each is a
// vendor's whole HTTP interface, of which the languages are the parts that are
// understood.
const (
	APIOpenAI    = "openai"    // below /v1, and Azure's below /openai
	APIAnthropic = "anthropic" // below /v1
	APIBedrock   = "bedrock"   // the runtime's own paths
	APIGemini    = "gemini"    // below /v1beta
	APIVertex    = "vertex"    // below a version, project and location
)
