package web

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"time"

	"mediasrv/config"
)

// Control is who comes by the control socket.
const Control = "control socket"

// controlTime is how long a request over the control socket may take: a reload speaks texts.
const controlTime = 5 * time.Minute

// ServeControl serves the API to an admin of this machine, without a login, until ctx ends; it closes the listener. Whoever can open the socket can
// do all that an admin can, so its file's mode is the login.
func (s *Server) ServeControl(ctx context.Context, listener net.Listener) error {
	server := &http.Server{
		Handler: http.HandlerFunc(s.control), ReadHeaderTimeout: headerTime, ReadTimeout: controlTime, WriteTimeout: controlTime,
		MaxHeaderBytes: maxHeader, ErrorLog: slog.NewLogLogger(s.log.Handler(), slog.LevelDebug),
	}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	bye, cancel := context.WithTimeout(context.Background(), goodbyeTime)
	defer cancel()
	if server.Shutdown(bye) != nil {
		_ = server.Close() // what does not finish is cut off
	}
	<-failed
	return nil
}

// control is gate for the control socket.
func (s *Server) control(w http.ResponseWriter, r *http.Request) {
	defer s.recovered(w, r)
	_, pattern := s.mux.Handler(r)
	n, ok := s.access[pattern]
	if !ok || r.Header.Get("Upgrade") != "" {
		refuse(w, http.StatusNotFound, "There is nothing at this address.")
		return
	}
	v := visitor{user: &config.User{Login: Control, Name: "Operator of this machine", Role: roleAdmin}}
	if status, why := admit(n, v, r); status != 0 {
		refuse(w, status, why)
		return
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxBody)
	s.mux.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), visitorKey{}, v)))
}
