package tts

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"mediasrv/config"
	"mediasrv/media/codec"
	"mediasrv/media/prompt"
)

// ran is what a program of a test was called with.
type ran struct {
	t    *testing.T
	path string
}

func (r ran) text() string {
	b, err := os.ReadFile(r.path)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		r.t.Fatal(err)
	}
	return string(b)
}

// times is how often it was; line the arguments of the first time.
func (r ran) times() int { return strings.Count(r.text(), "\n") }

func (r ran) line() string {
	line, _, _ := strings.Cut(r.text(), "\n")
	return line
}

// fakeProgram puts a program into the PATH that notes its arguments and then does as a script says.
func fakeProgram(t *testing.T, name, script string) ran {
	t.Helper()
	dir := t.TempDir()
	r := ran{t: t, path: filepath.Join(dir, "runs")}
	text := fmt.Sprintf("#!/bin/sh\necho \"$@\" >>%s\n%s\n", r.path, script)
	if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir+":/bin:/usr/bin")
	return r
}

// fakeEspeak is an espeak-ng that does what a test says.
func fakeEspeak(t *testing.T, script string) ran {
	t.Helper()
	return fakeProgram(t, "espeak-ng", script)
}

// tone is a script's audio: 0.1 s of a square wave.
func toneFile(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	c := cache{dir: dir}
	pcm := make([]int16, 2205)
	for i := range pcm {
		pcm[i] = int16(8000 * math.Sin(float64(i)/8))
	}
	if err := c.write("tone", pcm, 22050); err != nil {
		t.Fatal(err)
	}
	return c.path("tone")
}

func newSpeaker(t *testing.T, dir string) *Speaker {
	t.Helper()
	s, err := New(config.Speech{Engine: "espeak-ng", Language: "en", Voice: "en-gb", Rate: 1}, dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func cached(t *testing.T, dir string) []string {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil {
		t.Fatal(err)
	}
	return names
}

func TestEspeak(t *testing.T) {
	if _, err := exec.LookPath(espeak); err != nil {
		t.Skip("espeak-ng is not installed")
	}
	s := newSpeaker(t, t.TempDir())
	normal, err := s.Speak(t.Context(), prompt.Speech{Text: "Thank you for calling."})
	if err != nil {
		t.Fatal(err)
	}
	if l := normal.Length(); l < 700*time.Millisecond || l > 4*time.Second || len(normal.Frames(codec.Opus)) == 0 {
		t.Errorf("%v", l)
	}
	sum, n := 0.0, 0
	for _, v := range normal.PCM() {
		if v > 50 || v < -50 {
			sum, n = sum+float64(v)*float64(v), n+1
		}
	}
	if db := 20 * math.Log10(math.Sqrt(sum/float64(n))/32768); db < -23 || db > -16 {
		t.Errorf("%.1f dBFS, want about -19", db)
	}
	slow, err := s.Speak(t.Context(), prompt.Speech{Text: "Thank you for calling.", Rate: 0.6})
	if err != nil || slow.Length() < normal.Length()*5/4 {
		t.Errorf("at rate 0.6 %v, at 1 %v, %v", slow.Length(), normal.Length(), err)
	}
	if short, err := s.Speak(t.Context(), prompt.Speech{Text: "Yes."}); err != nil || short.Length() >= normal.Length() {
		t.Errorf("a short text is as long as a long one: %v, %v", short.Length(), err)
	}
	for _, text := range []string{"-v de --stdout", "ご案内します", "a\x00b\nc", strings.Repeat("word ", 100)} {
		if _, err := s.Speak(t.Context(), prompt.Speech{Text: text}); err != nil {
			t.Errorf("%.20q: %v", text, err)
		}
	}
	if _, err := s.Speak(t.Context(), prompt.Speech{Text: "x", Voice: "klingonish"}); !errors.Is(err, ErrEngine) || !strings.Contains(err.Error(), "voice") {
		t.Errorf("an unknown voice: %v", err)
	}
	if _, err := s.Speak(t.Context(), prompt.Speech{Text: "Guten Tag", Language: "de"}); err != nil {
		t.Errorf("another language: %v", err)
	}
}

func TestRefuses(t *testing.T) {
	s := newSpeaker(t, t.TempDir())
	tests := []struct {
		what prompt.Speech
		want error
	}{
		{prompt.Speech{}, ErrEmpty},
		{prompt.Speech{Text: " \n\t\x00"}, ErrEmpty},
		{prompt.Speech{Text: strings.Repeat("x", 10001)}, ErrTooLong},
		{prompt.Speech{Text: "x", Voice: "-w/tmp/x"}, ErrVoice},
		{prompt.Speech{Text: "x", Voice: "-w"}, ErrVoice},
		{prompt.Speech{Text: "x", Voice: "../../x"}, ErrVoice},
		{prompt.Speech{Text: "x", Language: "e n"}, ErrVoice},
		{prompt.Speech{Text: "x", Voice: strings.Repeat("x", 65)}, ErrVoice},
	}
	for _, test := range tests {
		if _, err := s.Speak(t.Context(), test.what); !errors.Is(err, test.want) {
			t.Errorf("%.30q: %v, want %v", test.what.Text, err, test.want)
		}
	}
	if _, err := New(config.Speech{Engine: "parrot"}, t.TempDir(), nil); !errors.Is(err, ErrNoEngine) {
		t.Errorf("an unknown engine: %v", err)
	}
}

func TestDefaults(t *testing.T) {
	tests := []struct {
		cfg   config.Speech
		what  prompt.Speech
		voice string // as espeak-ng is asked for
		wpm   string
	}{
		{config.Speech{}, prompt.Speech{}, "en", "160"},
		{config.Speech{Language: "ja"}, prompt.Speech{}, "ja", "160"},
		{config.Speech{Language: "en", Voice: "en-gb", Rate: 1.5}, prompt.Speech{}, "en-gb", "240"},
		{config.Speech{Language: "en", Voice: "en-gb", Rate: 1.5}, prompt.Speech{Language: "en", Rate: 1}, "en-gb", "160"},
		{config.Speech{Language: "en", Voice: "en-gb"}, prompt.Speech{Language: "de"}, "de", "160"},
		{config.Speech{Language: "en", Voice: "en-gb"}, prompt.Speech{Language: "de", Voice: "en+f3"}, "en+f3", "160"},
		{config.Speech{Rate: 100}, prompt.Speech{}, "en", "450"},
		{config.Speech{Rate: 0.01}, prompt.Speech{}, "en", "80"},
		{config.Speech{Rate: math.NaN()}, prompt.Speech{Rate: math.Inf(1)}, "en", "160"},
		{config.Speech{Rate: -1}, prompt.Speech{Rate: -2}, "en", "160"},
	}
	for _, test := range tests {
		said := fakeEspeak(t, "cat "+toneFile(t))
		s, err := New(test.cfg, t.TempDir(), nil)
		if err != nil {
			t.Fatal(err)
		}
		test.what.Text = "x"
		if _, err := s.Speak(t.Context(), test.what); err != nil {
			t.Fatal(err)
		}
		if want := "-v " + test.voice + " -s " + test.wpm + " "; !strings.HasPrefix(said.line(), want) {
			t.Errorf("%+v %+v: %s; want %s", test.cfg, test.what, said.line(), want)
		}
	}
}

func TestCache(t *testing.T) {
	runs := fakeEspeak(t, "cat >/dev/null; cat "+toneFile(t))
	dir := filepath.Join(t.TempDir(), "cache")
	say := func(what prompt.Speech) *prompt.Prompt {
		t.Helper()
		p, err := newSpeaker(t, dir).Speak(t.Context(), what) // a new process each time
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	first := say(prompt.Speech{Text: "Hello"})
	for range 3 {
		if p := say(prompt.Speech{Text: " Hello\n"}); p.Length() != first.Length() {
			t.Errorf("from the cache %v, spoken %v", p.Length(), first.Length())
		}
	}
	if runs.times() != 1 || len(cached(t, dir)) != 1 {
		t.Errorf("%d runs, %v; want one of each", runs.times(), cached(t, dir))
	}
	for i, other := range []prompt.Speech{{Text: "Hello!"}, {Text: "Hello", Rate: 2}, {Text: "Hello", Voice: "de"}} {
		say(other)
		if runs.times() != i+2 || len(cached(t, dir)) != i+2 {
			t.Errorf("%+v: %d runs, %v", other, runs.times(), cached(t, dir))
		}
	}
}

func TestBrokenCache(t *testing.T) {
	runs := fakeEspeak(t, "cat >/dev/null; cat "+toneFile(t))
	for name, spoil := range map[string]func(path string) error{
		"empty":    func(p string) error { return os.Truncate(p, 0) },
		"cut off":  func(p string) error { return os.Truncate(p, 2000) },
		"no audio": func(p string) error { return os.Truncate(p, 44) },
		"something": func(p string) error {
			return os.WriteFile(p, []byte("hello, this is no audio at all, but long enough for a header"), 0o600)
		},
		"directory": func(p string) error { return errors.Join(os.Remove(p), os.Mkdir(p, 0o700)) },
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			s := newSpeaker(t, dir)
			first, err := s.Speak(t.Context(), prompt.Speech{Text: "Hello"})
			if err != nil {
				t.Fatal(err)
			}
			if err := spoil(cached(t, dir)[0]); err != nil {
				t.Fatal(err)
			}
			before := runs.times()
			p, err := s.Speak(t.Context(), prompt.Speech{Text: "Hello"})
			if err != nil || p.Length() != first.Length() || runs.times() != before+1 {
				t.Errorf("%v, %d runs more", err, runs.times()-before)
			}
			if n := len(cached(t, dir)); n != 1 {
				t.Errorf("%d files", n)
			}
		})
	}
}

func TestUnwritableCache(t *testing.T) {
	fakeEspeak(t, "cat >/dev/null; cat "+toneFile(t))
	block := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(block, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := newSpeaker(t, filepath.Join(block, "cache")).Speak(t.Context(), prompt.Speech{Text: "Hello"}); err != nil {
		t.Errorf("%v, want it to be spoken all the same", err)
	}
}

func TestStaleTemp(t *testing.T) {
	fakeEspeak(t, "cat >/dev/null; cat "+toneFile(t))
	dir := t.TempDir()
	s := newSpeaker(t, dir)
	u, err := s.utterance(prompt.Speech{Text: "Hello"})
	if err != nil {
		t.Fatal(err)
	}
	old := filepath.Join(dir, u.key(s.engine)+".123.tmp")
	if err := errors.Join(os.WriteFile(old, nil, 0o600), os.Chtimes(old, time.Time{}, time.Now().Add(-2*time.Hour))); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Speak(t.Context(), prompt.Speech{Text: "Hello"}); err != nil {
		t.Fatal(err)
	}
	if got := cached(t, dir); len(got) != 1 || filepath.Ext(got[0]) != ".wav" {
		t.Errorf("%v", got)
	}
}

func TestOnce(t *testing.T) {
	runs := fakeEspeak(t, "cat >/dev/null; sleep 0.3; cat "+toneFile(t))
	s := newSpeaker(t, t.TempDir())
	var wg sync.WaitGroup
	for range 10 {
		wg.Go(func() {
			if _, err := s.Speak(t.Context(), prompt.Speech{Text: "Hello"}); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if runs.times() != 1 {
		t.Errorf("%d runs, want 1", runs.times())
	}
}

func TestBadEngines(t *testing.T) {
	tests := []struct {
		name, script string
		want         error
		says         string
	}{
		{"fails", "echo 'Error: no data' >&2; exit 1", ErrEngine, "Error: no data"},
		{"fails quietly", "exit 7", ErrEngine, "exit status 7"},
		{"says nothing", "cat >/dev/null", ErrEngine, "ends in its header"},
		{"says nonsense", "cat >/dev/null; echo this is not a wav file, not at all", ErrEngine, "not a WAV file"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			fakeEspeak(t, test.script)
			dir := t.TempDir()
			if _, err := newSpeaker(t, dir).Speak(t.Context(), prompt.Speech{Text: "x"}); !errors.Is(err, test.want) || !strings.Contains(err.Error(), test.says) {
				t.Errorf("%v, want %v: %s", err, test.want, test.says)
			}
			if n := len(cached(t, dir)); n != 0 {
				t.Errorf("%d files in the cache", n)
			}
		})
	}
	t.Run("missing", func(t *testing.T) {
		t.Setenv("PATH", t.TempDir())
		_, err := newSpeaker(t, t.TempDir()).Speak(t.Context(), prompt.Speech{Text: "x"})
		if !errors.Is(err, ErrNoEngine) || !strings.Contains(err.Error(), "apt-get install espeak-ng") {
			t.Errorf("%v", err)
		}
	})
}

// TestHangingEngine waits for a program that never ends; what it started itself holds its output open.
func TestHangingEngine(t *testing.T) {
	fakeEspeak(t, "sleep 60")
	s := newSpeaker(t, t.TempDir())
	s.limit = 100 * time.Millisecond
	began := time.Now()
	if _, err := s.Speak(t.Context(), prompt.Speech{Text: "x"}); !errors.Is(err, ErrTimeout) || time.Since(began) > 20*time.Second {
		t.Errorf("%v after %v", err, time.Since(began))
	}
}

// Whoever has many texts waits for an engine that hangs once, and what is in the cache is there all the time.
func TestHangingEngineIsLeftAlone(t *testing.T) {
	dir, stuck := t.TempDir(), filepath.Join(t.TempDir(), "stuck")
	runs := fakeEspeak(t, "cat >/dev/null; if [ -e "+stuck+" ]; then sleep 60; fi; cat "+toneFile(t))
	s := newSpeaker(t, dir)
	if _, err := s.Speak(t.Context(), prompt.Speech{Text: "kept"}); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(stuck, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	s.limit = 100 * time.Millisecond
	for _, text := range []string{"a", "b", "c"} {
		if _, err := s.Speak(t.Context(), prompt.Speech{Text: text}); !errors.Is(err, ErrTimeout) {
			t.Errorf("%s: %v", text, err)
		}
	}
	if n := runs.times(); n != 2 {
		t.Errorf("the engine ran %d times, want once in vain", n)
	}
	if _, err := s.Speak(t.Context(), prompt.Speech{Text: "kept"}); err != nil {
		t.Errorf("what is in the cache: %v", err)
	}
	if err := os.Remove(stuck); err != nil {
		t.Fatal(err)
	}
	s.limit, s.hangs.until = speakTime, time.Now()
	if _, err := s.Speak(t.Context(), prompt.Speech{Text: "a"}); err != nil {
		t.Errorf("after the time: %v", err)
	}
}

// A caller who doesn't wait any longer is let go at once, with an engine that isn't ready; what it makes is there for the next.
func TestSpeakEndsWithItsContext(t *testing.T) {
	ready := filepath.Join(t.TempDir(), "ready")
	fakeEspeak(t, "cat >/dev/null; while [ ! -e "+ready+" ]; do sleep 0.01; done; cat "+toneFile(t))
	s := newSpeaker(t, t.TempDir())
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if _, err := s.Speak(ctx, prompt.Speech{Text: "y"}); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%v, want it to end with its context", err)
	}
	if err := os.WriteFile(ready, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Speak(t.Context(), prompt.Speech{Text: "y"}); err != nil {
		t.Error(err)
	}
}

// A machine so busy that the program could not even begin in time is a timeout too.
func TestNoTimeToStart(t *testing.T) {
	fakeEspeak(t, "exit 1")
	s := newSpeaker(t, t.TempDir())
	s.limit = 1
	if _, err := s.Speak(t.Context(), prompt.Speech{Text: "x"}); !errors.Is(err, ErrTimeout) {
		t.Errorf("%v, want ErrTimeout", err)
	}
}
