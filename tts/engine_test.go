package tts

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"mediasrv/config"
	"mediasrv/media/prompt"
)

func speakerOf(t *testing.T, cfg config.Speech) *Speaker {
	t.Helper()
	s, err := New(cfg, t.TempDir(), nil)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestCommandEngine(t *testing.T) {
	said := fakeProgram(t, "parrot", "read -r text; [ \"$text\" = '-x; rm {voice}' ] || exit 9; cat "+toneFile(t))
	s := speakerOf(t, config.Speech{Engine: "command", Command: []string{"parrot", "--model", "{language}/{voice}.onnx", "--speed={rate}"}, Language: "en", Voice: "amy", Rate: 1.5})
	p, err := s.Speak(t.Context(), prompt.Speech{Text: "-x; rm {voice}"})
	if err != nil || p.Length() < 50*time.Millisecond {
		t.Fatal(err)
	}
	if got := said.line(); got != "--model en/amy.onnx --speed=1.5" {
		t.Errorf("called with %s", got)
	}
	if _, err := s.Speak(t.Context(), prompt.Speech{Text: "-x; rm {voice}"}); err != nil || said.times() != 1 {
		t.Errorf("spoken %d times, %v; want the second from the cache", said.times(), err)
	}
	if _, err := s.Speak(t.Context(), prompt.Speech{Text: "-x; rm {voice}", Language: "de"}); err != nil || !strings.Contains(said.text(), "de/.onnx") {
		t.Errorf("another language: %v, called with %s", err, said.text())
	}
	_, err = speakerOf(t, config.Speech{Engine: "command", Command: []string{"no-such-program"}}).Speak(t.Context(), prompt.Speech{Text: "x"})
	if !errors.Is(err, ErrNoEngine) || !strings.Contains(err.Error(), "no-such-program") {
		t.Errorf("a missing program: %v", err)
	}
}

// A program that writes without an end is stopped as soon as it is known to be no audio.
func TestCommandEngineThatWritesForEver(t *testing.T) {
	fakeProgram(t, "parrot", "exec yes")
	if _, err := speakerOf(t, config.Speech{Engine: "command", Command: []string{"parrot"}}).Speak(t.Context(), prompt.Speech{Text: "x"}); !errors.Is(err, ErrEngine) {
		t.Errorf("%v, want ErrEngine", err)
	}
}

func TestServiceEngine(t *testing.T) {
	audio, err := os.ReadFile(toneFile(t))
	if err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	var asked []map[string]any
	answer := func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(audio) }
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body := map[string]any{"path": r.URL.Path, "key": r.Header.Get("Authorization"), "method": r.Method}
		if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
			t.Error(err)
		}
		mu.Lock()
		asked = append(asked, body)
		now := answer
		mu.Unlock()
		now(w, r)
	}))
	defer server.Close()
	s := speakerOf(t, config.Speech{Engine: "http", URL: server.URL + "/v1/audio/speech", Key: "hunter2", Model: "tts-1", Voice: "alloy", Rate: 1.25})
	if _, err := s.Speak(t.Context(), prompt.Speech{Text: "Hello."}); err != nil {
		t.Fatal(err)
	}
	for key, want := range map[string]any{
		"path": "/v1/audio/speech", "method": "POST", "key": "Bearer hunter2", "model": "tts-1", "input": "Hello.", "voice": "alloy", "response_format": "wav", "speed": 1.25,
	} {
		if asked[0][key] != want {
			t.Errorf("%s is %v, want %v", key, asked[0][key], want)
		}
	}
	for name, c := range map[string]struct {
		answer http.HandlerFunc
		says   string
	}{
		"refuses":  {func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "no credit", http.StatusPaymentRequired) }, "no credit"},
		"nonsense": {func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("this is not audio")) }, "tts:"},
		"nothing":  {func(http.ResponseWriter, *http.Request) {}, "tts:"},
		"redirects": {func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://192.0.2.1/", http.StatusFound)
		}, "302"},
	} {
		mu.Lock()
		answer = c.answer
		mu.Unlock()
		_, err := s.Speak(t.Context(), prompt.Speech{Text: name})
		if !errors.Is(err, ErrEngine) || !strings.Contains(err.Error(), c.says) || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: %v", name, err)
		}
	}
	hung := make(chan struct{})
	mu.Lock()
	answer = func(_ http.ResponseWriter, r *http.Request) {
		select {
		case <-r.Context().Done():
		case <-hung:
		}
	}
	mu.Unlock()
	s.limit = 50 * time.Millisecond
	if _, err := s.Speak(t.Context(), prompt.Speech{Text: "hangs"}); !errors.Is(err, ErrTimeout) {
		t.Errorf("a service that hangs: %v", err)
	}
	close(hung)
	mu.Lock()
	defer mu.Unlock()
	if !slices.ContainsFunc(asked, func(a map[string]any) bool { return a["input"] == "hangs" }) {
		t.Error("was not asked")
	}
	server.Close()
	s.limit, s.hangs = speakTime, hang{}
	if _, err := s.Speak(t.Context(), prompt.Speech{Text: "gone"}); !errors.Is(err, ErrEngine) {
		t.Errorf("a service that is gone: %v", err)
	}
}

// espeak-ng knows no kanji: what it is given is their reading.
func TestKanji(t *testing.T) {
	if _, err := exec.LookPath("mecab"); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("mecab is not installed")
		}
		t.Skip("mecab is not installed")
	}
	s := speakerOf(t, config.Speech{Language: "ja"})
	for text, want := range map[string]string{
		"ご案内します。":           "ゴアンナイシマス。",
		"東京駅は10番線です。":       "トーキョーエキワ10バンセンデス。", // the particle は is said wa
		"Mediasrv は良い。":     "Mediasrvワヨイ。",
		"ただいま でんわに でられません。": "ただいま でんわに でられません。", // kana stay as they are
	} {
		got, err := reading(t.Context(), utterance{text: text, language: "ja"})
		if err != nil || got != want {
			t.Errorf("%s: %s, %v; want %s", text, got, err, want)
		}
	}
	if got, _ := reading(t.Context(), utterance{text: "東京", language: "zh"}); got != "東京" {
		t.Errorf("Chinese was read as Japanese: %s", got)
	}
	if p, err := s.Speak(t.Context(), prompt.Speech{Text: "ご案内します。"}); err != nil || p.Length() > 4*time.Second {
		t.Errorf("%v, %v", p, err)
	}
	t.Setenv("PATH", t.TempDir())
	if _, err := reading(t.Context(), utterance{text: "東京", language: "ja"}); !errors.Is(err, ErrNoEngine) || !strings.Contains(err.Error(), "apt-get install mecab") {
		t.Errorf("without mecab: %v", err)
	}
}
