package web

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"mediasrv/routing/fact"

	"github.com/coder/websocket"
)

// dial opens a WebSocket; without one it returns the status of the refusal.
func (c *client) dial(path string, headers ...string) (conn *websocket.Conn, status int, err error) {
	h := http.Header{"Cookie": {c.cookie}}
	for i := 0; i+1 < len(headers); i += 2 {
		h.Set(headers[i], headers[i+1])
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	conn, res, err := websocket.Dial(ctx, "ws://desk.example"+path, &websocket.DialOptions{HTTPClient: c.http, HTTPHeader: h})
	if res == nil {
		return conn, 0, err
	}
	if err != nil {
		_ = res.Body.Close()
	}
	return conn, res.StatusCode, err
}

// events opens the event stream and reads the first view.
func (c *client) events() *websocket.Conn {
	c.l.t.Helper()
	conn, _, err := c.dial("/api/events", "Origin", "http://desk.example")
	if err != nil {
		c.l.t.Fatal(err)
	}
	c.l.t.Cleanup(func() { _ = conn.CloseNow() })
	readView(c.l.t, conn)
	return conn
}

func readView(t *testing.T, conn *websocket.Conn) string {
	t.Helper()
	kind, text, err := conn.Read(context.Background())
	if err != nil || kind != websocket.MessageText {
		t.Fatalf("read: %v, %v", kind, err)
	}
	return string(text)
}

func TestEventsShowEveryChange(t *testing.T) {
	inBubble(t, nil, func(l *lab) {
		t := l.t
		conn := l.loggedIn("aiko").events()
		l.centre.send("aiko", fact.DeskView{Call: &fact.CallView{ID: "c1"}, WrapUp: &fact.WrapUpView{Call: "c1"}})
		text := readView(t, conn)
		var m struct {
			Type string
			View fact.DeskView
		}
		if err := json.Unmarshal([]byte(text), &m); err != nil || m.Type != "view" || m.View.Call.ID != "c1" {
			t.Errorf("got %s (%v)", text, err)
		}
		for _, list := range []string{`"queues":[]`, `"timeline":[]`, `"dispositions":[]`} {
			if !strings.Contains(text, list) {
				t.Errorf("%s lacks %s", text, list)
			}
		}
		_ = conn.Close(websocket.StatusNormalClosure, "")
		synctest.Wait()
		if n := l.centre.watchers("aiko"); n != 0 {
			t.Errorf("%d watchers are left", n)
		}
	})
}

func TestEventsCloseWithTheSession(t *testing.T) {
	inBubble(t, nil, func(l *lab) {
		t := l.t
		c := l.loggedIn("aiko")
		one, two := c.events(), c.events()
		other := l.loggedIn("aiko").events()
		done := make(chan struct{})
		defer func() { <-done }()
		go func() {
			defer close(done)
			req, err := http.NewRequest(http.MethodPost, "http://desk.example/api/logout", nil)
			if err != nil {
				t.Error(err)
				return
			}
			req.Header.Set("Cookie", c.cookie)
			res, err := c.http.Do(req)
			if err != nil {
				t.Error(err)
				return
			}
			_ = res.Body.Close()
		}()
		for _, conn := range []*websocket.Conn{one, two} {
			if _, _, err := conn.Read(context.Background()); websocket.CloseStatus(err) != StatusSessionEnded {
				t.Errorf("after logout: %v", err)
			}
		}
		l.centre.send("aiko", fact.DeskView{Notice: "still here"})
		if text := readView(t, other); !strings.Contains(text, "still here") {
			t.Errorf("the other session got %s", text)
		}
	})
}

func TestEventsOfASessionDeletedByAnotherProcess(t *testing.T) {
	inBubble(t, nil, func(l *lab) {
		t := l.t
		conn := l.loggedIn("aiko").events()
		if err := SetPassword(t.Context(), l.logins, l.heavy, "aiko", "a new password"); err != nil {
			t.Fatal(err)
		}
		began := time.Now()
		if _, _, err := conn.Read(context.Background()); websocket.CloseStatus(err) != StatusSessionEnded {
			t.Errorf("closed with %v", err)
		}
		if took := time.Since(began); took > sweepEvery+time.Second {
			t.Errorf("it took %v", took)
		}
	})
}

func TestAnOpenPageKeepsTheSession(t *testing.T) {
	inBubble(t, nil, func(l *lab) {
		t := l.t
		c := l.loggedIn("aiko")
		conn := c.events()
		ctx, cancel := context.WithTimeout(context.Background(), 3*sessionLife)
		defer cancel()
		if _, _, err := conn.Read(ctx); ctx.Err() == nil {
			t.Fatalf("the stream ended: %v", err)
		}
		if a := c.do("GET", "/api/me", ""); a.status != 200 {
			t.Errorf("after %v with an open page: %d", 3*sessionLife, a.status)
		}
	})
}

func TestEventsOfAPageThatIsGone(t *testing.T) {
	inBubble(t, nil, func(l *lab) {
		t := l.t
		l.loggedIn("aiko").events() // never read again: no pong
		synctest.Wait()
		if n := l.centre.watchers("aiko"); n != 1 {
			t.Fatalf("%d watchers", n)
		}
		time.Sleep(pingEvery + sendTime + time.Second)
		synctest.Wait()
		if n := l.centre.watchers("aiko"); n != 0 {
			t.Errorf("%d watchers are left", n)
		}
	})
}

func TestEventsAtShutdown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLab(t, nil)
		stop := l.serve()
		conn := l.loggedIn("aiko").events()
		stopped := make(chan struct{})
		go func() { stop(); close(stopped) }()
		if _, _, err := conn.Read(context.Background()); websocket.CloseStatus(err) != websocket.StatusGoingAway {
			t.Errorf("closed with %v", err)
		}
		<-stopped // the clean-up's own stop would wait on a mutex, with which a bubble's clock stands still
	})
}

func TestSocketsFromOtherSites(t *testing.T) {
	inBubble(t, func(o *Options) { o.SIP = http.NotFoundHandler() }, func(l *lab) {
		t := l.t
		c := l.loggedIn("aiko")
		for _, path := range []string{"/api/events", "/sip"} {
			for _, h := range [][]string{
				{"Origin", "http://evil.example"},
				{"Origin", "null"},
				{"Origin", "http://desk.example:8443"},
				{"Origin", "http://desk.example", "Sec-Fetch-Site", "cross-site"},
				{"Origin", "http://desk.example", "Sec-Fetch-Site", "same-site"},
			} {
				if _, status, err := c.dial(path, h...); err == nil || status != http.StatusForbidden {
					t.Errorf("%s with %v: %v", path, h, err)
				}
			}
		}
	})
}

func TestTooManyPages(t *testing.T) {
	inBubble(t, nil, func(l *lab) {
		t := l.t
		c := l.loggedIn("aiko")
		for range maxSockets {
			c.events()
		}
		if _, status, err := c.dial("/api/events"); err == nil || status != http.StatusTooManyRequests {
			t.Errorf("one too many: %v", err)
		}
	})
}

func TestSIPEndsWithTheSession(t *testing.T) {
	entered, left := make(chan struct{}), make(chan struct{})
	inBubble(t, func(o *Options) {
		o.SIP = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			conn, err := websocket.Accept(w, r, &websocket.AcceptOptions{InsecureSkipVerify: true})
			if err != nil {
				return
			}
			defer func() { _ = conn.CloseNow() }()
			close(entered)
			<-r.Context().Done()
			close(left)
		})
	}, func(l *lab) {
		t := l.t
		entered, left = make(chan struct{}), make(chan struct{})
		c := l.loggedIn("aiko")
		if _, _, err := c.dial("/sip"); err != nil {
			t.Fatal(err)
		}
		<-entered
		c.do("POST", "/api/logout", "")
		<-left
	})
}
