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

func TestExplain(t *testing.T) {
	dir := t.TempDir()
	file := writeFile(t, "data_dir: "+dir+"\ncompany: {time_zone: Asia/Tokyo}\n"+smallest)
	if got := invoke(t, "", "explain", "last", "--file", file); got.code != 1 || !strings.Contains(got.err, "the server has not run yet") {
		t.Errorf("before the first start: %+v", got)
	}
	db, err := store.Open(filepath.Join(dir, databaseFile), "n1", slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 11, 21, 1, 2, 3, 4e6, time.UTC)
	db.Append(
		fact.Call{ID: "call-aaaaaa", Direction: fact.Inbound, From: "+819012345678", Entry: "+815012345678", Trunk: "t", Began: at, Ended: at.Add(90 * time.Second), End: fact.EndCallerGone},
		fact.Call{ID: "call-bbbbbb", Direction: fact.Inbound, From: "+819012345678", Entry: "+815012345678", Began: at.Add(-time.Hour)},
		fact.Event{At: at, Call: "call-aaaaaa", Kind: fact.CallBegan, Queue: "support", Detail: "+815012345678"},
		fact.Event{At: at.Add(time.Second), Call: "call-aaaaaa", Kind: fact.Considered, Queue: "support", Detail: "aiko: in a call"},
		fact.Event{At: at.Add(2 * time.Second), Call: "call-aaaaaa", Kind: fact.Considered, Queue: "support", Agent: "aiko", Detail: "ben: away"},
		fact.Event{At: at.Add(3 * time.Second), Call: "call-aaaaaa", Kind: fact.Offered, Agent: "aiko", Queue: "support"},
	)
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	want := `Call call-aaaaaa
2026-11-21 10:02:03 JST, inbound, from +819012345678 to +815012345678 by the trunk t

10:02:03.004  call-began (support): +815012345678
10:02:04.004  nobody rings: aiko: in a call
10:02:05.004  next is aiko: ben: away
10:02:06.004  offered aiko (support)

It ended after 1m30s: caller-gone.
`
	for _, name := range []string{"last", "call-aaaaaa", "aaaaaa"} {
		if got := invoke(t, "", "explain", name, "--file", file); got.code != 0 || got.out != want {
			t.Errorf("%s: %+v, want\n%s", name, got, want)
		}
	}
	if got := invoke(t, "", "explain", "bbbbbb", "--file", file); got.code != 0 || !strings.Contains(got.out, "It goes on.") || !strings.Contains(got.out, "by the trunk none") {
		t.Errorf("%+v", got)
	}
	if got := invoke(t, "", "explain", "+819012345678", "--file", file); got.code != 0 || !strings.Contains(got.out, "may be one of these") || strings.Count(got.out, "\n") != 3 {
		t.Errorf("several: %+v", got)
	}
	if got := invoke(t, "", "explain", "nothing", "--file", file); got.code != 1 || !strings.Contains(got.err, `no call is known as "nothing"`) {
		t.Errorf("unknown: %+v", got)
	}
}

// A call that ends while it is asked about has ended.
func TestExplainWaitsForTheEnd(t *testing.T) {
	dir := t.TempDir()
	db, err := store.Open(filepath.Join(dir, databaseFile), "n1", slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 11, 21, 1, 2, 3, 0, time.UTC)
	call := fact.Call{ID: "call-aaaaaa", Direction: fact.Inbound, Began: at}
	db.Append(call)
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	read, err := store.Open(filepath.Join(dir, databaseFile), "explain", slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = read.Close() }()
	if calls, _, err := settled(read, "last"); err != nil || !calls[0].Ended.IsZero() {
		t.Errorf("a call that goes on: %+v %v", calls, err)
	}
	ended := make(chan error, 1)
	go func() {
		db, err := store.Open(filepath.Join(dir, databaseFile), "n1", slog.New(slog.DiscardHandler))
		if err == nil {
			call.Ended, call.End = at.Add(time.Minute), fact.EndCallerGone
			db.Append(call)
			err = db.Close()
		}
		ended <- err
	}()
	calls, _, err := settled(read, "last")
	if wrong := <-ended; err != nil || wrong != nil {
		t.Fatal(err, wrong)
	}
	if calls[0].Ended.IsZero() {
		t.Error("it seems to go on")
	}
}
