package main

import (
	"context"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"mediasrv/routing/fact"
	"mediasrv/store"
)

// Who is about to delete a recording sees the hold that was put on it a moment ago.
func TestAHoldIsSeenAtOnce(t *testing.T) {
	db, err := store.Open(filepath.Join(t.TempDir(), databaseFile), "n1", slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- db.Run(ctx) }()
	defer func() {
		stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	}()
	r := recordings{books: db}
	began := time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)
	db.Append(
		fact.Call{ID: "c1", Direction: fact.Inbound, Entry: "+815012345678", Trunk: "t", Began: began},
		fact.Recording{Call: "c1", Segment: "s1", Part: "merged", Path: "2026-11-21/c1.wav"},
	)
	all, err := r.Recordings(ctx, fact.RecordingFilter{Most: 2})
	if err != nil || len(all) != 1 {
		t.Fatalf("%+v %v", all, err)
	}
	r.HoldRecording(fact.RecordingHeld{ID: all[0].ID, At: began, User: "dana", Reason: "a lawsuit"})
	if v, found, err := r.Recording(ctx, all[0].ID); err != nil || !found || v.Held == nil {
		t.Errorf("%+v %v %v, want it held", v, found, err)
	}
}
