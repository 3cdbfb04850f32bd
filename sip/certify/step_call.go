package certify

import (
	"context"
	"strconv"
	"strings"
	"time"

	"mediasrv/media/codec"
	"mediasrv/sip/resolve"
)

// plainCall is the call as everybody makes it.
func plainCall(ctx context.Context, a *Agent) []Finding {
	var f findings
	c, res := a.tryCall(ctx, &f, how{})
	if c == nil {
		return f
	}
	a.learn(res)
	if c.invite.sent > 1 && (len(c.invite.responses) == 0 || c.invite.responses[0].at.Sub(c.invite.began) > t1) {
		f.wrong("RFC 3261, 17.2.1", "no response of any kind within %s: INVITE was sent %d times (100 is due after 200 ms)", t1, c.invite.sent)
	}
	if res == nil || res.code() >= 300 {
		a.notAnswered(&f, c, res)
		return f
	}
	f.ok("RFC 3261, 13.3.1", "answers the call: %s after %s", status(res), seconds(res.at.Sub(c.invite.began)))
	a.talked = true
	c.accept(&f, res)
	a.judgeAddress(&f, c, res)
	if d := c.agreed(res); d != nil {
		judgeAnswer(&f, c, d)
	}
	// A second 200 may be on its way, and whatever the other side does when a call has begun.
	a.pause(ctx, time.Second)
	if c.over {
		f.odd("RFC 3261, 15", "hangs up within a second of its answer")
	}
	return f
}

func (a *Agent) notAnswered(f *findings, c *call, res *message) {
	switch {
	case len(c.invite.responses) == 0:
		f.wrong("RFC 3261, 13.3.1", "doesn't react to INVITE from %s at all (a trunk that knows its customers by address or by registration answers only those)", a.sentBy())
	case res == nil:
		f.wrong("RFC 3261, 13.3.1", "the test number isn't answered within %s: give one that answers by itself", ringFor)
	default:
		x := f.wrong("RFC 3261, 13.3.1", "the test call is refused: %s%s", status(res), cause(res))
		switch res.code() {
		case 488, 606:
			x.advise(keyCodecs("[PCMA, PCMU]"))
		case 404, 484, 604:
			x.advise(keyNumbers(a.otherSpelling()))
		}
	}
}

// otherSpelling is how the number isn't written.
func (a *Agent) otherSpelling() string {
	if strings.HasPrefix(a.number, "+") {
		return "national"
	}
	return "e164"
}

// judgeAddress looks at where requests in the call go.
func (a *Agent) judgeAddress(f *findings, c *call, res *message) {
	if c.hop == a.peer && strings.Contains(c.target, "@") && res.contact() != "" && len(c.routes) == 0 && !strings.Contains(c.target, a.peer.Addr().String()) {
		f.odd("RFC 3261, 12.1.1", "its Contact (%s) isn't where it was reached, and not to be reached from here: requests in the call go where INVITE went", c.target)
	}
	if strings.HasPrefix(c.target, "sips:") && a.via != resolve.TLS {
		f.odd("RFC 3261, 8.1.1.8", "its Contact is sips: though the call isn't over TLS")
	}
}

// judgeAnswer holds an answer against our offer (RFC 3264, 6).
func judgeAnswer(f *findings, c *call, d *description) {
	m := d.audio()
	if m == nil {
		return
	}
	judgeShape(f, d, 1)
	own := parseDescription(c.invited.body)
	if len(own.media) == 0 {
		return
	}
	pt, voice := m.voice()
	if voice == codec.None || m.port == 0 {
		f.wrong("RFC 3264, 6", "answers without a codec that was offered: %s", strings.Join(m.formats, " "))
		return
	}
	asked := payloadOffered(&own.media[0], voice)
	switch {
	case asked < 0:
		f.wrong("RFC 3264, 6.1", "answers with %s, which wasn't offered", voice)
	case asked != pt:
		f.odd("RFC 3264, 6.1", "answers %s with payload type %d, offered as %d", voice, pt, asked)
	default:
		f.ok("RFC 3264, 6.1", "talks %s", voice)
	}
	judgeEvents(f, m, voice)
	if m.maxptime > 0 && m.maxptime < 20 {
		f.odd("RFC 8866, 6.4", "takes packets of at most %d ms", m.maxptime)
	}
}

func payloadOffered(m *mediaLine, voice codec.Type) int {
	for _, f := range m.formats {
		if m.codecOf(f) == voice {
			pt, _ := strconv.Atoi(f)
			return pt
		}
	}
	return -1
}

// judgeEvents looks for telephone-event at its payload type.
func judgeEvents(f *findings, m *mediaLine, voice codec.Type) {
	rate, offered := eventRate(voice), ptEvents
	if rate == 48000 {
		offered = ptEventsOpus
	}
	got := m.events(rate)
	switch {
	case got == offered:
		f.ok("RFC 4733, 2.4", "takes digits as telephone-event, at the payload type that was offered")
	case got >= 0:
		f.odd("RFC 3264, 6.1", "takes telephone-event at payload type %d, offered as %d", got, offered)
	case m.events(8000) >= 0:
		f.odd("RFC 4733, 2.1", "takes telephone-event with another clock (8000) than %s", voice)
	default:
		x := f.odd("RFC 4733, 2.4", "doesn't take telephone-event: digits can go by INFO or as tones only")
		x.advise(keyDTMF("inband"))
	}
}

// judgeShape looks at what every description has to be.
func judgeShape(f *findings, d *description, lines int) {
	if len(d.media) != lines {
		f.wrong("RFC 3264, 6", "its description has %d m-lines, ours %d", len(d.media), lines)
	}
	if len(d.origin) != 6 || d.session == "" {
		f.wrong("RFC 8866, 5.2", "its o= line is malformed: %s", strings.Join(d.origin, " "))
	}
	for i := range d.media {
		if d.media[i].port != 0 && !d.media[i].addr.IsValid() {
			f.wrong("RFC 8866, 5.7", "its description names no address (c=) for its m=%s", d.media[i].kind)
		}
	}
}
