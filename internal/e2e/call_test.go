//go:build e2e

package e2e

import (
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"mediasrv/media/prompt"
)

const (
	callerTone = 440.0
	agentTone  = 1000.0
)

// The main job: a caller hears the greeting and music, an agent answers in the browser, each hears the other, and it is recorded.
func TestCallReachesAgentIsHeardAndRecorded(t *testing.T) {
	if !alone(t) {
		return
	}
	s := start(t, options{})
	c := s.dial(supportNumber)
	c.says("answered")
	// Nobody is there yet: greeting, ringback and music.
	c.heardFor(16)
	a := s.browse("aiko", agentTone)
	a.shows("call-state", "ringing")
	a.shows("call-queue", "support")
	a.answers()
	c.hearsAtTheEnd(agentTone, true)
	c.hearsMore(6) // each second is rated, once the line has settled
	c.hangUp()
	c.ended()
	a.shows("wrapup", "")
	a.click("wrapup-done")
	a.shows("call-state", "idle")

	heard := readWAV(t, c.heard)
	if n := heard.loudWindows(0); n < 150 {
		t.Errorf("the caller heard sound in %d windows of 100 ms only", n)
	}
	if like := heard.likeness(0, s.greetingOf()); like < 0.8 {
		t.Errorf("the greeting was not heard: likeness %.2f", like)
	}
	if like := heard.likeness(0, loud(prompt.Music().PCM())); like < 0.8 {
		t.Errorf("the music was not heard: likeness %.2f", like)
	}
	if n := heard.toneWindows(0, agentTone); n < 20 {
		t.Errorf("the caller heard the agent in %d windows of 100 ms only", n)
	}
	if n := heard.toneWindows(0, callerTone); n > 2 {
		t.Errorf("the caller heard itself in %d windows", n)
	}
	if gap := heard.longestSilence(0, time.Second, 20*time.Second); gap > 3*time.Second {
		t.Errorf("the caller heard nothing for %s", gap)
	}
	s.checkRecordings()
	a.checkPlayer()
	s.checkRows()
	s.checkQuality()
}

// checkPlayer listens to the call on the page of recordings: each side by itself, and finds the two together as stereo.
func (a *agent) checkPlayer() {
	a.t.Helper()
	script[bool](a, `(() => { const own = Audio; window.Audio = function () { return window.player = new own(); }; location.hash = "#recordings"; return true; })()`)
	a.click("recording")
	a.shows("player", "support")
	for side, hz := range map[string]float64{"Customer": callerTone, "Agent": agentTone} {
		script[bool](a, `(() => {
			const leg = document.querySelector('[data-testid="leg"]');
			leg.value = [...leg.options].find(o => o.text === '`+side+`').value;
			leg.dispatchEvent(new Event('change', {bubbles: true}));
			return true;
		})()`)
		a.plays("window.player", hz)
	}
	loudest := script[[]float64](a, `(async () => {
		const link = document.querySelector('[data-testid="download-all"]').href.replace('&download=1', '');
		const sound = await new OfflineAudioContext(2, 8000, 8000).decodeAudioData(await (await fetch(link)).arrayBuffer());
		return [0, 1].map(c => {
			const x = sound.getChannelData(c).subarray(16000, 24000);
			return [440, 1000].map(hz => Math.hypot(...[Math.sin, Math.cos].map(f => x.reduce((s, v, i) => s + v * f(2 * Math.PI * hz * i / 8000), 0))));
		}).flat();
	})()`)
	if len(loudest) != 4 || loudest[0] < 10*loudest[1] || loudest[3] < 10*loudest[2] {
		a.t.Errorf("440 and 1000 Hz on the left and on the right: %.0f", loudest)
	}
	if shapes := script[int](a, `document.querySelectorAll('.wave-shape').length`); shapes != 2 {
		a.t.Errorf("%d lanes in the picture, want 2", shapes)
	}
	script[bool](a, `(window.player.pause(), document.querySelector('[data-testid="wave"]').dispatchEvent(new KeyboardEvent('keydown', {key: 'Home', bubbles: true})), true)`)
	a.click("play")
	a.shows("play-time", "0:01")
	script[bool](a, `(location.hash = '#desk', true)`)
}

// checkQuality looks for how the lines were: in the legs' rows, and in the metrics of the trunk and of the browsers.
func (s *server) checkQuality() {
	s.t.Helper()
	s.want("2", `SELECT count(*) FROM legs WHERE rated_seconds >= 1 AND mos > 1 AND mos >= mos_lowest AND mos_lowest > 0`)
	res, err := insecure.Get(s.url("/metrics"))
	if err != nil {
		s.t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	for _, metric := range []string{`line_mos_count{direction="received",trunk="carrier"}`, `line_mos_count{direction="received",trunk=""}`, `media_ports{state="free"}`} {
		_, rest, _ := strings.Cut(string(text), "\nmediasrv_"+metric+" ")
		value, _, _ := strings.Cut(rest, "\n")
		if n, err := strconv.ParseFloat(value, 64); err != nil || n < 1 {
			s.t.Errorf("%s is %q", metric, value)
		}
	}
}

func (s *server) checkRecordings() {
	s.t.Helper()
	eventually(s.t, "three recordings and their metadata", func() error { return s.countRecordings(3) })
	merged := readWAV(s.t, s.recordings("*_merged_1.wav")[0])
	if len(merged.channels) != 2 {
		s.t.Fatalf("merged recording has %d channels, want 2", len(merged.channels))
	}
	for channel, want := range []float64{callerTone, agentTone} {
		if n := merged.toneWindows(channel, want); n < 20 {
			s.t.Errorf("channel %d of the merged file has %.0f Hz in %d windows only", channel, want, n)
		}
	}
	if n := merged.toneWindows(0, agentTone) + merged.toneWindows(1, callerTone); n > 2 {
		s.t.Errorf("the merged file has voices in the wrong channel in %d windows", n)
	}
	for pattern, hz := range map[string]float64{"*_customer_1.wav": callerTone, "*_agent_1.wav": agentTone} {
		if n := readWAV(s.t, s.recordings(pattern)[0]).toneWindows(0, hz); n < 20 {
			s.t.Errorf("%s has its tone in %d windows only", pattern, n)
		}
	}
	var meta map[string]any
	raw, err := os.ReadFile(strings.TrimSuffix(s.recordings("*_merged_1.wav")[0], ".wav") + ".json")
	if err != nil {
		s.t.Fatal(err)
	}
	if err := json.Unmarshal(raw, &meta); err != nil {
		s.t.Fatal(err)
	}
	s.t.Logf("metadata: %s", raw)
}

func (s *server) countRecordings(n int) error {
	if wavs, metas := s.recordings("*.wav"), s.recordings("*.json"); len(wavs) != n || len(metas) != n {
		return errorf("%d files and %d metadata", len(wavs), len(metas))
	}
	if parts, _ := filepath.Glob(filepath.Join(s.opt.Dir, "recordings", "*", "*.part")); len(parts) > 0 {
		return errorf("unfinished: %v", parts)
	}
	return nil
}

func (s *server) checkRows() {
	s.t.Helper()
	s.want("1", `SELECT count(*) FROM conversations`)
	s.want("caller-hung-up", `SELECT end_reason FROM calls`)
	s.want("aiko", `SELECT agent FROM calls`)
	s.want("2", `SELECT count(*) FROM legs`)
	s.want("3", `SELECT count(*) FROM recordings`)
	for _, kind := range []string{"call-began", "call-answered", "queued", "offered", "agent-answered", "recording-began", "call-ended", "wrap-up-ended"} {
		s.want("1", `SELECT count(*) > 0 FROM events WHERE kind = ?`, kind)
	}
}
