#!/usr/bin/env bash
# Runs every fuzz target of the module, each for a number of inputs, so that a slow machine tests as much as a fast one; what fails is kept in
# testdata/fuzz of its package, where every later `go test` tries it again.
# Usage: scripts/fuzz.sh [TARGET…]
#   FUZZTIME=3000x   how long each target runs: inputs (3000x) or time (2m)
set -euo pipefail
cd "$(dirname "$0")/.."

export GOFLAGS=${GOFLAGS:--tags=nolibopusfile}
time=${FUZZTIME:-3000x}
log=$(mktemp)
trap 'rm -f "$log"' EXIT
failed=()
mapfile -t targets < <(git ls-files -z '*_test.go' | xargs -0 sed -nE '/^func Fuzz/{F;s/^func (Fuzz[A-Za-z0-9_]*)\(.*/\1/p}' | paste - - | sort)
for target in "${targets[@]}"; do
	read -r file name <<<"$target"
	package=$(dirname "$file")
	if [ $# -gt 0 ] && [[ " $* " != *" $name "* ]]; then
		continue
	fi
	echo "fuzz: $package $name"
	if ! go test "./$package" -run '^$' -fuzz "^$name\$" -fuzztime "$time" >"$log" 2>&1; then
		cat "$log"
		failed+=("$package:$name")
	fi
done
if [ ${#failed[@]} -gt 0 ]; then
	echo "fuzz: failed: ${failed[*]}" >&2
	exit 1
fi
