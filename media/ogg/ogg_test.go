package ogg

import (
	"bytes"
	"errors"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// bounded is a file on a disk that has room for so much.
type bounded struct {
	*os.File
	room int64
}

func (b *bounded) WriteAt(p []byte, off int64) (int, error) {
	if off+int64(len(p)) > b.room {
		return 0, syscall.ENOSPC
	}
	return b.File.WriteAt(p, off)
}

func create(t *testing.T) *bounded {
	t.Helper()
	f, err := os.Create(filepath.Join(t.TempDir(), "a.opus"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	return &bounded{f, math.MaxInt64}
}

// bursts is 50 ms of a tone at the beginning of each second, all else is silent.
func bursts(hz float64, from, n int) []int16 {
	pcm := make([]int16, n)
	for i := range pcm {
		if at := (from + i) % 8000; at < 400 {
			pcm[i] = int16(8000 * math.Sin(2*math.Pi*hz*float64(at)/8000))
		}
	}
	return pcm
}

func interleave(a, b []int16) []int16 {
	out := make([]int16, 0, 2*len(a))
	for i := range a {
		out = append(out, a[i], b[i])
	}
	return out
}

// decode is what another program hears in a file, from a time on: one slice per channel, at 8 kHz.
func decode(t *testing.T, path string, channels int, from float64) [][]int16 {
	t.Helper()
	if _, err := exec.LookPath("ffmpeg"); err != nil {
		t.Skip("there is no ffmpeg")
	}
	var out, complaints bytes.Buffer
	cmd := exec.Command("ffmpeg", "-v", "warning", "-ss", strconv.FormatFloat(from, 'f', -1, 64), "-i", path, "-f", "s16le", "-ar", "8000", "-")
	cmd.Stdout, cmd.Stderr = &out, &complaints
	if err := cmd.Run(); err != nil || complaints.Len() > 0 {
		t.Fatalf("ffmpeg: %v: %s", err, &complaints)
	}
	all := make([][]int16, channels)
	for i := 0; i+1 < out.Len(); i += 2 {
		all[i/2%channels] = append(all[i/2%channels], int16(out.Bytes()[i])|int16(out.Bytes()[i+1])<<8)
	}
	return all
}

// loud says where a burst begins, in samples; -1: there is none before the end.
func loud(pcm []int16, from, to int) int {
	for i := from; i < min(to, len(pcm)); i++ {
		if pcm[i] > 1500 || pcm[i] < -1500 {
			return i
		}
	}
	return -1
}

func TestTwoVoicesAreTwoStreams(t *testing.T) {
	f := create(t)
	w, err := NewWriter(f, 2, 7)
	if err != nil {
		t.Fatal(err)
	}
	const seconds = 12
	for at := 0; at < seconds*8000; at += 800 {
		if _, err := w.Write(interleave(bursts(440, at, 800), bursts(440, at+4000, 800))); err != nil {
			t.Fatal(err)
		}
		if at%4000 == 0 {
			if err := w.Flush(); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := w.Close(); err != nil || w.Frames() != seconds*8000 {
		t.Fatal(w.Frames(), err)
	}
	all := decode(t, f.Name(), 2, 0)
	for side, pcm := range all {
		if len(pcm) < seconds*8000-10 || len(pcm) > seconds*8000+10 {
			t.Fatalf("channel %d has %d samples, want %d", side, len(pcm), seconds*8000)
		}
		for s := range seconds {
			begins := s*8000 + side*4000
			if at := loud(pcm, max(0, begins-1000), begins+1000); at < begins-16 || at > begins+16 {
				t.Errorf("channel %d: the burst of second %d begins at %d, want %d", side, s, at, begins)
			}
			if at := loud(pcm, begins+1000, begins+7000); at >= 0 {
				t.Errorf("channel %d: the other one is heard at %d", side, at)
			}
		}
	}
	late := decode(t, f.Name(), 2, 7.25) // a player that seeks
	if at := loud(late[0], 0, 8000); at < 5900 || at > 6100 {
		t.Errorf("from 7.25 s on the next burst is heard after %d samples, want 6000", at)
	}
}

func lengthOf(t *testing.T, f *os.File) int64 {
	t.Helper()
	info, err := f.Stat()
	if err != nil {
		t.Fatal(err)
	}
	return info.Size()
}

func TestCrashLosesOnlyWhatWasNotFlushed(t *testing.T) {
	f := create(t)
	w, err := NewWriter(f, 1, 7)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := Repair(f.File, lengthOf(t, f.File)); !errors.Is(err, ErrFormat) {
		t.Errorf("an empty file: %v", err)
	}
	for at := 0; at < 5*8000; at += 800 {
		_, _ = w.Write(bursts(440, at, 800))
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(f.Name())
	if err != nil {
		t.Fatal(err)
	}
	for cut := len(whole); cut > len(whole)-300; cut-- {
		if err := os.WriteFile(f.Name(), whole[:cut], 0o600); err != nil {
			t.Fatal(err)
		}
		channels, frames, err := Repair(f.File, lengthOf(t, f.File))
		want := int64(5*8000 - 52)
		if cut < len(whole) {
			want -= 8000
		}
		if err != nil || channels != 1 || frames != want {
			t.Fatalf("cut at %d of %d: %d channels, %d sample frames, %v, want %d", cut, len(whole), channels, frames, err, want)
		}
	}
	if pcm := decode(t, f.Name(), 1, 0)[0]; len(pcm) < 4*8000-60 || loud(pcm, 7000, 9000) < 7980 {
		t.Errorf("the repaired file has %d samples", len(pcm))
	}
	if err := os.WriteFile(f.Name(), []byte("OggS"+strings.Repeat("x", 100)), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, _, err := Repair(f.File, lengthOf(t, f.File)); !errors.Is(err, ErrFormat) {
		t.Errorf("rubbish: %v", err)
	}
}

func TestFullDiskLeavesSilence(t *testing.T) {
	f := create(t)
	w, err := NewWriter(f, 1, 7)
	if err != nil {
		t.Fatal(err)
	}
	lost := 0
	for at := 0; at < 60*8000; at += 800 {
		switch at {
		case 4 * 8000:
			f.room = 4000
		case 52 * 8000:
			f.room = math.MaxInt64
		}
		n, _ := w.Write(bursts(440, at, 800))
		_ = w.Flush()
		lost += n
	}
	if err := w.Close(); err != nil || w.Frames() != 60*8000 || lost == 0 || lost > 48*8000 {
		t.Fatal(w.Frames(), lost, err)
	}
	pcm := decode(t, f.Name(), 1, 0)[0]
	if len(pcm) < 60*8000-10 || len(pcm) > 60*8000+10 {
		t.Fatalf("%d samples, want %d", len(pcm), 60*8000)
	}
	for _, s := range []int{2, 54, 58} {
		if at := loud(pcm, s*8000-1000, s*8000+1000); at < s*8000-16 || at > s*8000+16 {
			t.Errorf("the burst of second %d begins at %d", s, at)
		}
	}
	if at := loud(pcm, 45*8000, 52*8000-400); at >= 0 {
		t.Errorf("something is heard at %d, in what was left out", at)
	}
}

func BenchmarkWrite(b *testing.B) {
	f, err := os.Create(filepath.Join(b.TempDir(), "a.opus"))
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	w, err := NewWriter(f, 1, 1)
	if err != nil {
		b.Fatal(err)
	}
	var pcm [8000]int16
	state := uint32(1)
	for i := range pcm {
		state = state*1664525 + 1013904223
		pcm[i] = int16(4000*math.Sin(float64(i)*0.3)*math.Sin(float64(i)*0.002)) + int16(state>>22)
	}
	b.ResetTimer()
	for range b.N {
		_, _ = w.Write(pcm[:])
		_ = w.Flush()
	}
	b.ReportMetric(float64(w.off)/float64(b.N)*3600/1e6, "MB/h")
}
