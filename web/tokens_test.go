package web

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/coder/websocket"

	"mediasrv/routing/fact"
)

// fakeTokens keeps tokens in a list.
type fakeTokens struct {
	mu  sync.Mutex
	all []fact.Token
}

func (f *fakeTokens) AddToken(_ context.Context, t fact.Token) (bool, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if slices.ContainsFunc(f.all, func(o fact.Token) bool { return o.Name == t.Name }) {
		return false, nil
	}
	f.all = append(f.all, t)
	return true, nil
}

func (f *fakeTokens) Token(_ context.Context, hash string) (fact.Token, bool, error) {
	return f.find(func(t fact.Token) bool { return t.Hash == hash })
}

func (f *fakeTokens) find(is func(fact.Token) bool) (fact.Token, bool, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if i := slices.IndexFunc(f.all, is); i >= 0 {
		return f.all[i], true, nil
	}
	return fact.Token{}, false, nil
}

func (f *fakeTokens) Tokens(context.Context) ([]fact.Token, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.all), nil
}

func (f *fakeTokens) DeleteToken(_ context.Context, name string) (fact.Token, bool, error) {
	t, ok, err := f.find(func(t fact.Token) bool { return t.Name == name })
	f.mu.Lock()
	defer f.mu.Unlock()
	f.all = slices.DeleteFunc(f.all, func(o fact.Token) bool { return o.Name == name })
	return t, ok, err
}

// token makes a token and a client that brings it.
func (l *lab) token(admin *client, body string) *client {
	l.t.Helper()
	a := admin.do("POST", "/api/tokens", body)
	var made struct{ Token string }
	if err := json.Unmarshal([]byte(a.body), &made); err != nil || a.status != 201 || !strings.HasPrefix(made.Token, "mst_") || len(made.Token) < 40 {
		l.t.Fatalf("%s: %d %s", body, a.status, a.body)
	}
	if strings.Contains(l.log.String(), made.Token) {
		l.t.Error("the token is in the log")
	}
	for _, t := range l.tokens.all {
		if t.Hash == made.Token || !slices.ContainsFunc(l.tokens.all, func(t fact.Token) bool { return t.Hash == hashToken(made.Token) }) {
			l.t.Error("not the token's hash is kept")
		}
	}
	c := l.client()
	c.bearer = made.Token
	return c
}

func TestTokens(t *testing.T) {
	inBubble(t, nil, func(l *lab) {
		t := l.t
		root := l.loggedIn("root")
		crm := l.token(root, `{"name":"crm","role":"supervisor"}`)
		reader := l.token(root, `{"name":"reader","role":"supervisor","readOnly":true,"expires":"`+time.Now().Add(time.Hour).UTC().Format(time.RFC3339)+`"}`)
		asAiko := l.token(root, `{"name":"dialler","user":"aiko"}`)
		for _, r := range []struct {
			c            *client
			method, path string
			want         int
		}{
			{crm, "GET", "/api/running", 200},
			{crm, "POST", "/api/running/c1/move", 400}, // admitted, without a body
			{crm, "GET", "/api/tokens", 403},
			{crm, "POST", "/api/me/hangup", 403}, // takes no calls
			{crm, "POST", "/api/logout", 403},
			{reader, "GET", "/api/running", 200},
			{reader, "POST", "/api/agents/aiko/logout", 403},
			{reader, "DELETE", "/api/running/c1/supervision", 403},
			{asAiko, "POST", "/api/me/hangup", 204},
			{asAiko, "POST", "/api/phone", 403},
			{asAiko, "GET", "/api/running", 403},
		} {
			if a := r.c.do(r.method, r.path, ""); a.status != r.want {
				t.Errorf("%s %s: %d %s, want %d", r.method, r.path, a.status, a.body, r.want)
			}
		}
		if a := crm.do("PUT", "/api/agents/aiko/status", `{"status":"away"}`); a.status != 204 || !slices.Contains(l.centre.commands(), "status-of token:crm aiko away") {
			t.Errorf("%d, the centre was told %v", a.status, l.centre.commands())
		}
		for body, why := range map[string]string{
			`{"name":"crm","role":"admin"}`:                                "already",
			`{"name":"Big","role":"admin"}`:                                "small letters",
			`{"name":"x"}`:                                                 "one of them",
			`{"name":"x","role":"admin","user":"aiko"}`:                    "one of them",
			`{"name":"x","user":"nobody"}`:                                 "no user",
			`{"name":"x","role":"admin","expires":"1999-01-01T00:00:00Z"}`: "ahead",
		} {
			if a := root.do("POST", "/api/tokens", body); a.status != 409 || !strings.Contains(a.body, why) {
				t.Errorf("%s: %d %s", body, a.status, a.body)
			}
		}
		time.Sleep(2 * time.Hour)
		if a := reader.do("GET", "/api/running", ""); a.status != 401 {
			t.Errorf("an expired token: %d", a.status)
		}
		if a := root.do("GET", "/api/tokens", ""); a.status != 200 || strings.Count(a.body, `"name"`) != 3 || strings.Contains(a.body, hashToken(crm.bearer)) {
			t.Errorf("%d %s", a.status, a.body)
		}
		if a := root.do("DELETE", "/api/tokens/nobody", ""); a.status != 404 {
			t.Errorf("an unknown one: %d", a.status)
		}
		if a := root.do("DELETE", "/api/tokens/crm", ""); a.status != 204 {
			t.Errorf("revoke: %d %s", a.status, a.body)
		}
		if a := crm.do("GET", "/api/running", ""); a.status != 401 {
			t.Errorf("a revoked token: %d", a.status)
		}
		crm.bearer = "mst_" + strings.Repeat("x", 43)
		if a := crm.do("GET", "/api/running", ""); a.status != 401 {
			t.Errorf("an invented token: %d", a.status)
		}
		want := []string{"root token-create  crm, supervisor", "root token-create  reader, supervisor, reads only, until ", "root token-create aiko dialler", "root token-revoke  crm"}
		for i, got := range l.trail.acts() {
			if !strings.HasPrefix(got, want[i]) {
				t.Errorf("the audit trail has %q, want %q", got, want[i])
			}
		}
	})
}

// The event stream of a token ends when the token is revoked, also by another process, or its user is no longer in the file.
func TestRevokedTokenEndsItsStreams(t *testing.T) {
	for _, by := range []string{"API", "the database", "the file without its user"} {
		inBubble(t, nil, func(l *lab) {
			t := l.t
			root := l.loggedIn("root")
			c := l.token(root, `{"name":"dialler","user":"aiko"}`)
			conn, status, err := c.dial("/api/events", "Authorization", "Bearer "+c.bearer)
			if err != nil {
				t.Fatal(status, err)
			}
			readView(t, conn)
			switch by {
			case "API":
				root.do("DELETE", "/api/tokens/dialler", "")
			default:
				if by == "the database" {
					_, _, _ = l.tokens.DeleteToken(t.Context(), "dialler")
				} else {
					l.mu.Lock()
					cfg := *l.cfg
					cfg.Users = maps.Clone(cfg.Users)
					delete(cfg.Users, "aiko")
					l.cfg = &cfg
					l.mu.Unlock()
				}
				time.Sleep(sweepEvery)
				synctest.Wait()
			}
			if _, _, err := conn.Read(t.Context()); websocket.CloseStatus(err) != StatusSessionEnded {
				t.Errorf("revoked by %s: %v", by, err)
			}
		})
	}
}
