#!/bin/sh
# Downloads the Go modules that building, testing and `go mod tidy` need and that aren't there, so that no later step depends on the network.
set -eu
cd "$(dirname "$0")/.."
. scripts/retry.sh
needed() { go list -deps -test -tags nolibopusfile,e2e ./... >/dev/null; }
tidy() { # that go.mod isn't tidy is for lint to say
	said=$(go mod tidy -diff 2>&1) || echo "$said" | grep -q '^diff ' || { echo "$said" >&2; return 1; }
}
retry "modules: the download of Go modules" needed
retry "modules: the download of Go modules" tidy
