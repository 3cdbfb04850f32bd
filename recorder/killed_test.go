package recorder

import (
	"encoding/binary"
	"flag"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"filippo.io/age"

	"mediasrv/recorder/seal"
	"mediasrv/routing/fact"
)

const (
	victimDir    = "RECORDER_VICTIM_DIR" // says to TestVictim where to record; it is killed meanwhile
	victimFormat = "RECORDER_VICTIM_FORMAT"
	victimKey    = "RECORDER_VICTIM_KEY"
)

// kills is how many processes are killed: -kills 100 for more of them.
var kills = flag.Int("kills", 40, "how many recording processes are killed")

// victimKeys are what a recorder of that key has; empty: nothing is sealed.
func victimKeys(t *testing.T, key string) (keys seal.Keys) {
	t.Helper()
	if key == "" {
		return keys
	}
	id, err := age.ParseX25519Identity(key)
	if err != nil {
		t.Fatal(err)
	}
	return seal.Keys{To: []age.Recipient{id.Recipient()}, Open: []age.Identity{id}}
}

// TestVictim is the process that TestKilled kills: it records for ever, in virtual time, and writes down how far that has come.
func TestVictim(t *testing.T) {
	dir := os.Getenv(victimDir)
	if dir == "" {
		t.Skip("it is run by TestKilled")
	}
	clock, err := os.OpenFile(filepath.Join(dir, "clock"), os.O_WRONLY|os.O_CREATE, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	synctest.Test(t, func(t *testing.T) {
		s := newStudio(t, filepath.Join(dir, "recordings"))
		s.keys = victimKeys(t, os.Getenv(victimKey))
		s.run()
		f := twoParties("s1")
		f.Format = os.Getenv(victimFormat)
		began := time.Now()
		tap := s.begin(f)
		go func() {
			for {
				time.Sleep(10 * time.Millisecond)
				_, _ = clock.WriteAt(binary.LittleEndian.AppendUint64(nil, uint64(time.Since(began))), 0)
			}
		}()
		talkAll(tap, time.Hour, talker{channel: 0, hz: 440}, talker{channel: 1, hz: 880})
	})
}

// Whenever the process is killed: at the next start every file can be played, lacks a second at most, says that it was repaired, and is evidence.
func TestKilled(t *testing.T) {
	if os.Getenv(victimDir) != "" {
		t.Skip("this is the victim")
	}
	id, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	dice := rand.New(rand.NewPCG(7, 7))
	heardAny := 0
	for i := range *kills {
		format := [...]string{fact.FormatWAV, fact.FormatALaw, fact.FormatOpus, fact.FormatOpus}[i%4]
		key := ""
		if i%4 == 3 {
			key = id.String()
		}
		dir := filepath.Join(t.TempDir(), strconv.Itoa(i))
		if err := os.Mkdir(dir, 0o750); err != nil {
			t.Fatal(err)
		}
		came := kill(t, dir, format, key, time.Duration(dice.IntN(8000))*time.Millisecond)
		s := newStudio(t, filepath.Join(dir, "recordings"))
		s.keys = victimKeys(t, key)
		if err := s.Recover(t.Context()); err != nil {
			t.Fatal(err)
		}
		if left := strings.Join(files(t, s.dir), " "); strings.Contains(left, part) || strings.Contains(left, tempPart) {
			t.Errorf("%s, killed after %v: left are %s", format, came, left)
		}
		for _, rec := range s.index.all() {
			length := rec.End.Sub(rec.Start)
			if length < came-time.Second || !rec.Repaired || !s.metadata(rec).Repaired {
				t.Errorf("%s, killed after %v: %v of %s are there, repaired: %v", format, came, length, rec.Part, rec.Repaired)
			}
			f, err := s.hear(rec.Path)
			if err != nil {
				t.Fatal(err)
			}
			sound, err := soundOf(rec.Path, f, f.Size())
			if err != nil || duration(sound.Frames()) != length {
				t.Errorf("%s, killed after %v: %s can't be played to its end: %v", format, came, rec.Path, err)
			}
			_ = f.Close()
			heardAny++
		}
		if n := s.index.count(); came > time.Second && n != 3 {
			t.Errorf("%s, killed after %v: %d recordings", format, came, n)
		}
	}
	if heardAny < *kills {
		t.Errorf("only %d recordings of %d processes had a second", heardAny, *kills)
	}
}

// kill lets a process record until it has come so far in its own time, and kills it; it returns how far it had come.
func kill(t *testing.T, dir, format, key string, until time.Duration) time.Duration {
	t.Helper()
	victim := exec.Command(os.Args[0], "-test.run=^TestVictim$")
	victim.Env = append(os.Environ(), victimDir+"="+dir, victimFormat+"="+format, victimKey+"="+key)
	if err := victim.Start(); err != nil {
		t.Fatal(err)
	}
	clock := filepath.Join(dir, "clock")
	const patience = time.Minute // of a machine that has too much to do
	for began := time.Now(); time.Since(began) < patience; time.Sleep(time.Millisecond) {
		if came, ok := readClock(clock); ok && came >= until {
			break
		}
	}
	_ = victim.Process.Kill()
	_ = victim.Wait()
	came, ok := readClock(clock)
	if !ok {
		t.Fatal("the victim never began")
	}
	return came
}

func readClock(path string) (time.Duration, bool) {
	text, err := os.ReadFile(path)
	if err != nil || len(text) != 8 {
		return 0, false
	}
	return time.Duration(binary.LittleEndian.Uint64(text)), true //nolint:gosec // a duration
}
