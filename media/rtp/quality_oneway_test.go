package rtp

import (
	"testing"
	"time"
)

// party is a peer in front of OneWay: steps of 20 ms.
type party struct {
	t   *testing.T
	o   OneWay
	now int64
	h   Header
	sr  uint32 // packets that it sent

	pauses bool // what doesn't come was never sent; else it is lost
}

// run lets time pass. we and they say whether packets come; it returns how the state turned, and after what time.
func (p *party) run(d time.Duration, we, they bool) (Turn, time.Duration) {
	for begin := p.now; p.now-begin < int64(d); {
		p.now += int64(20 * time.Millisecond)
		p.h.Timestamp += 160
		if we {
			p.o.Sent(p.now)
		}
		if they || !p.pauses {
			p.h.Seq++
			p.sr++
		}
		if they {
			p.o.Received(p.h, false, p.now)
		}
		if turn := p.o.Poll(p.now); turn != Same {
			return turn, time.Duration(p.now - begin)
		}
	}
	return Same, d
}

func (p *party) same(what string, d time.Duration, we, they bool) {
	p.t.Helper()
	if turn, after := p.run(d, we, they); turn != Same || p.o.Deaf() {
		p.t.Errorf("%s: %v after %v", what, turn, after)
	}
}

func (p *party) turns(what string, want Turn, we, they bool) {
	p.t.Helper()
	if turn, after := p.run(10*time.Second, we, they); turn != want || after > 3020*time.Millisecond || p.o.Deaf() != (want == Began) {
		p.t.Errorf("%s: %v after %v", what, turn, after)
	}
}

func newParty(t *testing.T) *party {
	t.Helper()
	return &party{t: t, now: start, h: Header{SSRC: 1, Timestamp: 1 << 31}}
}

func TestOneWay(t *testing.T) {
	for name, play := range map[string]func(p *party){
		"never heard":        func(p *party) { p.turns("", Began, true, false); p.turns("then heard", Ended, true, true) },
		"heard all the time": func(p *party) { p.same("", time.Hour, true, true) },
		"we don't send":      func(p *party) { p.same("", time.Hour, false, false) },
		"gone in mid-call": func(p *party) {
			p.same("talk", time.Minute, true, true)
			p.turns("gone", Began, true, false)
			p.turns("back", Ended, true, true)
			p.turns("gone again", Began, true, false)
		},
		"2.9 s of nothing": func(p *party) {
			p.same("talk", time.Second, true, true)
			p.same("a gap", 2900*time.Millisecond, true, false)
			p.same("talk", time.Second, true, true)
		},
		"hold, and back": func(p *party) {
			p.same("talk", time.Second, true, true)
			p.o.Expect(true, false, p.now)
			p.same("held", time.Hour, true, false)
			p.o.Expect(true, true, p.now)
			p.same("back, not heard yet", 2900*time.Millisecond, true, false)
			p.same("talk", time.Minute, true, true)
			p.o.Expect(true, false, p.now)
			p.o.Expect(true, true, p.now)
			p.turns("back, and never heard", Began, true, false)
		},
		"hold ends it": func(p *party) {
			p.turns("", Began, true, false)
			p.o.Expect(false, false, p.now)
			p.turns("held", Ended, true, false)
		},
		"a re-negotiation doesn't begin anew": func(p *party) {
			p.same("nothing", 2*time.Second, true, false)
			p.o.Expect(true, true, p.now)
			if turn, after := p.run(10*time.Second, true, false); turn != Began || after > 1020*time.Millisecond {
				p.t.Error(turn, after)
			}
		},
		"comfort noise, then nothing": func(p *party) {
			p.pauses = true
			p.same("talk", time.Second, true, true)
			p.h.Seq++
			p.o.Received(p.h, true, p.now)
			p.same("a pause", time.Hour, true, false)
		},
		"silence is left out, as was seen": func(p *party) {
			p.pauses = true
			p.same("talk", time.Second, true, true)
			p.same("a pause", time.Second, true, false)
			p.same("talk", time.Second, true, true)
			p.same("a long pause", time.Hour, true, false)
		},
		"Opus in a pause: every 400 ms": func(p *party) {
			p.pauses = true
			for range 100 {
				p.same("pause", 400*time.Millisecond, true, false)
				p.same("a packet", 20*time.Millisecond, true, true)
			}
		},
		"loss isn't a pause": func(p *party) {
			p.same("talk", time.Second, true, true)
			p.same("lost", time.Second, true, false)
			p.same("talk", time.Second, true, true)
			p.turns("gone", Began, true, false)
		},
		"digits aren't a pause": func(p *party) {
			p.same("talk", time.Second, true, true)
			event := p.h
			event.PT = 101
			for range 10 {
				event.Seq++
				p.now += int64(20 * time.Millisecond)
				p.h.Timestamp += 160
				p.o.Received(event, false, p.now)
			}
			p.h.Seq = event.Seq
			p.same("talk", time.Second, true, true)
			p.turns("gone", Began, true, false)
		},
		"the peer says that it is silent": func(p *party) {
			p.same("talk", time.Second, true, true)
			p.pauses = true
			p.o.Reported(p.sr)
			for range 100 {
				p.same("silence", 2500*time.Millisecond, true, false)
				p.o.Reported(p.sr)
			}
			p.pauses = false
			p.h.Seq++
			p.same("talk", time.Second, true, true)
			p.turns("gone", Began, true, false)
		},
		"the peer says that it speaks": func(p *party) {
			p.same("talk", time.Second, true, true)
			p.h.Seq++
			p.o.Received(p.h, true, p.now) // it pauses, as it seems
			p.o.Reported(p.sr)
			p.pauses = true
			p.same("a pause", 10*time.Second, true, false)
			p.sr += 500
			p.o.Reported(p.sr)
			p.turns("it talks, nothing comes", Began, true, false)
		},
		"never heard, though the peer says that it is silent": func(p *party) {
			p.o.Reported(0)
			p.o.Reported(0)
			p.turns("", Began, true, false)
		},
	} {
		t.Run(name, func(t *testing.T) {
			p := newParty(t)
			p.o.Expect(true, true, p.now)
			play(p)
		})
	}
}

func TestOneWayNotBeforeBothAreExpected(t *testing.T) {
	p := newParty(t)
	p.same("early media of ours", time.Minute, true, false)
	p.o.Expect(true, false, p.now)
	p.same("a queue", time.Minute, true, false)
	p.o.Expect(true, true, p.now)
	p.turns("answered", Began, true, false)
}
