package store

import (
	"testing"
	"time"

	"mediasrv/routing/fact"
)

func TestTokens(t *testing.T) {
	s, _ := openAt(t, dbPath(t))
	at := time.Date(2026, 11, 21, 10, 0, 0, 0, time.UTC)
	crm := fact.Token{ID: "1", Name: "crm", Hash: "h1", Role: "supervisor", ReadOnly: true, Created: at, CreatedBy: "root", Expires: at.Add(time.Hour)}
	dialler := fact.Token{ID: "2", Name: "a-dialler", Hash: "h2", User: "aiko", Created: at, CreatedBy: "root"}
	for _, token := range []fact.Token{crm, dialler} {
		if added, err := s.AddToken(t.Context(), token); !added || err != nil {
			t.Fatal(added, err)
		}
	}
	if added, err := s.AddToken(t.Context(), fact.Token{ID: "3", Name: "crm", Hash: "h3", Created: at}); added || err != nil {
		t.Errorf("a second one of a name: %t %v", added, err)
	}
	if got, ok, err := s.Token(t.Context(), "h1"); !ok || err != nil || got != crm {
		t.Errorf("%+v %t %v", got, ok, err)
	}
	if all, err := s.Tokens(t.Context()); err != nil || len(all) != 2 || all[0] != dialler || all[1] != crm {
		t.Errorf("%+v %v", all, err)
	}
	if gone, ok, err := s.DeleteToken(t.Context(), "crm"); !ok || err != nil || gone != crm {
		t.Errorf("%+v %t %v", gone, ok, err)
	}
	for _, hash := range []string{"h1", "h3", ""} {
		if got, ok, err := s.Token(t.Context(), hash); ok || err != nil {
			t.Errorf("%q: %+v %v", hash, got, err)
		}
	}
	if _, ok, err := s.DeleteToken(t.Context(), "crm"); ok || err != nil {
		t.Errorf("twice: %v", err)
	}
}
