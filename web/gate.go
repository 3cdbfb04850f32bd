package web

import (
	"context"
	"net/http"
	"runtime/debug"
	"strings"

	"mediasrv/config"
)

// need is what a route asks of its visitor.
type need uint8

const (
	needNothing    need = iota + 1
	needLogin           // a user of the file
	needAgent           // a user who takes calls
	needPhone           // a user who takes calls, or listens to those of others
	needSupervisor      // a supervisor or an admin
	needAdmin           // an admin
	needWatcher         // a program on this host, or a supervisor's or admin's login
)

const (
	maxBody   = 128 << 10
	maxHeader = 32 << 10
)

// handle adds a route; a route that is not added so cannot be reached.
func (s *Server) handle(pattern string, n need, h http.Handler) {
	s.access[pattern] = n
	s.mux.Handle(pattern, h)
}

// gate is the outermost handler: what holds for every request, then who may go where.
func (s *Server) gate(w http.ResponseWriter, r *http.Request) {
	defer s.recovered(w, r)
	s.secure(w, r)
	if err := s.crossOrigin.Check(r); err != nil {
		refuse(w, http.StatusForbidden, "This request comes from another site.")
		return
	}
	_, pattern := s.mux.Handler(r)
	n, ok := s.access[pattern]
	if !ok {
		refuse(w, http.StatusNotFound, "There is nothing at this address.")
		return
	}
	v := visitor{peer: s.peerOf(r)}
	v.token = requestToken(r, v.peer.secure)
	if n != needNothing {
		var err error
		if v, err = s.identify(r); err != nil {
			w.Header().Set("Retry-After", "2")
			refuse(w, http.StatusServiceUnavailable, "The database does not answer. Try again in a moment.")
			return
		}
	}
	if status, why := admit(n, v, r); status != 0 {
		refuse(w, status, why)
		return
	}
	if status, why := admitProgram(v.program, pattern, r); status != 0 {
		refuse(w, status, why)
		return
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxBody)
	s.mux.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), visitorKey{}, v)))
}

// admit decides whether a visitor may use a route; status 0: yes.
func admit(n need, v visitor, r *http.Request) (status int, why string) {
	switch {
	case n == needNothing:
		return 0, ""
	case n == needWatcher && v.peer.local && localHost(r.Host):
		return 0, ""
	case v.user == nil:
		return http.StatusUnauthorized, "Log in first."
	}
	if why = refusal(n, v.user); why != "" {
		return http.StatusForbidden, why
	}
	return 0, ""
}

// refusal is why a user may not use a route; empty: may.
func refusal(n need, u *config.User) string {
	switch {
	case n == needAgent && !u.Agent:
		return "This is for users who take calls."
	case n == needPhone && !u.Agent && !watches(u):
		return "This is for users who take calls, and for supervisors."
	case (n == needWatcher || n == needSupervisor) && !watches(u):
		return "This is for supervisors and admins."
	case n == needAdmin && u.Role != roleAdmin:
		return "This is for admins."
	}
	return ""
}

// watches says that a user oversees others.
func watches(u *config.User) bool { return u.Role == roleSupervisor || u.Role == roleAdmin }

const (
	roleSupervisor = "supervisor"
	roleAdmin      = "admin"
)

// secure sets the headers that every answer has.
func (s *Server) secure(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Security-Policy", policy(r))
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Permissions-Policy", "microphone=(self), camera=(), geolocation=(), payment=(), usb=()")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("X-Frame-Options", "DENY")
	if strings.HasPrefix(r.URL.Path, "/api/") {
		h.Set("Cache-Control", "no-store")
	}
}

// policy is the Content-Security-Policy. Some browsers do not count WebSockets of the own host as 'self', so they are named.
func policy(r *http.Request) string {
	sockets := ""
	if plainHost(r.Host) {
		sockets = " wss://" + r.Host
		if r.TLS == nil {
			sockets += " ws://" + r.Host
		}
	}
	return "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; media-src 'self' blob:; " +
		"connect-src 'self'" + sockets + "; manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
}

// plainHost tells whether a Host header can be put into the policy: nothing in it ends a directive.
func plainHost(host string) bool {
	if host == "" || len(host) > 255 {
		return false
	}
	return strings.IndexFunc(host, func(c rune) bool {
		return (c < '0' || c > '9') && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && !strings.ContainsRune(".-_:[]", c)
	}) < 0
}

// recovered turns a panic of a handler into a 500 and a log line; the server goes on.
func (s *Server) recovered(w http.ResponseWriter, r *http.Request) {
	p := recover()
	if p == nil {
		return
	}
	if p == http.ErrAbortHandler { //nolint:errorlint // it is this very value, never wrapped
		panic(p) //nolint:forbidigo // net/http's way to cut a connection
	}
	s.metrics.panics.Inc()
	s.log.Error("a request's handler panicked", "method", r.Method, "path", r.URL.Path, "panic", p, "stack", string(debug.Stack()))
	refuse(w, http.StatusInternalServerError, "The server has made a mistake; the log says more.")
}
