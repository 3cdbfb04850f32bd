package uplink

import "time"

// Figures are of the last hour, in slices, so that what is older falls out.
const (
	slice  = 5 * time.Minute
	kept   = 12 // slices
	window = slice * kept
)

// count is what happened in one slice.
type count struct {
	at       int64 // which slice of time it is
	attempts int
	answered int
	failures int
	rang     int
	waited   time.Duration // of those that rang
}

// figures are a trunk's calls out.
type figures struct{ ring [kept]count }

func (f *figures) now(t time.Time) *count {
	at := t.UnixNano() / int64(slice)
	c := &f.ring[at%kept]
	if c.at != at {
		*c = count{at: at}
	}
	return c
}

// sum is what the window holds.
func (f *figures) sum(t time.Time) count {
	newest := t.UnixNano() / int64(slice)
	var all count
	for _, c := range f.ring {
		if c.at <= newest-kept {
			continue
		}
		all.attempts += c.attempts
		all.answered += c.answered
		all.failures += c.failures
		all.rang += c.rang
		all.waited += c.waited
	}
	return all
}

// Attempt is one call out; its methods are called by one goroutine at a time.
type Attempt struct {
	uplink         *Uplink
	begun          time.Time
	rang, answered bool
	over           bool
	delay          time.Duration
}

// Attempt begins to count a call out. Over ends it.
func (u *Uplink) Attempt() *Attempt {
	u.enter(&u.out, 1)
	return &Attempt{uplink: u, begun: time.Now()}
}

// Rang notes the first sign of the far end: ringing, early media or the answer. Its delay is the post-dial delay.
func (a *Attempt) Rang() {
	if a != nil && !a.rang {
		a.rang, a.delay = true, time.Since(a.begun)
	}
}

// Answered notes the answer.
func (a *Attempt) Answered() {
	if a != nil {
		a.Rang()
		a.answered = true
	}
}

// Over counts the call out; failed says that the network, not a person, ended the attempt.
func (a *Attempt) Over(failed bool) {
	if a == nil || a.over {
		return
	}
	a.over = true
	a.uplink.enter(&a.uplink.out, -1)
	u := a.uplink
	u.mu.Lock()
	defer u.mu.Unlock()
	c := u.figures.now(time.Now())
	c.attempts++
	if a.answered {
		c.answered++
	}
	if failed && !a.answered {
		c.failures++
	}
	if a.rang {
		c.rang++
		c.waited += a.delay
	}
}

// Enter counts a call in that came by the trunk; the returned function, which may be called more than once, counts it out.
func (u *Uplink) Enter() (leave func()) {
	u.enter(&u.in, 1)
	left := false
	return func() {
		if !left {
			left = true
			u.enter(&u.in, -1)
		}
	}
}

func (u *Uplink) enter(n *int, by int) {
	u.mu.Lock()
	*n += by
	u.mu.Unlock()
}
