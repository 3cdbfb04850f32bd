package trunk

import (
	"time"

	"mediasrv/config"
)

// Refusal says which limit refuses a call.
type Refusal string

// The refusals; none is the empty one.
const (
	TooMany       Refusal = "the trunk has all calls that it may have"
	TooFast       Refusal = "the trunk begins more calls per second than it may"
	ServerFull    Refusal = "the server has all calls that it may have"
	ServerTooFast Refusal = "more calls begin per second than may"
)

// RetryAfter is for how many seconds the caller should not try again.
func (r Refusal) RetryAfter() int {
	if r == TooFast || r == ServerTooFast {
		return 1
	}
	return 10
}

// limit is what one trunk, or all together, may carry.
type limit struct {
	calls, most int // most 0: no limit
	rate        Rate
}

// change sets what may be carried from now on.
func (l *limit) change(most, perSecond int) {
	l.most = most
	l.rate.PerSecond = perSecond
}

// Take counts a call in, unless a limit refuses it. Give counts it out.
func (s *Set) Take(t *config.Trunk, now time.Time) Refusal {
	s.mu.Lock()
	defer s.mu.Unlock()
	l := s.of(t)
	switch {
	case l.most > 0 && l.calls >= l.most:
		return TooMany
	case s.all.most > 0 && s.all.calls >= s.all.most:
		return ServerFull
	case !l.rate.Take(now):
		return TooFast
	case !s.all.rate.Take(now):
		return ServerTooFast
	}
	l.calls++
	s.all.calls++
	return ""
}

// Count counts a call in whatever the limits say: an emergency call. Give counts it out.
func (s *Set) Count(t *config.Trunk) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.of(t).calls++
	s.all.calls++
}

// Give counts a call out.
func (s *Set) Give(t *config.Trunk) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if l := s.of(t); l.calls > 0 {
		l.calls--
		s.all.calls--
	}
}

// Calls is how many calls a trunk has now.
func (s *Set) Calls(name string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	if l := s.limits[name]; l != nil {
		return l.calls
	}
	return 0
}

// of is a trunk's limit. Called with mu held.
func (s *Set) of(t *config.Trunk) *limit {
	l := s.limits[t.Name]
	if l == nil { // a trunk that the file doesn't have
		l = &limit{most: t.MaxCalls, rate: Rate{PerSecond: t.MaxRate}}
		s.limits[t.Name] = l
	}
	return l
}
