// Package bedrock emulates Amazon Bedrock's runtime endpoint: Converse,
// ConverseStream in the binary event stream, InvokeModel and its stream for
// Claude, InvokeModel for Titan's and Cohere's embeddings of texts, CountTokens, the OpenAI-compatible path with Chat Completions and
// Responses for the models that have them, and Anthropic's Messages for the
// newest Claude.
//
// It checks AWS Signature Version 4 itself (package sigv4) or a Bedrock API key,
// resolves inference profiles and their ARNs, refuses in AWS's own shape (a
// message in the body, the exception in x-amzn-errortype), and counts usage as
// Bedrock does: cache reads and writes stand beside inputTokens. Limits and
// names are those of the service model of bedrock-runtime (botocore, 2026-08),
// texts follow recorded answers where there are any.
//
// It never thinks for itself: answers come from [core.Core] and say that they
// are emulated. Guardrail definitions, prompt management, S3 sources, video and
// audio, and InvokeModel for other models are not emulated and
// are refused. The other endpoint of Bedrock is package mantle.
package bedrock
