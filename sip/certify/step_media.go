package certify

import (
	"context"
	"net/netip"
	"time"

	"mediasrv/media/codec"
)

// mediaStep listens to a call.
func mediaStep(ctx context.Context, a *Agent) []Finding {
	var f findings
	c := a.begin(ctx, &f, how{})
	if c == nil || c.theirs.audio() == nil {
		return f
	}
	began := time.Now()
	if !a.until(ctx, hearIn, c.hears(began)) {
		f.wrong("RFC 3550, 5", "no audio comes within %s of the answer, though we send", hearIn)
		return f
	}
	measured := time.Now()
	a.pause(ctx, listenFor)
	packets := c.audio.since(measured)
	m := c.theirs.audio()
	f.ok("RFC 3550, 5", "audio comes: %d packets in %s", len(packets), seconds(listenFor))
	judgeSource(&f, packets, m.address())
	judgePackets(&f, c, packets)
	if !c.audio.busy() {
		judgeLoss(&f, packets)
	}
	return f
}

// hears says whether audio has come since a time.
func (c *call) hears(since time.Time) func() bool {
	return func() bool { return c.audio.hears(since) }
}

func judgeSource(f *findings, packets []heard, said netip.AddrPort) {
	for _, p := range packets {
		switch {
		case p.from == said:
		case p.from.Addr() == said.Addr():
			f.odd("RFC 4961, 4", "sends audio from port %d, and wants it at %d: firewalls and NAT between us need both", p.from.Port(), said.Port())
			return
		default:
			f.odd("RFC 4961, 4", "sends audio from %s, and wants it at %s", p.from.Addr(), said.Addr())
			return
		}
	}
	f.ok("RFC 4961, 4", "sends audio from where it wants it")
}

// judgePackets looks at payload types, length, and the RTP clock.
func judgePackets(f *findings, c *call, packets []heard) {
	m := c.theirs.audio()
	pt, voice := m.voice()
	var voices []heard
	for _, p := range packets {
		switch {
		case p.plain:
			f.wrong("RFC 3711, 3.3", "its packets don't open with the keys that were agreed")
			return
		case int(p.header.PT) == m.events(eventRate(voice)), isComfort(p.header.PT):
		case int(p.header.PT) != pt:
			f.wrong("RFC 3264, 6.1", "sends payload type %d, agreed was %d (%s)", p.header.PT, pt, voice)
			return
		default:
			voices = append(voices, p)
		}
	}
	judgeClock(f, voices, voice.ClockRate(), c.audio.busy())
	judgeLength(f, m, voice, voices)
}

func isComfort(pt uint8) bool {
	cn, _ := codec.CN.StaticPT()
	return pt == cn
}

// longestPause is how long a sender may be busy otherwise without being taken for one that is silent on purpose.
const longestPause = 250 * time.Millisecond

// judgeClock holds each packet against the one before it. Arrival times say nothing here: the way, or this machine, may be slow. If it is so busy that we were
// late ourselves, neither do pauses: the peer may be a neighbour.
func judgeClock(f *findings, voices []heard, rate int, busy bool) {
	odd := 0
	for i := 1; i < len(voices); i++ {
		last, p := voices[i-1], voices[i]
		if p.header.SSRC != last.header.SSRC {
			f.odd("RFC 3550, 8.2", "changes its SSRC in the middle of the call")
			return
		}
		step := int(int32(p.header.Timestamp - last.header.Timestamp)) //nolint:gosec // RTP time wraps
		if p.header.Seq != last.header.Seq+1 || step == last.units {
			continue
		}
		odd++
		if pause := time.Duration(step-last.units) * time.Second / time.Duration(rate); pause > longestPause && !busy {
			f.odd("RFC 3551, 4.1", "pauses for %s: silence suppression, which wasn't agreed", seconds(pause))
		}
	}
	if odd*10 > len(voices) && !busy {
		f.odd("RFC 3550, 5.1", "its RTP time doesn't count the samples that it sends: wrong in %d of %d packets", odd, len(voices))
	}
}

// judgeLength looks at how much audio packets hold.
func judgeLength(f *findings, m *mediaLine, voice codec.Type, voices []heard) {
	lengths := map[int]int{}
	for _, p := range voices {
		if p.units > 0 {
			lengths[p.units*1000/voice.ClockRate()]++
		}
	}
	most, n := 0, 0
	for ms, count := range lengths {
		if count > n {
			most, n = ms, count
		}
	}
	switch {
	case n == 0:
	case most == 20:
		f.ok("RFC 3551, 4.2", "sends packets of 20 ms, as asked")
	default:
		x := f.odd("RFC 8866, 6.4", "sends packets of %d ms of %s, asked for 20 (its description says ptime %d)", most, voice, m.ptime)
		x.advise(keyPtime(most))
	}
	if len(lengths) > 1 {
		f.odd("RFC 3551, 4.2", "sends packets of different lengths")
	}
}

// judgeLoss counts what is lost on the way.
func judgeLoss(f *findings, packets []heard) {
	lost := 0
	for i := 1; i < len(packets); i++ {
		if d := int16(packets[i].header.Seq - packets[i-1].header.Seq); d > 1 { //nolint:gosec // it wraps
			lost += int(d) - 1
		}
	}
	if lost*100 > len(packets) {
		f.odd("ITU-T G.107", "%d of %d packets are lost on the way", lost, len(packets)+lost)
	}
}
