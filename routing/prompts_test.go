package routing_test

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"mediasrv/config"
	"mediasrv/internal/fake"
	"mediasrv/media/prompt"
	"mediasrv/routing"
	"mediasrv/routing/fact"
	"mediasrv/routing/floor"
)

func TestPromptsThatCanNotBeMade(t *testing.T) {
	cfg := testConfig()
	bad := filepath.Join(t.TempDir(), "music.wav")
	if err := os.WriteFile(bad, []byte("this is no audio"), 0o600); err != nil {
		t.Fatal(err)
	}
	at := config.Position{File: "mediasrv.yml", Line: 7, Column: 3}
	calm := cfg.Waiting["calm"]
	calm.Greeting = &config.Audio{Say: "hello", At: at}
	calm.Music = &config.Audio{File: bad, At: config.Position{File: "mediasrv.yml", Line: 8, Column: 3}}
	calm.LongestMessage = &config.Audio{Say: "hello"} // the same text: made, and complained of, once
	spoken := 0
	prompts, faults := routing.Prepare(t.Context(), cfg, speaker(func(context.Context, routing.Speech) (*prompt.Prompt, error) {
		spoken++
		return nil, errors.New("espeak-ng: executable file not found")
	}), slog.New(slog.DiscardHandler))
	if len(faults) != 3 || spoken != 2 { // the built-in sentence of closed queues, too
		t.Fatalf("%d faults, spoken %d times: %v", len(faults), spoken, faults)
	}
	for i, want := range []string{"mediasrv.yml:7:3", "mediasrv.yml:8:3", "built-in sentence"} {
		if !strings.Contains(faults[i].Error(), want) {
			t.Errorf("fault %d doesn't say where: %v", i, faults[i])
		}
	}
	if prompts.For(calm.Greeting) != nil || prompts.For(nil) != nil || prompts.Hold() == nil || prompts.Ringback == nil {
		t.Error("the set is not usable")
	}
}

func TestCallerHearsMusicInPlaceOfAMissingGreeting(t *testing.T) {
	cfg := testConfig()
	cfg.Waiting["calm"].Greeting = &config.Audio{Say: "never made"}
	cfg.Waiting["calm"].LongestMessage = &config.Audio{Say: "nor this"}
	inWorld(t, cfg, func(w *world) {
		w.only()
		c := w.call("+819012345678", supportNumber)
		if c.hears() != "music" {
			t.Errorf("hears %q", c.hears())
		}
		w.after(10 * time.Minute)
		w.endedAs(c, fact.EndLongestWait)
	})
}

func TestSituationIsSerialisable(t *testing.T) {
	now := time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)
	want := routing.Situation{
		Stage: routing.StageTalk, Seats: map[fact.Seat]fact.LegID{fact.SeatCustomer: "l1", fact.SeatAgent: "l2"},
		Target: routing.Target{User: "ben"}, Priority: 5, Waiting: "calm", Since: now, Front: true, Greeted: true,
		Offer: &floor.Offer{ID: "o", Call: "c", User: "ben", Queue: "q", At: now, RingUntil: now, Lease: now}, End: fact.EndLimit,
	}
	text, err := json.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	var got routing.Situation
	if err := json.Unmarshal(text, &got); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func TestFaultInAStageEndsItsCallOnly(t *testing.T) {
	inWorld(t, testConfig(), func(w *world) {
		w.only("ben")
		other := w.call("+819012345671", supportNumber)
		w.answers("ben")
		w.must(w.SetStatus("aiko", "available"))
		w.dialer.OnDial = func(*fake.Leg) error { panic("a bug") }
		c := w.call("+819012345672", supportNumber)
		w.endedAs(c, fact.EndInternal)
		w.agentIs("aiko", "available", "idle")
		if other.Ended() {
			t.Error("another call was ended")
		}
	})
}
