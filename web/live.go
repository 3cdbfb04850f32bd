package web

import (
	"context"
	"sync"
	"time"

	"mediasrv/routing/fact"
)

// liveSession is what hangs on a login while the server runs: its phone, and the sockets that must close when it ends.
type liveSession struct {
	user  string
	ended context.Context // done when the session has ended
	end   context.CancelFunc

	// Guarded by live.mu.
	phone   string // AuthUser of its SIP login; empty: none
	sockets int
	expires time.Time
	dead    bool // kept until it expires, in case the store could not delete it
}

// live knows the logins in use, by token hash.
type live struct {
	mu    sync.Mutex
	table map[string]*liveSession
}

// enter returns the session's entry; false: the session has ended, whatever the store says.
func (l *live) enter(v fact.Session) (*liveSession, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	s := l.table[v.TokenHash]
	if s == nil {
		s = &liveSession{user: v.User, expires: v.Expires}
		s.ended, s.end = context.WithCancel(context.Background())
		if l.table == nil {
			l.table = make(map[string]*liveSession)
		}
		l.table[v.TokenHash] = s
	}
	return s, !s.dead
}

// renewed notes that the session lives until expires; false: that is no news worth writing.
func (l *live) renewed(s *liveSession, expires time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if expires.Sub(s.expires) < renewAfter {
		return false
	}
	s.expires = expires
	return true
}

// setPhone gives the session a new phone login and returns the one to be revoked; empty: none. If the session has ended, that is the new one.
func (l *live) setPhone(s *liveSession, phone string) (revoke string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if s.dead {
		return phone
	}
	revoke, s.phone = s.phone, phone
	return revoke
}

// phoneOf is the session's phone login; empty: it has none.
func (l *live) phoneOf(s *liveSession) string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return s.phone
}

// hold counts a socket of the session; false: it has too many, or has ended.
func (l *live) hold(s *liveSession) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if s.dead || s.sockets >= maxSockets {
		return false
	}
	s.sockets++
	return true
}

// release takes a socket off.
func (l *live) release(s *liveSession) {
	l.mu.Lock()
	defer l.mu.Unlock()
	s.sockets--
}

// finish ends a session: its sockets close. It returns the phone to be revoked; empty: none. A session that was never live is marked too.
func (l *live) finish(v fact.Session) (phone string) {
	s, ok := l.enter(v)
	if !ok {
		return ""
	}
	l.mu.Lock()
	s.dead = true
	phone, s.phone = s.phone, ""
	l.mu.Unlock()
	s.end()
	return phone
}

// cut closes the sockets of a session that goes on.
func (l *live) cut(s *liveSession, hash string) {
	l.mu.Lock()
	delete(l.table, hash)
	l.mu.Unlock()
	s.end()
}

// liveView is a copy of an entry.
type liveView struct {
	fact.Session
	live *liveSession
	used bool // a socket is open
	dead bool
}

// views returns all entries, and forgets the dead ones that have expired.
func (l *live) views(now time.Time) []liveView {
	l.mu.Lock()
	defer l.mu.Unlock()
	var out []liveView
	for hash, s := range l.table {
		if s.dead && now.After(s.expires) {
			delete(l.table, hash)
			continue
		}
		out = append(out, liveView{fact.Session{TokenHash: hash, User: s.user, Expires: s.expires}, s, s.sockets > 0, s.dead})
	}
	return out
}

// sockets is how many sockets are open.
func (l *live) sockets() (n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, s := range l.table {
		n += s.sockets
	}
	return n
}
