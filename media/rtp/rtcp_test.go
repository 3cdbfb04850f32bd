package rtp

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math"
	"testing"
	"time"

	"mediasrv/media/codec"

	"github.com/pion/rtcp"
)

const start = int64(1_790_000_000_123_456_789) // 2026

// line is two ends of a call and the way between them.
type line struct {
	a, b Reports
	now  int64
	seq  uint16
	ts   uint32
}

func newLine() *line {
	l := &line{now: start, seq: 65_500}
	l.a.SSRC, l.b.SSRC = 0xaaaa, 0xbbbb
	l.a.Name("a@mediasrv")
	l.b.Name("b@mediasrv")
	for _, r := range []*Reports{&l.a, &l.b} {
		r.Expect(0, 8000, 8000, ModelOf(codec.PCMU))
	}
	return l
}

// talk passes n packets of 20 ms from a to b; arrive says when each arrives after it was sent, or that it is lost (below 0).
func (l *line) talk(n int, arrive func(i int) time.Duration) {
	for i := range n {
		h := Header{Seq: l.seq, Timestamp: l.ts, SSRC: l.a.SSRC}
		l.a.Sent(h, 160, l.now)
		if d := arrive(i); d >= 0 {
			l.b.Received(h, 160, l.now+int64(d))
		}
		l.seq++
		l.ts += 160
		l.now += int64(20 * time.Millisecond)
	}
}

func at(d time.Duration) func(int) time.Duration {
	return func(int) time.Duration { return d }
}

// force makes a report now.
func force(t *testing.T, r *Reports, now int64) []byte {
	t.Helper()
	r.next = now
	b := r.Make(now, make([]byte, MaxControl))
	if b == nil {
		t.Fatal("no report")
	}
	return b
}

func near(t *testing.T, what string, got, want, by float64) {
	t.Helper()
	if math.Abs(got-want) > by {
		t.Errorf("%s: %v, not %v", what, got, want)
	}
}

// What we write, another implementation reads.
func TestReportsAreUnderstood(t *testing.T) {
	l := newLine()
	l.b.Sent(Header{Timestamp: 1000}, 160, l.now)
	l.talk(100, func(i int) time.Duration {
		if i%10 == 5 {
			return -1
		}
		return 30 * time.Millisecond
	})
	first := force(t, &l.a, l.now)
	packets, err := rtcp.Unmarshal(first)
	if err != nil || len(packets) != 2 {
		t.Fatal(packets, err)
	}
	sr, ok := packets[0].(*rtcp.SenderReport)
	if !ok || sr.SSRC != 0xaaaa || sr.PacketCount != 100 || sr.OctetCount != 16000 || len(sr.Reports) != 0 {
		t.Errorf("%+v", packets[0])
	}
	if sr.NTPTime != ntp(l.now) || sr.RTPTime != l.ts {
		t.Errorf("NTP %x, RTP %d instead of %d", sr.NTPTime, sr.RTPTime, l.ts)
	}
	if got := int64(sr.NTPTime>>32) - ntpEpoch; got != l.now/1e9 {
		t.Errorf("%d s", got)
	}
	sdes, ok := packets[1].(*rtcp.SourceDescription)
	if !ok || len(sdes.Chunks) != 1 || sdes.Chunks[0].Source != 0xaaaa || sdes.Chunks[0].Items[0].Text != "a@mediasrv" {
		t.Errorf("%+v", packets[1])
	}
	if err := l.b.Take(first, l.now+int64(30*time.Millisecond)); err != nil {
		t.Fatal(err)
	}
	packets, err = rtcp.Unmarshal(force(t, &l.b, l.now+int64(time.Second)))
	if err != nil {
		t.Fatal(err)
	}
	if sr, ok = packets[0].(*rtcp.SenderReport); !ok || len(sr.Reports) != 1 {
		t.Fatalf("%+v", packets)
	}
	rr := sr.Reports[0]
	if rr.SSRC != 0xaaaa || rr.FractionLost != 25 || rr.TotalLost != 10 || rr.LastSequenceNumber != 1<<16+63 || rr.Jitter != 0 {
		t.Errorf("%+v", rr)
	}
	if got := float64(rr.Delay) / 65536; math.Abs(got-0.97) > 0.001 {
		t.Errorf("%v s since the SR", got)
	}
	// Nothing was sent since: a receiver's report.
	packets, err = rtcp.Unmarshal(force(t, &l.b, l.now+int64(2*time.Second)))
	if _, ok := packets[0].(*rtcp.ReceiverReport); !ok || err != nil {
		t.Errorf("%+v %v", packets[0], err)
	}
	packets, err = rtcp.Unmarshal(l.b.Bye(l.now+int64(3*time.Second), make([]byte, MaxControl)))
	if bye, ok := packets[len(packets)-1].(*rtcp.Goodbye); !ok || err != nil || bye.Sources[0] != 0xbbbb || len(packets) != 3 {
		t.Errorf("%+v %v", packets, err)
	}
	if b := new(Reports).Bye(l.now, make([]byte, MaxControl)); b != nil {
		t.Errorf("a good-bye of somebody who never spoke: %x", b)
	}
}

func TestRoundTrip(t *testing.T) {
	l := newLine()
	way := int64(35 * time.Millisecond)
	l.talk(50, at(35*time.Millisecond))
	if err := l.b.Take(force(t, &l.a, l.now), l.now+way); err != nil {
		t.Fatal(err)
	}
	later := l.now + int64(1700*time.Millisecond)
	if err := l.a.Take(force(t, &l.b, later), later+way); err != nil {
		t.Fatal(err)
	}
	q := quality(&l.a, l.now)
	near(t, "round trip in ms", float64(q.RTT)/1e6, 70, 0.1)
	if q.Reports != 1 || q.RemoteLoss != 0 {
		t.Errorf("%+v", q)
	}
	// A peer that counts from another clock, or repeats an old report, tells nothing.
	for _, change := range []func(k *block){
		func(k *block) { k.lsr = 0 },
		func(k *block) { k.lsr -= 100 << 16 },
		func(k *block) { k.dlsr += 100 << 16 },
		func(k *block) { k.ssrc = 1 },
	} {
		k := block{ssrc: 0xaaaa, lsr: middle(ntp(l.now)), dlsr: 1 << 16}
		change(&k)
		if err := l.a.Take(finish(k.append(head(nil, typeRR, 1, 9)), 0), l.now+2e9); err != nil {
			t.Fatal(err)
		}
		near(t, "round trip in ms after nonsense", float64(l.a.hearing.trip)/1e6, 70, 0.1)
	}
}

// quality is that of the second that ends now.
func quality(r *Reports, now int64) Quality {
	r.window.since = now - int64(time.Second)
	return r.Quality(now)
}

func TestQualityEverySecond(t *testing.T) {
	l := newLine()
	if q := l.b.Quality(l.now); q.At != 0 {
		t.Errorf("%+v", q)
	}
	l.talk(50, at(0))
	q := l.b.Quality(l.now)
	if q.At != l.now || q.Expected != 50 || q.Received != 50 || q.Loss != 0 || q.Jitter != 0 || math.Abs(q.MOS-4.41) > 0.005 {
		t.Errorf("a good second: %+v", q)
	}
	if l.b.Quality(l.now+5e8) != q {
		t.Error("half a second later it is another one")
	}
	l.talk(50, func(i int) time.Duration {
		if i%10 == 3 {
			return -1
		}
		return 0
	})
	l.b.Played(JitterStats{Late: 2, Overflow: 1, Skipped: 1, Concealed: 9}, 60*time.Millisecond)
	q = l.b.Quality(l.now)
	if q.Expected != 50 || q.Received != 45 || q.Loss != 10 || q.Late != 2 || q.Discarded != 2 || q.Concealed != 9 {
		t.Errorf("a bad second: %+v", q)
	}
	near(t, "R at 18 %", q.R, 93.2-95*18/(18+25.1), 0.01)
	q = l.b.Quality(l.now + 1e9)
	if q.Expected != 0 || q.MOS != 0 || q.Loss != 0 || q.Late != 0 {
		t.Errorf("a second of nothing: %+v", q)
	}
	l.now += 1e9
	l.talk(50, at(0))
	if q = l.b.Quality(l.now); q.Expected != 50 || q.MOS < 4.4 {
		t.Errorf("and good again: %+v", q)
	}
}

func TestJitterEstimate(t *testing.T) {
	l := newLine()
	l.talk(500, func(i int) time.Duration { return time.Duration(i%2) * 10 * time.Millisecond })
	q := quality(&l.b, l.now)
	near(t, "jitter in ms", float64(q.Jitter)/1e6, 10, 0.5) // |D| is always 10 ms
	// Other payload types (events) and jumps of the sender's clock are no jitter.
	l.b.Received(Header{PT: 101, Seq: l.seq, Timestamp: l.ts - 5000, SSRC: 0xaaaa}, 4, l.now)
	l.seq++
	l.ts += 1 << 30
	l.talk(1, at(0))
	near(t, "jitter in ms after a jump", float64(quality(&l.b, l.now).Jitter)/1e6, 10, 0.5)
}

// Streams as RFC 3550, A.1 has them: wrap, disorder, duplicates, jumps, another SSRC.
func TestSequence(t *testing.T) {
	for name, c := range map[string]struct {
		seqs               []uint16
		expected, received uint32
		lost               int32
	}{
		"in order":           {[]uint16{1, 2, 3}, 3, 3, 0},
		"a gap":              {[]uint16{1, 2, 5}, 5, 3, 2},
		"disorder":           {[]uint16{1, 3, 2, 4}, 4, 4, 0},
		"a duplicate":        {[]uint16{1, 2, 2, 3}, 3, 4, -1},
		"wrapping":           {[]uint16{65534, 65535, 0, 1}, 4, 4, 0},
		"wrapping in gap":    {[]uint16{65534, 1}, 4, 2, 2},
		"late over the wrap": {[]uint16{65535, 0, 65534, 1}, 3, 4, -1},
		"a stray":            {[]uint16{1, 2, 30000, 3}, 3, 3, 0},
		"a new beginning":    {[]uint16{1, 2, 30000, 30001, 30002}, 4, 4, 0},
	} {
		var s source
		for _, seq := range c.seqs {
			s.take(Header{Seq: seq, SSRC: 1})
		}
		if sum := s.totals(); sum.expected != c.expected || sum.received != c.received {
			t.Errorf("%s: %+v", name, sum)
		}
		if k := s.report(); name != "a new beginning" && k.lost != c.lost {
			t.Errorf("%s: %d lost", name, k.lost)
		}
	}
	var s source
	for i := range 10 {
		s.take(Header{Seq: uint16(i), SSRC: 1})
	}
	for i := range 10 {
		s.take(Header{Seq: uint16(7000 + i), SSRC: 2})
	}
	if sum := s.totals(); sum.expected != 20 || sum.received != 20 || s.report().ssrc != 2 {
		t.Errorf("%+v", sum)
	}
}

func TestReportsComeInTheirTime(t *testing.T) {
	var r Reports
	r.SSRC = 77
	buf := make([]byte, MaxControl)
	var gaps []time.Duration
	last, first := start, time.Duration(0)
	for now := start; len(gaps) < 200; now += int64(100 * time.Millisecond) {
		if r.Make(now, buf) == nil {
			continue
		}
		if first == 0 {
			first = time.Duration(now - last)
		} else {
			gaps = append(gaps, time.Duration(now-last))
		}
		last = now
	}
	if first < 1250*time.Millisecond || first > 3850*time.Millisecond {
		t.Error("first after", first)
	}
	sum, seen := time.Duration(0), map[time.Duration]bool{}
	for _, g := range gaps {
		if g < 2500*time.Millisecond || g > 7600*time.Millisecond {
			t.Error("a gap of", g)
		}
		sum += g
		seen[g] = true
	}
	if mean := sum / 200; mean < 4500*time.Millisecond || mean > 5500*time.Millisecond || len(seen) < 20 {
		t.Errorf("%v on average, %d different", mean, len(seen))
	}
}

func TestTake(t *testing.T) {
	sr := finish(append(head(nil, typeSR, 0, 5), bytes.Repeat([]byte{7}, senderSize)...), 0)
	rr := finish(block{ssrc: 1, fraction: 64}.append(head(nil, typeRR, 1, 5)), 0)
	sdes := appendCNAME(nil, 5, []byte("x"))
	bye := finish(head(nil, typeBYE, 1, 5), 0)
	psfb := []byte{0x81, 206, 0, 2, 0, 0, 0, 5, 0, 0, 0, 1}
	padded := append([]byte{0xa0, 201, 0, 2, 0, 0, 0, 5}, 0, 0, 0, 4)
	join := func(parts ...[]byte) []byte { return bytes.Join(parts, nil) }
	cutOff := func(b []byte, n int) []byte { return b[:len(b)-n] }
	with := func(b []byte, i int, v byte) []byte { c := bytes.Clone(b); c[i] = v; return c }
	for name, c := range map[string]struct {
		packet []byte
		bad    bool
	}{
		"compound":              {join(sr, sdes, bye), false},
		"receiver":              {join(rr, sdes), false},
		"reduced size":          {psfb, false},
		"only SDES":             {sdes, false},
		"padded":                {padded, false},
		"unknown type":          {with(psfb, 1, 195), false},
		"empty":                 {nil, true},
		"short":                 {sr[:3], true},
		"version 1":             {with(rr, 0, 0x41), true},
		"longer than it is":     {cutOff(rr, 4), true},
		"more blocks":           {with(rr, 0, 0x82), true},
		"more sources":          {with(bye, 0, 0x82), true},
		"SR without sender":     {finish(head(nil, typeSR, 0, 5), 0), true},
		"RR without SSRC":       {[]byte{0x80, 201, 0, 0}, true},
		"something behind":      {join(rr, []byte{1, 2, 3}), true},
		"padding of 0":          {with(padded, 11, 0), true},
		"padding of 3":          {with(padded, 11, 3), true},
		"padding over all":      {with(padded, 11, 200), true},
		"padding in the middle": {join(padded, rr), true},
		"padding over the SSRC": {with(padded, 11, 8), true},
	} {
		var r Reports
		r.SSRC = 1
		r.in.known, r.in.ssrc = true, 5
		before := r
		err := r.Take(c.packet, start)
		if c.bad != errors.Is(err, ErrMalformed) || c.bad && r != before {
			t.Errorf("%s: %v", name, err)
		}
		if name == "compound" && (r.hearing.srs != 1 || r.hearing.packets != 0x07070707) || name == "receiver" && r.hearing.loss != 25 {
			t.Errorf("%s: %+v", name, r.hearing)
		}
	}
}

func TestReportsAllocateNothing(t *testing.T) {
	l := newLine()
	buf := make([]byte, MaxControl)
	if n := testing.AllocsPerRun(1000, func() {
		l.talk(10, at(0))
		l.b.next = l.now
		b := l.b.Make(l.now, buf)
		if b == nil || l.a.Take(b, l.now) != nil {
			t.Fatal("no report")
		}
		l.b.Quality(l.now)
		l.b.Bye(l.now, buf)
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
	r := &l.b
	r.Name(string(bytes.Repeat([]byte("x"), 300)))
	r.Sent(Header{}, 1, l.now)
	if b := r.Bye(l.now, make([]byte, MaxControl)); len(b) > MaxControl {
		t.Errorf("%d bytes", len(b))
	}
}

func FuzzControl(f *testing.F) {
	l := newLine()
	l.talk(10, at(0))
	l.b.Sent(Header{}, 1, l.now)
	f.Add(bytes.Clone(l.b.Bye(l.now, make([]byte, MaxControl))))
	f.Add([]byte{0x81, 206, 0, 2, 0, 0, 0, 5, 0, 0, 0, 1})
	f.Add([]byte{0xa0, 201, 0, 2, 0, 0, 0, 5, 0, 0, 0, 4})
	f.Fuzz(func(t *testing.T, b []byte) {
		l := newLine()
		l.talk(10, at(0))
		err := l.a.Take(bytes.Clone(b), l.now)
		q := quality(&l.a, l.now+1e9)
		if q.RTT < 0 || q.RTT > maxTrip || q.RemoteLoss < 0 || q.RemoteLoss > 100 || q.RemoteJitter < 0 {
			t.Fatalf("%+v", q)
		}
		if err != nil && q.Reports > 0 {
			t.Fatal("a malformed packet counts")
		}
	})
}

func FuzzReceived(f *testing.F) {
	f.Add([]byte{0, 1, 2, 3, 4, 5, 6, 7})
	f.Fuzz(func(t *testing.T, b []byte) {
		l := newLine()
		for i := 0; i+8 <= len(b); i += 8 {
			l.now += int64(b[i]) * 1e6
			h := Header{PT: b[i+1] & 1, Seq: binary.BigEndian.Uint16(b[i+2:]), Timestamp: binary.BigEndian.Uint32(b[i+4:]), SSRC: uint32(b[i]) >> 6}
			l.b.Received(h, int(b[i+1]), l.now)
			q := l.b.Quality(l.now)
			if q.Loss < 0 || q.Loss > 100 || q.MOS < 0 || q.MOS > 4.5 || q.Jitter < 0 {
				t.Fatalf("%+v", q)
			}
			l.b.next = l.now
			if err := l.a.Take(l.b.Make(l.now, make([]byte, MaxControl)), l.now); err != nil {
				t.Fatal(err)
			}
		}
	})
}
