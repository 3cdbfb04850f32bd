package recorder

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"mediasrv/routing/fact"
)

// On a disk without any room a recording is deleted all the same, with its line in the ledger, and makes room for the next one.
func TestDeleteOnAFullDisk(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=2m"); err != nil {
		t.Skip("no small disk can be made: ", err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(dir, 0) })
	synctest.Test(t, func(t *testing.T) {
		s := newStudio(t, dir)
		s.run()
		for _, id := range []string{"s1", "s2"} {
			tap := s.begin(twoParties(id))
			talkAll(tap, 2*time.Second, talker{channel: 0, hz: 440}, talker{channel: 1, hz: 880})
			s.Stop(fact.SegmentID(id))
			time.Sleep(time.Second)
		}
		filler, err := os.Create(filepath.Join(dir, "filler"))
		if err != nil {
			t.Fatal(err)
		}
		for {
			if _, err := filler.Write(make([]byte, 512)); err != nil {
				break
			}
		}
		if err := os.WriteFile(filepath.Join(dir, "one"), make([]byte, 1), 0o600); err == nil {
			t.Fatal("the disk isn't full")
		}
		for _, rec := range s.index.all() {
			if err := s.Delete(fact.RecordingView{Path: rec.Path, Segment: rec.Segment, Part: rec.Part, Leg: rec.Leg}); err != nil {
				t.Errorf("%s: %v", rec.Path, err)
			}
			if _, err := filler.Write(make([]byte, 64<<10)); err == nil {
				for {
					if _, err := filler.Write(make([]byte, 512)); err != nil {
						break
					}
				}
			}
		}
		_ = filler.Close()
		_ = os.Remove(filler.Name())
		s.stop()
	})
	if r := evidence(t, dir); r.Deleted != 6 || len(r.Findings) > 0 {
		t.Errorf("%+v, want 6 deleted", r)
	}
}
