package store

import (
	"testing"
	"time"

	"mediasrv/routing/fact"
)

func TestVoicemails(t *testing.T) {
	s, _ := openAt(t, dbPath(t))
	start(t, s)
	at := time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)
	m := fact.Voicemail{ID: "m1", Conversation: "c", Call: "k", Segment: "s1", Box: "box", Queue: "support", Number: "+819012345678", Name: "Bob", Entry: "+81312345678", Began: at}
	later, other := m, m
	later.ID, later.Segment, later.Began, later.Length = "m2", "s2", at.Add(time.Hour), 3*time.Second
	other.ID, other.Queue = "m3", "sales"
	s.Append(m, later, other)
	m.Length = 12500 * time.Millisecond
	s.Append(m, fact.Recording{Path: "2026-11-21/a.wav", Segment: "s1", Part: "voicemail", Start: at, End: at.Add(12 * time.Second)})
	list := func(done bool, queues ...string) []fact.VoicemailView {
		t.Helper()
		if err := s.Flush(t.Context()); err != nil {
			t.Fatal(err)
		}
		all, err := s.Voicemails(t.Context(), queues, done)
		if err != nil {
			t.Fatal(err)
		}
		return all
	}
	all := list(false, "support", "empty")
	if len(all) != 2 || all[0].ID != "m1" || all[1].ID != "m2" || !all[0].Ready || all[1].Ready || all[0].Seconds != 12.5 || all[0].Path != "2026-11-21/a.wav" || all[0].Heard != nil || !all[0].At.Equal(at) {
		t.Errorf("%+v", all)
	}
	if all := list(false, []string{}...); len(all) != 0 {
		t.Errorf("of no queue: %+v", all)
	}
	if all, err := s.Voicemails(t.Context(), nil, false); err != nil || len(all) != 3 {
		t.Errorf("of all queues: %+v, %v", all, err)
	}
	s.Append(fact.VoicemailMark{ID: "m1", At: at.Add(time.Minute), User: "aiko"}, fact.VoicemailMark{ID: "m1", At: at.Add(2 * time.Minute), User: "ben"},
		fact.VoicemailMark{ID: "m1", At: at.Add(3 * time.Minute), User: "ben", Done: true})
	if all := list(false, "support"); len(all) != 1 || all[0].ID != "m2" {
		t.Errorf("%+v", all)
	}
	done := list(true, "support", "sales")
	if len(done) != 1 || done[0].HeardBy != "aiko" || !done[0].Heard.Equal(at.Add(time.Minute)) || done[0].DoneBy != "ben" || done[0].Done == nil {
		t.Errorf("%+v", done)
	}
	s.Append(fact.VoicemailMark{ID: "m1", User: "aiko", Done: true, Again: true}, m) // writing the message again takes no mark away
	all = list(false, "support")
	if len(all) != 2 || all[0].Done != nil || all[0].HeardBy != "aiko" {
		t.Errorf("%+v", all)
	}
	one, found, err := s.Voicemail(t.Context(), "m3")
	if err != nil || !found || one.Queue != "sales" {
		t.Errorf("%+v %v %v", one, found, err)
	}
	if _, found, err := s.Voicemail(t.Context(), "m4"); found || err != nil {
		t.Errorf("%v %v", found, err)
	}
}

// A message that a crash cut off is as long as its recording, which was repaired.
func TestVoicemailOfACrash(t *testing.T) {
	s, _ := openAt(t, dbPath(t))
	start(t, s)
	at := time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)
	s.Append(fact.Voicemail{ID: "m1", Segment: "s1", Queue: "support", Began: at}, fact.Recording{Path: "x.wav", Segment: "s1", Start: at, End: at.Add(7 * time.Second), Repaired: true})
	if err := s.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	all, err := s.Voicemails(t.Context(), []string{"support"}, false)
	if err != nil || len(all) != 1 || all[0].Seconds != 7 || !all[0].Ready {
		t.Errorf("%+v %v", all, err)
	}
}
