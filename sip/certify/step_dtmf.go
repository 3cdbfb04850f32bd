package certify

import (
	"context"
	"strings"
	"time"

	"mediasrv/media/rtp"
)

// pressed are the digits of the test.
const pressed = "159#"

// dtmf presses digits and listens whether they come back.
func dtmf(ctx context.Context, a *Agent) []Finding {
	var f findings
	c := a.begin(ctx, &f, how{})
	if c == nil || c.theirs.audio() == nil {
		return f
	}
	m := c.theirs.audio()
	_, voice := m.voice()
	if m.events(eventRate(voice)) < 0 {
		x := f.odd("RFC 4733, 2.4", "doesn't take telephone-event: digits can go by INFO or as tones only")
		if a.allows["info"] {
			x.advise(keyDTMF("info"))
			a.digitByInfo(ctx, &f, c)
		} else {
			x.advise(keyDTMF("inband"))
		}
		return f
	}
	began := time.Now()
	c.audio.press(pressed)
	a.until(ctx, 3*time.Second, func() bool { return c.over })
	if c.over {
		f.wrong("RFC 4733, 2.5", "hangs up when digits are pressed")
		return f
	}
	f.ok("RFC 4733, 2.5", "telephone-event is agreed, and the call stands digits")
	judgeEcho(&f, c.audio.since(began), m.events(eventRate(voice)), eventRate(voice))
	return f
}

// digitByInfo tries a digit by INFO.
func (a *Agent) digitByInfo(ctx context.Context, f *findings, c *call) {
	c.cseq++
	r := c.inDialog("INFO")
	r.cseq, r.body, r.contentType = c.cseq, "Signal=5\r\nDuration=160\r\n", "application/dtmf-relay"
	res := a.answer(ctx, a.ask(r), answerIn)
	if res != nil && res.code() < 300 {
		f.ok("RFC 6086", "takes a digit by INFO")
	} else {
		f.odd("RFC 6086", "names INFO in Allow, and answers a digit by INFO with %s", status(res))
	}
}

// judgeEcho reads the events that came back.
func judgeEcho(f *findings, packets []heard, pt, rate int) {
	pad := rtp.Keypad{Rate: rate}
	var digits strings.Builder
	for _, p := range packets {
		if int(p.header.PT) != pt || p.payload == nil {
			continue
		}
		keys, n := pad.Push(p.header, p.payload, p.at.UnixNano())
		for _, k := range keys[:n] {
			digits.WriteByte(k.Digit)
		}
	}
	if k, ok := pad.Poll(time.Now().UnixNano()); ok {
		digits.WriteByte(k.Digit)
	}
	switch got := digits.String(); got {
	case "":
		f.untested("RFC 4733, 2.5", "the number sends no digits back, so whether it heard them isn't known")
	case pressed:
		f.ok("RFC 4733, 2.5", "sends the digits back as they were pressed: %s", got)
	default:
		f.odd("RFC 4733, 2.5", "pressed were %s, and %s came back", pressed, got)
	}
}
