//go:build e2e

package e2e

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

const supervisorTone = 1700.0

// A supervisor who takes no calls does from the wallboard what there is to do: moves a waiting call, listens, whispers, barges in, leaves, takes over, sets a
// status, logs out. The tones say who hears whom.
func TestSupervisorFromTheWallboard(t *testing.T) {
	if !alone(t) {
		return
	}
	s := prepare(t, options{})
	text, err := os.ReadFile(s.file)
	if err != nil {
		t.Fatal(err)
	}
	text = []byte(strings.Replace(string(text), "  ben: {name: Ben Okri}\n", "  ben: {name: Ben Okri}\n  dana: {name: Dana Kim, role: supervisor, agent: false}\n", 1))
	if err := os.WriteFile(s.file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, user := range []string{"aiko", "dana"} {
		s.command(strings.NewReader(password+"\n"), "passwd", user, "--file", s.file)
	}
	s.launch()
	dana := s.openDesk("dana", supervisorTone)
	dana.logIn(password)
	dana.do("open the wallboard", chromedp.WaitVisible(id("account")), chromedp.Navigate(s.url("/#wallboard")), chromedp.WaitVisible(id("wall-agent")))
	dana.speaks("tr", "oturumu kapat")
	dana.speaks("en", "sign out")

	c := s.dial(supportNumber)
	dana.shows("wall-call", "waits")
	dana.choose("move", "quiet")
	dana.shows("wall-call", "quiet")
	aiko := s.browse("aiko", agentTone)
	aiko.shows("call-queue", "quiet")
	aiko.answers()
	c.hearsAtTheEnd(agentTone, true)

	dana.click("way-listen")
	dana.pressed("way-listen")
	dana.hearsBoth(agentTone, callerTone)
	c.hearsAtTheEnd(supervisorTone, false)
	dana.click("way-whisper")
	dana.pressed("way-whisper")
	c.hearsAtTheEnd(supervisorTone, false)
	dana.click("way-barge")
	dana.pressed("way-barge")
	c.hearsMixed(supervisorTone)
	dana.click("way-leave")
	c.hearsAtTheEnd(agentTone, true)
	dana.click("way-take-over")
	c.hearsAtTheEnd(supervisorTone, true)
	dana.hears(callerTone)
	aiko.shows("call-state", "wrap-up")
	dana.click("wall-hangup")
	c.ended()

	dana.choose("agent-status", "away")
	aiko.shows("status-menu", "away")
	dana.click("agent-logout")
	aiko.do("the login page", chromedp.WaitVisible(id("login-user")))
	for _, what := range []string{"move", "listen", "whisper", "barge", "take-over", "leave", "status", "log-out"} {
		s.want("1", `SELECT count(*) > 0 FROM audit WHERE who = 'dana' AND what = ?`, what)
	}
}

// speaks chooses the desk's language; its word for signing out shows that every text follows.
func (a *agent) speaks(language, signOut string) {
	a.t.Helper()
	a.click("account")
	a.click("language-" + language)
	a.shows("logout", signOut)
	a.do("the page's language", chromedp.WaitReady(chromedp.CSS(`html[lang=`+language+`]`)))
	a.click("account")
}

// choose takes an option of a list.
func (a *agent) choose(list, option string) {
	a.t.Helper()
	a.do("see "+list, chromedp.WaitEnabled(id(list)))
	script[bool](a, `(() => {
		const e = document.querySelector('[data-testid="`+list+`"]');
		e.value = '`+option+`';
		return e.dispatchEvent(new Event('change', {bubbles: true}));
	})()`)
}

// pressed waits until a button that stays pressed is.
func (a *agent) pressed(button string) {
	a.t.Helper()
	eventually(a.t, a.user+" sees "+button+" pressed", func() error {
		if got := script[string](a, `(document.querySelector('`+string(id(button))+`')?.getAttribute('aria-pressed') ?? '')`); got != "true" {
			return errorf("it is %q", got)
		}
		return nil
	})
}

// hearsBoth waits until the page plays two tones at once.
func (a *agent) hearsBoth(one, other float64) {
	a.t.Helper()
	eventually(a.t, a.user+" hears both", func() error {
		for _, hz := range []float64{one, other} {
			if share := script[float64](a, fmt.Sprintf(strings.Replace(listenScript, "p / e > 0.7", "p / e > 0.15", 1), theCall, hz)); share < 0.8 {
				return errorf("%.0f Hz only in %.0f %% of the windows", hz, 100*share)
			}
		}
		return nil
	})
}

// hearsMixed waits until a tone is among what the caller hears.
func (c *caller) hearsMixed(hz float64) {
	c.t.Helper()
	eventually(c.t, "what the caller hears among others", func() error {
		x, err := lastSecond(c.heard)
		if err != nil {
			return err
		}
		if share := tone(x, hz, 8000); share < 0.2 || level(x) < -45 {
			return errorf("%.0f Hz has %.0f %% of the energy at %.0f dBFS", hz, 100*share, level(x))
		}
		return nil
	})
}
