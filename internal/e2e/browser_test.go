//go:build e2e

package e2e

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// agent is headless Chromium on the real desk page, with a tone for a voice.
type agent struct {
	t    *testing.T
	ctx  context.Context
	user string
	stop func()
}

// browse opens the desk in a Chromium of its own whose microphone hears a tone, logs in and becomes available.
func (s *server) browse(user string, hz float64) *agent {
	s.t.Helper()
	a := s.openDesk(user, hz)
	a.logIn(password)
	a.status("available")
	return a
}

// openDesk opens the login page.
func (s *server) openDesk(user string, hz float64) *agent {
	s.t.Helper()
	needs(s.t, "chromium")
	mic := filepath.Join(s.t.TempDir(), "mic.wav")
	writeTone(s.t, mic, hz)
	flags := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath("chromium"), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.NoFirstRun, chromedp.WSURLReadTimeout(patience),
		chromedp.UserDataDir(filepath.Join(s.t.TempDir(), "profile")), chromedp.IgnoreCertErrors,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true),
		chromedp.Flag("use-fake-ui-for-media-stream", true), chromedp.Flag("use-fake-device-for-media-stream", true),
		chromedp.Flag("use-file-for-fake-audio-capture", mic), chromedp.Flag("allow-loopback-in-peer-connection", true),
		chromedp.Flag("autoplay-policy", "no-user-gesture-required"), chromedp.Flag("mute-audio", false),
	)
	alloc, stopAlloc := chromedp.NewExecAllocator(context.Background(), flags...)
	ctx, stopTab := chromedp.NewContext(alloc)
	a := &agent{t: s.t, ctx: ctx, user: user, stop: func() { stopTab(); stopAlloc() }}
	s.t.Cleanup(func() {
		if s.t.Failed() {
			a.screenshot(filepath.Join(os.TempDir(), "mediasrv-e2e-"+strings.ReplaceAll(s.t.Name(), "/", "-")+"-"+user+".png"))
		}
		a.stop()
	})
	// The first run starts the browser and binds it to its context: that must be the long one.
	if err := chromedp.Do(ctx, chromedp.Navigate("about:blank")); err != nil {
		s.t.Fatalf("start chromium: %v", err)
	}
	// A browser that has just begun may still be hearing of its network, and breaks off what it loads: an agent would load it again.
	eventually(s.t, "the desk loads", func() error { return chromedp.Do(ctx, chromedp.Navigate(s.url("/"))) })
	// A steady tone is noise to a browser's voice processing: the page's own setting switches it off.
	script[bool](a, `(localStorage.setItem('mediasrv.voiceProcessing', 'off'), true)`)
	a.do("open the desk", chromedp.Reload(), chromedp.WaitVisible(id("login-user")))
	return a
}

// id selects an element by its test id.
func id(name string) chromedp.CSS { return chromedp.CSS(`[data-testid="` + name + `"]`) }

func (a *agent) do(what string, actions ...chromedp.Action[chromedp.Void]) {
	a.t.Helper()
	ctx, cancel := context.WithTimeout(a.ctx, patience)
	defer cancel()
	if err := chromedp.Do(ctx, actions...); err != nil {
		a.t.Fatalf("%s: %s: %v", a.user, what, err)
	}
}

// script runs JavaScript in the page and returns its value; a promise is awaited.
func script[T any](a *agent, js string) T {
	a.t.Helper()
	ctx, cancel := context.WithTimeout(a.ctx, patience)
	defer cancel()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](js, chromedp.EvalAwaitPromise))
	if err != nil {
		a.t.Fatalf("%s: script: %v", a.user, err)
	}
	return v
}

func (a *agent) logIn(secret string) {
	a.t.Helper()
	for field, value := range map[string]string{"login-user": a.user, "login-password": secret} {
		script[bool](a, `(document.querySelector('`+string(id(field))+`').select(), true)`) // what is there is typed over
		a.do("type", chromedp.SendKeys(id(field), value))
	}
	a.do("log in", chromedp.Click(id("login-submit")))
}

func (a *agent) status(status string) {
	a.t.Helper()
	a.do("become "+status, chromedp.Click(id("status-menu"), chromedp.NodeVisible), chromedp.Click(id("status-"+status), chromedp.NodeVisible))
	a.shows("status-menu", status)
}

// click clicks a button once it is there and enabled.
func (a *agent) click(button string) {
	a.t.Helper()
	a.do("click "+button, chromedp.WaitEnabled(id(button)), chromedp.Click(id(button), chromedp.NodeVisible))
}

// shows waits until an element's text contains a text, in any case of letters.
func (a *agent) shows(element, text string) {
	a.t.Helper()
	eventually(a.t, fmt.Sprintf("%s sees %q in %s", a.user, text, element), func() error {
		got := a.text(element)
		if !strings.Contains(strings.ToLower(got), strings.ToLower(text)) {
			return fmt.Errorf("it says %q", got)
		}
		return nil
	})
}

// answers takes the call that rings, or is about to, and hears the caller.
func (a *agent) answers() {
	a.t.Helper()
	a.shows("call-state", "ringing")
	a.click("answer")
	a.shows("call-state", "talking")
	a.hears(callerTone)
}

// text is an element's text, or empty if it isn't there.
func (a *agent) text(element string) string {
	a.t.Helper()
	return script[string](a, `(document.querySelector('`+string(id(element))+`')?.textContent ?? '')`)
}

// theCall is the page's audio element of calls.
const theCall = `[...document.querySelectorAll('audio')].find(a => a.srcObject)`

// listen measures what an audio element plays, and starts it if it is of a file: the share of windows in which the tone dominates, over one second.
func (a *agent) listen(element string, hz float64) float64 {
	a.t.Helper()
	return script[float64](a, fmt.Sprintf(listenScript, element, hz))
}

// hears waits until the tone dominates what the page plays.
func (a *agent) hears(hz float64) {
	a.t.Helper()
	a.plays(theCall, hz)
}

// plays waits until the tone dominates what an audio element plays.
func (a *agent) plays(element string, hz float64) {
	a.t.Helper()
	eventually(a.t, fmt.Sprintf("%s hears %.0f Hz", a.user, hz), func() error {
		if share := a.listen(element, hz); share < 0.8 {
			return fmt.Errorf("only in %.0f %% of the windows", 100*share)
		}
		return nil
	})
}

// refuse holds Backspace for as long as the page wants.
func (a *agent) refuse() {
	a.t.Helper()
	a.do("refuse", chromedp.WaitEnabled(id("refuse")))
	script[bool](a, `(async () => {
		document.dispatchEvent(new KeyboardEvent('keydown', {key: 'Backspace', bubbles: true}));
		await new Promise(r => setTimeout(r, 1200));
		document.dispatchEvent(new KeyboardEvent('keyup', {key: 'Backspace', bubbles: true}));
		return true;
	})()`)
}

// serveUntil answers every call, listens for a moment, hangs up, until told to stop.
func (a *agent) serveUntil(stop <-chan struct{}) {
	const serve = `(() => {
		const b = name => document.querySelector('[data-testid="' + name + '"]');
		const state = (b('call-state')?.textContent ?? '').toLowerCase();
		if (state.startsWith('ringing') && b('answer') && !b('answer').disabled) { window.since = 0; b('answer').click(); return 'answer'; }
		if (state.startsWith('talking') && b('hangup') && !b('hangup').disabled) {
			window.since ||= Date.now();
			if (Date.now() - window.since > 1000) { window.since = 0; b('hangup').click(); return 'hangup'; }
		}
		return state;
	})()`
	for {
		select {
		case <-stop:
			return
		case <-time.After(200 * time.Millisecond):
		}
		if _, err := chromedp.Run(a.ctx, chromedp.Evaluate[string](serve)); err != nil {
			a.t.Errorf("%s: %v", a.user, err)
			return
		}
	}
}

const listenScript = `(async () => {
  const el = %s;
  if (!el) return 0;
  if (!el.srcObject) await el.play().catch(() => undefined); // it may be loading another sound
  const stream = el.srcObject ?? el.captureStream();
  if (stream.getAudioTracks().length === 0) return 0;
  const ac = new AudioContext({sampleRate: 48000}); await ac.resume();
  const src = ac.createMediaStreamSource(stream), an = ac.createAnalyser();
  an.fftSize = 4096; src.connect(an);
  const x = new Float32Array(an.fftSize); let hits = 0;
  for (let i = 0; i < 10; i++) {
    await new Promise(r => setTimeout(r, 100));
    an.getFloatTimeDomainData(x);
    const w = 2 * Math.cos(2 * Math.PI * %f / ac.sampleRate); let a = 0, b = 0, e = 0;
    for (const v of x) { const s = v + w * a - b; b = a; a = s; e += v * v; }
    const p = (a * a + b * b - w * a * b) / x.length * 2;
    if (e / x.length > 1e-5 && p / e > 0.7) hits++;
  }
  await ac.close(); return hits / 10;
})()`

func (a *agent) screenshot(path string) {
	ctx, cancel := context.WithTimeout(a.ctx, 10*time.Second)
	defer cancel()
	if png, err := chromedp.Run(ctx, chromedp.CaptureScreenshot()); err == nil {
		_ = os.WriteFile(path, png, 0o600)
		a.t.Logf("screenshot: %s", path)
	}
}

// writeTone writes four seconds of a tone at -12 dBFS as a WAV file of 48 kHz. The length is a whole number of periods, so that it loops
// without a click.
func writeTone(t *testing.T, path string, hz float64) {
	t.Helper()
	const rate, seconds = 48000, 4
	var b bytes.Buffer
	w := func(v any) { _ = binary.Write(&b, binary.LittleEndian, v) }
	b.WriteString("RIFF")
	w(uint32(36 + rate*seconds*2))
	b.WriteString("WAVEfmt ")
	for _, v := range []any{uint32(16), uint16(1), uint16(1), uint32(rate), uint32(rate * 2), uint16(2), uint16(16)} {
		w(v)
	}
	b.WriteString("data")
	w(uint32(rate * seconds * 2))
	for i := range rate * seconds {
		w(int16(8000 * math.Sin(2*math.Pi*hz*float64(i)/rate)))
	}
	if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
}
