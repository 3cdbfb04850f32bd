package recorder

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"mediasrv/routing/fact"
)

// A hold is marked in every file, as one stretch of both sides; who comes and goes is noted with the time.
func TestMarks(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		s := newStudio(t, dir)
		s.run()
		tap := s.begin(twoParties("s1"))
		at := func(seconds float64, kind fact.EventKind, detail string) {
			time.AfterFunc(time.Duration(seconds*float64(time.Second)), func() { s.Mark("s1", kind, detail); s.Mark("never was", kind, detail) })
		}
		at(2, fact.HoldBegan, "")
		at(2.5, fact.HoldBegan, "")
		at(5, fact.HoldEnded, "3s")
		at(5.5, fact.HoldEnded, "")
		at(6, fact.PartyJoined, "Ben Okri")
		at(7, fact.HoldBegan, "")
		at(8, fact.TransferBegan, "Chen Li")
		silent := func(k int) bool { return k >= 100 && k < 255 || k >= 350 }
		talkAll(tap, 8*time.Second, talker{channel: 0, hz: 440, skip: silent}, talker{channel: 1, hz: 880, skip: silent})
		time.Sleep(time.Millisecond)
		s.Stop("s1")
		time.Sleep(time.Second)
		s.stop()
		want := []fact.Mark{{At: 6 * time.Second, Kind: "party-joined", Detail: "Ben Okri"}, {At: 8 * time.Second, Kind: "transfer", Detail: "Chen Li"}}
		for part, gaps := range map[string]string{
			"customer": "0:hold 2.0-5.0;0:hold 7.0-8.0;", "agent": "0:hold 2.0-5.0;0:hold 7.0-8.0;", "merged": "0:hold 2.0-5.0;0:hold 7.0-8.0;1:hold 2.0-5.0;1:hold 7.0-8.0;",
		} {
			rec := s.index.part(t, part)
			if got := gapsOf(rec.Gaps); got != gaps || !slices.Equal(rec.Marks, want) {
				t.Errorf("%s: gaps %s, marks %+v", part, got, rec.Marks)
			}
			if m := s.metadata(rec); len(m.Marks) != 2 || m.Marks[1] != (markMeta{8, "transfer", "Chen Li"}) {
				t.Errorf("%s: metadata %+v", part, m.Marks)
			}
		}
	})
}
