//go:build e2e

package e2e

import (
	"math"
	"os"
	"strings"
	"testing"
)

// writeKeys writes keys as tones in the voice (ITU-T Q.23), raw µ-law: 2 s of silence, then 100 ms of each key and as much silence, then silence.
func writeKeys(t *testing.T, path, keys string) {
	t.Helper()
	const rate, silence = 8000, 0xFF
	rows, columns := []float64{697, 770, 852, 941}, []float64{1209, 1336, 1477, 1633}
	quiet := func(samples int) []byte { return []byte(strings.Repeat(string([]byte{silence}), samples)) }
	b := quiet(2 * rate)
	for _, key := range []byte(keys) {
		at := strings.IndexByte("123A456B789C*0#D", key)
		for i := range rate / 10 {
			turn := 2 * math.Pi * float64(i) / rate
			b = append(b, ulaw(int(6000*(math.Sin(turn*rows[at/4])+math.Sin(turn*columns[at%4])))))
		}
		b = append(b, quiet(rate/10)...)
	}
	if err := os.WriteFile(path, append(b, quiet(8*rate)...), 0o600); err != nil {
		t.Fatal(err)
	}
}

// elsewhereText is queues whose callers can't wait, since nobody is there: each leads elsewhere.
const elsewhereText = `
  to-queue: {agents: [aiko], no_agents: {after: 0s, then: {queue: talkative}}}
  to-menu: {agents: [aiko], no_agents: {after: 0s, then: {menu: main}}}
  to-message: {agents: [aiko], no_agents: {after: 0s, then: {say: "Thank you and goodbye."}}}
  to-callback: {agents: [aiko], no_agents: {after: 0s, then: {callback: later}}}
  to-number: {agents: [aiko], no_agents: {after: 0s, then: {number: "+819011111111"}}}
`

const (
	closedText   = "We are at lunch until two o'clock."
	incidentText = "Our shop is down, and we are working on it."
)

// Callers of a menu press keys by SIP INFO and as tones in their voice (those by RFC 4733 are in TestMenusAndHours). Callers of queues without agents are
// taken to another queue, a menu, a message, a callback and a number, and hear what is there. A supervisor closes a queue, and sets an incident, while the
// server runs.
func TestKeysAndElsewhere(t *testing.T) {
	if !alone(t) {
		return
	}
	phone := customerPhone(t)
	s := menusWith(t,
		"company:\n", "company:\n  dial_out: {countries: [JP]}\n",
		"numbers:\n", "  out: {kind: carrier, probe: 0s, servers: [\""+phone+"\"]}\nroutes:\n  \"*\": {trunks: [out]}\nnumbers:\n"+
			"  \"+815012345701\": {to: {queue: to-queue}}\n  \"+815012345702\": {to: {queue: to-menu}}\n  \"+815012345703\": {to: {queue: to-message}}\n"+
			"  \"+815012345704\": {to: {queue: to-callback}}\n  \"+815012345705\": {to: {queue: to-number}}\n  \"+815012345706\": {to: {queue: talkative}}\n",
		"waiting_strategies:\n", "callbacks:\n  later: {confirmation: {say: \""+confirmationText+"\"}}\nwaiting_strategies:\n",
		"queues:\n", "queues:"+elsewhereText,
	)
	informs := s.sipp("keys_info", "+815012345690")
	whistles := s.sipp("keys_tones", "+815012345690")

	queue := s.call("+815012345701", "--for", "18s")
	menu := s.call("+815012345702", "--for", "15s")
	message := s.call("+815012345703", "--for", "60s")
	callback := s.call("+815012345704", "--from", "+819022222222", "--for", "60s")
	number := s.dial("+815012345705")
	number.hearsAtTheEnd(440, true) // its own tone, which the customer's phone sends back
	number.hangUp()
	for _, c := range []*caller{queue, menu, message, callback, number} {
		c.ended()
	}
	queue.heardText(s, placeText, true)
	menu.heardText(s, menuText, true)
	message.heardText(s, goodbyeText, true)
	callback.heardText(s, confirmationText, true)
	informs.succeeded()
	whistles.succeeded()
	for _, from := range []string{"+81312345671", "+81312345672"} {
		s.want("menu,digit,key,completed", `SELECT group_concat(kind) || ',' || (SELECT end_reason FROM calls WHERE caller = ?1) FROM
			(SELECT kind FROM events WHERE kind IN ('menu', 'digit', 'key') AND call = (SELECT id FROM calls WHERE caller = ?1) ORDER BY sequence)`, from)
	}
	s.want("in-queue", `SELECT state FROM callbacks WHERE number = '+819022222222' AND queue = 'to-callback'`)

	s.command(nil, "queue", "close", "talkative", "--server-file", s.file, "--until", "1h", "--message", closedText)
	closed := s.call("+815012345706", "--for", "60s")
	closed.ended()
	s.command(nil, "queue", "open", "talkative", "--server-file", s.file)
	s.command(nil, "queue", "incident", "talkative", "--server-file", s.file, "--until", "1h", "--say", incidentText)
	told := s.call("+815012345706", "--for", "18s")
	told.ended()
	closed.heardText(s, closedText, true)
	told.heardText(s, incidentText, true)
	told.heardText(s, closedText, false)
	s.want("closed", `SELECT end_reason FROM calls WHERE id = (SELECT call FROM events WHERE kind = 'away')`)
}
