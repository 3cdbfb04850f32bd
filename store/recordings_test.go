package store

import (
	"slices"
	"testing"
	"time"

	"mediasrv/routing/fact"
)

// shelved is a store with four recordings of three calls, an hour apart.
func shelved(t *testing.T) (*Store, time.Time) {
	t.Helper()
	s, _ := openAt(t, dbPath(t))
	start(t, s)
	at := time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)
	for i, c := range []fact.Call{
		{ID: "k1", Queue: "support", Agent: "aiko", Disposition: "resolved", Entry: "+81312345678", Direction: fact.Inbound},
		{ID: "k2", Queue: "sales", Agent: "ben", Direction: fact.Inbound},
		{ID: "k3", Direction: fact.Inbound, Entry: "9001"},
	} {
		began := at.Add(time.Duration(i) * time.Hour)
		c.Began = began
		r := fact.Recording{
			Path: "2026-11-21/" + string(c.ID) + ".wav", Segment: fact.SegmentID("s" + string(c.ID)), Call: c.ID, Part: "customer", Bytes: 100, Agent: c.Agent, EndUser: "50% off_x", EndNumber: "+4420794600" + string(c.ID[1]),
			Start: began, End: began.Add(90 * time.Second), Gaps: []fact.Gap{{Channel: 1, From: time.Second, To: 2 * time.Second, Cause: "no-media"}},
			Marks: []fact.Mark{{At: time.Minute, Kind: "transfer", Detail: "Ben"}},
		}
		s.Append(c, r)
		if c.ID == "k1" {
			r.Path, r.Part, r.Gaps = "2026-11-21/k1-2.wav", "agent", nil
			s.Append(r)
		}
	}
	flush(t, s)
	return s, at
}

func TestRecordingsAreFound(t *testing.T) {
	s, at := shelved(t)
	list := func(f fact.RecordingFilter) (paths []string) {
		t.Helper()
		if f.Most == 0 {
			f.Most = 10
		}
		all, err := s.Recordings(t.Context(), f)
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range all {
			paths = append(paths, v.Path[len("2026-11-21/"):len(v.Path)-len(".wav")])
		}
		if f.Before == "" && f.Call == "" {
			slices.Sort(paths) // of one moment in any order
		}
		return paths
	}
	for name, c := range map[string]struct {
		f    fact.RecordingFilter
		want []string
	}{
		"all":              {fact.RecordingFilter{}, []string{"k1", "k1-2", "k2", "k3"}},
		"an agent's":       {fact.RecordingFilter{Agent: "aiko"}, []string{"k1", "k1-2"}},
		"of queues":        {fact.RecordingFilter{Queues: []string{"sales", "gone"}}, []string{"k2"}},
		"of no queue":      {fact.RecordingFilter{Queues: []string{}}, nil},
		"a number's part":  {fact.RecordingFilter{Number: "46002"}, []string{"k2"}},
		"a wild card":      {fact.RecordingFilter{Number: "5_%"}, nil},
		"a name with both": {fact.RecordingFilter{Number: "50% off_"}, []string{"k1", "k1-2", "k2", "k3"}},
		"a call's":         {fact.RecordingFilter{Call: "k3"}, []string{"k3"}},
		"a disposition's":  {fact.RecordingFilter{Disposition: "resolved"}, []string{"k1", "k1-2"}},
		"since":            {fact.RecordingFilter{From: at.Add(time.Hour)}, []string{"k2", "k3"}},
		"until":            {fact.RecordingFilter{To: at.Add(time.Hour)}, []string{"k1", "k1-2"}},
		"together":         {fact.RecordingFilter{Agent: "aiko", From: at.Add(time.Hour)}, nil},
	} {
		if got := list(c.f); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
	seen, before := []string{}, ""
	for range 5 { // page by page
		all, err := s.Recordings(t.Context(), fact.RecordingFilter{Most: 1, Before: before})
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range all {
			seen, before = append(seen, v.Path), v.ID
		}
	}
	if len(seen) != 4 || seen[0] != "2026-11-21/k3.wav" || slices.Contains(seen[1:], seen[0]) {
		t.Errorf("by pages: %v, want each once, the latest first", seen)
	}
	legs, err := s.Recordings(t.Context(), fact.RecordingFilter{Segment: "sk1", Most: 10})
	if err != nil || len(legs) != 2 || legs[0].Gaps == nil || legs[1].Gaps == nil {
		t.Errorf("of one stretch: %+v %v, want two, each with a list of gaps", legs, err)
	}
	for hours, want := range map[int]int64{0: 400, 1: 200, 2: 100, 3: 0} {
		if n, err := s.RecordedSince(t.Context(), at.Add(time.Duration(hours)*time.Hour)); n != want || err != nil {
			t.Errorf("recorded since %d h: %d bytes, %v, want %d", hours, n, err, want)
		}
	}
	for _, leg := range legs { // which of two that began at once comes last is up to their ids
		if leg.Part == "customer" {
			before = leg.ID
		}
	}
	v, found, err := s.Recording(t.Context(), before)
	if err != nil || !found || v.Seconds != 90 || v.Queue != "support" || v.Entry != "+81312345678" || len(v.Gaps) != 1 || v.Gaps[0].Cause != "no-media" || len(v.Marks) != 1 || v.Marks[0].Detail != "Ben" || v.Held != nil {
		t.Errorf("%+v %v %v", v, found, err)
	}
	if _, found, err := s.Recording(t.Context(), "gone"); found || err != nil {
		t.Errorf("one that isn't there: %v %v", found, err)
	}
}

// A recording that is indexed twice, as after a crash, keeps its id.
func TestRecordingKeepsItsID(t *testing.T) {
	s, at := shelved(t)
	first, err := s.Recordings(t.Context(), fact.RecordingFilter{Call: "k2", Most: 1})
	if err != nil || len(first) != 1 || len(first[0].ID) != 24 {
		t.Fatalf("%+v %v", first, err)
	}
	s.Append(fact.Recording{Path: first[0].Path, Call: "k2", Start: at, End: at})
	flush(t, s)
	if again, found, err := s.Recording(t.Context(), first[0].ID); err != nil || !found || again.Seconds != 0 {
		t.Errorf("%+v %v %v", again, found, err)
	}
}

func TestDeletionsAndHolds(t *testing.T) {
	s, at := shelved(t)
	old := func(after *fact.RecordingView) []fact.RecordingView {
		t.Helper()
		all, err := s.OldRecordings(t.Context(), at.Add(90*time.Minute), after)
		if err != nil {
			t.Fatal(err)
		}
		return all
	}
	all := old(nil)
	if len(all) != 3 || all[2].Path != "2026-11-21/k2.wav" || len(old(&all[0])) != 2 || len(old(&all[2])) != 0 {
		t.Fatalf("%+v, want three, the oldest first", all)
	}
	s.Append(fact.RecordingHeld{ID: all[0].ID, At: at, User: "dana", Reason: "a lawsuit"}, all[2].Deleted(at, "dana", "she asked"))
	flush(t, s)
	if left := old(nil); len(left) != 1 || left[0].ID != all[1].ID {
		t.Errorf("%+v, want the one that is neither deleted nor under hold", left)
	}
	held, _, err := s.Recording(t.Context(), all[0].ID)
	if err != nil || held.Held == nil || !held.Held.Equal(at) || held.HeldBy != "dana" || held.HeldWhy != "a lawsuit" {
		t.Errorf("%+v %v", held, err)
	}
	gone, err := s.Deletions(t.Context(), at, 10)
	if err != nil || len(gone) != 1 || gone[0].ID != all[2].ID || gone[0].User != "dana" || gone[0].Reason != "she asked" || gone[0].Call != "k2" || gone[0].Ended.Sub(gone[0].Began) != 90*time.Second {
		t.Errorf("%+v %v", gone, err)
	}
	s.Append(fact.RecordingHeld{ID: all[0].ID})
	flush(t, s)
	if left := old(nil); len(left) != 2 {
		t.Errorf("%d, want two: the hold was taken away", len(left))
	}
}
