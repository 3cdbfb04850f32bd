package web

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"mediasrv/routing/fact"

	"github.com/danielgtaylor/huma/v2"
)

const (
	hashTime      = 10 * time.Second // how long a login waits for its turn to be hashed
	maxLoginsOpen = 64               // logins that wait at once; more are refused
)

type loginInput struct {
	Body struct {
		User     string `json:"user" minLength:"1" maxLength:"100"`
		Password string `json:"password" minLength:"1" maxLength:"256"`
	}
}

type loginOutput struct {
	SetCookie string `header:"Set-Cookie"`
	Body      me
}

type logoutOutput struct {
	SetCookie string `header:"Set-Cookie"`
}

// login checks a password and begins a session. An unknown user takes as long as a wrong password.
func (s *Server) login(ctx context.Context, in *loginInput) (*loginOutput, error) {
	v := visitorOf(ctx)
	name := in.Body.User
	if wait := s.throttle.attempt(name, v.peer.addr, time.Now()); wait > 0 {
		s.metrics.logins.WithLabelValues("throttled").Inc()
		return nil, retryLater(huma.Error429TooManyRequests("Too many wrong passwords. Wait before the next try."), wait)
	}
	right, err := s.checkLogin(ctx, name, in.Body.Password)
	if err != nil {
		s.throttle.void(name, v.peer.addr)
		s.metrics.logins.WithLabelValues("error").Inc()
		s.log.Error("a login cannot be checked", "error", err)
		return nil, busy()
	}
	user := s.opt.Config().Users[name]
	if !right || user == nil {
		s.metrics.logins.WithLabelValues("wrong").Inc()
		if user == nil {
			name = "(unknown)" // it may be a password, typed into the wrong field
		}
		s.log.Warn("login failed", "user", name, "from", v.peer.addr)
		return nil, huma.Error401Unauthorized("The user name or the password is wrong.")
	}
	s.throttle.succeeded(name, v.peer.addr)
	token, err := s.beginSession(ctx, name)
	if err != nil {
		s.metrics.logins.WithLabelValues("error").Inc()
		s.log.Error("a session cannot be kept", "user", name, "error", err)
		return nil, busy()
	}
	s.endPrevious(ctx, v.token)
	s.metrics.logins.WithLabelValues("ok").Inc()
	s.log.Info("logged in", "user", name, "from", v.peer.addr)
	return &loginOutput{
		SetCookie: sessionCookie(token, v.peer.secure).String(),
		Body:      me{User: user.Login, Name: user.Name, Role: user.Role, Agent: user.Agent},
	}, nil
}

// checkLogin compares a password; the error says that it could not be done.
func (s *Server) checkLogin(ctx context.Context, user, password string) (bool, error) {
	ctx, cancel := context.WithTimeout(ctx, hashTime)
	defer cancel()
	hash, err := s.opt.Logins.PasswordHash(ctx, user)
	if err != nil {
		return false, err
	}
	if s.opt.Config().Users[user] == nil {
		hash = ""
	}
	if s.hashing.Add(1) > maxLoginsOpen {
		s.hashing.Add(-1)
		return false, errBusy
	}
	defer s.hashing.Add(-1)
	return checkPassword(ctx, s.opt.Heavy, hash, password)
}

// beginSession makes a session and returns its token.
func (s *Server) beginSession(ctx context.Context, user string) (token string, err error) {
	ctx, cancel := context.WithTimeout(ctx, storeTime)
	defer cancel()
	token = newToken()
	now := time.Now()
	return token, s.opt.Logins.AddSession(ctx, fact.Session{
		TokenHash: hashToken(token), User: user, Created: now, Expires: now.Add(sessionLife),
	})
}

// endPrevious ends the session that the browser had before: its cookie is being replaced.
func (s *Server) endPrevious(ctx context.Context, token string) {
	if token == "" {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, storeTime)
	defer cancel()
	if old, ok, err := s.opt.Logins.Session(ctx, hashToken(token)); err == nil && ok {
		s.endSession(ctx, old)
	}
}

func (s *Server) logout(ctx context.Context, _ *struct{}) (*logoutOutput, error) {
	v := visitorOf(ctx)
	within, cancel := context.WithTimeout(ctx, storeTime)
	defer cancel()
	s.endSession(within, v.session)
	s.log.Info("logged out", "user", v.user.Login, "from", v.peer.addr)
	return &logoutOutput{SetCookie: sessionCookie("", v.peer.secure).String()}, nil
}

// busy is a 503 that asks to come again.
func busy() error {
	return retryLater(huma.Error503ServiceUnavailable("The server cannot check logins just now. Try again in a moment."), 2*time.Second)
}

// retryLater adds Retry-After, in whole seconds (RFC 9110, 10.2.3).
func retryLater(err error, wait time.Duration) error {
	seconds := int64((wait + time.Second - 1) / time.Second)
	return huma.ErrorWithHeaders(err, http.Header{"Retry-After": {strconv.FormatInt(seconds, 10)}})
}
