package sip

import (
	"context"
	"flag"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"mediasrv/config"
	"mediasrv/routing/fact"
	"mediasrv/sip/dialog"
)

var modelSteps = flag.Int("steps", 30_000, "steps of TestModel; 10,000,000 before a release")

// TestModel drives dialogs of both roles with random messages, wishes of the handler, and waits, in virtual time. Whatever happens: each state follows
// from the one before by the table, each request is answered, each dialog ends within its timers and leaves nothing behind, and nothing panics.
func TestModel(t *testing.T) {
	seed := uint64(1)
	if *modelSteps > 100_000 {
		seed = rand.Uint64()
		t.Log("seed", seed)
	}
	random := rand.New(rand.NewPCG(seed, 0)) //nolint:gosec // a test
	for done := 0; done < *modelSteps && !t.Failed(); {
		modelBubble(t, func(g *rig, faults *atomic.Int64) {
			for range 100 {
				w := newWalk(g, func() int { return random.IntN(256) }, 5+random.IntN(40))
				done += w.run()
				if faults.Load() > 0 {
					t.Error("a dialog's code failed")
				}
				if t.Failed() {
					t.Log(strings.Join(w.trace, "\n"))
					return
				}
			}
		})
	}
}

// FuzzDialog is TestModel with the fuzzer's bytes.
func FuzzDialog(f *testing.F) {
	f.Add([]byte{0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
	f.Add([]byte{1, 7, 60, 61, 62, 63, 64, 70, 71, 80, 81, 82, 90})
	f.Fuzz(func(t *testing.T, script []byte) {
		at := 0
		modelBubble(t, func(g *rig, faults *atomic.Int64) {
			w := newWalk(g, func() int {
				if at++; at > len(script) {
					return 0
				}
				return int(script[at-1])
			}, min(len(script), 200))
			w.run()
			if faults.Load() > 0 || t.Failed() {
				t.Fatal(strings.Join(w.trace, "\n"))
			}
		})
	})
}

// faults counts what a queue has caught: a panic is logged there and ends nobody else's call.
type faults struct {
	t *testing.T
	n *atomic.Int64
}

func (f faults) Enabled(_ context.Context, l slog.Level) bool { return l >= slog.LevelError }
func (f faults) Handle(_ context.Context, r slog.Record) error {
	if strings.Contains(r.Message, "code failed") {
		f.n.Add(1)
		r.Attrs(func(a slog.Attr) bool { f.t.Error(a); return true })
	}
	return nil
}
func (f faults) WithAttrs([]slog.Attr) slog.Handler { return f }
func (f faults) WithGroup(string) slog.Handler      { return f }

func modelBubble(t *testing.T, f func(g *rig, faults *atomic.Int64)) {
	t.Helper()
	file := testFile()
	file.Trunks["office"].Dialogs = config.Dialogs{
		Reliable: "supported", Timer: config.SessionTimer{Expires: 90 * time.Second, Min: 90 * time.Second}, Refer: true, DTMF: "auto",
	}
	synctest.Test(t, func(t *testing.T) {
		n := &atomic.Int64{}
		g := newRig(t, file, func(c *Config) { c.Log = slog.New(faults{t, n}) })
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- g.stack.Run(ctx) }()
		synctest.Wait()
		f(g, n)
		cancel()
		if err := <-done; err != nil {
			t.Error("Run:", err)
		}
	})
}

const canAll = "Allow: INVITE, ACK, BYE, CANCEL, UPDATE, INFO\r\n"

// walk is one dialog and its peer.
type walk struct {
	g     *rig
	next  func() int
	steps int
	trace []string

	l      *Leg
	out    bool // we have called
	callID string
	ours   string // our tag
	seq    int
	nth    int
	todo   []message          // requests of ours that the peer hasn't answered finally
	open   map[string]string  // the peer's requests without a final answer, by branch and method
	last   map[string]message // the last of our responses and requests, by kind
	state  dialog.State
}

func newWalk(g *rig, next func() int, steps int) *walk {
	return &walk{g: g, next: next, steps: steps, open: map[string]string{}, last: map[string]message{}, callID: fmt.Sprint("walk", len(g.legs), "-", len(g.rooms))}
}

func (w *walk) say(what string) {
	w.trace = append(w.trace, fmt.Sprint(time.Now().Format("15:04:05.000 "), what))
}

func (w *walk) pick(all ...string) string { return all[w.next()%len(all)] }

func (w *walk) sdp() string {
	return w.pick("", desc(w.nth, "sendrecv", ""), desc(w.nth, w.pick("sendonly", "inactive", "recvonly"), "0 101"), desc(w.nth, "sendrecv", "8"), desc(1, "sendrecv", "18"), "rubbish")
}

// run is the whole life of a dialog; it returns how many steps it had.
func (w *walk) run() int {
	w.begin()
	for range w.steps {
		w.step()
		w.drain()
		w.follows()
	}
	w.finish()
	return w.steps + 2
}

func (w *walk) begin() {
	if w.out = w.next()%2 == 1; w.out {
		m := dialog.Manners{
			Reliable: dialog.Level(w.next() % 3), LateOffer: w.next()%4 == 0, Refer: true, //nolint:gosec // small
			Timer: dialog.Timer{Expires: 90 * time.Second, Min: 90 * time.Second}, LongestRing: 3 * time.Minute,
		}
		w.l = w.g.dial(CallOptions{From: "1", Manners: m, Username: "u", Password: "p"})
		w.callID, w.ours = w.l.sipID, w.l.dialog.LocalTag()
	} else {
		before := len(w.g.legs)
		w.request("INVITE", ask{
			to: "<sip:+81312345678@127.0.0.1>", body: w.pick("", desc(1, "sendrecv", ""), desc(1, "sendrecv", "8 101")),
			extra: w.pick("", canPrack, "Require: 100rel\r\n", "Supported: timer, 100rel\r\nSession-Expires: 90\r\n", canAll),
		})
		synctest.Wait()
		if len(w.g.legs) > before {
			w.l, _ = w.g.legs[before].(*Leg)
			w.ours = w.l.dialog.LocalTag()
		}
	}
	if w.l != nil {
		w.state = w.dialogState()
	}
	w.drain()
}

// request sends one of the peer's, with what the walk knows of the dialog.
func (w *walk) request(method string, a ask) {
	w.nth++
	if a.seq == 0 {
		w.seq++
		a.seq = w.seq
	}
	a.method, a.callID = method, w.callID
	if a.branch == "" {
		a.branch = fmt.Sprintf("z9hG4bK-%s-%d", w.callID, w.nth)
	}
	if a.from == "" && w.out {
		a.from = "<sip:+81312345678@" + carrierAddr + ">;tag=" + w.pick("a", "a", "a", "b", "c")
	}
	if a.to == "" {
		a.to = "<sip:x@127.0.0.1>;tag=" + w.pick(w.ours, w.ours, w.ours, w.ours, w.ours, "wrong")
	}
	if method != "ACK" && method != "CANCEL" {
		w.open[a.branch+" "+method] = fmt.Sprintf("%d %s", a.seq, method)
	}
	w.say("peer: " + method + fmt.Sprint(" ", a.seq, " ", len(a.body)))
	w.g.send(carrierAddr, a.String())
}

func (w *walk) step() {
	switch n := w.next() % 32; {
	case n < 12:
		w.answer()
	case n < 14:
		w.acknowledge()
	case n < 16:
		w.request("INVITE", ask{body: w.sdp(), extra: w.pick("", "Supported: timer\r\nSession-Expires: 90;refresher=uac\r\n")})
	case n < 18:
		w.request("UPDATE", ask{body: w.sdp(), extra: w.pick("", "Supported: timer\r\nSession-Expires: 60\r\n")})
	case n < 20:
		w.prack()
	case n < 21:
		w.request(w.pick("OPTIONS", "INFO", "NOTIFY", "BYE", "REFER", "FOO"), ask{
			extra: w.pick("", "Event: refer\r\nSubscription-State: terminated\r\n", "Refer-To: <sip:5@x>\r\n"), seq: w.pick2(w.seq+1, 1),
		})
		w.seq++
	case n < 22 && !w.out:
		w.cancel()
	case n < 28:
		w.wish()
	default:
		d := []time.Duration{time.Millisecond, 500 * time.Millisecond, time.Second, 4 * time.Second, 33 * time.Second, 50 * time.Second}[w.next()%6]
		w.say("wait " + d.String())
		time.Sleep(d)
	}
}

func (w *walk) pick2(a, b int) int {
	if w.next()%8 == 0 {
		return b
	}
	return a
}

func (w *walk) cancel() {
	w.g.send(carrierAddr, ask{
		method: "CANCEL", callID: w.callID, branch: fmt.Sprintf("z9hG4bK-%s-%d", w.callID, 1+w.next()%max(w.nth, 1)),
		to: "<sip:+81312345678@127.0.0.1>",
	}.String())
	w.say("peer: CANCEL")
}

func (w *walk) prack() {
	m, ok := w.last["183"]
	if !ok {
		m = w.last["180"]
	}
	w.request("PRACK", ask{extra: "RAck: " + w.pick(m.header("RSeq"), m.header("RSeq"), "7") + " 1 INVITE\r\n", body: w.pick("", "", desc(w.nth, "sendrecv", "8 101"))})
}

// acknowledge sends ACK for a response of ours.
func (w *walk) acknowledge() {
	m, ok := w.last["INVITE 200"]
	if !ok {
		return
	}
	seq := 0
	_, _ = fmt.Sscan(m.header("CSeq"), &seq)
	w.request("ACK", ask{to: m.header("To"), from: m.header("From"), seq: w.pick2(seq, seq+1), body: w.pick("", "", desc(w.nth, "sendrecv", ""))})
}

// answer answers one of our requests.
func (w *walk) answer() {
	if len(w.todo) == 0 {
		return
	}
	i := w.next() % len(w.todo)
	req := w.todo[i]
	status := w.pick("100 Trying", "180 Ringing", "183 Session Progress", "200 OK", "200 OK", "200 OK", "202 Accepted", "408 Request Timeout",
		"481 Gone", "488 Not Acceptable", "491 Pending", "500 Oops", "503 Busy", "422 Short", "603 No", "405 No", "401 Who", "407 Who")
	tag, extra, body := w.pick("a", "a", "a", "b", "c", ""), calledContact, ""
	switch status[:3] {
	case "401":
		extra = "WWW-Authenticate: Digest realm=\"r\", nonce=\"n\"\r\n"
	case "407":
		extra = "Proxy-Authenticate: Digest realm=\"r\", nonce=\"n\"\r\n"
	}
	if strings.HasPrefix(req.text, "INVITE") {
		body = w.pick("", desc(w.nth, "sendrecv", "8"), desc(w.nth, "sendrecv", "8"), w.sdp())
		extra += w.pick("", "", canAll, "Session-Expires: 90;refresher=uac\r\n", "Session-Expires: 90;refresher=uas\r\n", "Require: 100rel\r\nRSeq: "+fmt.Sprint(1+w.next()%3)+"\r\n", "Min-SE: 100\r\n", "Retry-After: 1\r\n")
	}
	w.nth++
	w.say("peer: " + status + " to " + req.start() + " tag " + tag)
	w.g.send(carrierAddr, reply(req, status, tag, extra, body))
	if status[0] != '1' && w.next()%4 != 0 { // else it may be answered again
		w.todo = append(w.todo[:i], w.todo[i+1:]...)
	}
}

// wish is what the handler wants of the leg.
func (w *walk) wish() {
	if w.l == nil {
		return
	}
	what := w.pick("ring", "early", "answer", "answer", "answer", "hold", "back", "digits", "refer", "transferred", "hangup", "refuse")
	w.say("we: " + what)
	switch what {
	case "ring", "early":
		_ = w.l.Ring(what == "early")
	case "answer":
		_ = w.l.Answer()
	case "hold":
		w.l.Hold(w.next()%2 == 0, false)
	case "back":
		w.l.Hold(true, true)
	case "digits":
		_ = w.l.SendDigits("12")
	case "refer":
		w.l.Refer("5")
	case "transferred":
		w.l.Transferred([]int{180, 200, 486}[w.next()%3])
	case "hangup":
		if w.next()%3 == 0 {
			w.l.Hangup(fact.EndCompleted)
		}
	case "refuse":
		if w.next()%3 == 0 {
			w.l.Refuse(fact.EndBusy, 486)
		}
	}
}

// drain reads what we have sent.
func (w *walk) drain() {
	for _, m := range w.g.got() {
		if m.header("Call-ID") != w.callID {
			continue
		}
		start := m.start()
		if !strings.HasPrefix(start, "SIP/2.0 ") {
			if method, _, _ := strings.Cut(start, " "); method != "ACK" && !w.repeated(m) {
				w.say("sent: " + start)
				w.todo = append(w.todo, m)
			}
			continue
		}
		status := start[8:11]
		_, method, _ := strings.Cut(m.header("CSeq"), " ")
		w.say("sent: " + start + " " + m.header("CSeq"))
		w.last[status] = m
		w.last[method+" "+status] = m
		if status >= "200" {
			_, branch, _ := strings.Cut(m.header("Via"), "branch=")
			branch, _, _ = strings.Cut(branch, ";")
			delete(w.open, branch+" "+method)
		}
	}
}

func (w *walk) repeated(m message) bool {
	for _, o := range w.todo {
		if o.header("Via") == m.header("Via") && o.header("CSeq") == m.header("CSeq") {
			return true
		}
	}
	return false
}

// dialogState is read where the dialog lives.
func (w *walk) dialogState() dialog.State {
	state := make(chan dialog.State, 1)
	w.l.dialog.Do(func() { state <- w.l.dialog.State() })
	return <-state
}

// follows holds the state against the table: it must be one that some events lead to.
func (w *walk) follows() {
	if w.l == nil {
		return
	}
	now := w.dialogState()
	seen := map[dialog.State]bool{w.state: true}
	for at := []dialog.State{w.state}; len(at) > 0; at = at[1:] {
		for e := dialog.GotProvisional; e <= dialog.Rerouted; e++ {
			if to, ok := at[0].On(e); ok && !seen[to] {
				seen[to] = true
				at = append(at, to)
			}
		}
	}
	if !seen[now] {
		w.g.t.Errorf("state %d after %d", now, w.state)
	}
	w.state = now
}

// finish hangs up, and the peer says no more: everything must come to its end.
func (w *walk) finish() {
	if w.l != nil {
		w.l.Hangup(fact.EndCompleted)
	}
	for range 5 {
		time.Sleep(40 * time.Second)
		w.drain()
	}
	if n := w.g.stack.table.Live(); n != 0 {
		w.g.t.Errorf("%d Call-IDs are left", n)
	}
	for _, what := range w.open {
		w.g.t.Errorf("no answer to %s", what)
	}
	if w.l == nil {
		return
	}
	d := w.l.dialog
	if d.State() != dialog.Ended || d.Timers() != 0 || w.g.stack.leg(w.callID, w.ours) != nil {
		w.g.t.Errorf("the dialog is left in state %d with %d timers", d.State(), d.Timers())
	}
	ends := 0
	w.g.mu.Lock()
	for _, e := range w.g.events {
		if e.Leg == w.l.id && e.Why != fact.EndUnset {
			ends++
		}
	}
	w.g.events = w.g.events[:0]
	w.g.mu.Unlock()
	if ends != 1 {
		w.g.t.Errorf("the leg's end was told %d times", ends)
	}
}
