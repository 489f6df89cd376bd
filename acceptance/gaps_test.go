package acceptance

// directGaps are what does not work between an SDK and the cloud it is made for.
func directGaps(seats []Seat) []Gap {
	gaps := []Gap{
		{"openai-go/bedrock", "bedrock chat, signed, sol", "", "stop sequence", noStop},
		{"openai-go/bedrock", "bedrock chat, bearer, sol", "", "stop sequence", noStop},
		{"bedrockruntime", "converse, signed, sol", "", "stop sequence", noStop},
		{"bedrockruntime", "converse, signed, sol", "", "document", noDocuments},
		{"bedrockruntime", "converse, signed, nova", "", "schema", noSchema},
		{"bedrockruntime", "converse, signed, sonnet 5", "", "schema", noSchemaNew},
		{"anthropic-sdk-go/bedrock", "bedrock invoke, signed, sonnet 5", "", "schema", noSchemaNew},
	}
	for _, s := range seats {
		gaps = append(gaps, Gap{s.Kind.Name, s.Target.Name, "streamed", "ended early", unnoticed})
	}
	return gaps
}

const (
	noStop      = "Bedrock takes no stop sequences for OpenAI's models since gpt-5.6 (probed, 2026-08)"
	noDocuments = "Converse takes no documents for OpenAI's models"
	noWord      = "Responses has no stop sequences"
	noSchema    = "Nova answers no schema on Converse; a forced tool is the way"
	noSchemaNew = "Bedrock refuses a schema for the newest Claude models (probed, 2026-08); a forced tool is the way"
	// The answer then has no reason why it ended, which is all that tells.
	unnoticed = "the SDK takes the polite end of a connection for the end of the answer"
)

// gatewayGaps are what does not work through the gateway. seats are those of the
// model that is judged.
func gatewayGaps(seats []Seat) []Gap {
	var gaps []Gap
	for _, s := range seats {
		if s.Kind.Language == responsesAPI {
			gaps = append(gaps, Gap{s.Kind.Name, s.Target.Name, "", "stop sequence", noWord})
		}
		if m := s.Door.Model; m == "bedrock-sol" || m == "bedrock-chat" && s.Kind.Language == converseAPI {
			gaps = append(gaps, Gap{s.Kind.Name, s.Target.Name, "", "document", noDocuments})
		}
		if m := s.Door.Model; asksCites(s) && m == "bedrock-sol" {
			gaps = append(gaps, Gap{s.Kind.Name, s.Target.Name, "", "citations", noDocuments})
		}
		switch model := s.Door.Model; {
		case (model == "bedrock-chat" || model == "bedrock-sol" || model == "mantle-gpt") && s.Kind.Language != responsesAPI:
			gaps = append(gaps, Gap{s.Kind.Name, s.Target.Name, "", "stop sequence", noStop})
		}
	}
	return gaps
}
