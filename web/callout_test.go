package web

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"mediasrv/config"
	"mediasrv/routing/fact"
)

func (f *fakeCentre) CallOut(user string, o fact.CallOut) (fact.CallID, error) {
	return "c9", f.note("call-out %s %s %s %s %t", user, o.Number, o.Queue, o.From, o.New)
}

func (f *fakeCentre) LookOut(user, number string) fact.CallOutLook {
	return fact.CallOutLook{Number: number, Name: "Seen by " + user, Queues: []fact.QueueNumbers{}}
}

func (f *fakeCentre) Contacts(s fact.ContactSearch) []fact.Contact {
	_ = f.note("contacts %s %t %d", s.Text, s.External, s.Most)
	return nil
}

func (f *fakeCentre) PutContact(user string, c fact.Contact, all bool) (fact.Contact, error) {
	return c, f.note("contact %s %s %s %v %t", user, c.ID, c.Name, c.Numbers, all)
}

func (f *fakeCentre) DropContact(user string, id fact.ContactID, all bool) error {
	return f.note("drop-contact %s %s %t", user, id, all)
}

func (f *fakeCentre) Conversations(user string, everywhere bool) []fact.ConversationView {
	_ = f.note("conversations %s %t", user, everywhere)
	return nil
}

func (f *fakeCentre) ChangeConversation(user string, id fact.ConversationID, form fact.ConversationForm, everywhere bool) (fact.ConversationView, error) {
	status := ""
	if form.Status != nil {
		status = *form.Status
	}
	return fact.ConversationView{ID: id, Tags: []string{}}, f.note("conversation %s %s %s %t %t", user, id, status, form.Tags != nil, everywhere)
}

func (f *fakeCentre) CustomerOf(string) (string, fact.CustomerView) {
	return "+81312345678", fact.CustomerView{Past: []fact.PastContact{}}
}

func TestCallingOutOverTheAPI(t *testing.T) {
	books := &fakeBooks{gone: []fact.AbandonedCall{{Call: "x", Queue: "support"}, {Call: "y", Queue: "secret"}}}
	l := newLab(t, func(o *Options) { o.Books = books })
	l.cfg.Queues = map[string]*config.Queue{"support": {Name: "support", Agents: []string{"aiko"}}}
	l.cfg.Company.TimeZone = time.UTC
	l.serve()
	aiko, dana := l.loggedIn("aiko"), l.loggedIn("dana")
	for _, c := range []struct {
		who          *client
		method, path string
		body         string
		status       int
		did          string
	}{
		{aiko, "POST", "/api/me/call", `{"number":"090"}`, 202, "call-out aiko 090   false"},
		{aiko, "POST", "/api/me/call", `{"number":"090","queue":"support","from":"+81","conversation":"new"}`, 202, "call-out aiko 090 support +81 true"},
		{aiko, "POST", "/api/me/call", `{"number":""}`, 422, ""},
		{aiko, "POST", "/api/me/call", `{"number":"090","conversation":"other"}`, 422, ""},
		{aiko, "GET", "/api/me/call?number=090", "", 200, ""},
		{aiko, "GET", "/api/directory?find=ken&external=true&most=5", "", 200, "contacts ken true 5"},
		{aiko, "POST", "/api/directory", `{"name":"Ken","numbers":["090"]}`, 200, "contact aiko  Ken [090] false"},
		{aiko, "POST", "/api/directory", `{"name":"Ken","numbers":[]}`, 422, ""},
		{dana, "PUT", "/api/directory/d1", `{"name":"Ken","numbers":["090"]}`, 200, "contact dana d1 Ken [090] true"},
		{aiko, "DELETE", "/api/directory/d1", "", 204, "drop-contact aiko d1 false"},
		{aiko, "GET", "/api/conversations", "", 200, "conversations aiko false"},
		{dana, "GET", "/api/conversations", "", 200, "conversations dana true"},
		{aiko, "PUT", "/api/conversations/v1", `{"status":"solved","tags":["vip"]}`, 200, "conversation aiko v1 solved true false"},
		{aiko, "PUT", "/api/conversations/v1", `{"status":"lost"}`, 422, ""},
	} {
		a := c.who.do(c.method, c.path, c.body)
		done := l.centre.commands()
		if a.status != c.status || c.did != "" && (len(done) == 0 || done[len(done)-1] != c.did) {
			t.Errorf("%s %s %s: %d, %v", c.method, c.path, c.body, a.status, done)
		}
	}
	if a := aiko.do("GET", "/api/me/customer", ""); a.status != 200 || !strings.Contains(a.body, `"call":"c0"`) {
		t.Errorf("the customer: %d %s", a.status, a.body)
	}
	if a := aiko.do("GET", "/api/abandoned", ""); a.status != 200 || strings.Contains(a.body, "secret") || !strings.Contains(a.body, `"x"`) {
		t.Errorf("an agent's abandoned callers: %d %s", a.status, a.body)
	}
	if a := dana.do("GET", "/api/abandoned", ""); !strings.Contains(a.body, "secret") {
		t.Errorf("a supervisor's: %s", a.body)
	}
	l.centre.refuse = errors.New("No.")
	if a := aiko.do("POST", "/api/me/call", `{"number":"090"}`); a.status != http.StatusConflict || a.problem(t).Detail != "No." {
		t.Errorf("refused: %d", a.status)
	}
}
