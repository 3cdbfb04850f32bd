package transaction

import (
	"context"
	"errors"
	"fmt"

	"github.com/emiago/sipgo/sip"
)

// ErrTimeout means that no answer came.
var ErrTimeout = errors.New("transaction: no answer")

// ErrTransport means that the request could not be sent.
var ErrTransport = errors.New("transaction: can't send")

// Client is a client transaction.
type Client struct {
	Request *sip.Request
	Flow    Flow
	queue   *Queue
	key     string
	tx      *sip.ClientTx
	on      func(*sip.Response, error)
	forget  func()
	alone   func() // stops hearing of the connection's end
	branch  string // of an INVITE
	status  int    // of the last response
	given   bool   // up, maybe before there was a connection
	cut     bool   // the connection ended before anything was answered
}

// Send sends a request of the queue's Call-ID. It doesn't block. on is called on the queue for each response, also for repeated and
// forked 2xx; or, if no final response came, once with an error. The ACK of a non-2xx is sent by the transaction.
// Called on the queue.
func (q *Queue) Send(req *sip.Request, flow Flow, on func(*sip.Response, error)) *Client {
	c := &Client{Request: req, Flow: flow, queue: q, on: on}
	c.key, _ = sip.ClientTxKeyMake(req)
	c.forget = q.table.Know(flow.Remote.Addr())
	if req.IsInvite() {
		c.branch, _ = req.Via().Params.Get("branch")
		q.table.asks(c.branch)
	}
	q.table.hold(q)
	tcp, large := q.large(req, flow)
	if flow.connected() && !large {
		conn, err := flow.ask(context.Background(), req)
		c.begin(conn, err)
		return c
	}
	q.table.running.Go(func() { // a connection must be made: nobody waits for it
		var conn sip.Connection
		var err error
		if large {
			if conn, large = q.byTCP(req, flow, tcp); large {
				q.Do(func() { c.Flow = tcp; c.begin(conn, nil) })
				return
			}
		}
		conn, err = flow.ask(context.Background(), req)
		q.Do(func() { c.begin(conn, err) })
	})
	return c
}

func (c *Client) begin(conn sip.Connection, err error) {
	if err != nil {
		c.failed(fmt.Errorf("%w: %w", ErrTransport, err))
		return
	}
	if c.given {
		c.failed(ErrTimeout)
		return
	}
	q := c.queue
	c.tx = sip.NewClientTx(c.key, c.Request, conn, q.table.quiet)
	if c.Request.IsInvite() {
		c.tx.OnRetransmission(func(res *sip.Response) { q.Do(func() { c.on(res, nil) }) })
	}
	q.clients[c.key] = c
	if s, ok := conn.(*stream); ok {
		c.alone = s.onGone(func() { q.Do(c.orphaned) })
	}
	if err := c.tx.Init(); err != nil {
		c.tx.Terminate()
		delete(q.clients, c.key)
		c.failed(fmt.Errorf("%w: %w", ErrTransport, err))
		return
	}
	q.table.running.Go(c.pump)
}

// orphaned ends a transaction whose connection has ended before it was answered. One that has a provisional response waits on: its peer may
// connect to us (RFC 3261, 18.2.2).
func (c *Client) orphaned() {
	if c.status == 0 && c.queue.clients[c.key] == c {
		c.cut = true
		c.tx.Terminate()
	}
}

// failed ends a transaction that never began.
func (c *Client) failed(err error) {
	c.queue.Do(func() {
		c.on(nil, err)
		c.release()
	})
}

func (c *Client) release() {
	if c.alone != nil {
		c.alone()
	}
	if c.branch != "" {
		c.queue.table.asked(c.branch)
	}
	c.forget()
	c.queue.Release()
}

// pump carries responses from sipgo's transaction to the queue, in order, until the transaction ends.
func (c *Client) pump() {
	for {
		select {
		case res := <-c.tx.Responses():
			c.queue.Do(func() {
				c.status = res.StatusCode
				c.on(res, nil)
				if c.status >= 200 && !c.Request.IsInvite() {
					c.tx.Terminate() // sipgo would keep it for 32 s; a repeated answer means nothing to anybody
				}
			})
		case <-c.tx.Done():
			err := c.tx.Err()
			c.queue.Do(func() { c.ended(err) })
			return
		}
	}
}

func (c *Client) ended(err error) {
	delete(c.queue.clients, c.key)
	switch {
	case c.status >= 200:
	case c.cut:
		c.on(nil, fmt.Errorf("%w: the connection ended: %w", ErrTransport, ErrFlowGone))
	case errors.Is(err, sip.ErrTransactionTimeout):
		c.on(nil, ErrTimeout)
	default:
		c.on(nil, fmt.Errorf("%w: %w", ErrTransport, err))
	}
	c.release()
}

// receive takes a response from the transport. sipgo waits 4 s under its lock before it acknowledges a repeated failure, so that is
// done here.
func (c *Client) receive(res *sip.Response) {
	if c.Request.IsInvite() && c.status >= 300 {
		if res.StatusCode >= 300 {
			c.queue.Write(ackOf(c.Request, res), c.Flow)
		}
		return
	}
	c.tx.Receive(res)
}

// Give ends the transaction without waiting for an answer.
func (c *Client) Give() {
	c.given = true
	if c.tx != nil {
		c.tx.Terminate()
	}
}

// Write sends a request that has no transaction: the ACK of a 2xx. It doesn't block.
func (q *Queue) Write(req *sip.Request, flow Flow) {
	tcp, large := q.large(req, flow)
	if flow.connected() && !large {
		q.write(flow.ask(context.Background(), req))(req)
		return
	}
	q.table.running.Go(func() {
		if large {
			if conn, ok := q.byTCP(req, flow, tcp); ok {
				q.write(conn, nil)(req)
				return
			}
		}
		q.write(flow.ask(context.Background(), req))(req)
	})
}

// write takes what Flow.ask returns.
func (q *Queue) write(conn sip.Connection, err error) func(*sip.Request) {
	return func(req *sip.Request) {
		if err == nil {
			err = conn.WriteMsg(req)
		}
		if err != nil {
			q.table.log.Info("sip: can't send", "method", req.Method.String(), "sip", q.id, "err", err)
		}
	}
}

// ackOf acknowledges a failure (RFC 3261, 17.1.1.3).
func ackOf(invite *sip.Request, res *sip.Response) *sip.Request {
	ack := sip.NewRequest(sip.ACK, *invite.Recipient.Clone())
	ack.AppendHeader(invite.Via().Clone())
	sip.CopyHeaders("Route", invite, ack)
	maxForwards := sip.MaxForwardsHeader(70)
	ack.AppendHeader(&maxForwards)
	ack.AppendHeader(sip.HeaderClone(invite.From()))
	ack.AppendHeader(sip.HeaderClone(res.To()))
	ack.AppendHeader(sip.HeaderClone(invite.CallID()))
	ack.AppendHeader(&sip.CSeqHeader{SeqNo: invite.CSeq().SeqNo, MethodName: sip.ACK})
	ack.SetBody(nil)
	return ack
}
