package acceptance

// directGaps are what does not work between an SDK and the cloud it is made for.
func directGaps(seats []Seat) []Gap {
	gaps := []Gap{
		{"openai-go/bedrock", "bedrock chat, signed, sol", "", "stop sequence", noStop},
		{"openai-go/bedrock", "bedrock chat, bearer, sol", "", "stop sequence", noStop},
		{"bedrockruntime", "converse, signed, sol", "", "stop sequence", noStop},
		{"bedrockruntime", "converse, signed, nova", "", "schema", noSchema},
	}
	for _, s := range seats {
		gaps = append(gaps, Gap{s.Kind.Name, s.Target.Name, "streamed", "ended early", unnoticed})
	}
	return gaps
}

const (
	noStop   = "Bedrock takes no stop sequences for OpenAI's models since gpt-5.6 (probed, 2026-08)"
	noSchema = "Nova answers no schema on Converse; a forced tool is the way"
	// The answer then has no reason why it ended, which is all that tells.
	unnoticed = "the SDK takes the polite end of a connection for the end of the answer"
)
