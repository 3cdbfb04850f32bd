package rtp

import "time"

// Quality is how the line was in one second: what we hear, and what the peer says of what it hears.
type Quality struct {
	At       int64   // end of that second, ns since 1970; 0: none has passed yet
	Expected uint32  // packets that the peer sent, by their numbers
	Received uint32  // of them, those that came
	Loss     float64 // % that didn't come
	Jitter   time.Duration
	RTT      time.Duration // by the peer's last report; 0: unknown

	Late      uint32 // packets that came after their time
	Discarded uint32 // packets that were left out: too many at once, or to shorten the delay
	Concealed uint32 // pieces of 20 ms that were made up

	R   float64 // rating of the E-model, 0 to 100
	MOS float64 // 1 to 4.5 by R; 0: nothing came that could be rated

	RemoteLoss   float64       // % of what we sent that didn't reach the peer, by its last report
	RemoteJitter time.Duration // by its last report
	RemoteMOS    float64       // by both and the round trip, as if the peer had our codec and a jitter buffer of twice the jitter; 0: unknown
	Reports      uint32        // that the peer has sent so far about what it hears; 0: the three before are unknown
}

// tally counts in the current second.
type tally struct {
	since                      int64
	start                      totals
	late, discarded, concealed uint32
	delay                      time.Duration
}

// Played notes what a jitter buffer did since the last call, and its delay.
func (r *Reports) Played(s JitterStats, delay time.Duration) {
	t := &r.window
	t.late += uint32(s.Late)
	t.discarded += uint32(s.Overflow + s.Skipped)
	t.concealed += uint32(s.Concealed)
	t.delay = delay
}

// Quality is the latest full second's. Call it often enough: a second ends when it is called.
func (r *Reports) Quality(now int64) Quality {
	t := &r.window
	switch {
	case t.since == 0:
		t.since = now
	case now-t.since >= int64(time.Second):
		r.latest = r.second(now)
	}
	return r.latest
}

// second ends a second.
func (r *Reports) second(now int64) Quality {
	t, sum := r.window, r.in.totals()
	r.window = tally{since: now, start: sum, delay: t.delay}
	q := Quality{
		At: now, Expected: sum.expected - t.start.expected, Received: sum.received - t.start.received,
		Late: t.late, Discarded: t.discarded, Concealed: t.concealed,
		Jitter: span(r.in.jitter>>4, r.rate), RTT: r.hearing.trip,
		RemoteLoss: r.hearing.loss, RemoteJitter: span(r.hearing.jitter, r.out.rate), Reports: r.hearing.reports,
	}
	if q.Reports > 0 {
		q.RemoteMOS = MOS(r.model.Rate(q.RTT/2+2*q.RemoteJitter, q.RemoteLoss))
	}
	if q.Expected == 0 { // a pause, or packets that came too late to count
		return q
	}
	if q.Received < q.Expected {
		q.Loss = percent(q.Expected-q.Received, q.Expected)
	}
	unheard := min(t.late+t.discarded, q.Received)
	q.R = r.model.Rate(q.RTT/2+t.delay, min(q.Loss+percent(unheard, q.Expected), 100))
	q.MOS = MOS(q.R)
	return q
}

func percent(n, of uint32) float64 { return float64(n) * 100 / float64(of) }
