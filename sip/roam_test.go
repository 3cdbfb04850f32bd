package sip

import (
	"strings"
	"testing"

	"mediasrv/routing"
	"mediasrv/routing/fact"

	"github.com/coder/websocket"
)

// A browser whose network has changed goes on by a new connection, once its phone has registered there; nobody else can take its dialog over. The phone of another
// login of the same user can be called by itself.
func TestBrowserMovesToAnotherConnection(t *testing.T) {
	g, _ := realRig(t)
	b, bye := g.browse("aiko")
	defer bye()
	b.register()
	g.until("the binding", func() bool { return g.phones["aiko"] == 1 })
	leg, err := g.stack.Dial(routing.Target{User: "aiko"}, routing.Caller{Call: "c9"}, &fakeRoom{}, g.sink)
	if err != nil {
		t.Fatal(err)
	}
	inv := b.read()
	if inv.header("X-Mediasrv-Again") != "" {
		t.Error("an offer asks to be answered by itself")
	}
	b.write(websocket.MessageText, reply(inv, "200 OK", "b", "Contact: <sip:xyz@abc.invalid;transport=ws>\r\n", browserSDP))
	if ack := b.read(); !strings.HasPrefix(ack.text, "ACK") {
		t.Fatal(ack.text)
	}
	g.until("the answer", func() bool { return len(g.events) == 1 })
	_ = b.c.CloseNow()
	g.until("the binding's end", func() bool { return g.phones["aiko"] == 0 })

	within := ask{
		method: "INVITE", callID: inv.header("Call-ID"), via: "WSS abc.invalid", from: inv.header("To") + ";tag=b", to: inv.header("From"),
		body: strings.Replace(browserSDP, "a=ice-ufrag:abcd", "a=ice-ufrag:efgh", 1),
	}
	ben, bye := g.browse("ben")
	defer bye()
	ben.register()
	ben.write(websocket.MessageText, within.String())
	if m := ben.read(); !strings.HasPrefix(m.text, "SIP/2.0 403") {
		t.Fatal("somebody else has the dialog: ", m.text)
	}

	moved, bye := g.browse("aiko")
	defer bye()
	moved.register()
	within.seq, within.branch = 7, "z9hG4bKmoved"
	moved.write(websocket.MessageText, within.String())
	if m := moved.read(); !strings.HasPrefix(m.text, "SIP/2.0 200") {
		t.Fatal(m.text)
	}
	within.method, within.body, within.branch = "ACK", "", "z9hG4bKack"
	moved.write(websocket.MessageText, within.String())

	other, bye := g.browse("aiko")
	defer bye()
	other.name = "other"
	other.register()
	g.until("both phones", func() bool { return g.phones["aiko"] == 2 })
	if _, err := g.stack.Dial(routing.Target{User: "aiko", Phone: moved.in.AuthUser}, routing.Caller{Call: "c9", Again: true}, &fakeRoom{}, g.sink); err == nil {
		if m := moved.read(); !strings.HasPrefix(m.text, "INVITE") || m.header("X-Mediasrv-Again") != "yes" || m.header("X-Mediasrv-Call") != "c9" {
			t.Error(m.text)
		}
	} else {
		t.Error(err)
	}
	if _, err := g.stack.Dial(routing.Target{User: "aiko", Phone: "aiko.gone"}, routing.Caller{}, &fakeRoom{}, g.sink); err == nil {
		t.Error("a phone that isn't there was called")
	}
	leg.Hangup(fact.EndCallerHungUp)
	if m := moved.read(); !strings.HasPrefix(m.text, "BYE") {
		t.Error("the old connection is still used: ", m.text)
	}
}
