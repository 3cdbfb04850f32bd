package transaction

import (
	"bytes"
	"hash/maphash"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/emiago/sipgo/sip"
)

// When new calls are refused. A call takes a dozen steps here, each of which waits as long as messages do now; at hurry the first callers send their
// INVITEs again (RFC 3261, Timer A: 500 ms), which makes all slower still. Between calm and hurry a share of the calls is refused, so that
// the rest is served as if there were no others.
const (
	calm    = 100 * time.Millisecond
	hurry   = 300 * time.Millisecond
	window  = 100 * time.Millisecond // over which the wait is averaged: what is refused must be felt before the next is
	few     = 10                     // messages of a window say too little of how things are: one that was late is no crowd
	backlog = 4096                   // messages that wait; above it every new call is refused

	shedRetry = 2 // Retry-After, s: the wait is measured anew ten times a second, so it may well be over by then
)

// load measures how long messages wait: for us to read them, and then for their call's queue to run. Safe for concurrent use.
type load struct {
	waiting atomic.Int64 // messages that were read
	refused atomic.Uint64

	mu           sync.Mutex
	unread, read mean
	over         bool // it was said that calls are refused
	said         time.Time
	told         uint64 // refused, when it was said last
}

// mean is the average of a window after the other. Its owner serialises its use.
type mean struct {
	from         time.Time // the window's beginning
	sum          time.Duration
	n            time.Duration
	last, before time.Duration // of the window before, and of the one before that
}

// add takes a value.
func (m *mean) add(now time.Time, d time.Duration) {
	m.turn(now)
	m.sum += d
	m.n++
}

// turn begins a new window if it is time, and returns the average of the two before, whichever is less: after a pause of ours all that has come in the meantime
// was late, and what comes now isn't. A window with few values says that nothing had to wait.
func (m *mean) turn(now time.Time) time.Duration {
	if passed := now.Sub(m.from); passed >= window {
		m.before, m.last = m.last, 0
		if passed >= 2*window {
			m.before = 0
		} else if m.n >= few {
			m.last = m.sum / m.n
		}
		m.from, m.sum, m.n = now, 0, 0
	}
	return min(m.last, m.before)
}

// lay takes how long a message lay in the socket's buffer before it was read.
func (l *load) lay(now time.Time, d time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.unread.add(now, d)
}

// came counts a message that begins to wait for its queue, and went one that has waited.
func (l *load) came() { l.waiting.Add(1) }

func (l *load) went(now time.Time, waited time.Duration) {
	l.waiting.Add(-1)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.read.add(now, waited)
}

// wait is how long a message waits in all.
func (l *load) wait(now time.Time) time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.unread.turn(now) + l.read.turn(now)
}

// share is the part of new calls, 0 to 1, that is refused now.
func (l *load) share(now time.Time) float64 {
	if l.waiting.Load() > backlog {
		return 1
	}
	return min(max(float64(l.wait(now)-calm)/float64(hurry-calm), 0), 1)
}

// Overload is how messages fare.
type Overload struct {
	Wait    time.Duration // from coming in to being handled, lately
	Waiting int           // messages
	Refused uint64        // calls, since the start, for it
}

// Overload may be called from any goroutine.
func (t *Table) Overload() Overload {
	l := &t.load
	return Overload{Wait: l.wait(time.Now()), Waiting: int(l.waiting.Load()), Refused: l.refused.Load()}
}

// sheds refuses a message that would begin a call while we are too late with those that we have: before it is parsed and without a transaction (RFC 3261,
// 8.2.7), so that it costs next to nothing. The ACK of such a refusal is dropped. Emergency calls always come in.
func (t *Table) sheds(flow Flow, data []byte) bool {
	ack := bytes.HasPrefix(data, []byte("ACK "))
	if !ack && !bytes.HasPrefix(data, []byte("INVITE ")) {
		return false
	}
	now := time.Now()
	share := t.load.share(now)
	t.tell(now, share)
	if share == 0 {
		return false
	}
	id, replaced, inside := callOf(data)
	if id == "" || t.lives(id) || replaced != "" && t.lives(replaced) { // a call that takes another's place is none more
		return false
	}
	if ack {
		return true
	}
	// The same call has the same fate for as long as the share is the same: its INVITE may be here twice.
	chance := maphash.String(t.seed, id)
	if inside || float64(chance%1024) >= share*1024 || t.handler.Urgent(flow, data) {
		return false
	}
	t.load.refused.Add(1)
	if !t.handler.Trusted(flow) {
		return true
	}
	tag := strconv.FormatUint(chance, 36)
	t.answer(flow, answerTo(data, strconv.Itoa(sip.StatusServiceUnavailable)+" Service Unavailable", tag, "Retry-After: "+strconv.Itoa(shedRetry)))
	return true
}

// tell logs when refusing begins, and at its end how many calls it was; once in ten seconds at most.
func (t *Table) tell(now time.Time, share float64) {
	l := &t.load
	l.mu.Lock()
	over, refused := l.over, l.refused.Load()
	if over == (share > 0) || now.Sub(l.said) < 10*time.Second {
		l.mu.Unlock()
		return
	}
	calls := refused - l.told
	l.over, l.said, l.told = !over, now, refused
	l.mu.Unlock()
	if over {
		t.log.Info("no longer overloaded", "refused", calls)
		return
	}
	t.log.Warn("overloaded: a part of the new calls is refused until messages wait shorter", "wait", l.wait(now).String(), "waiting", l.waiting.Load())
}

// callOf is the Call-ID of a message that isn't parsed, that of the call which it replaces (RFC 3891), and whether it is within a dialog.
func callOf(data []byte) (id, replaced string, inside bool) {
	for name, value := range headers(data) {
		switch name {
		case "call-id", "i":
			id = string(value)
		case "replaces":
			of, _, _ := bytes.Cut(value, []byte(";"))
			replaced = string(bytes.TrimSpace(of))
		case "to", "t":
			inside = tagged(value)
		}
	}
	return id, replaced, inside
}

// tagged says that an address has a tag, whatever white space there is around it.
func tagged(value []byte) bool {
	for _, p := range bytes.Split(value, []byte(";"))[1:] {
		if name, _, ok := bytes.Cut(p, []byte("=")); ok && bytes.EqualFold(bytes.TrimSpace(name), []byte("tag")) {
			return true
		}
	}
	return false
}

func (t *Table) lives(id string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.queues[id] != nil
}

// answerTo is the text of a response to a request that isn't parsed, as far as what it takes can be read (RFC 3261, 8.2.6.2); nil: it can't be. tag is
// for its To if that has none; more are headers of its own.
func answerTo(data []byte, status, tag string, more ...string) []byte {
	var out strings.Builder
	out.WriteString("SIP/2.0 " + status + "\r\n")
	seen := map[string]bool{}
	for name, value := range headers(data) {
		full, wanted := copied[name]
		if !wanted || full != "Via" && seen[full] {
			continue
		}
		seen[full] = true
		if full == "To" && !tagged(value) {
			value = append(bytes.Clone(value), ";tag="+tag...)
		}
		out.WriteString(full + ": " + string(value) + "\r\n")
	}
	if len(seen) != 5 || out.Len() > maxHead {
		return nil
	}
	for _, h := range more {
		out.WriteString(h + "\r\n")
	}
	out.WriteString("Content-Length: 0\r\n\r\n")
	return []byte(out.String())
}

// answer sends a response that has no transaction; nil is nothing.
func (t *Table) answer(flow Flow, text []byte) {
	if text == nil {
		return
	}
	conn, err := flow.answer()
	if err != nil {
		return
	}
	if raw, ok := conn.(interface{ write([]byte) error }); ok {
		_ = raw.write(text)
	}
}

// copied are the headers of a response that are the request's own (RFC 3261, 8.2.6.2).
var copied = map[string]string{
	"via": "Via", "v": "Via", "from": "From", "f": "From", "to": "To", "t": "To", "call-id": "Call-ID", "i": "Call-ID", "cseq": "CSeq",
}
