package recorder

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

// badDisk is a file on a disk that fails.
type badDisk struct {
	file
	write func() error
	sync  func()
	torn  *bool
}

func (f badDisk) WriteAt(p []byte, at int64) (int, error) {
	if err := f.write(); err != nil {
		n := 0
		if !*f.torn { // it takes a part first
			n, _ = f.file.WriteAt(p[:len(p)/3], at)
		}
		*f.torn = true
		return n, err
	}
	return f.file.WriteAt(p, at)
}

func (f badDisk) Sync() error {
	if f.sync != nil {
		f.sync()
	}
	return f.file.Sync()
}

func (s *studio) badDisk(create, write func() error, sync func()) {
	real := s.store.create
	s.store.create = func(path string) (file, error) {
		if err := create(); err != nil {
			return nil, err
		}
		f, err := real(path)
		return badDisk{f, write, sync, new(bool)}, err
	}
}

func (s *studio) slowDisk(wait func()) {
	s.badDisk(func() error { return nil }, func() error { wait(); return nil }, nil)
}

// full is a disk that is full at times.
type full struct {
	mu  sync.Mutex
	err error
}

func (f *full) set(err error) { f.mu.Lock(); f.err = err; f.mu.Unlock() }
func (f *full) get() error    { f.mu.Lock(); defer f.mu.Unlock(); return f.err }

func TestFullDisk(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		s := newStudio(t, dir)
		disk := &full{}
		s.badDisk(disk.get, disk.get, nil)
		s.run()
		tap := s.begin(twoParties("s1"))
		go func() {
			time.Sleep(5 * time.Second)
			disk.set(syscall.ENOSPC)
			time.Sleep(20 * time.Second)
			disk.set(nil)
		}()
		talkAll(tap, 40*time.Second, talker{channel: 0, hz: 440}, talker{channel: 1, hz: 880})
		s.Stop("s1")
		s.stop()
		for part, tone := range map[string]float64{"customer": 440, "agent": 880} {
			rec := s.index.part(t, part)
			pcm := s.sound(rec)[0]
			if len(pcm) != 40*rate {
				t.Errorf("%s: %d samples, want 40 s", part, len(pcm))
			}
			hears(t, part, pcm, 0, 5, tone)
			hears(t, part, pcm, 8, 24, 0)
			hears(t, part, pcm, 26, 40, tone)
			if len(rec.Gaps) != 1 || rec.Gaps[0].Cause != causeDisk || rec.Gaps[0].From < 5*time.Second || rec.Gaps[0].To < 24*time.Second ||
				rec.Gaps[0].To > 26*time.Second {
				t.Errorf("%s: gaps %s, want one by the disk from after 5 to 25 s", part, gapsOf(rec.Gaps))
			}
		}
		if got := s.index.part(t, "merged").Gaps; len(got) != 2 || got[0].Channel != 0 || got[1].Channel != 1 {
			t.Errorf("merged: gaps %s, want one per channel", gapsOf(got))
		}
		if begin, end := strings.Count(s.log.String(), "can't be written"), strings.Count(s.log.String(), "written again"); begin != 1 || end != 1 {
			t.Errorf("%d lines when it began, %d when it ended, want one each:\n%s", begin, end, s.log)
		}
	})
}

// Whoever is told of a full disk is told when it is mended, also if nobody talks any more.
func TestTroubleOfAFullDiskEndsWithoutARecording(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		s := newStudio(t, dir)
		disk := &full{}
		s.badDisk(disk.get, disk.get, nil)
		s.run()
		if got := s.Trouble(); got != (Trouble{}) {
			t.Errorf("at the beginning: %+v", got)
		}
		tap := s.begin(twoParties("s1"))
		disk.set(syscall.ENOSPC)
		talkAll(tap, 3*time.Second, talker{channel: 0, hz: 440})
		if got := s.Trouble(); !errors.Is(got.Err, syscall.ENOSPC) || time.Since(got.Since) > 3*time.Second {
			t.Errorf("on a full disk: %+v", got)
		}
		s.Stop("s1")
		time.Sleep(time.Minute)
		if got := s.Trouble(); !errors.Is(got.Err, syscall.ENOSPC) {
			t.Errorf("after the recording, on a full disk: %+v", got)
		}
		disk.set(nil)
		time.Sleep(2 * retryEvery)
		if got := s.Trouble(); got != (Trouble{}) {
			t.Errorf("after it was mended: %+v", got)
		}
		if _, err := os.Stat(filepath.Join(dir, probeFile)); err == nil {
			t.Error("the probe has left its file")
		}
		s.stop()
	})
}

func TestFullDiskAtBeginning(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		s := newStudio(t, dir)
		disk := &full{err: syscall.ENOSPC}
		s.badDisk(disk.get, disk.get, nil)
		s.run()
		tap := s.begin(twoParties("s1"))
		go func() {
			time.Sleep(5 * time.Second)
			disk.set(nil)
		}()
		talkAll(tap, 10*time.Second, talker{channel: 0, hz: 440}, talker{channel: 1, hz: 880})
		s.Stop("s1")
		s.stop()
		rec := s.index.part(t, "customer")
		pcm := s.sound(rec)[0]
		hears(t, "customer", pcm, 0, 4.5, 0)
		hears(t, "customer", pcm, 5.6, 10, 440)
		if len(pcm) != 10*rate || len(rec.Gaps) != 1 || rec.Gaps[0].From != 0 {
			t.Errorf("%d samples, gaps %s", len(pcm), gapsOf(rec.Gaps))
		}
	})
}

// TestFullDiskAtEnd has the disk full when the file is to be closed: that is tried again.
func TestFullDiskAtEnd(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		s := newStudio(t, dir)
		disk := &full{}
		s.badDisk(disk.get, disk.get, nil)
		s.run()
		tap := s.begin(twoParties("s1"))
		talkAll(tap, 3*time.Second, talker{channel: 0, hz: 440}, talker{channel: 1, hz: 880})
		disk.set(syscall.ENOSPC)
		talkAll(tap, 5*time.Second, talker{channel: 0, hz: 440, stream: 2}, talker{channel: 1, hz: 880, stream: 2})
		s.Stop("s1")
		time.Sleep(time.Minute)
		if n := s.index.count(); n != 0 {
			t.Errorf("%d recordings are closed on a full disk", n)
		}
		disk.set(nil)
		time.Sleep(10 * time.Second)
		rec := s.index.part(t, "customer")
		pcm := s.sound(rec)[0]
		hears(t, "customer", pcm, 0, 3, 440)
		if len(pcm) != 8*rate || len(rec.Gaps) != 1 || rec.Gaps[0].To != 8*time.Second {
			t.Errorf("%d samples, gaps %s; want 8 s and a gap to the end", len(pcm), gapsOf(rec.Gaps))
		}
		s.stop()
		if n := strings.Count(s.log.String(), "can't be closed"); n != 1 {
			t.Errorf("%d lines, want 1:\n%s", n, s.log)
		}
	})
}

// TestHangingDisk has a disk that never answers: the recorder ends all the same, and the next start recovers.
func TestHangingDisk(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		s := newStudio(t, dir)
		hang := make(chan struct{})
		s.badDisk(func() error { return nil }, func() error { return nil }, func() { <-hang })
		s.run()
		tap := s.begin(twoParties("s1"))
		talkAll(tap, 3*time.Second, talker{channel: 0, hz: 440})
		began := time.Now()
		if err := s.end(); err == nil || time.Since(began) != closeBound {
			t.Errorf("Run ended after %v with %v, want an error after %v", time.Since(began), err, closeBound)
		}
		close(hang)
		synctest.Wait()
	})
}

// TestRealFullDisk fills a real file system of 300 KB.
func TestRealFullDisk(t *testing.T) {
	dir := t.TempDir()
	if os.Getuid() != 0 {
		t.Skip("only root can mount a small file system")
	}
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=300k"); err != nil {
		t.Skip("no tmpfs: ", err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(dir, syscall.MNT_DETACH) })
	synctest.Test(t, func(t *testing.T) {
		s := newStudio(t, dir)
		s.run()
		ballast := filepath.Join(dir, "ballast")
		if err := os.WriteFile(ballast, make([]byte, 150<<10), 0o600); err != nil {
			t.Fatal(err)
		}
		f := twoParties("s1")
		f.Channels, f.Merged = f.Channels[:1], false
		tap := s.begin(f)
		go func() {
			time.Sleep(14 * time.Second)
			if err := os.Remove(ballast); err != nil {
				t.Error(err)
			}
		}()
		talkAll(tap, 16*time.Second, talker{channel: 0, hz: 440})
		s.Stop("s1")
		s.stop()
		rec := s.index.part(t, "customer")
		pcm := s.sound(rec)[0]
		hears(t, "customer", pcm, 0, 7, 440)
		hears(t, "customer", pcm, 15, 16, 440)
		if len(rec.Gaps) != 1 || rec.Gaps[0].Cause != causeDisk {
			t.Errorf("gaps %s, want one by the disk\n%s", gapsOf(rec.Gaps), s.log)
		}
	})
}
