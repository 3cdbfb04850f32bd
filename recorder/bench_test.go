package recorder

import (
	"fmt"
	"runtime"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"mediasrv/media"
	"mediasrv/routing/fact"
)

// twins is the tap of a call of two parties who both speak all the time.
type twins struct {
	now *time.Time
	at  time.Time
	of  uint8
	rtp uint32
	pcm [160]int16
}

func (s *twins) Read(f *media.TapFrame) bool {
	if s.at.After(*s.now) {
		return false
	}
	f.Channel, f.Rate, f.Stream, f.RTP, f.ClockRate, f.At, f.N = s.of, 8000, 1, s.rtp, 8000, s.at, copy(f.PCM[:], s.pcm[:])
	if s.of ^= 1; s.of == 0 {
		s.at, s.rtp = s.at.Add(20*time.Millisecond), s.rtp+160
	}
	return true
}

func (s *twins) Lost(int) uint64 { return 0 }

// BenchmarkWriter is what the writer takes for a call of two parties in three files, of a second: µs of CPU, the system's part for the disk included, in
// virtual time.
func BenchmarkWriter(b *testing.B) {
	const calls = 100
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	s := newStudio(b, b.TempDir())
	now := time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)
	s.now = func() time.Time { return now }
	for i := range calls {
		f := twoParties(fmt.Sprint(i))
		f.Call = fact.CallID(fmt.Sprint("call-", i))
		tap := &twins{now: &now, at: now}
		for k := range tap.pcm {
			tap.pcm[k] = int16(k * 100)
		}
		if err := s.add(f, tap); err != nil {
			b.Fatal(err)
		}
	}
	second := func() {
		for i := range 10 {
			now = now.Add(drainEvery)
			s.pass(now, i%5 == 4)
		}
	}
	second()
	b.ReportAllocs()
	began := threadTime()
	for b.Loop() {
		second()
	}
	b.ReportMetric(float64((threadTime()-began).Microseconds())/calls/float64(b.N), "µs/call-s")
	b.ReportMetric(0, "ns/op")
	b.StopTimer()
	s.stopAll()
	now = now.Add(time.Second)
	s.pass(now, true)
	now = now.Add(time.Second)
	s.pass(now, true)
	s.done.close()
	if left := s.finishAll(); left != 0 {
		b.Fatalf("%d files left", left)
	}
}

func threadTime() time.Duration {
	var ts unix.Timespec
	_ = unix.ClockGettime(unix.CLOCK_THREAD_CPUTIME_ID, &ts)
	return time.Duration(ts.Nano())
}
