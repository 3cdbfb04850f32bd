package media

import (
	"log/slog"
	"time"

	"mediasrv/media/codec"
	"mediasrv/media/rtp"
)

// report is what a worker tells its delivering goroutine: an event, or that an endpoint is out of use.
type report struct {
	end    *Endpoint
	event  Event
	closed bool
	hears  codec.Type    // the endpoint's peer sends this codec now; None: it is another report
	late   time.Duration // of the worker: no endpoint's
	stock  *Worker       // which needs kits
}

// outbox keeps an endpoint's events while the worker's queue is full. Digits may take no more than digitRoom of it, so that there is always a place for the
// others: the end of a play is never lost.
type outbox struct {
	of    *Endpoint
	queue [24]told
	n     int
	why   error // of the Failed among them: an endpoint fails once
}

// told is an event in little room: every endpoint has two dozen of them.
type told struct {
	at     int64
	length time.Duration
	token  uint32
	kind   EventKind
	digit  byte
	line   rtp.Line
}

// event is what was told.
func (o *outbox) event(t told) Event {
	e := Event{Kind: t.kind, Endpoint: o.of.id, Token: t.token, Digit: t.digit, Line: t.line, Length: t.length, At: time.Unix(0, t.at).UTC()}
	if t.kind == Failed {
		e.Why = o.why
	}
	return e
}

const digitRoom = 12

// report tells an event, on the worker.
func (e *Endpoint) report(ev Event, now int64) {
	if !e.live {
		return
	}
	w := e.room.worker
	if ev.Why != nil {
		e.events.why = ev.Why
	}
	if !e.events.add(told{at: now, length: ev.Length, token: ev.Token, kind: ev.Kind, digit: ev.Digit, line: ev.Line}) {
		w.count[digitsLost]++
	}
	if !e.events.flush(w) {
		w.backlog = true
	}
}

// add queues an event; false if one had to give way (a digit).
func (o *outbox) add(ev told) bool {
	if ev.kind == Digit && o.n >= digitRoom {
		return false
	}
	whole := true
	if o.n == len(o.queue) { // the oldest goes; before that the sink must have slept through a dozen plays
		copy(o.queue[:], o.queue[1:])
		o.n--
		whole = false
	}
	o.queue[o.n] = ev
	o.n++
	return whole
}

// flush hands over what the worker's queue takes; false if something is left.
func (o *outbox) flush(w *Worker) bool {
	for i := range o.n {
		select {
		case w.reports <- report{end: o.of, event: o.event(o.queue[i])}:
		default:
			copy(o.queue[:], o.queue[i:o.n])
			o.n -= i
			return false
		}
	}
	o.n = 0
	return true
}

// flush hands over what found the queue full, and what has to be freed.
func (w *Worker) flush() {
	if w.backlog {
		w.backlog = false
		for _, e := range w.ends {
			if e.events.n > 0 && !e.events.flush(w) {
				w.backlog = true
				return
			}
		}
	}
	for w.released != nil {
		select {
		case w.reports <- report{end: w.released, closed: true}:
			w.released, w.released.next = w.released.next, nil
		default:
			return
		}
	}
}

// deliver calls sinks and closes sockets, until the queue is closed.
func (w *Worker) deliver(e *Engine) {
	for r := range w.reports {
		r.handle(e)
	}
	for w.released != nil { // the worker has ended and found the queue full
		report{end: w.released, closed: true}.handle(e)
		w.released = w.released.next
	}
}

// deliverWaiting delivers what is there.
func (w *Worker) deliverWaiting(e *Engine) {
	for {
		select {
		case r := <-w.reports:
			r.handle(e)
		default:
			return
		}
	}
}

func (r report) handle(e *Engine) {
	if r.stock != nil {
		r.stock.stockKits()
		return
	}
	if r.end == nil {
		e.log.Warn("media: a worker was late: the machine has too much to do", "late", r.late)
		return
	}
	if r.hears != codec.None {
		r.end.follow(r.hears)
		return
	}
	room := r.end.room
	if r.closed {
		if r.end.secure != nil {
			r.end.secure.Close()
		} else {
			e.closeSocket(r.end.sock)
			if r.end.beside != nil {
				_ = r.end.beside.Close() // it has no packets that matter
			}
		}
		return
	}
	if room.closed.Load() || r.end.closed.Load() {
		return
	}
	r.log(room.log)
	if sink := room.sink.Load(); sink != nil {
		(*sink)(r.event)
	}
}

// log writes a line per change of state.
func (r report) log(log *slog.Logger) {
	end := slog.Int("endpoint", int(r.event.Endpoint))
	switch r.event.Kind {
	case Connected:
		log.Debug("media connected", end)
	case Lost:
		log.Warn("media lost", end)
	case Back:
		log.Info("media back", end)
	case Failed:
		log.Warn("media failed", end, slog.Any("error", r.event.Why))
	case OneWay:
		log.Warn("media: one-way audio: nothing comes from the peer", end)
	case BothWays:
		log.Info("media: the peer is heard again", end)
	case Digit, PlayDone, Talks, Quiet, Graded:
	}
}

// closeSocket closes a leg's socket and lets its port rest.
func (e *Engine) closeSocket(sock rtp.Socket) {
	port := sock.Local().Port()
	if err := sock.Close(); err != nil {
		e.log.Warn("media: a socket can't be closed", "port", port, "error", err)
	}
	e.ports.Release(port)
}
