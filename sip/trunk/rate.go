package trunk

import "time"

// Rate is a token bucket: so many a second, as many at once. 0: no limit. Its owner serialises its use.
type Rate struct {
	PerSecond int

	tokens float64
	last   time.Time
}

// Take takes one, if there is one.
func (r *Rate) Take(now time.Time) bool {
	if r.PerSecond == 0 {
		return true
	}
	full := float64(r.PerSecond)
	if r.last.IsZero() {
		r.tokens = full
	} else if passed := now.Sub(r.last); passed > 0 {
		r.tokens = min(full, r.tokens+passed.Seconds()*full)
	}
	r.last = now
	if r.tokens < 1 {
		return false
	}
	r.tokens--
	return true
}
