#!/bin/sh
# Fails if gofumpt would change a Go file, and names the files.
set -eu
cd "$(dirname "$0")/.."
# shellcheck disable=SC2016 # the inner shell expands it
bad=$(git ls-files -z --cached --others --exclude-standard '*.go' | xargs -0 sh -c 'for f; do [ -e "$f" ] && printf "%s\0" "$f"; done' sh | xargs -0 -r .tools/bin/gofumpt -l)
[ -z "$bad" ] || {
	printf 'Not formatted (make format does it):\n%s\n' "$bad" >&2
	exit 1
}
