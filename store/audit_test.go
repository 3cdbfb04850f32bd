package store

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"mediasrv/routing/fact"
)

func TestAudit(t *testing.T) {
	s, _ := openAt(t, dbPath(t))
	start(t, s)
	at := time.Date(2026, 11, 21, 10, 0, 0, 0, time.UTC)
	for i, row := range []fact.Audit{
		{Who: "dana", What: "listen", Call: "c1"},
		{Who: "dana", What: fact.AuditStatus, User: "aiko", Detail: "away"},
		{Who: "root", What: fact.AuditStatus, User: "ben", Detail: "away"},
		{Who: "dana", What: "barge", Call: "c2"},
	} {
		row.ID, row.At = fmt.Sprint(i), at.Add(time.Duration(i/2)*time.Minute) // two at each time
		s.Append(row)
	}
	gone := fact.RecordingView{ID: "r1", Call: "c1", Part: "merged", Agent: "aiko", Began: at}
	s.Append(gone.Deleted(at.Add(time.Hour), "dana", "asked for"), fact.RecordingView{ID: "r2", Began: at}.Deleted(at, "", "its time was over"))
	flush(t, s)
	for name, test := range map[string]struct {
		filter fact.AuditFilter
		want   []string
	}{
		"all":       {fact.AuditFilter{}, []string{"gone-r1", "3", "2", "1", "0"}},
		"a page":    {fact.AuditFilter{Before: "2", Most: 1}, []string{"1"}},
		"who":       {fact.AuditFilter{Who: "root"}, []string{"2"}},
		"what":      {fact.AuditFilter{What: "status"}, []string{"2", "1"}},
		"to whom":   {fact.AuditFilter{User: "aiko"}, []string{"gone-r1", "1"}},
		"of a call": {fact.AuditFilter{Call: "c1"}, []string{"gone-r1", "0"}},
		"a time":    {fact.AuditFilter{From: at.Add(time.Minute), To: at.Add(time.Hour)}, []string{"3", "2"}},
		"nobody":    {fact.AuditFilter{Who: "' OR 1"}, nil},
	} {
		if test.filter.Most == 0 {
			test.filter.Most = 100
		}
		all, err := s.Audit(t.Context(), test.filter)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, v := range all {
			got = append(got, v.ID)
		}
		if !slices.Equal(got, test.want) {
			t.Errorf("%s: %v, want %v", name, got, test.want)
		}
	}
	all, _ := s.Audit(t.Context(), fact.AuditFilter{Most: 1})
	want := fact.AuditView{ID: "gone-r1", At: at.Add(time.Hour), Who: "dana", What: fact.AuditRecordingGone, Call: "c1", User: "aiko", Detail: "merged: asked for"}
	if len(all) != 1 || all[0] != want {
		t.Errorf("%+v, want %+v", all, want)
	}
}
