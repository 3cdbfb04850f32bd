package main

import (
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"mediasrv/routing/fact"
	"mediasrv/store"
)

// simulated is a file whose data are in dir. more: agents besides aiko.
func simulated(t *testing.T, dir, more string) string {
	t.Helper()
	users := "{aiko: "
	for user := range strings.SplitSeq(more, ",") {
		if user != "" {
			users += ", " + user + ": "
		}
	}
	return writeFile(t, `
data_dir: `+dir+`
company: {country: JP, time_zone: Asia/Tokyo, dial_out: {countries: [JP], calls: 20}}
trunks: {t: {kind: byoc, accept: {addresses: [127.0.0.0/8]}, servers: ["127.0.0.1:5070"], directions: [inbound, outbound]}}
routes: {"+81*": {trunks: [t]}}
numbers: {"+81312345678": {to: {menu: main}}, "+81312345679": {to: {queue: support}}}
menus:
  main: {say: "For support press 1.", wait: 5s, keys: {1: {queue: support}}, no_key: {hang_up: true}}
hours:
  office:
    week: {mon-fri: ["09:00-18:00"]}
    away: {say: "We are closed. Press 1 and we will call you back.", wait: 5s, keys: {1: {callback: next-day}}}
waiting_strategies:
  calm: {announcements: [{every: 30s, say: "You are number {position} in the queue. Press 1 to be called back.", wait: 5s, keys: {1: {callback: next-day}}}]}
callbacks: {next-day: {type: automatic}}
queues: {support: {agents: [`+strings.Trim("aiko,"+more, ",")+`], hours: office, waiting: calm}}
users: `+users+"}\n")
}

// What a caller meets who comes on a Sunday and asks to be called back: the away message, not the queue.
func TestSimulateOneCall(t *testing.T) {
	file := simulated(t, t.TempDir(), "")
	got := invoke(t, "", "simulate", "--file", file, "--number", "+81312345678", "--at", "Sun 09:00", "--digits", "1wwwwww1")
	want := regexp.MustCompile(`^From \+815011112222 to \+81312345678, Sun \d+-\d+-\d+ 09:00:00 JST

09:00:00.000  call-began: \+81312345678
09:00:00.000  call-answered
09:00:00.000  menu: main
09:00:00.000  hears: For support press 1\.
09:00:02.000  digit: 1
09:00:02.000  key: main: 1
09:00:02.000  away \(support\): outside of the hours office, until Mon \d+-\d+-\d+ 09:00
09:00:02.000  hears: We are closed\. Press 1 and we will call you back\.
09:00:08.500  digit: 1
09:00:08.500  key \(support\): 1
09:00:08.500  callback-asked \(support\): \+815011112222
09:00:08.500  hears: Thank you\. We will call you back\. Goodbye\.
09:00:11.\d+  call-ended \(support\): callback
$`)
	if got.code != 0 || got.err != "" || !want.MatchString(got.out) {
		t.Errorf("exit code %d: %s\n%s", got.code, got.err, got.out)
	}
	for args, line := range map[string]string{
		"--at 2026-11-23T10:00":                     "agent-answered aiko (support)",
		"--at 2026-11-23T10:00 --from withheld":     "From a withheld number",
		"--at 2026-11-23T10:00 --without aiko":      "nobody rings: aiko: offline",
		"--at 2026-11-23T10:00 --reached 1":         "agent-answered aiko (support)",
		"--at 2026-11-23T10:00 --misses 1 --seed 3": "missed aiko (support)",
	} {
		got := invoke(t, "", append([]string{"simulate", "--file", file, "--number", "+81312345679"}, strings.Fields(args)...)...)
		if got.code != 0 || !strings.Contains(got.out, line) {
			t.Errorf("%s: %d %s\n%s, want %q", args, got.code, got.err, got.out, line)
		}
	}
}

// The same calls come to two files; a second agent helps; and the same always happens.
func TestSimulateCompares(t *testing.T) {
	one, two := simulated(t, t.TempDir(), ""), simulated(t, t.TempDir(), "ben")
	args := []string{"simulate", "--file", one, "--with", two, "--calls", "60", "--at", "2026-11-23T10:00", "--for", "2h", "--number", "+81312345679"}
	got := invoke(t, "", args...)
	rows := regexp.MustCompile(`(?m)^support .*$`).FindAllString(got.out, -1)
	if got.code != 0 || len(rows) != 2 || !strings.Contains(got.err, "60 calls of 2h0m0s in ") {
		t.Fatalf("exit code %d: %s\n%s", got.code, got.err, got.out)
	}
	var level [2]int
	for i, row := range rows {
		fields := strings.Fields(row)
		if fields[3] != "60" {
			t.Errorf("%s, want 60 calls offered", row)
		}
		if _, err := fmt.Sscan(fields[5], &level[i]); err != nil {
			t.Fatal(err)
		}
	}
	if level[0]+20 > level[1] {
		t.Errorf("service level %d %% with one agent, %d %% with two", level[0], level[1])
	}
	if again := invoke(t, "", args...); again.out != got.out {
		t.Errorf("the second time:\n%s\nthe first time:\n%s", again.out, got.out)
	}
	if other := invoke(t, "", append(args, "--seed", "2")...); other.out == got.out {
		t.Error("another seed changes nothing")
	}
	agents := invoke(t, "", "simulate", "--file", two, "--calls", "60", "--at", "2026-11-23T10:00", "--for", "2h", "--without", "ben", "--of", "agent", "--number", "+81312345679")
	if agents.code != 0 || !regexp.MustCompile(`aiko +2026-11-23 10:00 +\d+ .* \d+ %\n`).MatchString(agents.out) || strings.Contains(agents.out, "ben") {
		t.Errorf("exit code %d: %s\n%s", agents.code, agents.err, agents.out)
	}
}

// A day is described by a table.
func TestSimulateArrivals(t *testing.T) {
	dir := t.TempDir()
	file, table := simulated(t, dir, "ben"), filepath.Join(dir, "day.csv")
	write := func(text string) {
		if err := os.WriteFile(table, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("# from, to, number, calls\n10:00,11:00,+81312345679,10\n11:00,12:00,+81312345679,20\n")
	got := invoke(t, "", "simulate", "--file", file, "--arrivals", table, "--at", "2026-11-23T00:00", "--by", "hour", "--csv")
	lines := strings.Split(got.out, "\r\n")
	if got.code != 0 || len(lines) != 4 || !strings.Contains(lines[1], ",10,") || !strings.Contains(lines[2], ",20,") {
		t.Errorf("exit code %d: %s\n%s", got.code, got.err, got.out)
	}
	for text, want := range map[string]string{
		"10:00,09:00,+81312345679,10\n": "day.csv:1: 10:00 is not before 09:00",
		"10,11:00,+81312345679,10\n":    `day.csv:1: "10" is no time of the day such as 09:30`,
		"10:00,11:00,+810000,10\n":      "day.csv:1: +810000 is no number of the file",
		"10:00,11:00,+81312345679,a\n":  `day.csv:1: "a" is no count of calls`,
		"10:00,11:00\n":                 "wrong number of fields",
		"":                              "day.csv has no line",
	} {
		write(text)
		if got := invoke(t, "", "simulate", "--file", file, "--arrivals", table); got.code != 1 || !strings.Contains(got.err, want) {
			t.Errorf("%q: %d %s, want %q", text, got.code, got.err, want)
		}
	}
}

// The day that was comes again from the database: the same calls at the same times, with the agents who were there; and with one more.
func TestSimulateADayThatWas(t *testing.T) {
	dir := t.TempDir()
	db, err := store.Open(filepath.Join(dir, databaseFile), "n1", slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 11, 20, 1, 0, 0, 0, time.UTC) // 10:00 in Tokyo
	event := func(after int, call string, kind fact.EventKind, detail string) fact.Event {
		return fact.Event{At: at.Add(time.Duration(after) * time.Second), Call: fact.CallID(call), Kind: kind, Queue: "support", Agent: "aiko", Detail: detail}
	}
	digit := event(2, "c2", fact.DigitPressed, "1")
	digit.Agent = ""
	db.Append(
		fact.AgentChange{At: at.Add(-time.Hour), User: "aiko", Status: "available", Activity: "idle"},
		fact.AgentChange{At: at.Add(time.Hour), User: "aiko", Status: "offline", Activity: "idle"},
		fact.Call{ID: "c1", Direction: fact.Inbound, From: "+819011112222", Entry: "+81312345679", Trunk: "t", Began: at}, event(0, "c1", fact.Queued, ""),
		event(1, "c1", fact.Offered, ""), event(10, "c1", fact.AgentAnswered, ""), event(610, "c1", fact.CallEnded, "caller-hung-up"),
		fact.Call{ID: "c2", Direction: fact.Inbound, From: "+819011112223", Entry: "+81312345678", Trunk: "t", Began: at}, digit,
		event(2, "c2", fact.Queued, ""), event(62, "c2", fact.CallEnded, "caller-hung-up"),
		fact.Call{ID: "c3", Direction: fact.Inbound, From: "+819011112224", Entry: "+81312345679", Trunk: "t", Began: at.Add(2 * time.Hour)},
		event(7200, "c3", fact.Queued, ""), event(7230, "c3", fact.CallEnded, "caller-hung-up"),
	)
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	got := invoke(t, "", "simulate", "--file", simulated(t, dir, ""), "--with", simulated(t, dir, "ben"), "--day", "2026-11-20")
	rows := regexp.MustCompile(`(?m)^support .*$`).FindAllString(got.out, -1)
	if got.code != 0 || len(rows) != 2 {
		t.Fatalf("exit code %d: %s\n%s", got.code, got.err, got.out)
	}
	for i, want := range []string{"3 1", "3 3"} { // the second caller waits for aiko as then, the third finds nobody; ben takes both
		if f := strings.Fields(rows[i]); f[3]+" "+f[4] != want {
			t.Errorf("offered and answered: %s, want %s\n%s", rows[i], want, got.out)
		}
	}
	if got := invoke(t, "", "simulate", "--file", simulated(t, dir, ""), "--day", "2026-11-19"); got.code != 1 || got.err != "mediasrv: simulate: no call came in on 2026-11-19\n" {
		t.Errorf("a day without calls: %+v", got)
	}
}

func TestSimulateRefuses(t *testing.T) {
	file := simulated(t, t.TempDir(), "")
	for args, want := range map[string]string{
		"":                                        "say what comes",
		"--number +8199":                          "+8199 is no number of the file; there are +81312345678, +81312345679",
		"--calls 3 --day yesterday":               "use one of them",
		"--calls 3 --at tomorrow":                 `--at tomorrow: expected "Sun 09:00"`,
		"--calls 3 --for 0s":                      "--for be up to",
		"--calls 3 --misses 2":                    "are shares",
		"--calls 3 --without zoe":                 "zoe is no agent of the file",
		"--calls 3 --of trunk":                    "--of must be one of",
		"--number +81312345678 --digits x":        "'x' is no key",
		"--number +81312345678 --with x.yml":      "--with compares figures of many calls",
		"--day soon":                              "a time is a date such as",
		"--calls 3 --for 24h --by 15m --agents x": "x is no agent of the file",
	} {
		if got := invoke(t, "", append([]string{"simulate", "--file", file}, strings.Fields(args)...)...); got.code != 2 || !strings.Contains(got.err, want) {
			t.Errorf("%q: exit code %d: %s, want %q", args, got.code, got.err, want)
		}
	}
}
