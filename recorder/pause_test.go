package recorder

import (
	"math"
	"testing"
	"testing/synctest"
	"time"

	"mediasrv/media"
)

// quiet says that there is no sample in a stretch of a file, in seconds.
func quiet(pcm []int16, from, to float64) bool {
	for _, v := range pcm[int(from*rate):int(to*rate)] {
		if v != 0 {
			return false
		}
	}
	return true
}

// Nothing that is said in a pause is in any file: whatever delay the network and the jitter buffer make, whichever file it is.
func TestPause(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		s := newStudio(t, dir)
		s.run()
		tap := s.begin(twoParties("s1"))
		time.AfterFunc(2*time.Second, func() { s.Pause("s1"); s.Pause("s1"); s.Pause("never was") })
		time.AfterFunc(5*time.Second, func() { s.Resume("s1"); s.Resume("s1") })
		slow := func(k int) time.Duration { return time.Duration(k%10) * 20 * time.Millisecond }
		talkAll(tap, 9*time.Second, talker{channel: 0, hz: 440, jitter: slow}, talker{channel: 1, hz: 880, rate: 48000, clock: 48000})
		s.Stop("s1")
		time.Sleep(time.Second)
		s.stop()
		for _, part := range []string{"merged", "customer", "agent"} {
			rec := s.index.part(t, part)
			for side, pcm := range s.sound(rec) {
				hz := 440.0
				if part == "agent" || side == 1 {
					hz = 880
				}
				if !quiet(pcm, 2, 6) { // a second after Resume, too
					t.Errorf("%s, channel %d: something of the pause is in the file", part, side)
				}
				hears(t, part, pcm, 0.3, 1.95, hz)
				hears(t, part, pcm, 6.05, 8.9, hz)
				found := false
				for _, g := range rec.Gaps {
					found = found || g.Channel == side && g.Cause == "pause" && g.From == 2*time.Second && g.To == 6*time.Second
				}
				if !found {
					t.Errorf("%s, channel %d: no mark of the pause: %+v", part, side, rec.Gaps)
				}
			}
		}
	})
}

// A pause that nobody ends lasts to the end of the file; its last words, which the tap still holds at the stop, aren't there either.
func TestPauseUntilTheEnd(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		s := newStudio(t, dir)
		s.run()
		tap := s.begin(twoParties("s1"))
		time.AfterFunc(1990*time.Millisecond, func() { s.Pause("s1") })
		// From the pause on another voice: what the file must not have.
		turn := func(_ int, at time.Duration, pcm []int16) {
			for i := range pcm {
				hz := 440.0
				if at >= 1990*time.Millisecond {
					hz = 1500
				}
				pcm[i] = int16(8000 * math.Sin(2*math.Pi*hz*(at.Seconds()+float64(i)/rate)))
			}
		}
		talkAll(tap, 4*time.Second, talker{channel: 0, sound: turn}, talker{channel: 1, hz: 880, edit: func(_ int, f *media.TapFrame) { f.RTP -= 800 }})
		s.Stop("s1")
		time.Sleep(time.Second)
		s.stop()
		for side, pcm := range s.sound(s.index.part(t, "merged")) {
			if !quiet(pcm, 1.99, 4) {
				t.Errorf("channel %d: something of the pause is in the file", side)
			}
		}
		if g := s.index.part(t, "customer").Gaps; len(g) != 1 || g[0].Cause != "pause" || g[0].To != 4*time.Second {
			t.Errorf("%+v", g)
		}
	})
}
