package certify

import (
	"context"
	"slices"
	"strings"
	"time"
)

// need says what a step can't do without.
type need int

const (
	nothing need = iota
	aCall        // a call that is answered; if the step call found none, it isn't tried again
	aProbe       // OPTIONS is answered
)

// step is one thing that is tried.
type step struct {
	name  string
	about string
	needs need
	run   func(context.Context, *Agent) []Finding
}

// steps are all, in the order in which they run: the later ones rest on what the earlier ones have learnt.
func steps() []step {
	return []step{
		{"tls", "The certificate and the version of TLS.", nothing, secureSignalling},
		{"options", "OPTIONS, the usual probe, is answered.", nothing, options},
		{"servers", "The trunk's further servers, by the file and the DNS, are there as well.", aProbe, furtherServers},
		{"register", "REGISTER: login, refresh, short times, and taking it back.", nothing, register},
		{"call", "A call: ringing, answer, dialog and description.", nothing, plainCall},
		{"media", "Audio of a call: both ways, address, packet length, codec.", aCall, mediaStep},
		{"early", "Early media and ringing before the answer.", aCall, early},
		{"dtmf", "Digits as telephone-event.", aCall, dtmf},
		{"bye", "BYE, a second BYE, and old CSeq.", aCall, bye},
		{"cancel", "CANCEL before the answer.", aCall, cancel},
		{"busy", "The status of a number that is busy (--busy NUMBER).", nothing, busy},
		{"unknown", "The status of a number that doesn't exist (--unknown NUMBER).", nothing, unknown},
		{"hold", "Hold by sendonly, inactive and 0.0.0.0, and back.", aCall, hold},
		{"offerless", "Calls and re-INVITEs in which the other side offers.", aCall, offerless},
		{"codec", "A change of codec in the call.", aCall, changeCodec},
		{"lines", "A further m-line (video, T.38) is refused and the call kept.", aCall, furtherLines},
		{"update", "UPDATE with and without a description.", aCall, update},
		{"100rel", "Reliable provisional responses and PRACK.", aCall, reliable},
		{"timer", "Session timers: 422, who refreshes, and that it is done.", aCall, sessionTimer},
		{"lost-ack", "The 200 comes again until it is acknowledged, and an INVITE that comes again makes no second call.", aCall, lostAck},
		{"glare", "Two offers at once.", aCall, glare},
		{"routes", "Record-Route is kept and obeyed.", aCall, recordRoute},
		{"large", "An INVITE of more than 1300 bytes.", aCall, large},
		{"compact", "Compact header names and folded lines.", aProbe, compactForm},
		{"methods", "A method and an extension that nobody knows.", aCall, unknownMethod},
		{"hops", "Max-Forwards 0.", aProbe, maxForwards},
		{"identity", "P-Asserted-Identity and a withheld number.", aCall, identity},
		{"srtp", "Encrypted media.", aCall, secureMedia},
	}
}

// StepNames are the names of all steps, in order.
func StepNames() []string {
	var names []string
	for _, s := range steps() {
		names = append(names, s.name)
	}
	return names
}

// Result is what a step found.
type Result struct {
	Step     string        `json:"step"`
	About    string        `json:"about"`
	Level    Level         `json:"level"` // the worst of its findings
	Took     time.Duration `json:"took_ns"`
	Findings []Finding     `json:"findings"`
	Messages []Message     `json:"messages"`
}

// do runs a step and ends every call that it left.
func (a *Agent) do(ctx context.Context, s step) Result {
	began := time.Now()
	a.trace, a.linted, a.clients, a.calls, a.answered, a.lastChallenge = nil, nil, nil, map[string]*call{}, map[string][]byte{}, 0
	var f findings
	if why := a.lacks(s.needs); why != "" {
		f.untested("", "%s", why)
	} else {
		f = s.run(ctx, a)
	}
	a.tidy(ctx)
	for _, x := range a.linted {
		if !slices.ContainsFunc(f, func(y Finding) bool { return x.Text == y.Text }) {
			f = append(f, x)
		}
	}
	return Result{Step: s.name, About: s.about, Level: f.worst(), Took: time.Since(began), Findings: f, Messages: a.trace}
}

// lacks says why a step can't run; empty: it can.
func (a *Agent) lacks(n need) string {
	switch {
	case n == aCall && a.tried["call"] && !a.talked:
		return "the test call isn't answered (step call)"
	case n == aProbe && a.tried["options"] && !a.probed:
		return "OPTIONS isn't answered (step options)"
	}
	return ""
}

// tidy ends what a step has left, and its sockets. Even when the run is given up nobody is left on the phone.
func (a *Agent) tidy(ctx context.Context) {
	ctx, stop := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer stop()
	for _, c := range a.calls {
		c.end(ctx)
		c.audio.close()
	}
	for _, c := range a.clients {
		c.next = time.Time{}
	}
	a.pause(ctx, betweenFor)
}

// begin makes a call and waits for its answer, which is acknowledged; nil if it isn't answered, and the findings say why.
func (a *Agent) begin(ctx context.Context, f *findings, h how) *call {
	c, res := a.tryCall(ctx, f, h)
	if c == nil {
		return nil
	}
	if res == nil || res.code() >= 300 {
		f.wrong("RFC 3261, 13.3.1", "the test call isn't answered: %s%s", status(res), cause(res))
		return nil
	}
	c.accept(f, res)
	return c
}

// tryCall makes a call and waits for its final answer, without acknowledging it if it is a 2xx; the call is nil if it can't begin.
func (a *Agent) tryCall(ctx context.Context, f *findings, h how) (*call, *message) {
	c, err := a.dial(h)
	if err != nil {
		f.untested("", "%v", err)
		return nil, nil
	}
	res := c.follow(ctx, f, ringFor)
	for tries := 0; tries < 2 && res != nil && res.code() == 422 && !h.timerSet; tries++ {
		if res = c.longer(ctx, f, res); res == nil {
			break
		}
	}
	if res == nil && len(c.invite.responses) > 0 {
		c.giveUp(ctx)
	}
	return c, res
}

// longer asks again with the session time that a 422 wants (RFC 4028, 7.4).
func (c *call) longer(ctx context.Context, f *findings, res *message) *message {
	least := res.number("Min-SE")
	if least < 0 {
		return res
	}
	c.invited.headers = slices.DeleteFunc(c.invited.headers, func(h string) bool {
		return strings.HasPrefix(h, "Session-Expires:") || strings.HasPrefix(h, "Min-SE:")
	})
	c.invited.headers = append(c.invited.headers, "Session-Expires: "+itoa(least), "Min-SE: "+itoa(least))
	c.cseq++
	c.invited.cseq = c.cseq
	c.invite = c.agent.ask(c.invited)
	return c.follow(ctx, f, ringFor)
}

// accept acknowledges the 2xx of the first INVITE, with our answer if the offer is in it, and begins to talk.
func (c *call) accept(f *findings, res *message) {
	d := c.agreed(res)
	body := ""
	if c.invited.body == "" && d != nil {
		body = c.describe(c.offered(nil).answer(d))
	}
	c.ack(c.invite, body)
	if d == nil || d.audio() == nil {
		f.wrong("RFC 3264, 5", "the call is answered without a description of its audio")
		return
	}
	c.talk(d)
}

// agreed is the description of an answered call: the 2xx's, or that of a provisional response before it.
func (c *call) agreed(res *message) *description {
	if d := res.description(); d != nil {
		return d
	}
	if p := c.invite.provisional(func(m *message) bool { return m.description() != nil }); p != nil {
		return p.description()
	}
	return nil
}
