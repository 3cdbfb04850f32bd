package recorder

import (
	"bytes"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"mediasrv/media"
)

func TestPlace(t *testing.T) {
	type frame struct {
		stream  uint32
		rtp     uint32
		clock   int
		at, end int64
		want    int64
	}
	tests := []struct {
		name   string
		frames []frame
	}{
		{"follows RTP time, not arrival", []frame{{1, 1000, 8000, 500, 0, 500}, {1, 1160, 8000, 900, 660, 660}, {1, 1480, 8000, 980, 820, 980}}},
		{"48 kHz", []frame{{1, 1000, 48000, 0, 0, 0}, {1, 1960, 48000, 160, 160, 160}}},
		{"wraps", []frame{{1, 1<<32 - 100, 8000, 0, 0, 0}, {1, 60, 8000, 160, 160, 160}}},
		{"goes back", []frame{{1, 1000, 8000, 800, 0, 800}, {1, 840, 8000, 960, 960, 640}}},
		{"before the segment", []frame{{1, 0, 8000, -80, 0, 0}}},
		{"new stream joins on", []frame{{1, 0, 8000, 800, 0, 800}, {2, 5, 8000, 900, 960, 960}}},
		{"new stream after a pause", []frame{{1, 0, 8000, 800, 0, 800}, {2, 5, 8000, 9000, 960, 9000}}},
		{"new stream far behind its audio", []frame{{1, 0, 8000, 800, 0, 800}, {2, 5, 8000, 900, 9000, 900}}},
		{"new clock", []frame{{1, 0, 8000, 800, 0, 800}, {1, 960, 48000, 960, 960, 960}}},
		{"no clock", []frame{{1, 0, 0, 800, 0, 800}, {1, 160, 0, 970, 960, 970}}},
		{"ahead of its time", []frame{{1, 0, 8000, 800, 0, 800}, {1, 80000, 8000, 1000, 960, 1000}}},
	}
	for _, test := range tests {
		var c streamClock
		for i, f := range test.frames {
			pos, step := c.place(&media.TapFrame{Stream: f.stream, RTP: f.rtp, ClockRate: f.clock, At: time.Unix(0, 0)}, f.at, f.end)
			if pos != f.want || step != 0 {
				t.Errorf("%s: frame %d at %d (step %d), want %d", test.name, i, pos, step, f.want)
			}
		}
	}
}

func TestStretch(t *testing.T) {
	tests := []struct {
		in   []int16
		step int
		want []int16
	}{
		{[]int16{100, 50, 2, 1, 2, 60}, 1, []int16{100, 50, 2, 1, 1, 2, 60}},
		{[]int16{100, 50, 2, 1, 2, 60}, -1, []int16{100, 50, 2, 2, 60}},
		{[]int16{100, 50, 2, 1, 2, 60}, 0, []int16{100, 50, 2, 1, 2, 60}},
		{[]int16{1, 2}, 1, []int16{1, 2}},
		{nil, -1, nil},
	}
	for _, test := range tests {
		buf := append(append([]int16(nil), test.in...), 0)
		got := buf[:stretch(buf, len(test.in), test.step)]
		if len(got) != len(test.want) {
			t.Errorf("%v by %d: %v, want %v", test.in, test.step, got, test.want)
			continue
		}
		for i := range got {
			if got[i] != test.want[i] {
				t.Errorf("%v by %d: %v, want %v", test.in, test.step, got, test.want)
				break
			}
		}
	}
}

func TestHealthSaysItOnce(t *testing.T) {
	var log bytes.Buffer
	h, broken := health{log: slog.New(slog.NewTextHandler(&log, nil)), sick: &sickness{}}, func() error { return errors.New("no space") }
	now := time.Unix(0, 0)
	for range 5 {
		h.overflow(3, "call-1", now)
		h.result(flushed{err: errors.New("no space"), lost: 1600}, "call-1")
		h.result(flushed{ok: true}, "call-2")
		h.endPass(now, broken)
		now = now.Add(drainEvery)
	}
	if n := strings.Count(log.String(), "\n"); n != 2 {
		t.Errorf("%d lines while it lasts, want 2:\n%s", n, log.String())
	}
	for range 100 {
		h.overflow(0, "", now)
		h.result(flushed{}, "call-1")
		h.endPass(now, broken)
		now = now.Add(drainEvery)
	}
	if n := strings.Count(log.String(), "\n"); n != 3 {
		t.Errorf("%d lines, want a third: taps are fast again, the disk has not been seen to work:\n%s", n, log.String())
	}
	h.result(flushed{ok: true}, "call-2")
	h.endPass(now, broken)
	if n := strings.Count(log.String(), "\n"); n != 4 || !strings.Contains(log.String(), "lost=1s") || !strings.Contains(log.String(), "lost_frames=15") {
		t.Errorf("%d lines, want 4:\n%s", n, log.String())
	}
}

func TestDecimate(t *testing.T) {
	for _, factor := range []int{2, 6} {
		in := make([]int16, rate*factor)
		for _, hz := range []float64{440, 5000} {
			tone(in, hz, rate*factor)
			var out []int16
			d := newDecimator(factor)
			for at := 0; at < len(in); at += 160*factor + 1 {
				out = d.run(out, in[at:min(at+160*factor+1, len(in))])
			}
			if len(out) != rate {
				t.Errorf("by %d: %d samples of a second", factor, len(out))
			}
			want := hz < 4000
			if l := level(out[800:7200], 440); want && (l < 7800 || l > 8200) {
				t.Errorf("by %d: level %.0f, want 8000", factor, l)
			}
			if l := level(out[800:7200], 3000); !want && l > 80 {
				t.Errorf("by %d: 5000 Hz is folded to 3000 at level %.0f", factor, l)
			}
		}
	}
}
