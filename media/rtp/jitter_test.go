package rtp

import (
	"strings"
	"testing"
	"time"
)

// arrival is one packet of a test: when it comes (ms), its number, and what is unusual about it.
type arrival struct {
	ms    int
	n     int
	ssrc  uint32
	shift uint32 // added to the RTP time
	mute  bool   // no audio in it
}

// steady is packets from to up to to, one every 20 ms, late ms after their time.
func steady(from, to, late int) []arrival {
	var out []arrival
	for n := from; n < to; n++ {
		out = append(out, arrival{ms: 20*n + late, n: n})
	}
	return out
}

// shifted gives arrivals other numbers, and shifts their RTP time.
func shifted(in []arrival, n int, by uint32) []arrival {
	for i := range in {
		in[i].n += n
		in[i].shift += by
	}
	return in
}

// run plays arrivals and writes what is heard, 20 ms per letter: a-z the packets' numbers (mod 26), ~ concealed, . silence.
func run(t *testing.T, j *Jitter, seq uint16, ts uint32, in []arrival, until int) string {
	t.Helper()
	j.Rate = 8000
	var out strings.Builder
	at := 0
	for ms := range until {
		now := int64(ms) * int64(time.Millisecond)
		for ; at < len(in) && in[at].ms <= ms; at++ {
			p := in[at]
			h := Header{Seq: seq + uint16(p.n), Timestamp: ts + uint32(160*p.n) + p.shift, SSRC: 1 + p.ssrc}
			units := uint32(160)
			if p.mute {
				units = 0
			}
			j.Push(h, []byte{'a' + byte(p.n%26)}, units, now)
		}
		if ms%20 != 15 {
			continue
		}
		switch p, v := j.Next(now); v {
		case Play:
			out.WriteByte(p.Payload[0])
		case Conceal:
			out.WriteByte('~')
		case Wait:
			out.WriteByte('.')
		}
	}
	return out.String()
}

func TestJitter(t *testing.T) {
	swap := func(in []arrival, i int) []arrival { in[i].n, in[i+1].n = in[i+1].n, in[i].n; return in }
	for _, c := range []struct {
		name  string
		seq   uint16
		ts    uint32
		in    []arrival
		until int
		want  string
		stats JitterStats
	}{
		{"in order", 7, 99, steady(0, 6, 0), 140, ".abcdef", JitterStats{}},
		{"sequence and time wrap", 65533, 0xffffff00, steady(0, 6, 0), 140, ".abcdef", JitterStats{}},
		{"swapped within the delay", 0, 0, swap(steady(0, 6, 10), 2), 140, ".abcdef", JitterStats{}},
		{"duplicates", 0, 0, append(steady(0, 3, 0), arrival{ms: 40, n: 2}, arrival{ms: 41, n: 2}), 80, ".abc", JitterStats{Duplicate: 2}},
		{"one lost", 0, 0, append(steady(0, 2, 0), steady(3, 6, 0)...), 140, ".ab~def", JitterStats{Lost: 1, Concealed: 1}},
		{"three lost", 0, 0, append(steady(0, 2, 0), steady(5, 7, 0)...), 160, ".ab~~~fg", JitterStats{Lost: 3, Concealed: 3}},
		{"concealment ends after 100 ms", 0, 0, append(steady(0, 2, 0), steady(9, 11, 0)...), 240, ".ab~~~~~..jk", JitterStats{Lost: 7, Concealed: 5}},
		{"a pause of the sender (DTX)", 0, 0, append(steady(0, 2, 0), arrival{ms: 400, n: 2, shift: 18 * 160}), 440, ".ab~~~~~.............c", JitterStats{Concealed: 5}},
		{"digits are no loss", 0, 0, append(append(steady(0, 2, 0), arrival{ms: 40, n: 2, mute: true}, arrival{ms: 60, n: 3, mute: true}), steady(4, 6, 0)...), 140, ".ab..ef", JitterStats{}},
		{"late once, the delay grows", 0, 0, append(steady(0, 2, 0), append([]arrival{{ms: 77, n: 2}, {ms: 78, n: 3}}, steady(4, 8, 0)...)...), 200, ".ab~cdefgh", JitterStats{Concealed: 1}},
		{"too late", 0, 0, append(steady(0, 2, 0), append(steady(3, 5, 0), append([]arrival{{ms: 99, n: 2}}, steady(5, 7, 0)...)...)...), 160, ".ab~defg", JitterStats{Lost: 1, Late: 1, Concealed: 1}},
		{"another source", 0, 0, append(steady(0, 3, 0), arrival{ms: 60, n: 900, ssrc: 5, shift: 77777}, arrival{ms: 80, n: 901, ssrc: 5, shift: 77777}), 140, ".ab.qr~", JitterStats{Overflow: 1, Concealed: 1}},
		{"time jumps ahead", 0, 0, append(steady(0, 3, 0), arrival{ms: 60, n: 3, shift: 1 << 30}, arrival{ms: 80, n: 4, shift: 1 << 30}), 140, ".ab.de~", JitterStats{Overflow: 1, Concealed: 1}},
		{"time jumps back", 0, 1 << 31, append(steady(0, 3, 0), arrival{ms: 60, n: 3, shift: 1<<32 - 1<<29}, arrival{ms: 80, n: 4, shift: 1<<32 - 1<<29}), 140, ".ab.de~", JitterStats{Overflow: 1, Concealed: 1}},
		{"time steps back a little", 0, 0, append(steady(0, 3, 0), arrival{ms: 60, n: 3, shift: 1<<32 - 200}, arrival{ms: 80, n: 4, shift: 1<<32 - 200}), 120, ".abcde", JitterStats{}},
		{"the sender starts again with lower numbers", 1000, 0, append(shifted(steady(0, 2, 0), 2600, 0), shifted(steady(2, 14, 0), 2078, 522*160)...), 300, ".ab~~~~~....jkl", JitterStats{Late: 10, Concealed: 5}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var j Jitter
			got := run(t, &j, c.seq, c.ts, c.in, c.until)
			if got != c.want {
				t.Errorf("heard %s\nwant  %s", got, c.want)
			}
			if j.Stats != c.stats {
				t.Errorf("counted %+v\nwant    %+v", j.Stats, c.stats)
			}
		})
	}
}

// A network that stalls for a second and then delivers everything must not leave a second of delay.
func TestJitterStall(t *testing.T) {
	in := steady(0, 50, 0)
	for n := 50; n < 100; n++ {
		in = append(in, arrival{ms: 2000, n: n})
	}
	in = append(in, steady(100, 400, 0)...)
	var j Jitter
	heard := run(t, &j, 0, 0, in, 8000)
	if j.Stats.Overflow == 0 {
		t.Error("nothing was dropped")
	}
	// At 3 s the packet of 2.8 s or later is heard.
	if want := byte('a' + 140%26); !strings.Contains(heard[141:151], string(want)) {
		t.Errorf("packet 140 is not heard at 3 s but %q", heard[141:151])
	}
	if tail := heard[200:390]; strings.ContainsAny(tail, ".") {
		t.Errorf("gaps afterwards: %s", tail)
	}
}

// Clocks that differ by 200 ppm for four hours: the buffer neither grows nor runs dry.
func TestJitterSkew(t *testing.T) {
	for _, ppm := range []int64{-200, 200} {
		j := Jitter{Rate: 8000}
		const packets = 4 * 3600 * 50
		next, sent := int64(0), 0
		var waits, worst int
		for tick := range int64(packets) {
			now := tick * int64(20*time.Millisecond)
			for ; next <= now; next += 20_000_000 - 20*ppm {
				j.Push(Header{Seq: uint16(sent), Timestamp: uint32(sent) * 160}, []byte{1}, 160, now)
				sent++
			}
			if _, v := j.Next(now); v == Wait && tick > 5 {
				waits++
			}
			worst = max(worst, int(j.endTS-j.nextTS)/8)
		}
		fixes := j.Stats.Skipped + j.Stats.Concealed
		if waits > 0 || worst > 100 || fixes < 80 || fixes > 200 || j.Stats.Overflow+j.Stats.Lost+j.Stats.Late > 0 {
			t.Errorf("%d ppm: %d waits, level up to %d ms, %+v", ppm, waits, worst, j.Stats)
		}
	}
}

// Jitter of 60 ms grows the delay once, and then nothing is missing.
func TestJitterAdapts(t *testing.T) {
	var in []arrival
	for n := range 500 {
		in = append(in, arrival{ms: 20*n + n*37%60, n: n})
	}
	for i := range in { // sorted by arrival
		for k := i; k > 0 && in[k].ms < in[k-1].ms; k-- {
			in[k], in[k-1] = in[k-1], in[k]
		}
	}
	var j Jitter
	heard := run(t, &j, 0, 0, in, 9000)
	if tail := heard[50:]; strings.ContainsAny(tail, "~.") {
		t.Errorf("still missing after a second: %s", tail)
	}
	if j.Stats.Skipped > 0 {
		t.Errorf("%d packets skipped", j.Stats.Skipped)
	}
}

func TestJitterBigPackets(t *testing.T) {
	j := Jitter{Rate: 48000}
	big := make([]byte, 1400)
	for n := range 20 {
		big[0] = byte(n)
		j.Push(Header{Seq: uint16(n), Timestamp: uint32(n * 960)}, big, 960, 0)
	}
	p, v := j.Next(int64(time.Second))
	if v != Play || p.Payload[0] < 16 || j.Stats.Overflow == 0 {
		t.Errorf("%v, first %d, %+v", v, p.Payload[:1], j.Stats)
	}
	j.Push(Header{Seq: 21, Timestamp: 21 * 960}, make([]byte, arenaSize+1), 960, 0) // no place at all: refused
}

func TestJitterAllocs(t *testing.T) {
	j := Jitter{Rate: 8000}
	payload := make([]byte, 160)
	n := 0
	if a := testing.AllocsPerRun(1000, func() {
		now := int64(n) * int64(20*time.Millisecond)
		j.Push(Header{Seq: uint16(n), Timestamp: uint32(n * 160)}, payload, 160, now)
		j.Next(now)
		n++
	}); a != 0 {
		t.Errorf("%v allocations", a)
	}
}

// Whatever comes, Next gives at most one packet per 20 ms, and doesn't hang or panic.
func FuzzJitter(f *testing.F) {
	f.Add([]byte{0, 0, 1, 1, 2, 2, 250, 3, 9, 200})
	f.Fuzz(func(t *testing.T, b []byte) {
		j := Jitter{Rate: 8000}
		var now int64
		var h Header
		for i := 0; i+3 < len(b); i += 4 {
			h.Seq += uint16(int8(b[i]))
			h.Timestamp += uint32(int32(int8(b[i+1])) * 160)
			if b[i+2] > 250 {
				h.SSRC++
				h.Timestamp *= 77
			}
			if b[i+2] == 250 {
				h.Seq += 5000
			}
			now += int64(b[i+3]) * int64(time.Millisecond)
			j.Push(h, b[i:], uint32(b[i+2]%4)*80, now)
			if b[i+3]&1 == 1 {
				before := j.Stats.Lost
				if p, v := j.Next(now); v == Play && len(p.Payload) == 0 {
					t.Fatal("a packet without payload")
				}
				if j.Stats.Lost-before > 3200 {
					t.Fatalf("%d lost at once", j.Stats.Lost-before)
				}
			}
		}
	})
}
