// Package acceptance judges clouds and gateways with the official SDKs of
// OpenAI, Anthropic, AWS and Azure, as their users have them.
//
// A [Target] is something to be judged: emulated clouds asked directly, or a
// gateway with emulated clouds behind it. A [Client] is an SDK behind one
// interface. [Judge] runs every [Case], unary and streamed, and says which
// failed. What is known not to work stands in a list of gaps with its reason,
// and the list is stale, which is a failure too, as soon as an entry passes.
//
// Every answer's usage is held against the bill of the emulated clouds, to the
// token. The package is a module of its own so that the SDKs stay out of the
// gateway's dependencies. It sees the gateway only over the network.
package acceptance
