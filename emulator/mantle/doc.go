// Package mantle emulates Amazon Bedrock's other endpoint, bedrock-mantle, which
// speaks only its vendors' languages: Chat Completions and Responses, each below
// one of two prefixes, and Anthropic's Messages.
//
//	/openai/v1/chat/completions, responses     OpenAI's frontier models, Grok, Gemma 4
//	/v1/chat/completions, responses, models    gpt-oss, and families with Chat only
//	/anthropic/v1/messages, count_tokens       Claude, by its bare id
//
// A model is served below its own prefix only. It is called with an AWS
// signature for bedrock-mantle or bedrock, or with a Bedrock API key. The facts
// are those of probes and recorded answers (2026-08) and of openai-go v3.96.0
// and anthropic-sdk-go v1.84.0.
//
// Not emulated: server tools, background responses and batches, which are
// refused; projects, whose headers are accepted and ignored. The frames of a
// streamed response have their data before their event, as recorded.
package mantle
