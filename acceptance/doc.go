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
// token, and so is the gateway's own record of the request. What needs no
// translation must have been forwarded.
//
// The gateway is judged as its users run it: a [Program] is the binary, built
// for the purpose or named by the variable INTERLINE_BIN, with a configuration
// file, signals and a log of requests. The package is a module of its own so
// that the SDKs stay out of the gateway's dependencies. It sees the gateway only
// over the network, through its files and by its end.
package acceptance
