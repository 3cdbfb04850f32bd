#!/bin/sh
# Runs npm in web/ui with a Node.js that is new enough.
# Usage: scripts/ui.sh build|check
# Distributions carry older ones: then Node.js comes as an npm package into .tools.
set -eu
cd "$(dirname "$0")/.."
. scripts/retry.sh

new_enough() { node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)'; }

if ! new_enough; then
	if [ ! -x .tools/node/node_modules/node/bin/node ]; then
		echo "ui: this machine's Node.js $(node --version) is too old for the build of the pages; fetching one into .tools"
		retry "ui: the download of Node.js" npm install --loglevel=error --no-save --prefix .tools/node node@22 </dev/null >/dev/null
	fi
	PATH=$PWD/.tools/node/node_modules/node/bin:$PATH
	export PATH
	new_enough || { echo "ui: Node.js 20.19 or newer is needed to build the pages" >&2; exit 1; }
fi

# A lock file that was written where a registry lacks the optional binaries of other platforms is not whole to npm ci; npm install
# takes what the lock file pins and looks up only the rest.
dependencies() {
	npm ci --silent --no-audit --no-fund </dev/null >/dev/null 2>&1 ||
		npm install --no-save --loglevel=error --no-audit --no-fund </dev/null >/dev/null
}

cd web/ui
if [ ! -e node_modules/.package-lock.json ] || [ -n "$(find package-lock.json -newer node_modules/.package-lock.json)" ]; then
	retry "ui: the download of the pages' packages" dependencies
	touch node_modules/.package-lock.json
fi
case ${1:-} in
build)
	npm run --silent build -- --logLevel warn </dev/null
	touch dist/.keep dist/index.html
	;;
check) npm run --silent check </dev/null ;;
*)
	echo "usage: $0 build|check" >&2
	exit 2
	;;
esac
