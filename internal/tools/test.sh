#!/usr/bin/env bash
# make test: all tests, and one line for each suite that this machine cannot run.
set -euo pipefail
cd "$(dirname "$0")/../.."
go=${GO:-go}

race=()
if command -v "${CC:-cc}" >/dev/null 2>&1; then
	race=(-race)
	export CGO_ENABLED=1
else
	echo "skipped: the race detector (no C compiler)"
fi
"$go" vet ./...
"$go" test "${race[@]}" -shuffle=on ./...

export CGO_ENABLED=0
(cd acceptance && "$go" vet ./... && "$go" test -count=1 ./...)
