package web

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"mediasrv/config"
	"mediasrv/routing/fact"
)

// fakeCallbacks notes what it is asked.
type fakeCallbacks struct {
	mu      sync.Mutex
	refuse  error
	broken  error
	done    []string
	filters []fact.CallbackFilter
}

func (f *fakeCallbacks) note(parts ...string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.done = append(f.done, strings.Join(parts, " "))
	return f.refuse
}

func (f *fakeCallbacks) Callbacks(_ context.Context, filter fact.CallbackFilter) ([]fact.CallbackView, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.filters = append(f.filters, filter)
	return nil, f.broken
}

func (f *fakeCallbacks) CallbackEvents(context.Context, fact.ConversationID) ([]fact.Event, error) {
	return []fact.Event{{Kind: fact.CallbackAsked, Queue: "support"}, {Kind: fact.CallbackAgain, Queue: "secret"}}, f.broken
}

func (f *fakeCallbacks) PlanCallback(user string, p fact.CallbackPlan) (fact.Callback, error) {
	return fact.Callback{ID: "c1", Number: p.Number, Due: p.At, By: user}, f.note("plan", user, p.Number, p.Queue, p.At.UTC().Format(time.RFC3339))
}

func (f *fakeCallbacks) CallBack(user string, who fact.Missed) (fact.CallID, error) {
	return "k9", f.note("call back", user, who.Number, who.Queue, string(who.Conversation), who.Name, who.Entry)
}

func (f *fakeCallbacks) ListCallback(user string, who fact.Missed) (fact.Callback, error) {
	return fact.Callback{ID: "c9", Queue: who.Queue, Number: who.Number}, f.note("list", user, who.Number, who.Queue, string(who.Conversation), who.Entry)
}

func (f *fakeCallbacks) TakeCallback(user string, id fact.CallbackID) error {
	return f.note("take", user, string(id))
}

func (f *fakeCallbacks) MakeCallback(user string, id fact.CallbackID) (fact.CallID, error) {
	return "call", f.note("call", user, string(id))
}

func (f *fakeCallbacks) CloseCallback(user string, id fact.CallbackID) error {
	return f.note("done", user, string(id))
}

func (f *fakeCallbacks) CancelCallback(user string, id fact.CallbackID, everywhere bool) error {
	return f.note("cancel", user, string(id), map[bool]string{true: "everywhere", false: "own"}[everywhere])
}

func TestCallbacksAPI(t *testing.T) {
	backs := &fakeCallbacks{}
	l := newLab(t, func(o *Options) { o.Callbacks = backs })
	l.cfg.Queues = map[string]*config.Queue{"support": {Name: "support", Agents: []string{"aiko"}}, "sales": {Name: "sales"}}
	l.cfg.Company.TimeZone = time.FixedZone("JST", 9*3600)
	l.serve()
	aiko, dana := l.loggedIn("aiko"), l.loggedIn("dana")
	for _, c := range []struct {
		who          *client
		method, path string
		body         string
		status       int
		did          string
	}{
		{aiko, "POST", "/api/callbacks", `{"number":"090","queue":"support","at":"2026-11-21T10:00:00+09:00","personal":true}`, 200, "plan aiko 090 support 2026-11-21T01:00:00Z"},
		{aiko, "POST", "/api/callbacks", `{"number":"090"}`, 422, ""},
		{aiko, "POST", "/api/callbacks/c1/take", "", 204, "take aiko c1"},
		{aiko, "POST", "/api/callbacks/c1/call", "", 202, "call aiko c1"},
		{aiko, "POST", "/api/callbacks/c1/done", "", 204, "done aiko c1"},
		{aiko, "DELETE", "/api/callbacks/c1", "", 204, "cancel aiko c1 own"},
		{dana, "DELETE", "/api/callbacks/c1", "", 204, "cancel dana c1 everywhere"},
		{aiko, "GET", "/api/callbacks?state=nonsense", "", 422, ""},
		{aiko, "GET", "/api/callbacks?date=2026-13-01", "", 422, ""},
		{l.client(), "GET", "/api/callbacks", "", 401, ""},
	} {
		before := len(backs.done)
		a := c.who.do(c.method, c.path, c.body)
		did := strings.Join(backs.done[before:], "; ")
		if a.status != c.status || did != c.did {
			t.Errorf("%s %s: %d %s, did %q; want %d, %q", c.method, c.path, a.status, a.body, did, c.status, c.did)
		}
	}
	a := aiko.do("GET", "/api/callbacks?state=open&type=manual&conversation=open&since=2026-11-21T00:00:00Z&date=2026-11-21", "")
	f := backs.filters[len(backs.filters)-1]
	if a.status != http.StatusOK || !strings.Contains(a.body, `"callbacks":[]`) || f.State != "open" || f.Type != "manual" || f.About != "open" ||
		!slices.Equal(f.Queues, []string{"support"}) || f.Day.UTC().Hour() != 15 || f.Before.IsZero() {
		t.Errorf("%d %s: %+v", a.status, a.body, f)
	}
	dana.do("GET", "/api/callbacks?queue=sales", "")
	if f = backs.filters[len(backs.filters)-1]; !slices.Equal(f.Queues, []string{"sales"}) {
		t.Errorf("%+v", f)
	}
	aiko.do("GET", "/api/callbacks?queue=sales", "")
	if f = backs.filters[len(backs.filters)-1]; f.Queues == nil || len(f.Queues) != 0 {
		t.Errorf("%+v: another's queue", f)
	}
	if a := aiko.do("GET", "/api/conversations/v1/callbacks", ""); !strings.Contains(a.body, "callback-asked") || strings.Contains(a.body, "callback-again") {
		t.Errorf("%s", a.body)
	}
	backs.refuse, backs.broken = errors.New("No."), errors.New("locked")
	if a := aiko.do("POST", "/api/callbacks/c1/call", ""); a.status != http.StatusConflict || a.problem(t).Detail != "No." {
		t.Errorf("%d %s", a.status, a.body)
	}
	if a := aiko.do("GET", "/api/callbacks", ""); a.status != http.StatusServiceUnavailable {
		t.Errorf("%d %s", a.status, a.body)
	}
}

// Whoever has left a message is called back at once, by the agent who wants it; whoever gave up is put onto the list.
func TestCallBackAPI(t *testing.T) {
	backs, box := &fakeCallbacks{}, &fakeVoicemails{}
	l := newLab(t, func(o *Options) { o.Callbacks, o.Voicemails = backs, box })
	l.cfg.Queues = map[string]*config.Queue{"support": {Name: "support", Agents: []string{"aiko"}}, "sales": {Name: "sales"}}
	l.serve()
	aiko, dana := l.loggedIn("aiko"), l.loggedIn("dana")
	for _, c := range []struct {
		who    *client
		path   string
		status int
		did    string
	}{
		{aiko, "/api/voicemails/m1/call", 202, "call back aiko +819012345678 support   "},
		{aiko, "/api/voicemails/m2/call", 404, ""}, // of a queue that isn't aiko's
		{dana, "/api/abandoned/call-1/callback", 200, "list dana +819012345678 support v2 +81312345678"},
		{dana, "/api/abandoned/last/callback", 404, ""}, // only by its id
		{aiko, "/api/abandoned/call-1/callback", 200, "list aiko +819012345678 support v2 +81312345678"},
		{l.loggedIn("ben"), "/api/abandoned/call-1/callback", 404, ""}, // of a queue that isn't ben's
	} {
		before := len(backs.done)
		a := c.who.do("POST", c.path, "")
		if did := strings.Join(backs.done[before:], "; "); a.status != c.status || did != c.did {
			t.Errorf("%s: %d %s, did %q; want %d, %q", c.path, a.status, a.body, did, c.status, c.did)
		}
	}
	backs.refuse = errors.New("No.")
	for _, path := range []string{"/api/voicemails/m1/call", "/api/abandoned/call-1/callback"} {
		who := map[bool]*client{true: aiko, false: dana}[strings.Contains(path, "voice")]
		if a := who.do("POST", path, ""); a.status != http.StatusConflict || a.problem(t).Detail != "No." {
			t.Errorf("%s: %d %s", path, a.status, a.body)
		}
	}
}

// An agent of no queue sees nothing; a supervisor sees also what is of a queue that has left the file.
func TestWhoSeesWhichCallbacks(t *testing.T) {
	backs, box := &fakeCallbacks{}, &fakeVoicemails{}
	l := newLab(t, func(o *Options) { o.Callbacks, o.Voicemails = backs, box })
	l.cfg.Queues = map[string]*config.Queue{"other": {Name: "other", Agents: []string{"aiko"}}}
	l.serve()
	ben, dana := l.loggedIn("ben"), l.loggedIn("dana")
	for _, c := range []struct {
		who  *client
		path string
		want []string // nil: of all queues
	}{
		{ben, "", []string{}},
		{ben, "?queue=other", []string{}},
		{dana, "", nil},
		{dana, "?queue=gone", []string{"gone"}},
	} {
		if a := c.who.do("GET", "/api/callbacks"+c.path, ""); a.status != 200 {
			t.Fatalf("%s: %d %s", c.path, a.status, a.body)
		}
		if f := backs.filters[len(backs.filters)-1]; (f.Queues == nil) != (c.want == nil) || !slices.Equal(f.Queues, c.want) {
			t.Errorf("%q: queues %#v, want %#v", c.path, f.Queues, c.want)
		}
	}
	for who, want := range map[*client]int{ben: 0, dana: 3} {
		if a := who.do("GET", "/api/voicemails", ""); strings.Count(a.body, `"id"`) != want {
			t.Errorf("messages: %s, want %d", a.body, want)
		}
		if a := who.do("POST", "/api/voicemails/m1/heard", ""); (a.status == 204) != (want > 0) {
			t.Errorf("heard: %d", a.status)
		}
	}
}
