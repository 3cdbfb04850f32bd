package recorder

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"log/slog"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"mediasrv/media"
	"mediasrv/media/wav"
	"mediasrv/recorder/ledger"
	"mediasrv/recorder/upload"
	"mediasrv/routing/fact"
)

// fakeTap is a tap that a test fills.
type fakeTap struct {
	mu     sync.Mutex
	frames []media.TapFrame
	room   int // 0: no end
	lost   [media.MaxTaps]uint64
}

func (t *fakeTap) Read(f *media.TapFrame) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.frames) == 0 {
		return false
	}
	*f = t.frames[0]
	t.frames = t.frames[1:]
	return true
}

func (t *fakeTap) Lost(c int) uint64 {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.lost[c]
}

func (t *fakeTap) push(f media.TapFrame) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.room > 0 && len(t.frames) >= t.room {
		t.lost[f.Channel]++
		return
	}
	t.frames = append(t.frames, f)
}

// index collects what is indexed.
type index struct {
	mu   sync.Mutex
	recs []fact.Recording
}

func (x *index) RecordingClosed(r fact.Recording) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.recs = append(x.recs, r)
}

func (x *index) part(t *testing.T, part string) fact.Recording {
	t.Helper()
	x.mu.Lock()
	defer x.mu.Unlock()
	for _, r := range x.recs {
		if r.Part == part {
			return r
		}
	}
	t.Fatalf("no recording of %q was indexed: %+v", part, x.recs)
	return fact.Recording{}
}

func (x *index) all() []fact.Recording {
	x.mu.Lock()
	defer x.mu.Unlock()
	return slices.Clone(x.recs)
}

func (x *index) count() int {
	x.mu.Lock()
	defer x.mu.Unlock()
	return len(x.recs)
}

// talker is one side of a call: a sender with a clock of its own behind a network.
type talker struct {
	channel uint8
	hz      float64
	ppm     float64 // its clock is that much too fast
	rate    int     // of its audio; 0: 8000
	clock   int     // of its RTP time; 0: 8000
	stream  uint32
	early   time.Duration                              // worker's clock is that far behind
	rtp     uint32                                     // of its first frame
	jitter  func(k int) time.Duration                  // nil: none
	skip    func(k int) bool                           // frames that the network loses
	edit    func(k int, f *media.TapFrame)             // the last word
	sound   func(k int, at time.Duration, pcm []int16) // instead of the tone; at is true time
}

// talk sends frames for as long as d; it returns when that time is over.
func (v talker) talk(tap *fakeTap, d time.Duration) {
	if v.rate == 0 {
		v.rate = 8000
	}
	if v.clock == 0 {
		v.clock = 8000
	}
	began := time.Now()
	n := v.rate / 50
	for k := 0; ; k++ {
		at := time.Duration(float64(k) * 20e6 / (1 + v.ppm*1e-6))
		if at >= d {
			time.Sleep(time.Until(began.Add(d)))
			return
		}
		arrives := at
		if v.jitter != nil {
			arrives += v.jitter(k)
		}
		time.Sleep(time.Until(began.Add(arrives)))
		if v.skip != nil && v.skip(k) {
			continue
		}
		f := media.TapFrame{
			Channel: v.channel, Rate: v.rate, Stream: v.stream, RTP: v.rtp + uint32(k*v.clock/50), ClockRate: v.clock, At: time.Now().Round(0).Add(-v.early), N: n,
		}
		if v.sound != nil {
			v.sound(k, at, f.PCM[:n])
		} else {
			for i := range n {
				f.PCM[i] = int16(8000 * math.Sin(2*math.Pi*v.hz*float64(k*n+i)/float64(v.rate)))
			}
		}
		if v.edit != nil {
			v.edit(k, &f)
		}
		tap.push(f)
	}
}

// talkAll lets several talk at once.
func talkAll(tap *fakeTap, d time.Duration, voices ...talker) {
	var wg sync.WaitGroup
	for _, v := range voices {
		wg.Go(func() { v.talk(tap, d) })
	}
	wg.Wait()
}

// studio is a running recorder in a bubble.
type studio struct {
	*Recorder
	t     testing.TB
	dir   string
	index *index
	log   *bytes.Buffer
	end   func() error
}

func newStudio(tb testing.TB, dir string, to ...upload.Target) *studio {
	tb.Helper()
	s := &studio{t: tb, dir: dir, index: &index{}, log: &bytes.Buffer{}}
	r, err := New(Options{Dir: dir, Key: filepath.Join(tb.TempDir(), "key.pem"), To: to, Index: s.index, Log: slog.New(slog.NewTextHandler(s.log, nil))})
	if err != nil {
		tb.Fatal(err)
	}
	s.Recorder = r
	return s
}

// run starts it; end stops it and waits.
func (s *studio) run() {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx) }()
	s.end = func() error { cancel(); return <-done }
}

func (s *studio) stop() {
	s.t.Helper()
	if err := s.end(); err != nil {
		s.t.Fatal(err)
	}
}

func (s *studio) begin(f fact.Segment) *fakeTap {
	s.t.Helper()
	tap := &fakeTap{}
	if err := s.add(f, tap); err != nil {
		s.t.Fatal(err)
	}
	return tap
}

// sound reads a recording; one slice per channel.
func (s *studio) sound(rec fact.Recording) [][]int16 {
	s.t.Helper()
	path := filepath.Join(s.dir, rec.Path)
	raw, err := os.ReadFile(path)
	if err != nil {
		s.t.Fatal(err)
	}
	le := binary.LittleEndian
	if len(raw) < 44 || int(le.Uint32(raw[4:])) != len(raw)-8 || int(le.Uint32(raw[40:])) != len(raw)-44 || le.Uint32(raw[24:]) != rate {
		s.t.Fatalf("%s: %d bytes, header %x", rec.Path, len(raw), raw[:min(44, len(raw))])
	}
	return readFile(s.t, path)
}

func readFile(tb testing.TB, path string) [][]int16 {
	tb.Helper()
	f, err := os.Open(path)
	if err != nil {
		tb.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	r, err := wav.NewReader(f)
	if err != nil {
		tb.Fatal(err)
	}
	n := r.Format().Channels
	out, buf := make([][]int16, n), make([]int16, 4096)
	for {
		got, err := r.Read(buf)
		if err != nil {
			return out
		}
		for i, v := range buf[:got] {
			out[i%n] = append(out[i%n], v)
		}
	}
}

func (s *studio) metadata(rec fact.Recording) (m metadata) {
	s.t.Helper()
	name, _, _ := cutSound(rec.Path)
	b, err := os.ReadFile(filepath.Join(s.dir, name+".json"))
	if err != nil {
		s.t.Fatal(err)
	}
	if err := json.Unmarshal(b, &m); err != nil {
		s.t.Fatal(err)
	}
	return m
}

// files lists the directory.
// files are the names of all recordings' files, without the ledgers.
func files(t *testing.T, dir string) (names []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(p string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() && d.Name() != ledger.FileName && d.Name() != ledger.KeysName && d.Name() != reserveFile {
			names = append(names, filepath.Base(p))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

// level is the amplitude of a frequency in pcm (Goertzel).
func level(pcm []int16, hz float64) float64 {
	w := 2 * math.Pi * hz / rate
	var a, b float64
	for _, x := range pcm {
		a, b = float64(x)+2*math.Cos(w)*a-b, a
	}
	return math.Sqrt(max(0, a*a+b*b-2*math.Cos(w)*a*b)) * 2 / float64(max(1, len(pcm)))
}

// hears checks that only one tone, or nothing (0), is heard in [from, to) seconds, in every 50 ms.
func hears(t *testing.T, what string, pcm []int16, from, to, hz float64) {
	t.Helper()
	for at := from; at+0.05 <= to+1e-9; at += 0.05 {
		i := int(math.Round(at * rate))
		if i+400 > len(pcm) {
			t.Errorf("%s: ends at %.2f s, want %.2f", what, float64(len(pcm))/rate, to)
			return
		}
		for _, tone := range []float64{440, 880, 1320} {
			l, want := level(pcm[i:i+400], tone), tone == hz
			if want && (l < 7000 || l > 9000) || !want && l > 400 {
				t.Errorf("%s: %g Hz has level %.0f at %.2f s, want it: %v", what, tone, l, at, want)
				return
			}
		}
	}
}

func twoParties(id string) fact.Segment {
	return fact.Segment{
		ID: fact.SegmentID(id), Number: 1, Conversation: "0190f0aa-0000-7000-8000-000000000001", Call: "call-1", Queue: "support",
		Agent: "aiko", AgentName: "Aiko Mori", EndUser: "Bob", EndNumber: "+442079460000",
		Channels: []fact.Channel{{Leg: "leg-c", Seat: fact.SeatCustomer}, {Leg: "leg-a", Seat: fact.SeatAgent}}, PerLeg: true, Merged: true,
	}
}

func gapsOf(gaps []fact.Gap) string {
	var b strings.Builder
	for _, g := range gaps {
		fmt.Fprintf(&b, "%d:%s %.1f-%.1f;", g.Channel, g.Cause, g.From.Seconds(), g.To.Seconds())
	}
	return b.String()
}

func tone(pcm []int16, hz float64, at int) {
	for i := range pcm {
		pcm[i] = int16(8000 * math.Sin(2*math.Pi*hz*float64(i)/float64(at)))
	}
}
