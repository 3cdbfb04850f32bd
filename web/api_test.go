package web

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"mediasrv/config"
)

// inBubble runs a test with a server in a bubble.
func inBubble(t *testing.T, change func(*Options), f func(l *lab)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		l := newLab(t, change)
		l.serve()
		f(l)
	})
}

func TestLoginAndLogout(t *testing.T) {
	inBubble(t, nil, func(l *lab) {
		t := l.t
		c := l.client()
		if a := c.do("GET", "/api/me", ""); a.status != 401 || a.problem(t).Detail != "Log in first." {
			t.Errorf("before login: %d %s", a.status, a.body)
		}
		a := c.login("aiko", password)
		if want := `{"user":"aiko","name":"Aiko Sato","role":"agent","agent":true}`; a.status != 200 || strings.TrimSpace(a.body) != want {
			t.Errorf("login: %d %s, want %s", a.status, a.body, want)
		}
		set := a.header.Get("Set-Cookie")
		for _, part := range []string{"mediasrv=", "HttpOnly", "SameSite=Strict", "Path=/"} {
			if !strings.Contains(set, part) {
				t.Errorf("cookie %q lacks %s", set, part)
			}
		}
		if strings.Contains(set, "Secure") || strings.Contains(l.log.String(), strings.TrimPrefix(c.cookie, "mediasrv=")) {
			t.Errorf("cookie %q is secure on plain HTTP, or its token is in the log", set)
		}
		a = c.do("GET", "/api/me", "")
		if want := `{"user":"aiko","name":"Aiko Sato","role":"agent","agent":true,"company":"Example Ltd","statuses":[{"name":"lunch","as":"away"}]}`; strings.TrimSpace(a.body) != want {
			t.Errorf("me: %s, want %s", a.body, want)
		}
	})
}

func TestCRM(t *testing.T) {
	inBubble(t, nil, func(l *lab) {
		cfg := newConfig()
		cfg.CRM = config.CRM{URL: "https://crm.example/?tel={number}", Answer: true}
		l.mu.Lock()
		l.cfg = cfg
		l.mu.Unlock()
		if a := l.loggedIn("aiko").do("GET", "/api/me", ""); !strings.Contains(a.body, `"crm":{"url":"https://crm.example/?tel={number}","open":"answer"}`) {
			l.t.Errorf("%s", a.body)
		}
	})
}

func TestLogoutEndsThePhoneAndTheLastOneTheAgent(t *testing.T) {
	inBubble(t, nil, func(l *lab) {
		t := l.t
		c, second := l.loggedIn("aiko"), l.loggedIn("aiko")
		phone := c.do("POST", "/api/phone", "")
		if want := `{"uri":"sip:aiko@x","authUser":"aiko.1","password":"secret","realm":"x","path":"/sip"}`; strings.TrimSpace(phone.body) != want {
			t.Errorf("phone: %s, want %s", phone.body, want)
		}
		c.do("POST", "/api/phone", "")
		if got := l.phones.gone(); !slices.Equal(got, []string{"aiko.1"}) {
			t.Errorf("a second phone revoked %v", got)
		}
		if a := c.do("POST", "/api/logout", ""); a.status != 204 || !strings.Contains(a.header.Get("Set-Cookie"), "Max-Age=0") {
			t.Errorf("logout: %d %v", a.status, a.header)
		}
		if a := c.do("GET", "/api/me", ""); a.status != 401 {
			t.Errorf("after logout: %d", a.status)
		}
		if got := l.phones.gone(); !slices.Equal(got, []string{"aiko.1", "aiko.2"}) {
			t.Errorf("logout revoked %v", got)
		}
		if got := l.centre.commands(); len(got) != 0 {
			t.Errorf("the centre was told %v although another login is there", got)
		}
		second.do("POST", "/api/logout", "")
		if got := l.centre.commands(); !slices.Equal(got, []string{"logged-out aiko"}) {
			t.Errorf("the centre was told %v", got)
		}
	})
}

func TestLoginRefused(t *testing.T) {
	inBubble(t, nil, func(l *lab) {
		t := l.t
		for _, user := range []string{"aiko", "nobody", "removed"} {
			pw := "wrong"
			if user == "removed" {
				pw = password // right, but the file does not name the user any more
			}
			a := l.client().login(user, pw)
			if p := a.problem(t); a.status != 401 || p.Title != "Unauthorized" || p.Detail != "The user name or the password is wrong." {
				t.Errorf("%s: %d %s", user, a.status, a.body)
			}
		}
		if strings.Contains(l.log.String(), "nobody") {
			t.Error("an unknown user name is in the log: it may be a password")
		}
		for _, body := range []string{"", "{", `{"user":"aiko"}`, `{"user":1,"password":"x"}`, `[]`, `{"user":"` + strings.Repeat("x", 200) + `","password":"x"}`} {
			if a := l.client().do("POST", "/api/login", body); a.status < 400 || a.status >= 500 {
				t.Errorf("%.40q: %d", body, a.status)
			}
		}
		// without a connection: the server cuts it while the client may still be writing
		large := httptest.NewRequest("POST", "http://desk.example/api/login", strings.NewReader(`{"user":"`+strings.Repeat("x", maxBody)+`"}`))
		large.Header.Set("Content-Type", "application/json")
		rec := httptest.NewRecorder()
		l.server.gate(rec, large)
		if rec.Code != http.StatusRequestEntityTooLarge {
			t.Errorf("a body that is too large: %d %s", rec.Code, rec.Body)
		}
	})
}

func TestLoginIsThrottledPerUserAndAddress(t *testing.T) {
	inBubble(t, nil, func(l *lab) {
		t := l.t
		for i := range freeFailures {
			if a := l.client().login("aiko", "wrong"); a.status != 401 {
				t.Fatalf("failure %d: %d", i+1, a.status)
			}
		}
		a := l.client().login("aiko", password)
		if p := a.problem(t); a.status != 429 || a.header.Get("Retry-After") != "2" || p.Detail == "" {
			t.Errorf("after %d failures: %d, Retry-After %q", freeFailures, a.status, a.header.Get("Retry-After"))
		}
		l.loggedIn("ben")
		l.from = "192.0.2.8"
		l.loggedIn("aiko")
		l.from = "192.0.2.7"
		time.Sleep(firstDelay)
		if a := l.client().login("aiko", "wrong"); a.status != 401 {
			t.Errorf("after the delay: %d", a.status)
		}
		if a := l.client().login("aiko", password); a.status != 429 || a.header.Get("Retry-After") != "4" {
			t.Errorf("the delay did not grow: %d %q", a.status, a.header.Get("Retry-After"))
		}
		time.Sleep(4 * time.Second)
		l.loggedIn("aiko")
		if a := l.client().login("aiko", "wrong"); a.status != 401 {
			t.Errorf("a success did not clear the failures: %d", a.status)
		}
	})
}

func TestLoginWhileTheDatabaseIsAway(t *testing.T) {
	inBubble(t, nil, func(l *lab) {
		t := l.t
		c := l.loggedIn("aiko")
		l.logins.mu.Lock()
		l.logins.broken = errors.New("locked")
		l.logins.mu.Unlock()
		if a := l.client().login("aiko", password); a.status != 503 || a.header.Get("Retry-After") == "" {
			t.Errorf("login: %d", a.status)
		}
		if a := c.do("GET", "/api/me", ""); a.status != 503 || a.problem(t).Detail == "" {
			t.Errorf("me: %d", a.status)
		}
		l.logins.mu.Lock()
		l.logins.broken = nil
		l.logins.mu.Unlock()
		if a := c.do("GET", "/api/me", ""); a.status != 200 {
			t.Errorf("me, later: %d", a.status)
		}
	})
}

func TestLogoutHoldsAlthoughTheDatabaseCannotDelete(t *testing.T) {
	inBubble(t, nil, func(l *lab) {
		t := l.t
		c := l.loggedIn("aiko")
		v, _, _ := l.logins.Session(t.Context(), hashToken(strings.TrimPrefix(c.cookie, "mediasrv=")))
		l.logins.mu.Lock()
		l.logins.broken = errors.New("full")
		l.logins.mu.Unlock()
		l.server.endSession(t.Context(), v)
		l.logins.mu.Lock()
		l.logins.broken = nil
		l.logins.mu.Unlock()
		if a := c.do("GET", "/api/me", ""); a.status != 401 {
			t.Errorf("an ended session still works: %d", a.status)
		}
		time.Sleep(sweepEvery)
		synctest.Wait()
		if _, ok, _ := l.logins.Session(t.Context(), v.TokenHash); ok {
			t.Error("the sweep did not delete the session")
		}
	})
}

func TestLoginWaitsForItsTurn(t *testing.T) {
	inBubble(t, nil, func(l *lab) {
		t := l.t
		l.heavy <- struct{}{} // a prompt is being encoded, for ever
		if a := l.client().login("aiko", password); a.status != 503 {
			t.Errorf("login: %d", a.status)
		}
		<-l.heavy
		l.loggedIn("aiko")
	})
}

func TestASecondLoginOfTheSameBrowserEndsTheFirst(t *testing.T) {
	inBubble(t, nil, func(l *lab) {
		t := l.t
		c := l.loggedIn("aiko")
		c.do("POST", "/api/phone", "")
		first := c.cookie
		c.login("aiko", password)
		if got := l.phones.gone(); !slices.Equal(got, []string{"aiko.1"}) {
			t.Errorf("revoked %v", got)
		}
		if got := l.centre.commands(); len(got) != 0 {
			t.Errorf("the centre was told %v", got)
		}
		c.cookie, first = first, c.cookie
		if a := c.do("GET", "/api/me", ""); a.status != 401 {
			t.Errorf("the first session: %d", a.status)
		}
		c.cookie = first
		if a := c.do("GET", "/api/me", ""); a.status != 200 {
			t.Errorf("the second session: %d", a.status)
		}
	})
}

func TestSessionSlidesAndExpires(t *testing.T) {
	inBubble(t, nil, func(l *lab) {
		t := l.t
		c := l.loggedIn("aiko")
		for range 3 {
			time.Sleep(sessionLife - time.Minute)
			if a := c.do("GET", "/api/me", ""); a.status != 200 {
				t.Fatalf("in use: %d", a.status)
			}
		}
		c.do("POST", "/api/phone", "")
		time.Sleep(sessionLife + sweepEvery)
		synctest.Wait()
		if a := c.do("GET", "/api/me", ""); a.status != 401 {
			t.Errorf("expired: %d", a.status)
		}
		if got := l.phones.gone(); !slices.Equal(got, []string{"aiko.1"}) {
			t.Errorf("revoked %v", got)
		}
		if got := l.centre.commands(); !slices.Equal(got, []string{"logged-out aiko"}) {
			t.Errorf("the centre was told %v", got)
		}
	})
}

func TestASessionEndsBeforeTheSweepSeesIt(t *testing.T) {
	inBubble(t, nil, func(l *lab) {
		t := l.t
		time.Sleep(time.Second) // between two sweeps
		c := l.loggedIn("aiko")
		time.Sleep(sessionLife)
		if a := c.do("GET", "/api/me", ""); a.status != 401 {
			t.Errorf("status %d", a.status)
		}
	})
}

func TestUserRemovedFromTheFile(t *testing.T) {
	inBubble(t, nil, func(l *lab) {
		t := l.t
		asks, waits := l.loggedIn("aiko"), l.loggedIn("ben")
		asks.do("POST", "/api/phone", "")
		waits.do("POST", "/api/phone", "")
		l.mu.Lock()
		cfg := newConfig()
		cfg.Users = map[string]*config.User{"root": cfg.Users["root"]}
		l.cfg = cfg
		l.mu.Unlock()
		if a := asks.do("GET", "/api/me", ""); a.status != 401 {
			t.Errorf("removed: %d", a.status)
		}
		time.Sleep(sweepEvery)
		synctest.Wait()
		if got := l.phones.gone(); !slices.Equal(got, []string{"aiko.1", "ben.2"}) {
			t.Errorf("revoked %v", got)
		}
		if users, _ := l.logins.SessionUsers(t.Context()); len(users) != 0 {
			t.Errorf("sessions left: %v", users)
		}
		if a := waits.login("ben", password); a.status != 401 {
			t.Errorf("login: %d", a.status)
		}
	})
}

func TestCommands(t *testing.T) {
	result := `{"notes":"n","disposition":"resolved","status":"solved","lineRating":4}`
	tests := []struct{ method, path, body, want string }{
		{"PUT", "/api/me/status", `{"status":"away"}`, "status aiko away"},
		{"PUT", "/api/me/status", `{"status":"away","name":"lunch"}`, "status aiko lunch"},
		{"POST", "/api/me/wrap-up/extend", "", "extend aiko"},
		{"POST", "/api/me/wrap-up/done", result, "done aiko resolved solved 4"},
		{"POST", "/api/me/hangup", "", "hangup aiko"},
		{"POST", "/api/me/hold", "", "hold aiko"},
		{"POST", "/api/me/resume", "", "resume aiko"},
		{"PUT", "/api/me/mute", `{"on":true}`, "mute aiko true"},
		{"POST", "/api/me/digits", `{"digits":"12#"}`, "digits aiko 12#"},
		{"POST", "/api/me/transfer", `{"user":"ben"}`, "transfer aiko ben"},
		{"POST", "/api/me/consult", `{"queue":"sales"}`, "consult aiko sales"},
		{"POST", "/api/me/party", `{"number":"+81312340000"}`, "party aiko +81312340000"},
		{"DELETE", "/api/me/party/l1", "", "drop aiko l1"},
		{"POST", "/api/me/switch", "", "switch aiko"},
		{"POST", "/api/me/back", "", "back aiko"},
		{"POST", "/api/me/complete", "", "complete aiko"},
		{"POST", "/api/me/merge", "", "merge aiko"},
	}
	inBubble(t, nil, func(l *lab) {
		t := l.t
		c := l.loggedIn("aiko")
		for _, tt := range tests {
			l.centre.done, l.centre.refuse = nil, nil
			if a := c.do(tt.method, tt.path, tt.body); a.status != 204 || a.body != "" {
				t.Errorf("%s: %d %s", tt.path, a.status, a.body)
			}
			if got := l.centre.commands(); !slices.Equal(got, []string{tt.want}) {
				t.Errorf("%s: the centre was told %v, want %s", tt.path, got, tt.want)
			}
			l.centre.refuse = errors.New("You are in a call.")
			a := c.do(tt.method, tt.path, tt.body)
			if p := a.problem(t); a.status != 409 || p.Title != "Conflict" || p.Detail != "You are in a call." {
				t.Errorf("%s refused: %d %s", tt.path, a.status, a.body)
			}
		}
		for path, body := range map[string]string{
			"/api/me/status":       `{"status":"asleep"}`,
			"/api/me/wrap-up/done": `{"notes":"","disposition":"","status":"gone","lineRating":9}`,
		} {
			method := map[bool]string{true: "PUT", false: "POST"}[path == "/api/me/status"]
			if a := c.do(method, path, body); a.status != 422 || a.problem(t).Detail == "" {
				t.Errorf("%s %s: %d %s", path, body, a.status, a.body)
			}
		}
	})
}

func TestSupervisorsReachOthers(t *testing.T) {
	tests := []struct{ method, path, body, want string }{
		{"PUT", "/api/running/c1/supervision", `{"how":"whisper"}`, "supervise dana c1 whisper"},
		{"DELETE", "/api/running/c1/supervision", "", "unsupervise dana c1"},
		{"POST", "/api/running/c1/move", `{"queue":"sales"}`, "move dana c1 sales"},
		{"PUT", "/api/agents/aiko/status", `{"status":"away"}`, "status-of dana aiko away"},
		{"POST", "/api/agents/aiko/logout", "", "log-out dana aiko"},
	}
	inBubble(t, nil, func(l *lab) {
		t := l.t
		aiko, c := l.loggedIn("aiko"), l.loggedIn("dana")
		for _, tt := range tests {
			l.centre.done, l.centre.refuse = nil, errors.New("This call has ended.")
			if a := c.do(tt.method, tt.path, tt.body); a.status != 409 || a.problem(t).Detail != "This call has ended." {
				t.Errorf("%s refused: %d %s", tt.path, a.status, a.body)
			}
			if a := aiko.do("GET", "/api/me", ""); a.status != 200 {
				t.Errorf("after what was refused: %d", a.status)
			}
			l.centre.done, l.centre.refuse = nil, nil
			if a := c.do(tt.method, tt.path, tt.body); a.status != 204 {
				t.Errorf("%s: %d %s", tt.path, a.status, a.body)
			}
			if got := l.centre.commands(); !slices.Equal(got, []string{tt.want}) {
				t.Errorf("%s: the centre was told %v, want %s", tt.path, got, tt.want)
			}
		}
		if a := aiko.do("GET", "/api/me", ""); a.status != 401 {
			t.Errorf("who was logged out: %d", a.status)
		}
		if a := c.do("PUT", "/api/running/c1/supervision", `{"how":"shout"}`); a.status != 422 {
			t.Errorf("an unknown way: %d", a.status)
		}
		if a := c.do("GET", "/api/running", ""); a.status != 200 || !strings.Contains(a.body, `"id":"c1"`) {
			t.Errorf("running calls: %d %s", a.status, a.body)
		}
	})
}

func TestPanicIsAnAnswer(t *testing.T) {
	inBubble(t, nil, func(l *lab) {
		t := l.t
		c := l.loggedIn("aiko")
		if a := c.do("POST", "/api/me/wrap-up/done", `{"notes":"panic","disposition":"","status":"open","lineRating":0}`); a.status != 500 {
			t.Errorf("status %d", a.status)
		}
		if a := c.do("GET", "/api/me", ""); a.status != 200 {
			t.Errorf("afterwards: %d", a.status)
		}
		if !strings.Contains(l.log.String(), "panicked") {
			t.Error("the log does not say so")
		}
	})
}

// TestEveryRouteWithEveryRole walks all routes: a new one has to be entered here.
func TestEveryRouteWithEveryRole(t *testing.T) {
	const open, login, agent, watcher, admin = "0123", ".123", ".12.", "..23", "...3"
	routes := map[string]string{
		"POST /api/login": open, "POST /api/logout": login, "GET /api/me": login, "POST /api/phone": login, "POST /api/me/return": agent, "GET /api/events": agent,
		"PUT /api/me/status": agent, "POST /api/me/wrap-up/extend": agent, "POST /api/me/wrap-up/done": agent, "POST /api/me/hangup": agent, "POST /api/me/recording/pause": agent, "POST /api/me/recording/resume": agent,
		"GET /api/voicemails": login, "GET /api/voicemails/{id}/sound": login, "POST /api/voicemails/{id}/heard": login, "PUT /api/voicemails/{id}/done": login, "POST /api/voicemails/{id}/call": agent,
		"GET /api/queues": watcher, "PUT /api/queues/{queue}/notices/{kind}": watcher, "DELETE /api/queues/{queue}/notices/{kind}": watcher,
		"POST /api/me/hold": agent, "POST /api/me/resume": agent, "PUT /api/me/mute": agent, "POST /api/me/digits": agent, "GET /api/me/targets": agent,
		"POST /api/me/transfer": agent, "POST /api/me/consult": agent, "POST /api/me/party": agent, "DELETE /api/me/party/{leg}": agent,
		"POST /api/me/switch": agent, "POST /api/me/back": agent, "POST /api/me/complete": agent, "POST /api/me/merge": agent,
		"GET /api/running": watcher, "PUT /api/running/{call}/supervision": watcher, "DELETE /api/running/{call}/supervision": watcher,
		"POST /api/running/{call}/move": watcher, "PUT /api/agents/{user}/status": watcher, "POST /api/agents/{user}/logout": watcher,
		"GET /api/recordings": login, "GET /api/recordings.csv": login, "GET /api/recordings/{id}": login, "GET /api/recordings/{id}/sound": login, "GET /api/recordings/{id}/metadata": login, "GET /api/recordings/{id}/wave": login, "GET /api/person": admin, "POST /api/person/erase": admin,
		"DELETE /api/recordings/{id}": watcher, "PUT /api/recordings/{id}/hold": watcher, "GET /api/recording-deletions": watcher,
		"GET /api/audit": watcher, "GET /api/audit.csv": watcher,
		"GET /api/tokens": admin, "POST /api/tokens": admin, "DELETE /api/tokens/{name}": admin,
		"GET /api/callbacks": login, "POST /api/callbacks": agent, "POST /api/callbacks/{id}/take": agent, "POST /api/callbacks/{id}/call": agent,
		"POST /api/callbacks/{id}/done": agent, "DELETE /api/callbacks/{id}": login, "GET /api/conversations/{conversation}/callbacks": login,
		"GET /api/me/call": agent, "POST /api/me/call": agent, "GET /api/me/customer": agent,
		"GET /api/directory": login, "POST /api/directory": login, "PUT /api/directory/{id}": login, "DELETE /api/directory/{id}": login,
		"GET /api/conversations": login, "PUT /api/conversations/{conversation}": login,
		"GET /api/reload": watcher, "POST /api/reload": admin,
		"GET /api/statistics": watcher, "GET /api/statistics.csv": watcher, "GET /api/abandoned": login, "POST /api/abandoned/{call}/callback": login, "GET /api/wallboard/events": watcher,
		"GET /api/alarms": watcher, "GET /api/alarms/events": watcher,
		"GET /api/trunks": watcher, "GET /api/trunks/events": watcher, "GET /api/history/{call}": watcher, "POST /api/calls": watcher, "GET /api/calls/{id}": watcher, "DELETE /api/calls/{id}": watcher,
		"GET /sip": login, "GET /metrics": watcher, "GET /healthz": open, "/": open, "/api/": open,
		"GET /api/openapi.json": open, "GET /api/openapi.yaml": open, "GET /api/openapi-3.0.json": open, "GET /api/openapi-3.0.yaml": open,
	}
	inBubble(t, func(o *Options) { o.SIP = http.NotFoundHandler() }, func(l *lab) {
		t := l.t
		visitors := []string{"", "aiko", "dana", "root"}
		for pattern := range l.server.access {
			may, ok := routes[pattern]
			if !ok {
				t.Errorf("%s is not in this test", pattern)
			}
			method, path, found := strings.Cut(pattern, " ")
			if !found {
				method, path = "GET", pattern
			}
			for i, user := range visitors {
				c := l.client()
				if user != "" {
					c = l.loggedIn(user)
				}
				a := c.do(method, path, "")
				refused := a.status == 403 || a.status == 401
				want := may[i] == '.'
				if refused != want {
					t.Errorf("%s as %q: %d", pattern, user, a.status)
				}
				if refused && (user == "") != (a.status == 401) {
					t.Errorf("%s as %q: %d, want 401 without a login and 403 with", pattern, user, a.status)
				}
			}
		}
		if len(routes) != len(l.server.access) {
			t.Errorf("%d routes in this test, %d in the server", len(routes), len(l.server.access))
		}
	})
}

func TestOpenAPI(t *testing.T) {
	inBubble(t, nil, func(l *lab) {
		t := l.t
		a := l.client().do("GET", "/api/openapi.json", "")
		var doc struct {
			Paths      map[string]map[string]any
			Components struct{ Schemas map[string]any }
		}
		if err := json.Unmarshal([]byte(a.body), &doc); err != nil {
			t.Fatal(err)
		}
		for pattern := range l.server.access {
			method, path, _ := strings.Cut(pattern, " ")
			if !strings.HasPrefix(path, "/api/") || strings.HasPrefix(path, "/api/openapi") {
				continue
			}
			if doc.Paths[path][strings.ToLower(method)] == nil {
				t.Errorf("%s is not described", pattern)
			}
		}
		if doc.Components.Schemas["DeskView"] == nil {
			t.Error("the event stream's view is not described")
		}
	})
}
