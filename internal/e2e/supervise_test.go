//go:build e2e

package e2e

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"mediasrv/web/hook"
)

// The voices of those who talk besides the first agent. They are no notes of the hold music.
const (
	benTone  = 1430.0
	danaTone = 1870.0
)

// voicesOf are all tones of a scenario, by who speaks them.
func voicesOf() map[string]float64 {
	return map[string]float64{"caller": callerTone, "aiko": agentTone, "ben": benTone, "dana": danaTone}
}

// team is a caller's talk with aiko, and two who are free: ben, who works in the same queue, and dana, a supervisor who is the agent of another.
type team struct {
	*server
	c    *caller
	aiko *agent
	ben  *agent
	dana *agent
	crm  *crm
}

// crm is a program that is told of calls.
type crm struct {
	mu   sync.Mutex
	told []string
}

const hookSecret = "a-secret-of-the-crm"

// ServeHTTP takes what is signed with the secret, and fails at the first try.
func (c *crm) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	var e struct{ Event, Agent, Number, End string }
	err := json.Unmarshal(body, &e)
	c.mu.Lock()
	defer c.mu.Unlock()
	seconds, _, _ := strings.Cut(strings.TrimPrefix(r.Header.Get("Mediasrv-Signature"), "t="), ",")
	n, _ := strconv.ParseInt(seconds, 10, 64)
	c.told = append(c.told, strings.TrimSpace(e.Event+" "+e.Agent+" "+e.End))
	if err != nil || e.Number == "" || r.Header.Get("Mediasrv-Signature") != hook.Sign(hookSecret, time.Unix(n, 0), body) || len(c.told) == 1 {
		w.WriteHeader(http.StatusTeapot)
	}
}

// wasTold waits until the CRM was told of these, one after the other.
func (k *team) wasTold(want ...string) {
	k.t.Helper()
	eventually(k.t, "what the CRM was told", func() error {
		k.crm.mu.Lock()
		defer k.crm.mu.Unlock()
		if !slices.Equal(k.crm.told, want) {
			return errorf("%q, want %q", k.crm.told, want)
		}
		return nil
	})
}

func newTeam(t *testing.T) *team {
	t.Helper()
	told := &crm{}
	far := httptest.NewServer(told)
	t.Cleanup(far.Close)
	s := prepare(t, options{WrapUp: "1s", Ring: "15s", Env: []string{"HOOK_SECRET=" + hookSecret}})
	t.Setenv("HOOK_SECRET", hookSecret) // passwd reads the file, too
	text, err := os.ReadFile(s.file)
	if err != nil {
		t.Fatal(err)
	}
	change := strings.NewReplacer(
		"company:\n", "webhooks:\n  crm: {url: "+far.URL+", secret: env:HOOK_SECRET, events: [agent-answered, transferred, call-ended], private: true}\ncompany:\n  transfer: {any_agent: true}\n",
		"queues:\n", "queues:\n  sales: {agents: [dana], ring_timeout: 60s, recording: {calls: []}}\n",
		"users:\n", "users:\n  dana: {name: Dana Kim, role: supervisor, agent: true}\n",
	)
	if err := os.WriteFile(s.file, []byte(change.Replace(string(text))), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, user := range []string{"aiko", "ben", "dana"} {
		s.command(strings.NewReader(password+"\n"), "passwd", user, "--file", s.file)
	}
	s.launch()
	k := &team{server: s, crm: told}
	k.aiko = s.browse("aiko", agentTone)
	k.c = s.dial(supportNumber)
	k.aiko.answers()
	k.ben, k.dana = s.browse("ben", benTone), s.browse("dana", danaTone)
	return k
}

// gives lets an agent name somebody for a transfer, a consultation or a conference.
func (a *agent) gives(how, to string) {
	a.t.Helper()
	a.click(how)
	a.click(to)
}

// picksUp answers what rings.
func (a *agent) picksUp() {
	a.t.Helper()
	a.shows("call-state", "ringing")
	a.clicksUntil("answer", "hangup")
}

// clicksUntil clicks a button until another one is there: a page that is just changing lets clicks have no effect, on purpose.
func (a *agent) clicksUntil(button, there string) {
	a.t.Helper()
	eventually(a.t, fmt.Sprintf("%s clicks %s until there is %s", a.user, button, there), func() error {
		const look = `(() => {
			const b = name => document.querySelector('[data-testid="' + name + '"]:not([disabled])');
			if (b(%q)) return 'there';
			b(%q)?.click();
			return document.body.innerText.slice(0, 200);
		})()`
		if saw := script[string](a, fmt.Sprintf(look, there, button)); saw != "there" {
			return errorf("the page says %q", saw)
		}
		return nil
	})
}

// sends makes the page send a request to the API; it has to succeed.
func (a *agent) sends(method, path, body string) string {
	a.t.Helper()
	answer := script[string](a, fmt.Sprintf(`fetch(%q, {method: %q, headers: {'Content-Type': 'application/json'}, body: %s || undefined})
		.then(async r => r.ok ? await r.text() : 'refused: ' + await r.text())`, path, method, quoted(body)))
	if strings.HasPrefix(answer, "refused: ") {
		a.t.Fatalf("%s: %s %s: %s", a.user, method, path, answer)
	}
	return answer
}

func quoted(s string) string { return fmt.Sprintf("%q", s) }

// supervises makes dana take part in the call in a way.
func (k *team) supervises(how string) {
	k.t.Helper()
	var id string
	eventually(k.t, "the call's id", func() error { return k.query(&id, `SELECT id FROM calls ORDER BY began DESC LIMIT 1`) })
	k.dana.sends("PUT", "/api/running/"+id+"/supervision", `{"how":"`+how+`"}`)
}

// hear demands that exactly these are heard at each ear, of all voices. Who isn't named is not asked.
func (k *team) hear(state string, ears map[string]string) {
	k.t.Helper()
	for ear, want := range ears {
		eventually(k.t, fmt.Sprintf("%s: %s hears %q", state, ear, want), func() error {
			got, err := k.atEar(ear)
			if err != nil {
				return err
			}
			if got != want {
				return errorf("heard: %q", got)
			}
			return nil
		})
	}
}

// atEar names who is heard. A voice is a good part of all that is heard; what is no voice (music) is more than any leak.
func (k *team) atEar(ear string) (string, error) {
	var names []string
	for name, hz := range voicesOf() {
		if name == ear {
			continue
		}
		var share float64
		if ear == "caller" {
			x, err := lastSecond(k.c.heard)
			if err != nil {
				return "", err
			}
			if level(x) > -45 {
				share = tone(x, hz, 8000)
			}
		} else {
			share = map[string]*agent{"aiko": k.aiko, "ben": k.ben, "dana": k.dana}[ear].share(hz)
		}
		if share > 0.1 {
			names = append(names, name)
		} else if share > 0.02 {
			names = append(names, name+"?") // neither here nor there: a change
		}
	}
	slices.Sort(names)
	return strings.Join(names, " "), nil
}

// share is a tone's part of what the page plays in a third of a second.
func (a *agent) share(hz float64) float64 {
	a.t.Helper()
	return script[float64](a, fmt.Sprintf(`(async () => {
		const el = [...document.querySelectorAll('audio')].find(a => a.srcObject);
		if (!el) return 0;
		const ac = new AudioContext({sampleRate: 48000}); await ac.resume();
		const src = ac.createMediaStreamSource(el.srcObject), an = ac.createAnalyser();
		an.fftSize = 16384; src.connect(an);
		await new Promise(r => setTimeout(r, 400));
		const x = new Float32Array(an.fftSize);
		an.getFloatTimeDomainData(x);
		await ac.close();
		const w = 2 * Math.cos(2 * Math.PI * %f / 48000); let a = 0, b = 0, e = 0;
		for (const v of x) { const s = v + w * a - b; b = a; a = s; e += v * v; }
		return e / x.length > 1e-5 ? (a * a + b * b - w * a * b) / x.length * 2 / e : 0;
	})()`, hz))
}

// A consultation and a conference with a colleague, and a supervisor who listens, whispers, barges in and takes over: each hears exactly whom they may.
func TestConsultationConferenceAndSupervision(t *testing.T) {
	if !alone(t) {
		return
	}
	k := newTeam(t)
	k.hear("talking", map[string]string{"caller": "aiko", "aiko": "caller"})
	k.aiko.gives("consult", "agent-ben")
	k.ben.picksUp()
	k.hear("consulting", map[string]string{"caller": "", "aiko": "ben", "ben": "aiko"})
	k.aiko.click("switch")
	k.hear("switched", map[string]string{"caller": "aiko", "aiko": "caller", "ben": ""})
	k.aiko.click("back")
	k.hear("back", map[string]string{"caller": "aiko", "aiko": "caller"})

	k.aiko.gives("consult", "agent-ben")
	k.ben.picksUp()
	k.ben.sends("POST", "/api/me/hangup", "") // who was asked leaves: the caller is still there, and held until the agent is ready
	k.aiko.clicksUntil("resume", "hold")
	k.hear("the colleague has left", map[string]string{"caller": "aiko", "aiko": "caller"})

	k.aiko.gives("consult", "agent-ben")
	k.ben.picksUp()
	k.aiko.click("merge")
	k.hear("conference", map[string]string{"caller": "aiko ben", "aiko": "ben caller", "ben": "aiko caller"})

	k.supervises("listen")
	k.dana.picksUp()
	k.hear("listen", map[string]string{"caller": "aiko ben", "aiko": "ben caller", "ben": "aiko caller", "dana": "aiko ben caller"})
	k.supervises("whisper")
	k.hear("whisper", map[string]string{"caller": "aiko ben", "aiko": "ben caller dana", "ben": "aiko caller", "dana": "aiko ben caller"})
	k.supervises("barge")
	k.hear("barge", map[string]string{"caller": "aiko ben dana", "aiko": "ben caller dana", "ben": "aiko caller dana", "dana": "aiko ben caller"})
	k.ben.sends("POST", "/api/me/hangup", "")
	k.supervises("take-over")
	k.hear("taken over", map[string]string{"caller": "dana", "dana": "caller"})
	k.aiko.shows("status-menu", "available")
	k.c.hangUp()
	k.c.ended()
	k.want("caller-hung-up", `SELECT end_reason FROM calls`)
	k.checkVoices(map[string]string{"customer": "caller", "agent": "aiko ben dana", "supervisor": "dana"})
}

// Transfers: to a colleague who refuses, who doesn't answer, who does; to a queue; and an agent who hangs up while asking a colleague. The caller is
// never lost.
func TestTransfersInBrowsers(t *testing.T) {
	if !alone(t) {
		return
	}
	k := newTeam(t)
	k.aiko.gives("transfer", "agent-ben")
	k.ben.shows("call-state", "ringing")
	k.hear("ben rings", map[string]string{"caller": ""})
	k.ben.refuse()
	k.aiko.picksUp() // the caller comes back
	k.hear("refused", map[string]string{"caller": "aiko", "aiko": "caller"})

	k.ben.status("available")
	k.aiko.gives("transfer", "agent-ben")
	k.ben.shows("call-state", "ringing") // and nobody answers
	k.aiko.picksUp()
	k.hear("not answered", map[string]string{"caller": "aiko", "aiko": "caller"})

	k.ben.status("available")
	k.aiko.gives("consult", "agent-ben")
	k.ben.picksUp()
	k.aiko.sends("POST", "/api/me/hangup", "") // whom the agent has asked has the caller now
	k.hear("the agent has hung up", map[string]string{"caller": "ben", "ben": "caller"})

	k.ben.gives("transfer", "queue-sales")
	k.dana.picksUp()
	k.hear("to the queue", map[string]string{"caller": "dana", "dana": "caller"})

	k.aiko.shows("status-menu", "available")
	k.dana.gives("transfer", "agent-aiko")
	k.aiko.picksUp()
	k.hear("to a colleague", map[string]string{"caller": "aiko", "aiko": "caller"})
	k.aiko.sends("POST", "/api/me/hangup", "")
	k.c.ended()
	k.want("1", `SELECT count(*) FROM calls WHERE end_reason = 'agent-hung-up'`)
	k.want("1", `SELECT count(*) FROM calls`)
	k.wasTold("agent-answered aiko", "agent-answered aiko", // the first time it failed
		"transferred aiko", "transferred aiko", "transferred ben", "agent-answered dana", "transferred aiko", "call-ended aiko agent-hung-up")
	k.checkVoices(map[string]string{"customer": "caller", "agent": "aiko ben dana"})
}

// checkVoices demands that recordings of a part have only voices of these, and at least one, one at a time.
func (k *team) checkVoices(parts map[string]string) {
	k.t.Helper()
	for part, names := range parts {
		var files []string
		eventually(k.t, "a recording of a "+part, func() error {
			if files = k.recordings("*_" + part + "_*.wav"); len(files) == 0 {
				return errorf("none")
			}
			return nil
		})
		for _, path := range files {
			var found []string
			heard := readWAV(k.t, path)
			for name, hz := range voicesOf() {
				if heard.toneWindows(0, hz) > 1 {
					found = append(found, name)
				}
			}
			if len(found) > 1 || len(found) == 1 && !strings.Contains(names, found[0]) {
				k.t.Errorf("%s has the voices %v, may: one of %s", filepath.Base(path), found, names)
			}
		}
	}
}
