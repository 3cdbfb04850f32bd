#!/usr/bin/env bash
# Runs every fuzz target of the module, each for a number of inputs, so that a slow machine tests as much as a fast one; what fails is kept in
# testdata/fuzz of its package, where every later `go test` tries it again.
# Usage: scripts/fuzz.sh [TARGET…]
#   FUZZTIME=3000x   how long each target runs: inputs (3000x) or time (2m)
set -euo pipefail
cd "$(dirname "$0")/.."

time=${FUZZTIME:-3000x}
wanted=" $* "
failed=()
log=$(mktemp)
trap 'rm -f ""' EXIT
packages=$(git ls-files '*_test.go' | xargs grep -l '^func Fuzz' | xargs -n1 dirname | sort -u)
for package in $packages; do
	for target in $(sed -nE 's/^func (Fuzz[A-Za-z0-9_]*)\(.*/\1/p' "$package"/*_test.go); do
		if [ $# -gt 0 ] && [[ $wanted != *" $target "* ]]; then
			continue
		fi
		echo "fuzz: $package $target"
		if ! go test "./$package" -run '^$' -fuzz "^$target\$" -fuzztime "$time" >"$log" 2>&1; then
			cat "$log"
			failed+=("$package:$target")
		fi
	done
done

if [ ${#failed[@]} -gt 0 ]; then
	echo "fuzz: failed: ${failed[*]}" >&2
	exit 1
fi
