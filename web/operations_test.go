package web

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"mediasrv/routing/fact"
)

// fakeOperations has one trunk, and takes every call.
type fakeOperations struct {
	mu      sync.Mutex
	refuse  error
	trunk   fact.TrunkState
	orders  []fact.Order
	ended   []fact.CallID
	news    chan struct{} // closed: the call has rung
	reload  fact.Reload
	slow    bool // a reload takes long
	notices []fact.QueueNotice
}

func newFakeOperations() *fakeOperations {
	return &fakeOperations{
		news: make(chan struct{}), trunk: fact.TrunkState{
			Name: "carrier-a", Kind: "carrier", Out: 2, Attempts: 4, Answered: 3, ASR: 0.75, PDD: 1500 * time.Millisecond, Window: time.Minute,
			Registration: fact.Registration{State: fact.Registered, Server: "udp/192.0.2.1:5060", Expires: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)},
			Targets:      []fact.TargetState{{Server: "sip.example", Address: "udp/192.0.2.1:5060", Health: fact.TargetUp, RTT: 20 * time.Millisecond}},
		},
	}
}

func (f *fakeOperations) Trunks() []fact.TrunkState {
	f.mu.Lock()
	defer f.mu.Unlock()
	return []fact.TrunkState{f.trunk}
}

func (f *fakeOperations) set(how func(*fact.TrunkState)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	how(&f.trunk)
}

func (f *fakeOperations) Start(o fact.Order) (fact.CallID, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.orders = append(f.orders, o)
	return "call-1", f.refuse
}

func (f *fakeOperations) Order(ctx context.Context, id fact.CallID, after int) (fact.OrderView, bool) {
	v := fact.OrderView{ID: id, Number: "+81312345678", Events: []fact.OrderEvent{{What: fact.OrderDialling}}}
	if after > 0 {
		select {
		case <-f.news:
			v.Events = append(v.Events, fact.OrderEvent{What: fact.OrderRinging})
		case <-ctx.Done():
		}
	}
	return v, id == "call-1"
}

func (f *fakeOperations) EndOrder(id fact.CallID) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.ended = append(f.ended, id)
	return f.refuse
}

func (f *fakeOperations) History(name string) ([]fact.Call, []fact.Event, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	call := fact.Call{ID: "call-1", Direction: fact.Inbound, From: "+819012345678", Entry: "+81312345678", Began: at, Ended: at.Add(time.Minute), End: fact.EndCallerHungUp}
	switch name {
	case "last":
		return []fact.Call{call}, []fact.Event{{At: at, Kind: fact.Considered, Agent: "aiko", Detail: "ben: in a call"}}, f.refuse
	case "call-1":
		call.Queue, call.Conversation = "support", "v2"
		return []fact.Call{call}, nil, f.refuse
	case "+819012345678":
		return []fact.Call{call, {ID: "call-0", Direction: fact.Inbound, Began: at}}, nil, f.refuse
	}
	return nil, nil, f.refuse
}

func TestHistory(t *testing.T) {
	inBubble(t, nil, func(l *lab) {
		c := l.loggedIn("dana")
		a := c.do("GET", "/api/history/last", "")
		want := `{"calls":[{"id":"call-1","direction":"inbound","from":"+819012345678","entry":"+81312345678","trunk":"","queue":"","agent":"","disposition":"",` +
			`"began":"2026-01-02T03:04:05Z","ended":"2026-01-02T03:05:05Z","endReason":"caller-hung-up"}],` +
			`"events":[{"at":"2026-01-02T03:04:05Z","kind":"considered","agent":"aiko","detail":"ben: in a call"}]}`
		if a.status != 200 || strings.TrimSpace(a.body) != want {
			l.t.Errorf("%d %s\nwant\n%s", a.status, a.body, want)
		}
		if a := c.do("GET", "/api/history/%2B819012345678", ""); a.status != 200 || !strings.Contains(a.body, `"id":"call-0"`) || !strings.Contains(a.body, `"events":[]`) {
			l.t.Errorf("%d %s", a.status, a.body)
		}
		if a := c.do("GET", "/api/history/nobody", ""); a.status != 404 {
			l.t.Errorf("an unknown call: %d", a.status)
		}
		l.ops.mu.Lock()
		l.ops.refuse = errors.New("disk I/O error")
		l.ops.mu.Unlock()
		if a := c.do("GET", "/api/history/last", ""); a.status != 503 || strings.Contains(a.body, "disk") {
			l.t.Errorf("a database that fails: %d %s", a.status, a.body)
		}
	})
}

func TestOperationsAreForSupervisors(t *testing.T) {
	inBubble(t, nil, func(l *lab) {
		for user, want := range map[string]int{"": 401, "aiko": 403, "dana": 200, "root": 200} {
			c := l.client()
			if user != "" {
				c = l.loggedIn(user)
			}
			for _, r := range [][2]string{{"GET", "/api/trunks"}, {"GET", "/api/calls/call-1"}, {"GET", "/api/history/last"}} {
				if a := c.do(r[0], r[1], ""); a.status != want {
					l.t.Errorf("%s %s as %q: %d, want %d", r[0], r[1], user, a.status, want)
				}
			}
			if want == 200 {
				continue
			}
			for _, r := range [][3]string{{"POST", "/api/calls", `{"number":"110"}`}, {"DELETE", "/api/calls/call-1", ""}, {"GET", "/api/trunks/events", ""}} {
				if a := c.do(r[0], r[1], r[2]); a.status != want {
					l.t.Errorf("%s %s as %q: %d, want %d", r[0], r[1], user, a.status, want)
				}
			}
		}
		if len(l.ops.orders) != 0 {
			l.t.Errorf("%+v", l.ops.orders)
		}
	})
}

func TestTrunksAsJSON(t *testing.T) {
	inBubble(t, nil, func(l *lab) {
		a := l.loggedIn("root").do("GET", "/api/trunks", "")
		want := `{"trunks":[{"name":"carrier-a","kind":"carrier","health":"up","registration":{"state":"registered","since":null,"server":"udp/192.0.2.1:5060",` +
			`"expires":"2026-01-02T03:04:05Z","next":null,"error":""},"targets":[{"server":"sip.example","address":"udp/192.0.2.1:5060","health":"up","since":null,` +
			`"rtt":0.02,"error":"","errorAt":null,"again":null}],"in":0,"out":2,"window":60,"attempts":4,"answered":3,"failures":0,"asr":0.75,"pdd":1.5}]}`
		if strings.TrimSpace(a.body) != want {
			l.t.Errorf("%s\nwant\n%s", a.body, want)
		}
	})
}

func TestHealthInOneWord(t *testing.T) {
	up, down, unknown := fact.TargetState{Health: fact.TargetUp}, fact.TargetState{Health: fact.TargetDown}, fact.TargetState{Health: fact.TargetUnknown}
	for want, all := range map[string][]fact.TrunkState{
		"up":       {{Targets: []fact.TargetState{up, unknown}}, {In: 1}, {Registration: fact.Registration{State: fact.Registered}, Targets: []fact.TargetState{unknown}}},
		"degraded": {{Targets: []fact.TargetState{up, down}}, {Targets: []fact.TargetState{down, unknown}}},
		"down": {
			{Targets: []fact.TargetState{down, down}},
			{Targets: []fact.TargetState{up}, Registration: fact.Registration{State: fact.RegistrationRefused}},
			{Targets: []fact.TargetState{up}, Registration: fact.Registration{State: fact.RegistrationFailed}},
		},
		"unknown": {{}, {Targets: []fact.TargetState{unknown}}, {Registration: fact.Registration{State: fact.Registering}}},
	} {
		for _, s := range all {
			if got := health(s); got != want {
				t.Errorf("%+v: %s, want %s", s, got, want)
			}
		}
	}
}

func TestTrunkEvents(t *testing.T) {
	inBubble(t, nil, func(l *lab) {
		conn, status, err := l.loggedIn("root").dial("/api/trunks/events")
		if err != nil {
			l.t.Fatal(status, err)
		}
		defer func() { _ = conn.CloseNow() }()
		read := func() (m trunksMessage) {
			_, text, err := conn.Read(context.Background())
			if err != nil || json.Unmarshal(text, &m) != nil {
				l.t.Fatalf("%v %s", err, text)
			}
			return m
		}
		if m := read(); m.Type != "trunks" || len(m.Trunks) != 1 || m.Trunks[0].Health != "up" {
			l.t.Errorf("%+v", m)
		}
		began := time.Now()
		time.AfterFunc(10*time.Second, func() {
			l.ops.set(func(s *fact.TrunkState) { s.Registration.State = fact.RegistrationFailed })
		})
		if m := read(); m.Trunks[0].Health != "down" || time.Since(began) < 10*time.Second || time.Since(began) > 12*time.Second {
			l.t.Errorf("after %v: %+v", time.Since(began), m)
		}
	})
}

func TestPlacedCallOverTheAPI(t *testing.T) {
	inBubble(t, nil, func(l *lab) {
		t, c := l.t, l.loggedIn("dana")
		a := c.do("POST", "/api/calls", `{"number":"+81312345678","trunk":"carrier-a","say":"Hello.","for":5}`)
		if a.status != 202 || strings.TrimSpace(a.body) != `{"id":"call-1"}` {
			t.Errorf("%d %s", a.status, a.body)
		}
		want := fact.Order{Number: "+81312345678", Trunk: "carrier-a", Say: "Hello.", For: 5 * time.Second, By: "dana"}
		if l.ops.orders[0] != want {
			t.Errorf("%+v", l.ops.orders[0])
		}
		for _, body := range []string{`{}`, `{"number":"a b"}`, `{"number":"1\r\nVia: x"}`, `{"number":"1","from":"x"}`, `{"number":"1","for":99999}`, `{"number":"1","bogus":1}`} {
			if a := c.do("POST", "/api/calls", body); a.status != 422 {
				t.Errorf("%s: %d", body, a.status)
			}
		}
		// The answer waits for news.
		began := time.Now()
		time.AfterFunc(7*time.Second, func() { close(l.ops.news) })
		a = c.do("GET", "/api/calls/call-1?after=1", "")
		if !strings.Contains(a.body, "ringing") || time.Since(began) != 7*time.Second {
			t.Errorf("after %v: %s", time.Since(began), a.body)
		}
		if a := c.do("GET", "/api/calls/other", ""); a.status != 404 {
			t.Errorf("%d", a.status)
		}
		if a := c.do("DELETE", "/api/calls/call-1", ""); a.status != 204 || l.ops.ended[0] != "call-1" {
			t.Errorf("%d %v", a.status, l.ops.ended)
		}
		l.ops.refuse = errors.New("This trunk carries no calls out.")
		if a := c.do("POST", "/api/calls", `{"number":"1"}`); a.status != 409 || a.problem(t).Detail != "This trunk carries no calls out." {
			t.Errorf("%d %s", a.status, a.body)
		}
	})
}

func (f *fakeOperations) Reload(_ context.Context, by string) (fact.Reload, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.slow {
		return fact.Reload{}, false
	}
	f.reload.By, f.reload.At = by, time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	return f.reload, true
}

func (f *fakeOperations) Reloads() (last fact.Reload, applied, refused uint64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.reload, 3, 1
}

func (f *fakeOperations) QueueStates() []fact.QueueState {
	f.mu.Lock()
	defer f.mu.Unlock()
	state := fact.QueueState{Name: "support", Open: len(f.notices) == 0}
	for _, n := range f.notices {
		if n.Kind == fact.QueueClosed {
			state.Closed, state.Why = &n, "closed by "+n.By
		} else {
			state.Incident = &n
		}
	}
	return []fact.QueueState{state}
}

func (f *fakeOperations) SetNotice(_ context.Context, n fact.QueueNotice) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if n.Queue != "support" {
		return errors.New("There is no such queue.")
	}
	f.notices = append(f.notices, n)
	return nil
}

func (f *fakeOperations) EndNotice(string, fact.NoticeKind, string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.notices = nil
	return nil
}
