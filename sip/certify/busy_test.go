package certify

import (
	"testing"
	"testing/synctest"
	"time"

	"mediasrv/media/rtp"
)

// Pauses and jumps of the peer's clock count as its own only while we are in time ourselves.
func TestPausesOnABusyMachine(t *testing.T) {
	packet := func(seq uint16, stamp uint32) heard {
		return heard{header: rtp.Header{Seq: seq, Timestamp: stamp}, units: 160}
	}
	var voices []heard
	for i := range 10 {
		voices = append(voices, packet(uint16(i), uint32(i*160+i/5*4000)))
	}
	for busy, want := range map[bool]int{false: 1, true: 0} {
		var f findings
		judgeClock(&f, voices, 8000, busy)
		if len(f) != want {
			t.Errorf("busy %v: %+v", busy, f)
		}
	}
}

// Our own sender knows that it was late.
func TestLateSender(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := &audio{stop: make(chan struct{}), events: -1}
		a.running.Go(a.send)
		time.Sleep(time.Second)
		if a.busy() {
			t.Error("busy in a calm")
		}
		a.mu.Lock()
		a.late = longestLate + 1
		a.mu.Unlock()
		if !a.busy() {
			t.Error("not busy after a pause")
		}
		close(a.stop)
		a.running.Wait()
	})
}
