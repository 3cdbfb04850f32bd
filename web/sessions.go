package web

import (
	"context"
	"errors"
	"net/http"
	"time"

	"mediasrv/config"
	"mediasrv/routing/fact"
)

const (
	sweepEvery = 15 * time.Second
	storeTime  = 5 * time.Second // how long a request waits for the store
	maxSockets = 16              // of one session
)

// visitor is who makes a request.
type visitor struct {
	peer    peer
	token   string       // as brought; empty: none
	user    *config.User // nil: not logged in
	session fact.Session
	live    *liveSession
	program *fact.Token // that came with a token; nil: a person with a session
}

type visitorKey struct{}

// visitorOf finds the visitor that the gate put into a request's context.
func visitorOf(ctx context.Context) visitor {
	v, _ := ctx.Value(visitorKey{}).(visitor)
	return v
}

var errStore = errors.New("web: the database does not answer, try again")

// identify finds out who makes a request, and lets the session live on. The error means that the store cannot tell.
func (s *Server) identify(r *http.Request) (visitor, error) {
	v := visitor{peer: s.peerOf(r)}
	if secret := bearer(r); secret != "" {
		return s.identifyProgram(r, v, secret)
	}
	v.token = requestToken(r, v.peer.secure)
	if v.token == "" {
		return v, nil
	}
	ctx, cancel := context.WithTimeout(r.Context(), storeTime)
	defer cancel()
	session, ok, err := s.opt.Logins.Session(ctx, hashToken(v.token))
	if err != nil {
		s.log.Error("a session cannot be read", "error", err)
		return v, errStore
	}
	now := time.Now()
	if !ok || !now.Before(session.Expires) {
		return v, nil
	}
	user := s.userOf(session.User)
	if user == nil { // no longer in the file
		s.endSession(ctx, session)
		return v, nil
	}
	entry, ok := s.live.enter(session)
	if !ok {
		return v, nil
	}
	s.renew(entry, session.TokenHash, now)
	v.user, v.session, v.live = user, session, entry
	return v, nil
}

// userOf finds the user that a session belongs to; nil: who is no longer in the file, and has no call to finish.
func (s *Server) userOf(login string) *config.User {
	u := s.opt.Config().Users[login]
	if u == nil && s.opt.Leaving != nil {
		u = s.opt.Leaving(login)
	}
	return u
}

// renew lets a session live for another 12 h.
func (s *Server) renew(entry *liveSession, tokenHash string, now time.Time) {
	if expires := now.Add(sessionLife); s.live.renewed(entry, expires) {
		s.opt.Logins.RenewSession(tokenHash, expires)
	}
}

// endSession ends a session at once, whether or not the store can delete it now; the sweep tries again.
func (s *Server) endSession(ctx context.Context, v fact.Session) {
	s.dropSession(v)
	if err := s.opt.Logins.DeleteSession(ctx, v.TokenHash); err != nil {
		s.log.Error("a session has ended but cannot be deleted yet", "user", v.User, "error", err)
	}
	s.loggedOut(ctx, v.User)
}

// dropSession closes the session's sockets and revokes its phone.
func (s *Server) dropSession(v fact.Session) {
	if phone := s.live.finish(v); phone != "" {
		s.opt.Phones.Revoke(phone)
	}
}

// loggedOut tells the centre if the user has no session any more.
func (s *Server) loggedOut(ctx context.Context, user string) {
	if u := s.userOf(user); u == nil || !u.Agent {
		return
	}
	left, err := s.opt.Logins.Sessions(ctx, user)
	if err != nil {
		s.log.Error("the sessions of a user cannot be read", "user", user, "error", err)
		return
	}
	now := time.Now()
	for _, v := range left {
		if _, alive := s.live.enter(v); alive && now.Before(v.Expires) {
			return
		}
	}
	s.opt.Centre.LoggedOut(user)
}

// sweepLoop ends what has to end without a request: expired sessions, those of users that are no longer in the file, and those deleted
// by another process (a new password).
func (s *Server) sweepLoop(ctx context.Context) {
	ticker := time.NewTicker(sweepEvery)
	defer ticker.Stop()
	failing := false
	for {
		err := s.sweep(ctx, time.Now())
		if err != nil && !failing && ctx.Err() == nil {
			s.log.Warn("sessions cannot be looked after; tried again every 15 s", "error", err)
		}
		failing = err != nil
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return
		}
	}
}

func (s *Server) sweep(ctx context.Context, now time.Time) error {
	ctx, cancel := context.WithTimeout(ctx, storeTime)
	defer cancel()
	for _, v := range s.live.views(now) {
		if err := s.sweepLive(ctx, v, now); err != nil {
			return err
		}
	}
	gone, err := s.opt.Logins.DeleteExpiredSessions(ctx, now)
	if err != nil {
		return err
	}
	users, err := s.opt.Logins.SessionUsers(ctx)
	if err != nil {
		return err
	}
	for _, user := range users {
		if s.userOf(user) != nil {
			continue
		}
		removed, err := s.opt.Logins.DeleteSessionsOf(ctx, user)
		if err != nil {
			return err
		}
		gone = append(gone, removed...)
	}
	for _, v := range gone {
		s.dropSession(v)
		s.loggedOut(ctx, v.User)
	}
	return nil
}

// sweepLive looks after one session in use.
func (s *Server) sweepLive(ctx context.Context, v liveView, now time.Time) error {
	if v.isProgram() {
		return s.sweepProgram(ctx, v, now)
	}
	if v.dead {
		return s.opt.Logins.DeleteSession(ctx, v.TokenHash)
	}
	if v.used { // an open page is use
		s.renew(v.live, v.TokenHash, now)
	}
	_, ok, err := s.opt.Logins.Session(ctx, v.TokenHash)
	if err != nil || ok {
		return err
	}
	s.dropSession(v.Session)
	s.loggedOut(ctx, v.User)
	return nil
}
