//go:build e2e

package e2e

import (
	"database/sql"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// voiceScript is a speech engine that hangs while a file is there.
const voiceScript = `#!/bin/sh
text=$(cat)
if [ -e "$(dirname "$0")/hang" ]; then sleep 120; fi
printf %s "$text" | espeak-ng -v en -s 160 --stdin --stdout
`

// alarmed waits until the server has an alarm of a kind, or has it no more, as the operator's command says.
func (s *server) alarmed(kind string, yes bool) {
	s.t.Helper()
	eventually(s.t, "the alarm "+kind, func() error {
		out, err := exec.Command(program, "alarms", "--server-file", s.file).CombinedOutput()
		failed := (*exec.ExitError)(nil)
		if err != nil && !errors.As(err, &failed) {
			return err
		}
		if has := strings.HasPrefix(string(out), kind) || strings.Contains(string(out), "\n"+kind); has != yes {
			return errorf("wanted: %t. The alarms are:\n%s", yes, out)
		}
		return nil
	})
}

// lockDatabase holds the database's write lock until the returned function is called.
func (s *server) lockDatabase() (unlock func()) {
	s.t.Helper()
	db, err := sql.Open("sqlite3", "file:"+filepath.Join(s.opt.Dir, "mediasrv.db")+"?_txlock=immediate&_busy_timeout=5000")
	if err != nil {
		s.t.Fatal(err)
	}
	tx, err := db.Begin()
	if err != nil {
		s.t.Fatal(err)
	}
	return func() { _ = tx.Rollback(); _ = db.Close() }
}

// Whatever breaks while the server runs (its music's file vanishes, the speech engine hangs, the database is locked, the disk is full): the caller who waits hears
// music all the time, calls can be placed, the operators know what to do, and the alarm goes away when it is mended.
func TestFaultsAreAlarms(t *testing.T) {
	if !alone(t) {
		return
	}
	dir, voice := filepath.Join(t.TempDir(), "small"), filepath.Join(t.TempDir(), "voice")
	if err := errors.Join(os.Mkdir(dir, 0o700), os.WriteFile(voice, []byte(voiceScript), 0o700)); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=16m"); err != nil {
		t.Skipf("mount: %v", err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(dir, syscall.MNT_DETACH) })
	music, hang, filler := filepath.Join(t.TempDir(), "music.wav"), filepath.Join(filepath.Dir(voice), "hang"), filepath.Join(dir, "filler")
	s := prepare(t, options{Dir: dir})
	s.command(nil, "say", strings.Repeat("We play this in place of music. ", 3), "--file", s.file, "--out", music)
	s.changed(
		"company:\n", "company:\n  speech: {engine: command, command: ["+voice+"]}\n",
		"numbers:\n", "numbers:\n  \"+815012345690\": {to: {voicemail: box}}\n",
		"    longest_wait:", "    music: {file: "+music+"}\n    announcements: [{every: 5s, say: \"You are number {position} in our queue today.\"}]\n    longest_wait:",
		"queues:\n", "voicemails:\n  box: {queue: quiet, greeting: {say: \""+voicemailGreeting+"\"}, silence: 60s, longest: 2m}\nqueues:\n",
	)
	write := func(path string, content []byte) {
		t.Helper()
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(hang, nil)
	began := time.Now()
	waits := s.call(supportNumber, "--tone", "440", "--for", "10m") // its announcement hangs: half a minute until that is an alarm, in which the rest breaks

	sound, err := os.ReadFile(music)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(music); err != nil {
		t.Fatal(err)
	}
	unlock := s.lockDatabase()
	talks := s.call("+815012345690", "--tone", "440", "--for", "10m")
	s.alarmed("database", true)
	s.alarmed("reload", true) // the file names what is gone
	unlock()
	s.alarmed("database", false)
	s.want("1", `SELECT count(*) FROM events WHERE kind = 'alarm' AND detail LIKE 'database%locked%'`)
	s.alarmed("prompt-file "+music, true)
	write(music, sound)
	s.alarmed("prompt-file", false)
	s.alarmed("reload", false)

	talks.hearsAtTheEnd(440, false) // the greeting and the beep are over, and the message is being recorded
	fill(t, filler)
	s.alarmed("recordings", true)
	s.alarmed("database", true)
	if err := os.Remove(filler); err != nil {
		t.Fatal(err)
	}
	s.alarmed("recordings", false)
	s.alarmed("database", false)
	talks.hangUp()
	talks.ended()

	s.alarmed("speech", true)
	if err := os.Remove(hang); err != nil {
		t.Fatal(err)
	}
	s.alarmed("speech", false)
	s.want("1", `SELECT min(1, count(*)) FROM events WHERE kind = 'announcement'`)
	waits.hearsMore(4)
	waits.hangUp()
	waits.ended()
	heard := readWAV(t, waits.heard)
	if gap := heard.longestSilence(0, 3*time.Second, time.Since(began)); gap > 1500*time.Millisecond {
		t.Errorf("the caller who waited heard nothing for %s", gap)
	}
	waits.heardText(s, placeText, true)
	s.want("2", `SELECT count(*) FROM calls WHERE end_reason = 'caller-hung-up'`)
	eventually(t, "the message's file", func() error { return s.countRecordings(1) })
}
