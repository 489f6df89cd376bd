// Package azure emulates Azure OpenAI at the wire: the dated surface
// (/openai/deployments/{deployment}/…?api-version=) and the v1 surface
// (/openai/v1/…), with keys and Entra tokens, Azure's errors, its content
// filter's annotations, and an Entra token endpoint of its own. It never calls
// Azure and never says that an answer came from there.
//
// A deployment is a name for a base model; bodies on the v1 surface name the
// deployment, paths on the dated surface do, and answers name the base model
// with its date. Claude is served as Foundry does, below /anthropic/v1, where a
// model is the name of a deployment as well. What follows the Azure OpenAI reference was
// read in 2026-11.
package azure
