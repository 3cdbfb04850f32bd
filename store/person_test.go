package store

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"mediasrv/routing/fact"
)

// All that is kept of a number is found, and after it was erased nothing of the person is anywhere in the database, but others' rows are as they were.
func TestPersonIsFoundAndErased(t *testing.T) {
	s, _ := openAt(t, dbPath(t))
	s.TellHooks(func(fact.EventKind) []string { return []string{"crm"} })
	start(t, s)
	at := time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)
	const number, other = "+819055550001", "+819055550002"
	for i, n := range []string{number, other} {
		id := string(rune('a' + i))
		s.Append(
			fact.Conversation{ID: fact.ConversationID("c" + id), Customer: n, Name: "Yuki " + n, Notes: "owes " + n, Opened: at},
			fact.Call{ID: fact.CallID("in" + id), Conversation: fact.ConversationID("c" + id), From: n, Direction: fact.Inbound, Entry: "+81312345678", Began: at, Ended: at},
			fact.Call{ID: fact.CallID("out" + id), Direction: fact.Outbound, Entry: n, Began: at, Ended: at},
			fact.Leg{ID: fact.LegID("l" + id), Call: fact.CallID("in" + id), Party: fact.Party{Number: n, Name: "Yuki " + n}, Began: at},
			fact.Event{At: at, Call: fact.CallID("in" + id), Kind: fact.CallBegan, Detail: "from " + n},
			fact.Callback{ID: fact.CallbackID("b" + id), Number: n, Name: "Yuki " + n, State: fact.CallbackCompleted, Created: at, Epoch: 1},
			fact.Voicemail{ID: fact.VoicemailID("v" + id), Call: fact.CallID("in" + id), Number: n, Name: "Yuki " + n, Began: at},
			fact.Recording{
				Path: "2026-11-21/" + id + ".wav", Segment: "s", Call: fact.CallID("in" + id), Part: "agent", EndUser: "Yuki " + n, EndNumber: n, Start: at, End: at,
				Marks: []fact.Mark{{Kind: "party-joined", Detail: n}},
			},
			fact.Contact{ID: fact.ContactID("k" + id), Name: "Yuki", Numbers: []string{n}, Changed: at},
		)
	}
	flush(t, s)
	p, err := s.Person(t.Context(), number)
	if err != nil {
		t.Fatal(err)
	}
	if len(p.Conversations) != 1 || len(p.Calls) != 2 || len(p.Legs) != 1 || len(p.Events) != 1 || len(p.Callbacks) != 1 || len(p.Voicemails) != 1 || len(p.Recordings) != 1 || len(p.Contacts) != 1 {
		t.Errorf("%+v", p)
	}
	if text, err := json.Marshal(p); err != nil || !strings.Contains(string(text), "owes "+number) || strings.Contains(string(text), other) {
		t.Errorf("%s %v", text, err)
	}
	if callbacks, calls, err := s.PersonGoesOn(t.Context(), number); callbacks+calls != 0 || err != nil {
		t.Errorf("goes on: %d callbacks, %d calls, %v", callbacks, calls, err)
	}
	before := dump(t, s)
	s.Append(fact.Contact{ID: "ka", Gone: true}, fact.PersonErased{Number: number, At: at})
	flush(t, s)
	after := dump(t, s)
	if strings.Contains(after, number) || strings.Count(after, other) != strings.Count(before, other) || strings.Count(before, number) < 10 {
		t.Errorf("before it was %d times in the database, now %d; the other one %d and %d", strings.Count(before, number), strings.Count(after, number), strings.Count(before, other), strings.Count(after, other))
	}

	s.Append(fact.Callback{ID: "open", Number: other, State: fact.CallbackInQueue, Created: at, Epoch: 1}, fact.Call{ID: "runs", From: other, Direction: fact.Inbound, Began: at})
	flush(t, s)
	if callbacks, calls, err := s.PersonGoesOn(t.Context(), other); callbacks != 1 || calls != 1 || err != nil {
		t.Errorf("goes on: %d callbacks, %d calls, %v; want 1 and 1", callbacks, calls, err)
	}
}

// dump is every row of every table.
func dump(t *testing.T, s *Store) string {
	t.Helper()
	tables, err := s.wholeRows(t.Context(), `SELECT name FROM sqlite_master WHERE type = 'table'`)
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for _, table := range tables {
		rows, err := s.wholeRows(t.Context(), "SELECT * FROM "+table["name"].(string))
		if err != nil {
			t.Fatal(err)
		}
		if err := json.NewEncoder(&all).Encode(rows); err != nil {
			t.Fatal(err)
		}
	}
	return all.String()
}
