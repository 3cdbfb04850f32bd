package transaction

import (
	"crypto/rand"
	"net"
	"time"

	"github.com/emiago/sipgo/sip"
)

// Server is a server transaction. Its methods are called on its queue.
type Server struct {
	Request *sip.Request // the local tag is in its To
	Flow    Flow
	Fault   *Fault // what is wrong with the request; nil: nothing
	Queue   *Queue
	Arrived time.Time // when it was read

	conn   sip.Connection
	tx     *sip.ServerTx
	key    string
	made   string // the tag that we wrote into To; empty: the request had one
	status int    // of the last response
	acked  bool
	over   bool
	retire *time.Timer
}

// serve begins a server transaction. The local tag is written into the request's To before anything is answered, so that every
// response has the same one, sipgo's own 100 too.
func (q *Queue) serve(flow Flow, req *sip.Request, tag string) (*Server, error) {
	conn := backOf(q.table, flow, req)
	if conn == nil {
		return nil, ErrFlowGone
	}
	s := &Server{Request: req, Flow: flow, Queue: q, key: serverKey(req, req.Method), conn: conn}
	if !req.To().Params.Has("tag") {
		req.To().Params.Add("tag", tag)
		s.made = tag
	}
	s.tx = sip.NewServerTx(s.key, req, conn, q.table.quiet)
	s.tx.OnTerminate(s.ended)
	q.table.hold(q)
	q.servers[s.key] = s
	return s, s.tx.Init()
}

func (t *Table) hold(q *Queue) {
	t.mu.Lock()
	q.refs++
	t.mu.Unlock()
}

// ended is called under sipgo's lock.
func (s *Server) ended(string, error) {
	s.Queue.Do(func() {
		delete(s.Queue.servers, s.key)
		if s.Request.IsInvite() && s.status >= 200 && s.status < 300 {
			s.Queue.accepted[s.key] = true
		}
		if s.over = true; s.retire != nil {
			s.retire.Stop()
		}
		s.Queue.Release()
	})
}

// LocalTag is the tag in the To header.
func (s *Server) LocalTag() string { return ToTag(s.Request) }

// InDialog says whether the request came with a tag in To.
func (s *Server) InDialog() bool { return s.made == "" }

// Status is that of the last response; 0: none yet.
func (s *Server) Status() int { return s.status }

// Reply answers without a body.
func (s *Server) Reply(code int, phrase string, headers ...sip.Header) error {
	res := s.Response(code, phrase, nil)
	for _, h := range headers {
		res.AppendHeader(h)
	}
	return s.Respond(res)
}

// Response makes a response to the request; it goes to where the request came from.
func (s *Server) Response(code int, phrase string, body []byte) *sip.Response {
	res := sip.NewResponseFromRequest(s.Request, code, phrase, body)
	res.SipVersion = "SIP/2.0" // whatever the request says
	if via := res.Via(); via != nil && !via.Params.Has("received") {
		if host, _, err := net.SplitHostPort(s.Request.Source()); err == nil && host != via.Host {
			via.Params.Add("received", host) // RFC 3261, 18.2.1
		}
	}
	return res
}

// Respond sends a response. An error means that it couldn't be sent, and the transaction is over.
func (s *Server) Respond(res *sip.Response) error {
	if s.status < 200 || res.IsSuccess() {
		s.status = res.StatusCode
	}
	if s.over {
		return s.conn.WriteMsg(res) // a 2xx to INVITE is repeated longer
	}
	return s.tx.Respond(res)
}

// Drop ends the transaction without an answer.
func (s *Server) Drop() { s.tx.Terminate() }

// linger is how long an answered transaction takes repetitions.
const linger = 5 * time.Second

// Retire ends the transaction of a BYE earlier than RFC 3261 has it (32 s); if it comes again it gets 481, which ends it as well.
func (s *Server) Retire() {
	if s.retire == nil && !s.over {
		s.retire = time.AfterFunc(linger, func() { s.Queue.Do(s.tx.Terminate) })
	}
}

func (s *Server) repeated(req *sip.Request) { _ = s.tx.Receive(req) }

// acknowledged takes the first ACK. sipgo hands it to a goroutine of its own, which waits for us.
func (s *Server) acknowledged(req *sip.Request) {
	if s.acked {
		return
	}
	s.acked = true
	_ = s.tx.Receive(req)
	select {
	case <-s.tx.Acks():
	case <-s.tx.Done():
	}
}

func newTag() string { return rand.Text()[:16] }
