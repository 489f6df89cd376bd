// Package anthropic emulates Anthropic's first-party API: Messages, unary and
// streamed, token counting, and the list of models.
//
// It reads a request as strictly as the API does, refuses in the API's own
// error bodies what the API refuses (order of tool results, thinking budgets,
// sampling on newer models, fields that do not exist), seals its thinking and
// checks the seal when it comes back, reports prompt-cache reads and writes by
// lifetime, and enforces limits with the API's rate-limit headers. The facts
// are those of the Messages documentation, anthropic-sdk-go v1.84.0 and recorded
// exchanges (2026-11).
//
// Other clouds that serve the API at doors of their own ask [Serve], and those
// that put its body into an envelope of their own ask [Accept]; what they do
// without is data in a [Host] or a [Hosting].
//
// It never thinks for itself: the answers come from [core.Core] and say that
// they are emulated. It fetches nothing, so images and documents given by URL
// are counted by rule, and it runs no server tools: a request that asks for
// them is refused.
package anthropic
