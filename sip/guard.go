package sip

import (
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"mediasrv/config"
	"mediasrv/sip/ban"
	"mediasrv/sip/registrar"
	"mediasrv/sip/transaction"
	"mediasrv/sip/trunk"
)

// Bounds of what strangers that name a user may ask: who knows a name can't make us busy with challenges, nor keep others from logging in.
const (
	strangerPerSecond  = 20   // one address
	strangersPerSecond = 2000 // all
	strangersKnown     = 8192 // addresses that are counted one by one; then all are forgotten
)

// guard keeps strangers and who guesses passwords away.
type guard struct {
	bans    *ban.Table
	dropped atomic.Uint64 // messages of strangers and of banned addresses

	mu    sync.Mutex
	all   trunk.Rate
	each  map[netip.Addr]*trunk.Rate
	last  time.Time // that a failed login was logged
	quiet int       // failed logins that were not
}

func newGuard(b config.Ban) *guard {
	return &guard{
		bans: ban.New(rules(b)),
		all:  trunk.Rate{PerSecond: strangersPerSecond}, each: map[netip.Addr]*trunk.Rate{},
	}
}

func rules(b config.Ban) ban.Rules {
	return ban.Rules{Failures: b.Failures, Within: b.Within, For: b.For}
}

// allow says whether a stranger may ask now.
func (g *guard) allow(from netip.Addr, now time.Time) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	r := g.each[from]
	if r == nil {
		if len(g.each) >= strangersKnown {
			clear(g.each)
		}
		r = &trunk.Rate{PerSecond: strangerPerSecond}
		g.each[from] = r
	}
	if r.Take(now) && g.all.Take(now) {
		return true
	}
	g.dropped.Add(1)
	return false
}

// failed says whether a failed login is to be logged, one a second at most, and how many were not.
func (g *guard) failed(now time.Time) (log bool, more int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if now.Sub(g.last) < time.Second {
		g.quiet++
		return false, 0
	}
	more = g.quiet
	g.last, g.quiet = now, 0
	return true, more
}

var _ registrar.Guard = (*Stack)(nil)

// Failed implements registrar.Guard. A login over UDP that answers no challenge of ours may come from anybody, in another's name: it bans nobody. Nor
// does a browser's: the address may be that of a proxy with all others behind it, and the web has a throttle of its own.
func (s *Stack) Failed(tx *transaction.Server, username string, proven bool) {
	now, from := time.Now(), tx.Flow.Remote
	if len(username) > 64 {
		username = username[:64]
	}
	if log, more := s.guard.failed(now); log {
		s.log.Warn("login failed", "method", tx.Request.Method.String(), "username", username, "from", from.String(), "more", more)
	}
	if !proven && !tx.Flow.Reliable() || tx.Flow.WebSocket() || s.trunks.Allowed(from.Addr()) {
		return
	}
	if s.guard.bans.Failed(from.Addr(), now) {
		s.log.Warn("an address is banned: too many failed logins", "address", from.Addr().String(), "for", s.file().Ban.For)
		s.table.Shut(from.Addr())
	}
}

// LoggedIn implements registrar.Guard.
func (s *Stack) LoggedIn(tx *transaction.Server) {
	s.guard.bans.Forgive(tx.Flow.Remote.Addr(), time.Now())
}

// Stats are the stack's figures for the metrics.
type Stats struct {
	Banned       int    // addresses now
	Bans         uint64 // ever
	FailedLogins uint64
	Dropped      uint64        // messages of strangers and of banned addresses
	Refused      uint64        // calls that a limit refused, or that came while the server was overloaded
	Overloaded   uint64        // calls that were refused since messages waited too long
	Wait         time.Duration // of messages, from coming in to being handled, lately
	Connections  int           // TCP and TLS
}

// Stats may be called from any goroutine.
func (s *Stack) Stats() Stats {
	var st Stats
	st.Banned, st.Bans, st.FailedLogins = s.guard.bans.Stats(time.Now())
	load := s.table.Overload()
	st.Dropped, st.Refused = s.guard.dropped.Load(), s.refusals.Load()
	st.Overloaded, st.Wait = load.Refused, load.Wait
	for _, l := range s.listeners {
		st.Connections += l.Connections()
	}
	return st
}
