package web

import (
	"context"
	"encoding/json"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"mediasrv/config"
	"mediasrv/routing/fact"
)

func TestReloadOverTheAPI(t *testing.T) {
	inBubble(t, nil, func(l *lab) {
		t := l.t
		l.ops.reload = fact.Reload{Wrong: []fact.ReloadMistake{{File: "/m.yml", Line: 3, Column: 5, Key: "queues.x", Text: "is wrong"}}}
		var v reloadView
		a := l.loggedIn("root").do("POST", "/api/reload", "")
		if err := json.Unmarshal([]byte(a.body), &v); err != nil || a.status != 200 {
			t.Fatal(a.status, a.body, err)
		}
		if v.Applied || v.By != "root" || len(v.Wrong) != 1 || v.Wrong[0].Line != 3 || v.Wrong[0].Key != "queues.x" {
			t.Errorf("%+v", v)
		}
		l.ops.reload = fact.Reload{Applied: true, Changes: []string{"queues.x"}, Restart: []string{"tls"}}
		a = l.loggedIn("dana").do("GET", "/api/reload", "")
		if !strings.Contains(a.body, `"applied":true,"changes":["queues.x"],"restart":["tls"],"wrong":[]`) {
			t.Error(a.body)
		}
		l.ops.slow = true
		if a := l.loggedIn("root").do("POST", "/api/reload", ""); a.status != 503 {
			t.Errorf("a reload that takes long: %d", a.status)
		}
	})
}

// Over the control socket one is an admin without a login; there are no pages and no WebSockets.
func TestControlSocket(t *testing.T) {
	l := newLab(t, nil)
	l.ops.reload = fact.Reload{Applied: true}
	path := filepath.Join(t.TempDir(), "c.sock")
	listener, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- l.server.ServeControl(ctx, listener) }()
	client := &http.Client{Transport: &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "unix", path)
	}}}
	ask := func(method, path, upgrade string) int {
		t.Helper()
		req, err := http.NewRequestWithContext(t.Context(), method, "http://control"+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		if upgrade != "" {
			req.Header.Set("Upgrade", upgrade)
		}
		res, err := client.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		return res.StatusCode
	}
	for route, want := range map[string]int{
		"POST /api/reload": 200, "GET /api/trunks": 200, "GET /metrics": 200, "GET /api/nothing": 404, "GET " + wallboardPath: 404, "PUT /api/me/status": 403,
	} {
		method, path, _ := strings.Cut(route, " ")
		if got := ask(method, path, ""); got != want {
			t.Errorf("%s: %d, want %d", route, got, want)
		}
	}
	if got := ask("GET", trunksPath, "websocket"); got != 404 {
		t.Errorf("a WebSocket: %d", got)
	}
	if by := l.ops.reload.By; by != Control {
		t.Errorf("by %q", by)
	}
	client.CloseIdleConnections()
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

// Who is taken out of the file in a call stays logged in until the call and its wrap-up are over.
func TestLeavingUserStaysLoggedIn(t *testing.T) {
	leaving := map[string]*config.User{}
	inBubble(t, func(o *Options) { o.Leaving = func(user string) *config.User { return leaving[user] } }, func(l *lab) {
		t := l.t
		c := l.loggedIn("aiko")
		without := *l.config()
		aiko := without.Users["aiko"]
		without.Users = map[string]*config.User{"dana": without.Users["dana"]}
		leaving["aiko"] = aiko
		l.mu.Lock()
		l.cfg = &without
		l.mu.Unlock()
		if err := l.server.sweep(t.Context(), time.Now()); err != nil {
			t.Fatal(err)
		}
		if a := c.do("GET", "/api/me", ""); a.status != 200 {
			t.Errorf("in the call: %d", a.status)
		}
		delete(leaving, "aiko")
		if a := c.do("GET", "/api/me", ""); a.status != 401 {
			t.Errorf("after it: %d", a.status)
		}
	})
}
