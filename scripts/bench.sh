#!/usr/bin/env bash
# Measures what a call costs: the media engine in virtual time, then the whole server over loopback sockets with a load generator.
# Usage: scripts/bench.sh [engine|server|rate|overload|leak]
#   rate                 calls set up and torn down, RATE=500 a second for a minute: none may fail. Ports rest for 10 s here (listen.rtp_rest)
#   overload             RATE=250 calls a second for 40 s, while other programs take four fifths of the server's core: what it can't bear it must refuse
#   leak                 100,000 calls through the server, which must leave no goroutine, descriptor or memory behind: seven minutes
#   LOADGEN=DIR|BINARY   the generator: its sources or itself (../shared/loadgen); without one only the engine is measured
#   WINDOW=8s            length of each of the three windows, whose medians are printed
#   CALLS=200            how many calls the relay is measured with
#   LEAK=100000 RATE=250 how many calls leak makes, and how many a second: RTP ports rest for 30 s, so 16,000 of them bear no more
#   HOGS=4               how many programs take the server's core in overload
#   BOOST=1              real-time priority for all that is measured (needs root): where other work shares the machine
# Takes less than ten minutes. Needs two cores, and the ports of examples/loadtest.yml, 2223, 5180, 5190, 6060 and 20000-31999 free on 127.0.0.1. The floor
# needs a C compiler.
set -euo pipefail
cd "$(dirname "$0")/.."

what=${1:-all}
loadgen=${LOADGEN:-../shared/loadgen}
window=${WINDOW:-8s}
calls=${CALLS:-200}
work=$(mktemp -d)
server=
floor=
hogs=

cleanup() {
	for p in $server $floor $hogs; do
		kill "$p" 2>/dev/null || true
		wait "$p" 2>/dev/null || true
	done
	rm -rf "$work"
}
trap cleanup EXIT
trap 'exit 130' INT TERM

now() { date +%s%N; }

engine() {
	echo "The engine in virtual time (go test -bench in media):"
	timeout -k 5 240 go test -run '^$' -bench . -benchtime 1s ./media | grep -E '^(Benchmark|cpu:)' | sed 's/^Benchmark//'
	echo "A freed agent's next call, 500 agents, 2,000 waiting calls, 50 queues (go test -bench FreedAgent ./routing/floor):"
	timeout -k 5 120 go test -run '^$' -bench FreedAgent -cpu 1 -benchtime 300x ./routing/floor | grep -E '^Benchmark' | sed 's/^Benchmark//'
	echo "Calls through the B2BUA, over a network in memory (go test -bench Setup ./internal/bench):"
	timeout -k 5 120 go test -run '^$' -bench Setup -benchtime 5000x ./internal/bench | grep -E '^Benchmark' | sed 's/^Benchmark//'
	echo
}

# build makes the server and the generator.
build() {
	go build -o "$work/mediasrv" ./cmd/mediasrv
	if [ -f "$loadgen" ]; then
		cp "$loadgen" "$work/loadgen"
	else
		cp -r "$loadgen" "$work/src"
		chmod -R u+w "$work/src"
		(cd "$work/src" && GOFLAGS='' GOWORK=off go build -o "$work/loadgen" .)
	fi
	printf '%s\r\n' 'OPTIONS sip:x@127.0.0.1 SIP/2.0' 'Via: SIP/2.0/UDP 127.0.0.1:9;branch=z9hG4bKbench;rport' 'Max-Forwards: 70' \
		'From: <sip:b@127.0.0.1>;tag=b' 'To: <sip:x@127.0.0.1>' 'Call-ID: bench' 'CSeq: 1 OPTIONS' 'Content-Length: 0' '' >"$work/options"
	if command -v cc >/dev/null; then
		cc -O2 -o "$work/floor" scripts/floor/floor.c
	fi
	sed "s#^data_dir:.*#data_dir: $work/data#" examples/loadtest.yml >"$work/loadtest.yml"
}

# first_answer waits for a server's answer to OPTIONS and prints how long that took, ms.
first_answer() {
	local began=$1
	while :; do
		if [ $((($(now) - began) / 1000000)) -gt 20000 ]; then
			cat "$work/log" >&2
			echo "bench: the server doesn't answer" >&2
			return 1
		fi
		exec 3<>/dev/udp/127.0.0.1/5060
		# One write is one datagram. Each is a request of its own, since an answer goes to where the first one came from.
		if sed "s/bench/$RANDOM$RANDOM/" "$work/options" >&3 2>/dev/null && [ "$(timeout 0.1 head -c 7 <&3 2>/dev/null)" = SIP/2.0 ]; then
			exec 3>&-
			echo $((($(now) - began) / 1000000))
			return
		fi
		exec 3>&-
	done
}

start() {
	local began
	began=$(now)
	taskset -c 0 "$work/mediasrv" run --profile 127.0.0.1:6060 "$work/loadtest.yml" >"$work/log" 2>&1 &
	server=$!
	started=$(first_answer "$began")
	boost "$server"
}

stop() {
	kill "$server"
	wait "$server" || true
	server=
}

# memory is the server's, MB.
memory() { awk '/^VmRSS/ {printf "%.0f", $2 / 1024}' "/proc/$server/status"; }

# boost gives all threads of a process real-time priority, if that is asked for.
boost() { if [ -n "${BOOST:-}" ]; then chrt -a -r -p 10 "$1"; fi; }

# generate runs the generator on the other core and prints its summary.
generate() {
	timeout -k 5 "${LIMIT:-240}" taskset -c 1 nice -n "${NICE:-0}" "$work/loadgen" ${BOOST:+-rt} -warm 3s -window "$window" -windows 3 "$@" | tail -n 1 || true
}

# field takes a value out of a summary: field loss SUMMARY.
field() { sed -nE "s/.*[ (]$1=(-?[0-9.]+).*/\1/p" <<<"$2"; }

# row measures calls that are up and prints a line of the table: row NAME CALLS ARGUMENTS.
row() {
	local name=$1 n=$2 s
	shift 2
	s=$(generate -target 127.0.0.1:5060 -pid "$server" -calls "$n" -rate 50 "$@")
	printf '%-34s %5s/%-5s %8s %8s %9s %9s %10s\n' "$name" "$(field ok "$s")" "$n" "$(field per-call "$s")" "$(field loss "$s")" \
		"$(field 'lat p50' "$s")" "$(field 'lat p50=[0-9.]+ p99' "$s")" "$(sed -nE 's/.*\(\+-?(-?[0-9]+) KB.*/\1/p' <<<"$s")"
}

# bottom measures a relay in C that does nothing else, in the place of the server: bottom NAME CALLS [PUMP].
bottom() {
	local name=$1 n=$2 s
	shift 2
	taskset -c 0 "$work/floor" 2223 "$@" &
	floor=$!
	boost "$floor"
	s=$(generate -mode ng -target 127.0.0.1:2223 -pid "$floor" -calls "$n" -rate 200)
	kill "$floor"
	wait "$floor" || true
	floor=
	printf '%-34s %5s/%-5s %8s %8s %9s %9s\n' "$name" "$(field ok "$s")" "$n" "$(field per-call "$s")" "$(field loss "$s")" \
		"$(field 'lat p50' "$s")" "$(field 'lat p50=[0-9.]+ p99' "$s")"
}

# burst measures setup and teardown at a rate.
burst() {
	local rate=$1 s
	s=$(generate -target 127.0.0.1:5060 -pid "$server" -mode cps -number 9 -calls $((rate * 5)) -rate "$rate")
	printf '%-34s %5s/%-5s %8s ms CPU a call, setup p50 %s, p99 %s ms\n' "set up and torn down, $rate/s" "$(field ok "$s")" "$((rate * 5))" \
		"$(field 'cpu.call' "$s")" "$(field 'setup p50' "$s")" "$(field 'setup p50=[0-9.]+ p99' "$s")"
}

whole() {
	build
	echo "The server over loopback, on core 0 alone (examples/loadtest.yml); the generator is on core 1. Medians of 3 windows of $window."
	start
	echo "first start to first answer: $started ms"
	stop
	start
	sleep 12 # memory of the start is given back in the first calm
	echo "second start to first answer: $started ms; idle: $(memory) MB"
	echo
	printf '%-34s %11s %8s %8s %9s %9s %10s\n' '' 'calls up' '% core' 'loss %' 'p50 ms' 'p99 ms' 'KB a call'
	s=$(generate -target 127.0.0.1:5190 -calls 100 -rate 100 -windows 1)
	printf '%-34s %5s/%-5s %8s %8s %9s %9s\n' 'floor: no server' "$(field ok "$s")" 100 - "$(field loss "$s")" "$(field 'lat p50' "$s")" "$(field 'lat p50=[0-9.]+ p99' "$s")"
	if [ -x "$work/floor" ]; then
		bottom 'floor: a relay in C, as they come' "$calls"
		bottom 'floor: a relay in C, every 5 ms' "$calls" 5000
	else
		echo 'no C compiler: the floor is not measured'
	fi
	row 'G.711 relayed' "$calls" -number 9
	row 'G.711 relayed, more' 350 -number 9
	row 'G.711 with Opus' 50 -number 4 -codec-b opus
	row 'G.711 with G.722' 50 -number 5 -codec-b G722
	row 'relayed and recorded' 100 -number 7
	row 'waiting with music' 200 -mode moh -number 3
	for rate in 200 400 800; do
		burst "$rate"
	done
	echo "memory after all: $(memory) MB"
}

# held prints what the server holds: goroutines, descriptors, resident memory in MB.
held() {
	local goroutines
	exec 3<>/dev/tcp/127.0.0.1/6060
	printf 'GET /debug/pprof/goroutine?debug=1 HTTP/1.0\r\n\r\n' >&3
	goroutines=$(sed -nE 's/^goroutine profile: total ([0-9]+).*/\1/p' <&3)
	exec 3>&-
	echo "$goroutines $(find "/proc/$server/fd" -mindepth 1 | wc -l) $(memory)"
}

# leak makes many calls and compares what is held after the first thousand and after all of them, each time after a minute's rest.
leak() {
	local all=${LEAK:-100000} rate=${RATE:-250} left n s failed=0 before after
	build
	start
	generate -target 127.0.0.1:5060 -pid "$server" -mode cps -number 9 -calls 1000 -rate "$rate" >/dev/null
	sleep 60
	before=$(held)
	for ((left = all; left > 0; left -= n)); do
		n=$((left < 25000 ? left : 25000))
		s=$(LIMIT=600 generate -target 127.0.0.1:5060 -pid "$server" -mode cps -number 9 -calls "$n" -rate "$rate" -max 590s)
		failed=$((failed + n - $(field ok "$s")))
		echo "$n calls: $(field ok "$s") went well, $(field 'cpu.call' "$s") ms CPU a call; $(memory) MB"
	done
	sleep 60
	after=$(held)
	echo "$all calls at $rate a second, $failed failed. Goroutines, descriptors, MB: $before after the first 1000, $after after all."
	read -r g0 d0 m0 <<<"$before"
	read -r g1 d1 m1 <<<"$after"
	if [ "$failed" -gt 0 ] || [ "$g1" -gt $((g0 + 20)) ] || [ "$d1" -gt "$d0" ] || [ "$m1" -gt $((m0 + 10)) ]; then
		echo 'bench: calls failed, or left something behind' >&2
		exit 1
	fi
}

# rate shows how many calls a second one core sets up and tears down, and that none fails at RATE for a minute.
rate() {
	local rate=${RATE:-500} all s cost
	all=$((rate * 60))
	build
	sed -i 's/^listen:$/listen:\n  rtp_rest: 10s/' "$work/loadtest.yml"
	start
	s=$(generate -target 127.0.0.1:5060 -pid "$server" -mode cps -number 9 -calls "$all" -rate "$rate")
	cost=$(field 'cpu.call' "$s")
	echo "$all calls at $rate a second: $(field ok "$s") went well; setup p50 $(field 'setup p50' "$s"), p99 $(field 'setup p50=[0-9.]+ p99' "$s") ms;" \
		"$cost ms CPU a call: $(awk -v c="$cost" 'BEGIN {printf "%.0f", 1000 / c}') a second for a core; $(memory) MB"
	if [ "$(field ok "$s")" != "$all" ]; then
		echo 'bench: calls failed' >&2
		exit 1
	fi
}

# overload storms a server that gets a part of a core, and looks at what is left of it afterwards.
overload() {
	local rate=${RATE:-250} all s before after peak=0 now i
	all=$((rate * 40))
	build
	start
	sleep 12
	before=$(held)
	for ((i = 0; i < ${HOGS:-4}; i++)); do
		taskset -c 0 sh -c 'while :; do :; done' &
		hogs="$hogs $!"
	done
	generate -target 127.0.0.1:5060 -pid "$server" -mode cps -number 9 -calls "$all" -rate "$rate" >"$work/storm" &
	s=$!
	while kill -0 "$s" 2>/dev/null; do
		now=$(memory)
		peak=$((now > peak ? now : peak))
		sleep 1
	done
	wait "$s"
	for i in $hogs; do
		kill "$i"
		wait "$i" || true
	done
	hogs=
	# Calls whose answer nobody acknowledged end after 32 s, and answers came late.
	read -r g0 d0 _ <<<"$before"
	for ((i = 5; i <= 120; i += 5)); do
		sleep 5
		after=$(held)
		read -r g1 d1 _ <<<"$after"
		if [ "$g1" -le $((g0 + 25)) ] && [ "$d1" -le "$d0" ]; then
			break
		fi
	done
	s=$(cat "$work/storm")
	echo "$all calls at $rate a second on a part of a core: $(field ok "$s") went well, the others were refused; at most $peak MB."
	echo "Goroutines, descriptors, MB: $before before, $after after $((i > 120 ? 120 : i)) s."
	s=$(generate -target 127.0.0.1:5060 -pid "$server" -mode cps -number 9 -calls 500 -rate 50)
	echo "Then 500 calls at 50 a second: $(field ok "$s") went well."
	if [ "$(field ok "$s")" != 500 ] || [ "$peak" -gt 300 ] || [ "$g1" -gt $((g0 + 25)) ] || [ "$d1" -gt "$d0" ]; then
		echo "bench: the server hasn't recovered, or took too much memory" >&2
		exit 1
	fi
}

case $what in
engine | server | rate | overload | leak | all) ;;
*)
	sed -n 's/^# Usage: /usage: /p' "$0" >&2
	exit 2
	;;
esac
echo "$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1), $(nproc) cores, Linux $(uname -r), $(go version | cut -d' ' -f3), load $(cut -d' ' -f1 /proc/loadavg)"
echo
if [ "$what" = engine ] || [ "$what" = all ]; then
	engine
fi
if [ "$what" != engine ]; then
	if [ -e "$loadgen" ] && [[ $what =~ ^(leak|rate|overload)$ ]]; then
		"$what"
	elif [ -e "$loadgen" ]; then
		whole
	else
		echo "No load generator at $loadgen: the server isn't measured. LOADGEN says where one is."
	fi
fi
