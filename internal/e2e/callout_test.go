//go:build e2e

package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// An agent finds somebody in the directory and calls by a trunk: the phone is busy, and the page says so in words. Then somebody else: the network is heard
// before the answer, both are heard and recorded after it. A disposition is obligatory each time.
func TestAgentCallsOut(t *testing.T) {
	if !alone(t) {
		return
	}
	busy, busyPhone := carrier(t, "busy")
	phone, called := carrier(t, "called_phone")
	s := prepare(t, options{})
	text, err := os.ReadFile(s.file)
	if err != nil {
		t.Fatal(err)
	}
	change := strings.NewReplacer(
		"numbers:\n", fmt.Sprintf("  busy: {kind: carrier, probe: 0s, servers: [%q]}\n  out: {kind: carrier, probe: 0s, servers: [%q]}\n"+
			"routes:\n  \"+8131*\": {trunks: [busy]}\n  \"*\": {trunks: [out]}\ndirectory: people.csv\nnumbers:\n", busy, phone),
		"company:\n", "company:\n  dial_out: {countries: [JP]}\n", "dispositions: {", "dispositions: {required: true, ",
		"calls: [inbound]", "calls: [outbound]", "  support: {", "  support: {dial_from: [\"+815012345679\"], ",
	)
	if err := os.WriteFile(s.file, []byte(change.Replace(string(text))), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(filepath.Dir(s.file), "people.csv"), []byte("name,number\nHana Mori,03-1234-0000\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	s.command(strings.NewReader(password+"\n"), "passwd", "aiko", "--file", s.file)
	s.launch()
	a := s.browse("aiko", agentTone)
	a.shows("status-menu", "available")

	a.do("search", chromedp.SendKeys(id("dial-number"), "mori"))
	a.click("dial-found")
	a.shows("dial-name", "Hana Mori")
	a.click("dial-call")
	a.shows("call-message", "busy")
	busyPhone.succeeded()
	a.disposes("follow-up")
	s.want("busy", `SELECT end_reason FROM calls`)
	s.want("follow-up", `SELECT disposition FROM calls`)

	a.do("type a number", chromedp.SendKeys(id("dial-number"), "+44 20 7183 8750"))
	a.shows("dial-why", "country may not be called")
	script[bool](a, `(document.querySelector('`+string(id("dial-number"))+`').select(), true)`)
	a.do("type another", chromedp.SendKeys(id("dial-number"), "090-1111-1111"))
	a.shows("dial-name", "1111")
	a.do("choose the queue", chromedp.SendKeys(id("dial-queue"), "support"))
	a.click("dial-call")
	a.shows("call-state", "calling")
	a.hears(callerTone) // the network, before the answer
	s.want("1", `SELECT count(*) FROM events WHERE kind = 'call-out-network'`)
	s.want("1", `SELECT count(*) FROM calls WHERE ended IS NULL AND answered IS NULL`)
	a.shows("call-state", "talking")
	a.hears(callerTone)
	a.shows("timeline", "you called")
	a.click("hangup")
	called.succeeded()
	a.disposes("resolved")
	s.want("agent-hung-up", `SELECT end_reason FROM calls WHERE caller = '+819011111111'`)
	s.want("resolved", `SELECT disposition FROM calls WHERE caller = '+819011111111' AND direction = 'outbound' AND entry = '+815012345679' AND talked IS NOT NULL`)
	s.want("aiko", `SELECT agent FROM conversations WHERE customer = '+819011111111'`)
	s.want("1", `SELECT count(*) FROM contacts WHERE numbers LIKE '%+819011111111%'`)
	eventually(t, "three recordings and their metadata", func() error { return s.countRecordings(3) })
	merged := readWAV(t, s.recordings("*_merged_1.wav")[0])
	for channel, want := range []float64{callerTone, agentTone} {
		if n := merged.toneWindows(channel, want); n < 5 {
			t.Errorf("channel %d of the merged file has %.0f Hz in %d windows only", channel, want, n)
		}
	}
}

// disposes ends the wrap-up, which can't be ended before a disposition is chosen.
func (a *agent) disposes(disposition string) {
	a.t.Helper()
	a.shows("wrapup", "")
	if !script[bool](a, `document.querySelector('`+string(id("wrapup-done"))+`').disabled`) {
		a.t.Error("the wrap-up can be ended without a disposition")
	}
	a.do("choose "+disposition, chromedp.SendKeys(id("disposition"), disposition))
	a.click("wrapup-done")
	a.shows("call-state", "idle")
}
