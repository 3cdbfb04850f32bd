package rtp

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

// course is a sender, a network and a reader in virtual time.
type course struct {
	rate, ptime int                         // RTP clock; ms per packet
	late        func(n int, at int64) int64 // ns that packet n, sent at, is under way
	lost        func(n int) bool            // never comes
	read        func(i int, at int64) int64 // ns that read i is late
	ppm         int64                       // the sender's clock runs faster
	told        func(at int64, p Packet, v Verdict, j *Jitter)
}

// outcome is what came of it.
type outcome struct {
	gap      time.Duration // the longest without a packet, after the first second
	silent   time.Duration // the longest that wasn't even concealed
	conceals int
	waits    int
	stats    JitterStats
	delay    time.Duration // at the end
}

// run runs a course for some time.
func (l course) run(length time.Duration) outcome {
	type flight struct {
		at int64
		n  int
	}
	step := int64(l.ptime) * int64(time.Millisecond)
	var sky []flight
	for n := 0; ; n++ {
		at := int64(n) * (step - step/1_000_000*l.ppm)
		if at > int64(length) {
			break
		}
		if l.lost != nil && l.lost(n) {
			continue
		}
		if l.late != nil {
			at += l.late(n, at)
		}
		sky = append(sky, flight{at, n})
	}
	slices.SortStableFunc(sky, func(a, b flight) int { return int(a.at - b.at) })
	units := uint32(l.rate / 1000 * l.ptime)
	j := Jitter{Rate: l.rate}
	var h outcome
	var queued, now int64
	var gap, silent time.Duration
	next := 0
	for i := range int(length / (20 * time.Millisecond)) {
		at := int64(i) * int64(20*time.Millisecond)
		read := at + int64(7*time.Millisecond)
		if l.read != nil {
			read += l.read(i, at)
		}
		now = max(now, read)
		for ; next < len(sky) && sky[next].at <= now; next++ {
			n := sky[next].n
			j.Push(Header{Seq: uint16(65000 + n), Timestamp: uint32(n)*units - 5000}, []byte{1}, units, sky[next].at)
		}
		for queued < int64(20*time.Millisecond) {
			p, v := j.Next(now)
			if l.told != nil {
				l.told(at, p, v, &j)
			}
			piece := int64(20 * time.Millisecond)
			if v == Play {
				piece, gap, silent = step, 0, 0
			} else {
				gap += 20 * time.Millisecond
				if v == Wait {
					silent += 20 * time.Millisecond
				}
			}
			if at > int64(time.Second) {
				h.gap, h.silent = max(h.gap, gap), max(h.silent, silent)
				switch v {
				case Wait:
					h.waits++
				case Conceal:
					h.conceals++
				case Play:
				}
			}
			queued += piece
		}
		queued -= int64(20 * time.Millisecond)
	}
	h.stats, h.delay = j.Stats, j.Delay()
	return h
}

const msec = int64(time.Millisecond)

// A loaded machine: packets are up to 60 ms late, and what reads them up to 40 ms. After a second of learning nothing longer than two frames is missing,
// and hardly that.
func TestJitterLoadedMachine(t *testing.T) {
	for _, rate := range []int{8000, 48000} {
		for _, ptime := range []int{10, 20, 30, 40, 60} {
			for seed := range uint64(6) {
				t.Run(fmt.Sprintf("%d Hz, %d ms, %d", rate, ptime, seed), func(t *testing.T) {
					r := rand.New(rand.NewPCG(seed, 1))
					last := int64(0)
					l := course{
						rate: rate, ptime: ptime,
						late: func(_ int, at int64) int64 {
							late := r.Int64N(60 * msec)
							if seed%2 == 1 { // a queue: none overtakes another
								last = max(last, at+late)
								late = last - at
							}
							return late
						},
						read: func(int, int64) int64 { return r.Int64N(40 * msec) },
					}
					h := l.run(2 * time.Minute)
					if h.gap > 40*time.Millisecond || h.silent > 0 || h.conceals > 60 || h.delay > 180*time.Millisecond {
						t.Errorf("%+v", h)
					}
				})
			}
		}
	}
}

// A sender that stalls and then sends all at once: silence for no longer than it stalled, and the delay is gone within seconds.
func TestJitterBurst(t *testing.T) {
	for _, stall := range []int64{60, 100, 300, 500, 900} {
		for _, ptime := range []int{20, 60} {
			t.Run(fmt.Sprintf("%d ms, %d ms packets", stall, ptime), func(t *testing.T) {
				var at5, peak time.Duration
				l := course{
					rate: 8000, ptime: ptime,
					late: func(_ int, at int64) int64 {
						return max(0, min(at, 10_000*msec+stall*msec-at)) * boolean(at >= 10_000*msec)
					},
					told: func(at int64, _ Packet, _ Verdict, j *Jitter) {
						if at > 10_000*msec {
							peak = max(peak, j.Delay())
						}
						if at <= 15_000*msec {
							at5 = j.Delay()
						}
					},
				}
				h := l.run(20 * time.Second)
				if h.gap > time.Duration(stall)*time.Millisecond+60*time.Millisecond {
					t.Errorf("nothing is heard for %v", h.gap)
				}
				if at5 > time.Duration(ptime+60)*time.Millisecond || peak > 300*time.Millisecond {
					t.Errorf("the delay is up to %v, and %v five seconds later", peak, at5)
				}
				if s := h.stats; s.Lost > 0 || stall < 200 && s.Overflow > 0 {
					t.Errorf("%+v", s)
				}
			})
		}
	}
}

func boolean(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// Jitter that comes and goes: the delay follows it up at once, and down within half a minute.
func TestJitterFollows(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	var during time.Duration
	l := course{
		rate: 8000, ptime: 20,
		late: func(_ int, at int64) int64 {
			if at > 10_000*msec && at < 40_000*msec {
				return r.Int64N(120 * msec)
			}
			return r.Int64N(5 * msec)
		},
		told: func(at int64, _ Packet, _ Verdict, j *Jitter) {
			if at < 38_000*msec {
				during = j.Delay()
			}
		},
	}
	h := l.run(70 * time.Second)
	if during < 60*time.Millisecond || h.delay > 50*time.Millisecond {
		t.Errorf("delay %v while there is jitter, %v half a minute later", during, h.delay)
	}
	if h.silent > 0 || h.conceals > 40 || h.stats.Skipped > 12 {
		t.Errorf("%+v", h)
	}
}

// A line that loses a tenth of its packets: each loss is one piece that is made up, the delay stays.
func TestJitterLoss(t *testing.T) {
	for _, ptime := range []int{20, 60} {
		r := rand.New(rand.NewPCG(3, 4))
		lost := 0
		l := course{rate: 8000, ptime: ptime, lost: func(n int) bool {
			if n > 5 && r.IntN(10) == 0 {
				lost++
				return true
			}
			return false
		}}
		h := l.run(time.Minute)
		if h.delay > 100*time.Millisecond || h.stats.Lost < uint64(lost-3) || h.stats.Lost > uint64(lost) || h.stats.Late > 0 || h.stats.Skipped > 3 {
			t.Errorf("%d ms, %d lost: %+v", ptime, lost, h)
		}
		if want := lost * ptime / 20; h.conceals < want*9/10 || h.conceals+h.waits > want+5 {
			t.Errorf("%d ms: %d pieces made up, want %d: %+v", ptime, h.conceals, want, h)
		}
	}
}

// A reader that stands still for a while (its machine is busy) and then makes up for its reads.
func TestJitterReaderStalls(t *testing.T) {
	for _, stall := range []int64{40, 80, 150, 190} {
		l := course{rate: 8000, ptime: 20, read: func(i int, at int64) int64 {
			const each = 5000 * msec
			if into := at % each; into < stall*msec && i > 100 {
				return stall*msec - into
			}
			return 0
		}}
		h := l.run(time.Minute)
		if h.silent > 0 || h.gap > 40*time.Millisecond || h.stats.Lost > 0 || h.conceals > 40 || h.delay > 100*time.Millisecond {
			t.Errorf("%d ms: %+v", stall, h)
		}
	}
}
