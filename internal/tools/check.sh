#!/usr/bin/env bash
# make check: what must be true of a commit beside its tests.
set -euo pipefail
cd "$(dirname "$0")/../.."
go=${GO:-go}
failed=0

unformatted=$(git ls-files '*.go' | xargs gofmt -l)
if [ -n "$unformatted" ]; then
	echo "not formatted: $unformatted"
	failed=1
fi
for dir in . acceptance; do
	if ! (cd "$dir" && "$go" mod tidy -diff >/dev/null); then
		echo "go.mod or go.sum in $dir is not tidy: run go mod tidy"
		failed=1
	fi
done
before=$(git ls-files -z docs | xargs -0 cat | cksum)
./internal/tools/generate.sh
after=$(git ls-files -z docs | xargs -0 cat | cksum)
if [ "$before" != "$after" ]; then
	echo "generated files were not up to date: run make generate and commit"
	failed=1
fi
exit $failed
