package main

import (
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"mediasrv/routing/fact"
	"mediasrv/store"
)

func TestStats(t *testing.T) {
	dir := t.TempDir()
	file := writeFile(t, "data_dir: "+dir+"\ncompany: {time_zone: Asia/Tokyo, service_level: {within: 10s}}\n"+smallest)
	if got := invoke(t, "", "stats", "--file", file); got.code != 1 || got.err != "mediasrv: there is no database at "+filepath.Join(dir, databaseFile)+": the server has not run yet\n" {
		t.Errorf("before the first start: %+v", got)
	}
	db, err := store.Open(filepath.Join(dir, databaseFile), "n1", slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 11, 20, 15, 30, 0, 0, time.UTC) // 0:30 of the 21st in Tokyo
	event := func(after time.Duration, call string, kind fact.EventKind, detail string) fact.Event {
		return fact.Event{At: at.Add(after), Call: fact.CallID(call), Kind: kind, Queue: "support", Agent: "aiko", Detail: detail}
	}
	db.Append(
		fact.Call{ID: "c1", Direction: fact.Inbound, Entry: "+815012345678", Trunk: "t", Began: at}, event(0, "c1", fact.Queued, ""), event(time.Second, "c1", fact.Offered, ""),
		event(11*time.Second, "c1", fact.AgentAnswered, ""), event(71*time.Second, "c1", fact.CallEnded, "caller-hung-up"),
		fact.Call{ID: "c2", Direction: fact.Inbound, Entry: "+815012345678", Trunk: "t", Began: at}, event(time.Hour, "c2", fact.Queued, ""),
		event(time.Hour+10*time.Second, "c2", fact.AgentAnswered, ""), event(time.Hour+20*time.Second, "c2", fact.CallEnded, "caller-hung-up"),
		fact.AgentChange{At: at.Add(-time.Hour), User: "aiko", Status: "available", Activity: "idle"},
		fact.AgentChange{At: at, User: "aiko", Status: "available", Activity: "talking"},
		fact.AgentChange{At: at.Add(30 * time.Minute), User: "aiko", Status: "offline", Activity: "idle"},
	)
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	for args, want := range map[string]string{
		"--from 2026-11-21 --to 2026-11-21T02:00 --by hour": `queue    from              offered  answered  service level  ASA   abandoned  short  elsewhere  timed out  failed  AHT   missed
support  2026-11-21 00:00  1        1         0 %            0:11  0          0      0          0          0       1:00  0
support  2026-11-21 01:00  1        1         100 %          0:10  0          0      0          0          0       0:10  0
`,
		"--from 2026-11-21 --of agent": `agent  from              answered  missed  refused  AHT   talk  wrap-up  logged in  available  busy  away  occupancy
aiko   2026-11-21 00:00  1         0       0        1:00  1:00  0:00     1:00:00    30:00      0:00  0:00  50 %
`,
	} {
		if got := invoke(t, "", append([]string{"stats", "--file", file}, strings.Fields(args)...)...); got.code != 0 || got.out != want {
			t.Errorf("%s: %d %s\n%s, want\n%s", args, got.code, got.err, got.out, want)
		}
	}
	if got := invoke(t, "", "stats", "--file", file, "--from", "2026-11-21", "--csv"); got.code != 0 || strings.Count(got.out, "\r\n") != 2 || !strings.HasPrefix(got.out, "queue,from,to,calls,") {
		t.Errorf("%+v", got)
	}
	for args, want := range map[string]string{
		"--from soon": "a time is a date such as", "--agent aiko": "one agent can be asked for", "--from 2020-01-01 --to 2026-01-01 --by 15m": "too many rows",
	} {
		if got := invoke(t, "", append([]string{"stats", "--file", file}, strings.Fields(args)...)...); got.code != 2 || !strings.Contains(got.err, want) {
			t.Errorf("%s: %+v", args, got)
		}
	}
}
