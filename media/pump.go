package media

import (
	"runtime"
	"time"
)

// How a worker waits for its next pass. While it has little to do and relays, packets are looked at as they come, gathered for a moment: relayed ones are
// on their way within a millisecond. With more to do that would cost more than it is worth, and they wait for the pass; so do those that the clock takes up
// anyway, as those of callers who hear music.
const (
	gather     = 500 * time.Microsecond
	loadTime   = 100 * time.Millisecond
	loadBusy   = 10 // percent of the time that passes take: from there on no more than the pass
	loadRelief = 3  // below that again; without packets to wake for, the same calls take a third
)

// pump is how a worker goes with the time.
type pump struct {
	clock clock
	sleep func(time.Duration) // nil: waits for packets as well
	used  time.Duration       // by passes, since
	since int64
	busy  bool

	relayed uint64 // packets, until since
	relays  bool   // some were before
}

// run works until stop is closed, on a thread of its own: the thread ends with it, since its priority is changed. sleep waits for a time; with nil, the
// worker waits for packets, too.
func (w *Worker) run(stop <-chan struct{}, sleep func(time.Duration)) {
	defer close(w.done)
	runtime.LockOSThread()
	prefer()
	p := pump{clock: newClock(), sleep: sleep}
	next := p.clock.now()
	p.since = next
	for {
		select {
		case <-stop:
			w.Step(p.clock.now())
			return
		default:
		}
		now := p.clock.now()
		w.Step(now)
		p.note(now, w.count[relayed])
		// Absolute times: what a pass takes, or the system oversleeps, doesn't add up.
		if next += tickTime; next < now-tickTime*maxBehind {
			next = now
		}
		p.wait(w, next)
	}
}

// note notes what a pass took, and how many packets were relayed ever.
func (p *pump) note(began int64, relayed uint64) { p.tally(began, p.clock.now(), relayed) }

// tally is note at a time.
func (p *pump) tally(began, now int64, relayed uint64) {
	p.used += time.Duration(now - began)
	if past := time.Duration(now - p.since); past >= loadTime {
		load := p.used * 100 / past
		p.busy = load >= loadBusy || p.busy && load >= loadRelief
		p.used, p.since = 0, now
		p.relays, p.relayed = relayed != p.relayed, relayed
	}
}

// eager says whether packets are looked at as they come.
func (p *pump) eager() bool { return p.relays && !p.busy }

// wait waits until next; packets that come meanwhile are looked at, if there is time for that.
func (p *pump) wait(w *Worker, next int64) {
	for {
		left := time.Duration(next - p.clock.now())
		switch {
		case left <= 0:
			return
		case p.sleep != nil:
			p.sleep(left)
			return
		case !p.eager() || left <= gather:
			nanosleep(left)
			continue // a signal may have ended it early: then the time isn't over
		case !w.poller.Sleep(left):
			continue
		}
		nanosleep(gather)
		now := p.clock.now()
		w.now = now
		w.drain(now)
		p.note(now, w.count[relayed])
	}
}

// lateFrom is how late a pass is to count as late.
const lateFrom = tickTime

// lateEvery is how often it is told that passes are late.
const lateEvery = time.Minute

// measure notes how late a pass is; once a second that is published, and now and then told if it was late.
func (w *Worker) measure(now, late int64) {
	if late > w.worst {
		w.worst = late
	}
	if now-w.second < int64(time.Second) {
		return
	}
	w.second = now
	w.lateness.Store(w.worst)
	if w.worst >= lateFrom && (w.scolded == 0 || now-w.scolded >= int64(lateEvery)) {
		select {
		case w.reports <- report{late: time.Duration(w.worst)}:
			w.scolded = now
		default: // events matter more
		}
	}
	w.worst = 0
}
