# Plain lines; each target says in a sentence what it does.

GO ?= go
export CGO_ENABLED ?= 0
GOLANGCI := github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0
GOVULNCHECK := golang.org/x/vuln/cmd/govulncheck@v1.9.0

.PHONY: all
all: build

## build: the gateway, as one static binary in bin/.
.PHONY: build
build:
	$(GO) build -trimpath -o bin/interline ./cmd/interline

## demo: everything on this machine, without account or key; ^C ends it.
.PHONY: demo
demo: build
	./bin/interline demo

## test: every test, the race detector where a C compiler is present, and the official SDKs against emulators and gateway.
.PHONY: test
test: build
	./internal/tools/test.sh

## race: the tests of the main module with the race detector; needs a C compiler.
.PHONY: race
race:
	CGO_ENABLED=1 $(GO) test -race -shuffle=on ./...

## acceptance: the official SDKs against the emulators, then through the gateway to every place.
.PHONY: acceptance
acceptance: build
	cd acceptance && $(GO) test -count=1 ./...

## bench: CPU per request beside a bare httputil.ReverseProxy (and nginx, where installed) in the same run.
.PHONY: bench
bench: build
	$(GO) build -trimpath -o bin/bench ./bench
	./bin/bench -gateway bin/interline

## microbench: the Go benchmarks of the hot path.
.PHONY: microbench
microbench:
	$(GO) test -run '^$$' -bench . -benchmem ./internal/jsonscan ./protocol/... ./upstream

## fuzz: every fuzz target for FUZZTIME each.
FUZZTIME ?= 30s
.PHONY: fuzz
fuzz:
	./internal/tools/fuzz.sh $(FUZZTIME)

## fuzz-decoders: the decoders of what comes from outside, for FUZZTIME each.
.PHONY: fuzz-decoders
fuzz-decoders:
	./internal/tools/fuzz.sh $(FUZZTIME) protocol catalog internal/jsonscan config upstream seal auth

## fuzz-nightly: ten million inputs for each of these decoders.
.PHONY: fuzz-nightly
fuzz-nightly:
	./internal/tools/fuzz.sh 10000000x protocol catalog internal/jsonscan config upstream seal auth

## generate: what is made from the code: the configuration's schema and the tables in docs/.
.PHONY: generate
generate: build
	./internal/tools/generate.sh

## check: generated files are up to date, modules tidy, code formatted.
.PHONY: check
check: build
	./internal/tools/check.sh

## lint: golangci-lint with the list of .golangci.yml.
.PHONY: lint
lint:
	$(GO) run $(GOLANGCI) run ./...

## vuln: known vulnerabilities in what is linked in, where the database can be reached.
.PHONY: vuln
vuln:
	$(GO) run $(GOVULNCHECK) ./...

## shape: how large the code's functions and files are.
.PHONY: shape
shape:
	@git ls-files '*.go' | xargs wc -l | sort -n | tail -15
	@printf 'test lines per line of code: '; git ls-files '*_test.go' | xargs cat | wc -l | tr '\n' '/'; git ls-files '*.go' | grep -v _test.go | xargs cat | wc -l

## help: this list.
.PHONY: help
help:
	@sed -n 's/^## //p' Makefile
