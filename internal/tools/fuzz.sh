#!/usr/bin/env bash
# make fuzz: every fuzz target for the time given (30s), or that many inputs
# (10000000x), one after the other; of the packages given, or all.
set -euo pipefail
cd "$(dirname "$0")/../.."
time=${1:-30s}
shift || true
grep -rlE '^func Fuzz' --include='*_test.go' "${@:-.}" | sort | while read -r file; do
	grep -oE '^func Fuzz[A-Za-z0-9_]+' "$file" | awk '{print $2}' | while read -r target; do
		echo "== $(dirname "$file") $target"
		go test -run '^$' -fuzz "^$target\$" -fuzztime "$time" -fuzzminimizetime 20x "./$(dirname "$file")" </dev/null
	done
done
