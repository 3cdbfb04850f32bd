#!/bin/sh
# Installs a Go tool of a fixed version into .tools/bin unless it is there.
# Usage: scripts/tool.sh PACKAGE VERSION
set -eu
cd "$(dirname "$0")/.."
. scripts/retry.sh
package=$1
version=$2
name=${package##*/}
stamp=.tools/bin/.$name-$version
[ -x ".tools/bin/$name" ] && [ -e "$stamp" ] && exit 0
mkdir -p .tools/bin
echo "tools: building $name $version"
retry "tools: the download of $name" env GOFLAGS= GOBIN="$PWD/.tools/bin" go install "$package@$version"
rm -f ".tools/bin/.$name-"*
touch "$stamp"
