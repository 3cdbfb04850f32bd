package web

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"time"

	"mediasrv/routing/fact"

	"github.com/coder/websocket"
)

const (
	sipPath    = "/sip"
	eventsPath = "/api/events"

	pingEvery = 15 * time.Second
	sendTime  = 10 * time.Second // a page that takes longer to read or to answer a ping is gone

	// StatusSessionEnded closes sockets whose session has ended: logged out, expired, or the user is no longer in the file.
	StatusSessionEnded = 4401
)

// viewMessage is what the event stream sends.
type viewMessage struct {
	Type string        `json:"type" enum:"view"`
	View fact.DeskView `json:"view"`
}

// events streams the agent's view to a page until the page, the session or the server ends.
func (s *Server) events(w http.ResponseWriter, r *http.Request) {
	s.socket(w, r, func(conn *websocket.Conn, v visitor) (websocket.StatusCode, string) {
		views, stop := s.opt.Centre.Watch(v.user.Login)
		defer stop()
		return stream(s, conn, views, v.live.ended)
	})
}

// socket makes a WebSocket of a page's request and serves it; what serve returns closes it, code 0: the page has gone.
func (s *Server) socket(w http.ResponseWriter, r *http.Request, serve func(*websocket.Conn, visitor) (websocket.StatusCode, string)) {
	if !sameOrigin(r) {
		refuse(w, http.StatusForbidden, "This request comes from another site.")
		return
	}
	v := visitorOf(r.Context())
	if v.live == nil { // over the control socket there is no login that could end
		refuse(w, http.StatusNotFound, "There is nothing at this address.")
		return
	}
	if !s.live.hold(v.live) {
		w.Header().Set("Retry-After", "5")
		refuse(w, http.StatusTooManyRequests, "This login has too many pages open.")
		return
	}
	defer s.live.release(v.live)
	s.hijacked.Add(1)
	defer s.hijacked.Done()
	conn, err := websocket.Accept(w, r, &websocket.AcceptOptions{InsecureSkipVerify: true}) // the origin is checked above
	if err != nil {
		return // Accept has answered
	}
	defer func() { _ = conn.CloseNow() }()
	if code, why := serve(conn, v); code != 0 {
		_ = conn.Close(code, why) // the page may be gone already
	}
}

// stream sends what comes until something ends; code 0: the page has gone.
func stream[T any](s *Server, conn *websocket.Conn, views <-chan T, ended context.Context) (websocket.StatusCode, string) {
	gone := conn.CloseRead(context.Background())
	ping := time.NewTicker(pingEvery)
	defer ping.Stop()
	for {
		var err error
		select {
		case view, ok := <-views:
			if !ok {
				return websocket.StatusGoingAway, "the server is shutting down"
			}
			err = send(gone, conn, view)
		case <-ping.C:
			err = withTimeout(gone, conn.Ping)
		case <-ended.Done():
			return StatusSessionEnded, "the session has ended"
		case <-s.closing.Done():
			return websocket.StatusGoingAway, "the server is shutting down"
		case <-gone.Done():
			return 0, ""
		}
		if err != nil {
			if !errors.Is(err, context.Canceled) {
				s.log.Debug("a page's event stream broke", "error", err)
			}
			return 0, ""
		}
	}
}

func send(ctx context.Context, conn *websocket.Conn, what any) error {
	if view, is := what.(fact.DeskView); is {
		what = viewMessage{Type: "view", View: withoutNull(view)}
	}
	text, err := json.Marshal(what)
	if err != nil {
		return err
	}
	return withTimeout(ctx, func(ctx context.Context) error { return conn.Write(ctx, websocket.MessageText, text) })
}

func withTimeout(ctx context.Context, f func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, sendTime)
	defer cancel()
	return f(ctx)
}

// withoutNull makes empty lists of nil ones, so that pages need not tell them apart. The view's owner keeps its own.
func withoutNull(v fact.DeskView) fact.DeskView {
	if v.Queues == nil {
		v.Queues = []fact.QueueView{}
	}
	if v.Call != nil && v.Call.Timeline == nil {
		call := *v.Call
		call.Timeline = []fact.EventView{}
		v.Call = &call
	}
	if v.WrapUp != nil && v.WrapUp.Dispositions == nil {
		wrapUp := *v.WrapUp
		wrapUp.Dispositions = []string{}
		v.WrapUp = &wrapUp
	}
	return v
}

// sip hands a WebSocket to the SIP room. The request's context ends with the session.
func (s *Server) sip(w http.ResponseWriter, r *http.Request) {
	if s.opt.SIP == nil {
		refuse(w, http.StatusNotFound, "There is no SIP here.")
		return
	}
	if !sameOrigin(r) {
		refuse(w, http.StatusForbidden, "This request comes from another site.")
		return
	}
	v := visitorOf(r.Context())
	if !s.live.hold(v.live) {
		refuse(w, http.StatusTooManyRequests, "This login has too many connections open.")
		return
	}
	defer s.live.release(v.live)
	s.hijacked.Add(1)
	defer s.hijacked.Done()
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	defer context.AfterFunc(v.live.ended, cancel)()
	defer context.AfterFunc(s.closing, cancel)()
	s.opt.SIP.ServeHTTP(w, r.WithContext(ctx))
}
