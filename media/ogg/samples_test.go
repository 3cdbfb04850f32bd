package ogg

import (
	"bytes"
	"errors"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"testing"
)

// spoken is a file of bursts, the second channel's half a second behind the first's.
func spoken(t *testing.T, channels, seconds int) []byte {
	t.Helper()
	f := create(t)
	w, err := NewWriter(f, channels, 7)
	if err != nil {
		t.Fatal(err)
	}
	for at := 0; at < seconds*8000; at += 800 {
		pcm := bursts(440, at, 800)
		if channels == 2 {
			pcm = interleave(pcm, bursts(440, at+4000, 800))
		}
		if _, err := w.Write(pcm); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(f.Name())
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func samplesOf(t *testing.T, b []byte) *Samples {
	t.Helper()
	s, err := NewSamples(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestSamplesFromAnyPlace(t *testing.T) {
	const seconds = 7
	b := spoken(t, 2, seconds)
	s := samplesOf(t, b)
	if s.Channels() != 2 || s.Frames() != seconds*8000 || s.Rate() != 8000 {
		t.Fatalf("%d channels of %d samples at %d Hz", s.Channels(), s.Frames(), s.Rate())
	}
	all := make([]int16, 2*seconds*8000)
	if n, err := s.ReadAt(all, 0); n != seconds*8000 || err != nil {
		t.Fatalf("%d, %v", n, err)
	}
	for side := range 2 {
		var pcm []int16
		for i := side; i < len(all); i += 2 {
			pcm = append(pcm, all[i])
		}
		for second := range seconds {
			begins := second*8000 + side*4000
			if at := loud(pcm, max(0, begins-1000), begins+1000); at < begins-16 || at > begins+16 {
				t.Errorf("channel %d: the burst of second %d begins at %d, want %d", side, second, at, begins)
			}
		}
	}
	random := rand.New(rand.NewPCG(1, 2))
	for range 60 {
		from := random.IntN(seconds*8000 - 1)
		part := make([]int16, 2*random.IntN(4000)+2)
		n, err := s.ReadAt(part, int64(from))
		if want := min(len(part)/2, seconds*8000-from); n != want || err != nil {
			t.Fatalf("from %d: %d frames, want %d: %v", from, n, want, err)
		}
		if off := distance(part[:2*n], all[2*from:2*(from+n)]); off > 300 {
			t.Errorf("from %d on it sounds otherwise than read from the beginning: %.0f", from, off)
		}
	}
	if n, err := s.ReadAt(all, seconds*8000); n != 0 || !errors.Is(err, io.EOF) {
		t.Errorf("behind the end: %d, %v", n, err)
	}
}

// distance is the root of the mean square of what two sounds differ by.
func distance(a, b []int16) float64 {
	sum := 0.0
	for i := range a {
		d := float64(a[i]) - float64(b[i])
		sum += d * d
	}
	return math.Sqrt(sum / float64(len(a)))
}

func TestSamplesOfFilesCutOffAndBroken(t *testing.T) {
	b := spoken(t, 1, 3)
	for cut := 0; cut < len(b); cut += 97 {
		s, err := NewSamples(bytes.NewReader(b[:cut]), int64(cut))
		if errors.Is(err, ErrFormat) && cut < 200 {
			continue
		}
		if err != nil {
			t.Fatalf("cut at %d: %v", cut, err)
		}
		pcm := make([]int16, s.Frames()+1)
		if n, err := s.ReadAt(pcm, 0); int64(n) != s.Frames() || err != nil && n > 0 {
			t.Errorf("cut at %d: %d of %d samples, %v", cut, n, s.Frames(), err)
		}
	}
	random := rand.New(rand.NewPCG(3, 4))
	for range 300 { // no panic, and no loop without end
		broken := slices.Clone(b)
		for range 5 {
			broken[random.IntN(len(broken))] ^= byte(1 << random.IntN(8))
		}
		s, err := NewSamples(bytes.NewReader(broken), int64(len(broken)))
		if err != nil {
			continue
		}
		_, _ = s.ReadAt(make([]int16, 8000), 100)
	}
	if _, err := NewSamples(bytes.NewReader([]byte("RIFF....WAVEfmt ............")), 28); !errors.Is(err, ErrFormat) {
		t.Errorf("a WAV file: %v", err)
	}
}
