//go:build e2e

package e2e

import (
	"testing"

	"github.com/chromedp/chromedp"
)

// mishaps keeps the page's WebSockets at hand, so that they can be cut, and sets its clock an hour ahead.
const mishaps = `(() => {
	const Real = window.WebSocket, now = Date.now;
	window.sockets = [];
	window.WebSocket = class extends Real { constructor(...a) { super(...a); window.sockets.push(this); } };
	Date.now = () => now.call(Date) + 3600e3;
	return true;
})()`

// What goes wrong at a desk: a clock that is an hour ahead, the connection cut between click and answer, two clicks at once, a click on a call that has just
// ended, a login that has expired. None does anything wrong, and page and server agree in the end.
func TestMishapsAtTheDesk(t *testing.T) {
	if !alone(t) {
		return
	}
	s := start(t, options{WrapUp: "0s"})
	aiko := s.openDesk("aiko", agentTone)
	script[bool](aiko, mishaps)
	aiko.logIn(password)
	aiko.status("available")

	c := s.dial(quietNumber)
	aiko.shows("call-state", "ringing")
	aiko.do("wait for the button", chromedp.WaitEnabled(id("answer")))
	script[bool](aiko, `(document.querySelector('[data-testid=answer]').click(), window.sockets.forEach(s => s.close()), true)`)
	s.logs("\"msg\":\"calling\"", 2) // the phone is back, and rings again
	aiko.shows("call-state", "ringing")
	aiko.do("wait for the button", chromedp.WaitEnabled(id("answer")))
	script[bool](aiko, `(() => { const b = document.querySelector('[data-testid=answer]'); b.click(); b.click(); return true; })()`)
	aiko.shows("call-state", "talking · quiet · 0:0")
	aiko.hears(callerTone)
	c.hearsAtTheEnd(agentTone, true)
	s.want("1", `SELECT count(*) FROM events WHERE kind = 'agent-answered'`)

	script[bool](aiko, `(() => { const b = document.querySelector('[data-testid=hold]'); b.click(); b.click(); return true; })()`)
	aiko.shows("call-state", "on hold")
	c.hangUp()
	script[bool](aiko, `(async () => { // as long as the button is there, and once after that
		for (let i = 0; i < 200; i++) {
			const b = document.querySelector('[data-testid=resume]');
			if (!b) break;
			b.click();
			await new Promise(ok => setTimeout(ok, 20));
		}
		return (await fetch('/api/me/resume', {method: 'POST'})).status === 409;
	})()`)
	c.ended()
	aiko.shows("call-state", "idle")
	s.want("caller-hung-up", `SELECT end_reason FROM calls`)

	script[bool](aiko, `(async () => (await fetch('/api/logout', {method: 'POST'})).ok)()`) // by another tab
	aiko.shows("login-note", "sign-in has ended")
	aiko.logIn(password)
	aiko.shows("status-menu", "offline")
}
