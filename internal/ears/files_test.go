package ears

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"mediasrv/media/mediatest"
	"mediasrv/media/wav"
	"mediasrv/routing/fact"
)

// index collects closed recordings.
type index struct {
	mu   sync.Mutex
	recs []fact.Recording
}

// RecordingClosed implements recorder.Index.
func (x *index) RecordingClosed(r fact.Recording) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.recs = append(x.recs, r)
}

func (x *index) take() []fact.Recording {
	x.mu.Lock()
	defer x.mu.Unlock()
	all := x.recs
	x.recs = nil
	return all
}

// file is a recording as sound.
type file struct {
	fact.Recording
	sides [][]int16 // left and right of a merged one; else one
}

const rate = 8000

// edge is how much of a look's beginning and end isn't looked at in files, which keep the time at which something was said rather than heard.
const edge = 60 * time.Millisecond

// files are the recordings that were closed since the last time. They are removed: a long test would fill the disk.
func (w *world) files() []file {
	w.t.Helper()
	var all []file
	for _, r := range w.index.take() {
		path := filepath.Join(w.dir, r.Path)
		b, err := os.ReadFile(path)
		w.must(err)
		in, err := wav.NewReader(bytes.NewReader(b))
		w.must(err)
		f := file{Recording: r, sides: make([][]int16, in.Format().Channels)}
		pcm := make([]int16, in.Format().Channels*rate)
		for {
			n, err := in.Read(pcm)
			for i, s := range pcm[:n] {
				f.sides[i%len(f.sides)] = append(f.sides[i%len(f.sides)], s)
			}
			if err != nil || n == 0 {
				break
			}
		}
		all = append(all, f)
		w.must(os.Remove(path))
	}
	return all
}

// checkFiles holds the recordings of the call that has ended against what was permitted when, and says how many they are.
func (w *world) checkFiles(looks []look) int {
	w.t.Helper()
	w.pass(time.Second) // for the last file to be closed
	w.mu.Lock()
	legs := w.names
	w.names = map[fact.LegID]string{}
	w.mu.Unlock()
	files := w.files()
	for _, f := range files {
		w.checkVoices(f, legs[f.Leg])
	}
	for _, l := range looks {
		found := map[string]int{}
		for _, f := range files {
			w.checkLook(f, l, legs[f.Leg], found)
		}
		for name := range l.recorded {
			if found[name] != 2 { // its own file, and the merged one
				w.t.Errorf("%s is in %d files at %v, want its own and the merged one", name, found[name], l.from)
			}
		}
	}
	return len(files)
}

// checkVoices looks for voices that have no place in a file, wherever: the left side is the customer's, and a leg's file has the leg's.
func (w *world) checkVoices(f file, name string) {
	w.t.Helper()
	for side, pcm := range f.sides {
		for other, hz := range tones() {
			levels := mediatest.Levels(pcm, hz)
			mine := other == name || f.Part == "merged" && (side == 0) == (other == "customer") && voices[other].hz != 0
			if !mine && len(levels) > 0 && slices.Max(levels) > leak {
				w.t.Errorf("%s, side %d, of %s has the voice of %s: %.0f", f.Path, side, name, other, levels)
			}
		}
	}
}

// checkLook looks who speaks in a file at a time, and counts them.
func (w *world) checkLook(f file, l look, name string, found map[string]int) {
	w.t.Helper()
	from, to := samples(l.from.Add(edge).Sub(f.Start)), samples(l.to.Add(-edge).Sub(f.Start))
	if from < 0 || to > len(f.sides[0]) {
		return
	}
	for side, pcm := range f.sides {
		for other, v := range voices {
			level := mediatest.Level(pcm[from:to], v.hz)
			if level > heard {
				found[other]++
			}
			if level > leak && !l.recorded[other] {
				w.t.Errorf("%s, side %d, of %s has the voice of %s at %v: %.0f; may: %v", f.Path, side, name, other, l.from, level, l.recorded)
			}
		}
	}
}

func samples(d time.Duration) int { return int(d * rate / time.Second) }
