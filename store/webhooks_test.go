package store

import (
	"slices"
	"testing"
	"time"

	"mediasrv/routing/fact"
)

// Events wait for their webhooks, with the call as it is known, in order, also over a restart; until they are done.
func TestWebhookEvents(t *testing.T) {
	path := dbPath(t)
	at := time.Date(2026, 11, 21, 10, 0, 0, 0, time.UTC)
	hooks := func(kind fact.EventKind) []string {
		return map[fact.EventKind][]string{fact.Offered: {"crm", "erp"}, fact.CallEnded: {"crm"}}[kind]
	}
	s, _ := openAt(t, path)
	s.TellHooks(hooks)
	start(t, s)
	s.Append(
		fact.Conversation{ID: "v1", Customer: "+81901", Name: "Aiko Yamada", Status: "open", Opened: at, Changed: at},
		fact.Call{ID: "k1", Conversation: "v1", Direction: fact.Inbound, Entry: "+81312", From: "+81901", Queue: "support", Began: at},
		fact.Event{At: at, Kind: fact.Queued, Conversation: "v1", Call: "k1"},
		fact.Event{At: at.Add(time.Second), Kind: fact.Offered, Conversation: "v1", Call: "k1", Queue: "support", Agent: "aiko"},
		fact.Event{At: at.Add(time.Minute), Kind: fact.CallEnded, Conversation: "v1", Call: "k1"},
	)
	flush(t, s)
	select {
	case <-s.Hooked():
	default:
		t.Error("nobody was woken")
	}
	want := fact.HookEvent{
		ID: 1, Kind: fact.Offered, At: at.Add(time.Second), Conversation: "v1", Call: "k1", Direction: "inbound", Number: "+81901", Name: "Aiko Yamada", Entry: "+81312",
		Queue: "support", Agent: "aiko",
	}
	if got, ok, err := s.NextHookEvent(t.Context(), "crm"); !ok || err != nil || got != want {
		t.Errorf("%+v %t %v, want %+v", got, ok, err, want)
	}
	if n, err := s.HooksWait(t.Context()); err != nil || n["crm"] != 2 || n["erp"] != 1 {
		t.Errorf("%v %v", n, err)
	}
	if err := s.HookEventDone(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s, _ = openAt(t, path)
	var kinds []fact.EventKind
	for _, hook := range []string{"crm", "erp"} {
		e, ok, err := s.NextHookEvent(t.Context(), hook)
		if !ok || err != nil {
			t.Fatal(hook, err)
		}
		kinds = append(kinds, e.Kind)
	}
	if !slices.Equal(kinds, []fact.EventKind{fact.CallEnded, fact.Offered}) {
		t.Errorf("after a restart they are told of %v", kinds)
	}
	if err := s.ForgetHooks(t.Context(), []string{"crm"}); err != nil {
		t.Fatal(err)
	}
	if n, err := s.HooksWait(t.Context()); err != nil || n["crm"] != 1 || n["erp"] != 0 {
		t.Errorf("after a webhook has left the file: %v %v", n, err)
	}
}
