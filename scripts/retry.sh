#!/bin/sh
# To be sourced. retry LABEL COMMAND...: runs a command that needs the network, up to four times with growing pauses; it must be one that may
# be repeated.
retry() {
	label=$1
	shift
	for pause in 3 10 30 ''; do
		"$@" && return 0
		code=$?
		[ -n "$pause" ] || break
		echo "$label: failed with exit code $code; again in $pause seconds" >&2
		sleep "$pause"
	done
	echo "$label: failed four times. Is the network there, and are its proxies set? ($*)" >&2
	return "$code"
}
