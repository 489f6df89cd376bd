#!/usr/bin/env bash
# make generate: files that are made from the code. They are committed, and
# `make check` fails when they are not what this writes.
set -euo pipefail
cd "$(dirname "$0")/../.."
./bin/interline config schema >docs/config.schema.json
"${GO:-go}" test ./internal/matrix -run TestPageIsCurrent -update >/dev/null
