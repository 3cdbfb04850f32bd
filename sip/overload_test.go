package sip

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"
)

// slow makes messages wait so long, for a call that has something else to do, in two windows one after the other.
func (g *rig) slow(wait time.Duration) {
	q := g.stack.table.Hold("slow")
	defer q.Release()
	for i := range 20 {
		switch i {
		case 0:
			q.Do(func() { time.Sleep(wait) })
		case 10:
			q.Do(func() { time.Sleep(100 * time.Millisecond) })
		}
		g.send(carrierAddr, ask{method: "OPTIONS", callID: "slow", seq: i + 1, branch: fmt.Sprint("z9hG4bK-slow", i)}.String())
	}
	time.Sleep(wait + 250*time.Millisecond) // the windows are over
	g.find("SIP/2.0 200")
}

// While messages wait too long a new call is refused before it costs anything: without a transaction, and the ACK is absorbed; what runs goes on, emergency
// calls come in, and when the queue is gone calls are taken as before.
func TestOverloadRefusesBeforeWork(t *testing.T) {
	file := testFile()
	file.Company.Country, file.Company.Emergency = "JP", []string{"1717"}
	runBubble(t, file, func(g *rig) {
		g.send(carrierAddr, ask{method: "INVITE", callID: "up", body: desc(1, "sendrecv", "")}.String())
		to := g.find("SIP/2.0 100").header("To")
		g.slow(2 * time.Second)
		live := g.stack.table.Live()
		invite := ask{method: "INVITE", callID: "new", body: desc(1, "sendrecv", "")}.String()

		g.send(carrierAddr, invite)
		first := g.one("SIP/2.0 503 Service Unavailable")
		if first.header("Retry-After") != "2" || first.toTag() == "" || first.header("CSeq") != "1 INVITE" || first.to != carrierAddr {
			t.Errorf("the refusal is\n%s", first.text)
		}
		g.send(carrierAddr, invite)
		if again := g.one("SIP/2.0 503"); again.text != first.text {
			t.Errorf("the repeated INVITE got another answer (RFC 3261, 8.2.7):\n%s", again.text)
		}
		g.send(carrierAddr, ask{method: "ACK", callID: "new", to: first.header("To"), branch: "z9hG4bK-INVITE-0"}.String())
		g.none()
		if n := g.stack.table.Live(); n != live {
			t.Errorf("%d Call-IDs live, %d before", n, live)
		}
		g.send(phoneAddr, ask{method: "INVITE", callID: "strange", source: phoneAddr, from: "<sip:pbxuser@x>;tag=s", body: desc(1, "sendrecv", "")}.String())
		g.none()

		g.send(carrierAddr, ask{method: "INVITE", callID: "up", body: desc(1, "sendrecv", "")}.String())
		g.one("SIP/2.0 100") // it is there already
		g.send(carrierAddr, ask{method: "CANCEL", callID: "up", branch: "z9hG4bK-INVITE-0"}.String())
		if all := g.got(); !strings.Contains(lines(all), "200 OK") || !strings.Contains(lines(all), "487 ") {
			t.Errorf("a call that was there can't be cancelled: %s", lines(all))
		}
		g.send(carrierAddr, ask{method: "ACK", callID: "up", to: to, branch: "z9hG4bK-INVITE-0"}.String())
		for i, number := range []string{"sip:110@127.0.0.1", "sip:1717@127.0.0.1;user=phone", "tel:119", "SIP:110@127.0.0.1", "SIPS:1717@127.0.0.1", "TEL:1-1-0", "urn:service:sos.fire"} {
			id := fmt.Sprint("emergency", i)
			g.send(carrierAddr, ask{method: "INVITE", callID: id, uri: number, branch: "z9hG4bK-" + id, body: desc(1, "sendrecv", "")}.String())
			if all := lines(g.got()); strings.Contains(all, "503") {
				t.Errorf("an emergency call to %s is refused: %s", number, all)
			}
		}
		g.send(carrierAddr, ask{method: "INVITE", callID: "room", uri: "sip:room110@127.0.0.1", branch: "z9hG4bK-room", body: desc(1, "sendrecv", "")}.String())
		g.one("SIP/2.0 503")                                                                                  // it isn't one
		for i, more := range []string{"Replaces: up;to-tag=1;from-tag=2\r\n", "To: <sip:x@y>; tag = 1\r\n"} { // neither begins one more call
			id := fmt.Sprint("more", i)
			text := ask{method: "INVITE", callID: id, branch: "z9hG4bK-" + id, extra: strings.Repeat(more, 1-i), body: desc(1, "sendrecv", "")}.String()
			if i == 1 {
				text = regexp.MustCompile("To: .*\r\n").ReplaceAllString(text, more)
			}
			g.send(carrierAddr, text)
			if all := lines(g.got()); strings.Contains(all, "503") || strings.Contains(all, "400") {
				t.Errorf("%s is refused: %s", more, all)
			}
		}
		if st := g.stack.Stats(); st.Overloaded != 4 || st.Wait == 0 {
			t.Errorf("%+v", st)
		}

		time.Sleep(2 * time.Second)
		g.got()
		g.send(carrierAddr, ask{method: "INVITE", callID: "later", body: desc(1, "sendrecv", "")}.String())
		g.find("SIP/2.0 100")
	})
}

// Between calm and hurry a share is refused, always the same calls.
func TestOverloadRefusesAShare(t *testing.T) {
	inBubble(t, func(g *rig) {
		refused := 0
		for i := range 40 {
			g.slow(200 * time.Millisecond)
			g.send(carrierAddr, ask{method: "INVITE", callID: fmt.Sprint("c", i), body: desc(1, "sendrecv", "")}.String())
			if strings.Contains(lines(g.got()), "503") {
				refused++
			}
			g.send(carrierAddr, ask{method: "BYE", callID: fmt.Sprint("c", i), seq: 2}.String())
			g.got()
		}
		if refused < 5 || refused > 35 {
			t.Errorf("%d of 40 are refused, want about half", refused)
		}
	})
}
