//go:build e2e

package e2e

import (
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"mediasrv/media/prompt"
	"mediasrv/media/wav"
)

// sound is decoded audio: one slice per channel, -1 to 1.
type sound struct {
	rate     int
	channels [][]float64
}

const window = 100 * time.Millisecond

// windows is how many whole windows a channel has.
func (s sound) windows() int { return len(s.channels[0]) * int(time.Second/window) / s.rate }

// at is one window of a channel.
func (s sound) at(channel, i int) []float64 {
	n := s.rate / int(time.Second/window)
	return s.channels[channel][i*n : (i+1)*n]
}

// tone is the share (0 to 1) of a window's energy that is at a frequency (Goertzel).
func tone(x []float64, hz float64, rate int) float64 {
	w := 2 * math.Cos(2*math.Pi*hz/float64(rate))
	var a, b, energy float64
	for _, v := range x {
		a, b = v+w*a-b, a
		energy += v * v
	}
	if energy < 1e-9 {
		return 0
	}
	power := (a*a + b*b - w*a*b) / float64(len(x)) * 2
	return power / energy
}

// level is a window's RMS in dBFS (of a full-scale square wave).
func level(x []float64) float64 {
	var e float64
	for _, v := range x {
		e += v * v
	}
	return 10 * math.Log10(e/float64(len(x))+1e-12)
}

// toneWindows counts the windows of a channel that are mostly the tone.
func (s sound) toneWindows(channel int, hz float64) int {
	n := 0
	for i := range s.windows() {
		if x := s.at(channel, i); level(x) > -45 && tone(x, hz, s.rate) > 0.7 {
			n++
		}
	}
	return n
}

// loudWindows counts the windows of a channel that carry sound at all.
func (s sound) loudWindows(channel int) int {
	n := 0
	for i := range s.windows() {
		if level(s.at(channel, i)) > -45 {
			n++
		}
	}
	return n
}

// longestSilence is the longest run of silent windows between two times.
func (s sound) longestSilence(channel int, from, to time.Duration) time.Duration {
	longest, run := 0, 0
	for i := int(from / window); i < min(int(to/window), s.windows()); i++ {
		if level(s.at(channel, i)) > -55 {
			run = 0
			continue
		}
		run++
		longest = max(longest, run)
	}
	return time.Duration(longest) * window
}

// readWAV decodes a file.
func readWAV(t *testing.T, path string) sound {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r, err := wav.NewReader(f)
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	s := sound{rate: r.Format().Rate, channels: make([][]float64, r.Format().Channels)}
	buf := make([]int16, 8000*len(s.channels))
	for {
		n, err := r.Read(buf)
		for i, v := range buf[:n] {
			c := i % len(s.channels)
			s.channels[c] = append(s.channels[c], float64(v)/32768)
		}
		if errors.Is(err, io.EOF) {
			return s
		}
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
	}
}

// lastSecond is the newest second of a file that is still being written: its header isn't right yet.
func lastSecond(path string) ([]float64, error) {
	const header, second = 44, 2 * 8000
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	if len(raw) < header+second {
		return nil, errorf("%s has %d bytes only", path, len(raw))
	}
	raw = raw[header:]
	raw = raw[:len(raw)&^1]
	x := make([]float64, 0, 8000)
	for raw = raw[len(raw)-second:]; len(raw) > 1; raw = raw[2:] {
		x = append(x, float64(int16(binary.LittleEndian.Uint16(raw)))/32768)
	}
	return x, nil
}

// hearsAtTheEnd waits until the newest second that the caller heard is a tone, or is free of it.
func (c *caller) hearsAtTheEnd(hz float64, yes bool) {
	c.t.Helper()
	eventually(c.t, "what the caller hears", func() error {
		x, err := lastSecond(c.heard)
		if err != nil {
			return err
		}
		share := tone(x, hz, 8000)
		if level(x) < -45 {
			share = 0
		}
		if yes != (share > 0.7) || (!yes && share > 0.05) {
			return errorf("%.0f Hz has %.0f %% of the energy at %.0f dBFS; wanted: %t", hz, 100*share, level(x), yes)
		}
		return nil
	})
}

// heardFor waits until the caller has listened for some seconds.
func (c *caller) heardFor(seconds int) {
	c.t.Helper()
	eventually(c.t, "the caller listens", func() error {
		info, err := os.Stat(c.heard)
		if err != nil {
			return err
		}
		if got := int(info.Size()) / 16000; got < seconds {
			return errorf("%d s so far", got)
		}
		return nil
	})
}

// hearsMore waits until the caller has listened for some more seconds.
func (c *caller) hearsMore(seconds int) {
	c.t.Helper()
	c.heardFor(len(readWAVSoFar(c.t, c.heard))/8000 + seconds)
}

var errorf = fmt.Errorf

// likeness is how well a second of a known sound (8 kHz) is found somewhere in a channel: the largest normalised correlation, 0 to 1. It looks
// coarsely first, at a quarter of the rate, and then closely where that was most alike.
func (s sound) likeness(channel int, known []int16) float64 {
	ref := make([]float64, 8000)
	for i := range ref {
		ref[i] = float64(known[i]) / 32768
	}
	x := s.channels[channel]
	const coarse, places, around = 4, 50, 6
	rough := correlation(thinned(x, coarse), thinned(ref, coarse))
	order := make([]int, len(rough))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(rough[b], rough[a]) })
	best := 0.0
	for _, at := range order[:min(places, len(order))] {
		from, to := max(0, at*coarse-around), min(len(x), at*coarse+around+len(ref))
		if to-from >= len(ref) {
			best = max(best, slices.Max(correlation(x[from:to], ref)))
		}
	}
	return best
}

// thinned is a sound at a fraction of its rate.
func thinned(x []float64, by int) []float64 {
	out := make([]float64, len(x)/by)
	for i := range out {
		for _, v := range x[i*by : i*by+by] {
			out[i] += v / float64(by)
		}
	}
	return out
}

// correlation is how much x is like ref from each of its places on, -1 to 1; 0 where x is nearly silent.
func correlation(x, ref []float64) []float64 {
	if len(x) < len(ref) {
		return []float64{0}
	}
	out := make([]float64, len(x)-len(ref)+1)
	var power, energy float64
	for i, r := range ref {
		power += r * r
		energy += x[i] * x[i]
	}
	for at := range out {
		if at > 0 {
			energy += x[at+len(ref)-1]*x[at+len(ref)-1] - x[at-1]*x[at-1]
		}
		if energy < power/100 {
			continue
		}
		var sum float64
		for k, v := range x[at : at+len(ref)] {
			sum += ref[k] * v
		}
		out[at] = sum / math.Sqrt(power*energy)
	}
	return out
}

// greetingOf is the greeting as the server speaks it.
func (s *server) greetingOf() []int16 {
	s.t.Helper()
	file := filepath.Join(s.t.TempDir(), "greeting.wav")
	s.command(nil, "say", s.opt.Greeting, "--file", s.file, "--out", file)
	p, err := prompt.Load(s.t.Context(), file)
	if err != nil {
		s.t.Fatal(err)
	}
	return loud(p.PCM())
}

// loud is the audio from where it becomes loud.
func loud(pcm []int16) []int16 {
	for i, v := range pcm {
		if v > 1000 || v < -1000 {
			return pcm[i:]
		}
	}
	return pcm
}
