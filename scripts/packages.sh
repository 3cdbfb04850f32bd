#!/bin/sh
# Installs the Debian or Ubuntu packages that are missing, or says which command does it.
# Usage: scripts/packages.sh run|test
# run: what building and running needs; test: also the test's peers. Quiet, and without root, when everything is there.
set -eu
cd "$(dirname "$0")/.."
. scripts/retry.sh

what=${1:-run}
missing=

need() { # need PACKAGE COMMAND...: the command succeeds when the package is there
	package=$1
	shift
	"$@" >/dev/null 2>&1 || missing="$missing $package"
}
has() { command -v "$1"; }
opus() { pkg-config --exists opus; }
mp3() { sox --help | grep -q '^AUDIO FILE FORMATS:.* mp3 '; }
browser() { has chromium || has chromium-browser || has google-chrome; }
chromium_package() {
	if grep -q '^ID=ubuntu' /etc/os-release 2>/dev/null; then echo chromium-browser; else echo chromium; fi
}

if ! has go >/dev/null; then
	echo "packages: Go 1.26 or newer is needed and not in PATH." >&2
	exit 1
fi

need gcc has gcc
need pkg-config has pkg-config
need libopus-dev opus
need espeak-ng has espeak-ng
need ffmpeg has ffmpeg
need sox has sox
need libsox-fmt-mp3 mp3
need nodejs has node
need npm has npm
case $what in
run) ;;
test)
	need sip-tester has sipp
	need iproute2 has ip
	need nftables has nft
	need coturn has turnserver
	need "$(chromium_package)" browser
	need shellcheck has shellcheck
	need baresip-core has baresip
	need kamailio has kamailio
	need openssh-server test -x /usr/sbin/sshd
	need mecab has mecab
	need mecab-ipadic-utf8 test -e /var/lib/mecab/dic/ipadic-utf8
	;;
*)
	echo "usage: $0 run|test" >&2
	exit 2
	;;
esac

[ -n "$missing" ] || exit 0

# shellcheck disable=SC2086 # a list of words
set -- $missing
if ! has apt-get >/dev/null; then
	echo "packages: missing, by their Debian names: $*. Install them with this machine's package manager." >&2
	exit 1
fi
if [ "$(id -u)" = 0 ]; then
	as=
elif has sudo >/dev/null && { sudo -n true 2>/dev/null || { [ -t 0 ] && [ -z "${CI:-}" ]; }; }; then
	as=sudo
else
	echo "packages: missing: $*. As root, this installs them:" >&2
	echo "  apt-get update && apt-get install -y --no-install-recommends $*" >&2
	exit 1
fi
echo "packages: installing $*"
retry "packages: the update of the package lists" $as apt-get update -qq </dev/null
retry "packages: the installation" $as env DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends "$@" </dev/null
