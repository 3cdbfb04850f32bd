package sip

import (
	"bytes"
	"context"
	"errors"
	"net"
	"net/http"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"mediasrv/sip/transaction"

	"github.com/coder/websocket"
	"github.com/emiago/sipgo/sip"
	"github.com/google/uuid"
)

// Limits of a browser's connection.
const (
	wsReadLimit = 64 << 10
	wsWaiting   = 64 // messages that wait to be written; a browser that reads no more is let go
	wsPing      = 25 * time.Second
	wsPatience  = 10 * time.Second // for a pong, for a write
)

// WebSocket serves browsers' phones (RFC 7118). Its user checks the login and the Origin first.
func (s *Stack) WebSocket() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c, err := websocket.Accept(w, r, &websocket.AcceptOptions{
			Subprotocols: []string{"sip"}, InsecureSkipVerify: true, // the Origin is checked by whoever mounts this
		})
		if err != nil {
			return // Accept has answered
		}
		if c.Subprotocol() != "sip" {
			_ = c.Close(websocket.StatusPolicyViolation, "subprotocol must be sip")
			return
		}
		s.browse(c, r)
	})
}

func (s *Stack) browse(c *websocket.Conn, r *http.Request) {
	c.SetReadLimit(wsReadLimit)
	remote, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		remote = netip.AddrPortFrom(netip.IPv6Unspecified(), 0)
	}
	transport := "WS"
	if r.TLS != nil {
		transport = "WSS"
	}
	ctx, cancel := context.WithCancel(context.Background()) // the connection is hijacked: the request's context says nothing about it
	b := &browser{ws: c, ctx: ctx, cancel: cancel, out: make(chan []byte, wsWaiting), local: s.webAddr(r)}
	flow := transaction.NewFlow("ws/"+uuid.NewString(), transport, remote, b)
	if !s.enter(b) {
		_ = c.Close(websocket.StatusGoingAway, "shutting down")
		cancel()
		return
	}
	var both sync.WaitGroup
	both.Go(b.write)
	both.Go(b.ping)
	b.read(func(msg sip.Message) {
		msg.SetTransport(transport)
		msg.SetSource(remote.String())
		s.table.Receive(flow, msg)
	})
	b.stop()
	both.Wait()
	_ = c.CloseNow()
	s.mu.Lock()
	delete(s.browsers, b)
	s.mu.Unlock()
	s.Closed(flow)
}

func (s *Stack) enter(b *browser) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return false
	}
	s.browsers[b] = struct{}{}
	return true
}

func (s *Stack) webAddr(r *http.Request) net.Addr {
	if a, ok := r.Context().Value(http.LocalAddrContextKey).(net.Addr); ok {
		return a
	}
	return &net.TCPAddr{}
}

// browser is one connection; it is a transport of its own (transaction.Conn), because sipgo's upgrades in its accept loop, dies of pings
// and drops fragments.
type browser struct {
	ws     *websocket.Conn
	ctx    context.Context //nolint:containedctx // it is the connection's life
	cancel context.CancelFunc
	out    chan []byte
	local  net.Addr
	gone   atomic.Bool
}

var _ transaction.Conn = (*browser)(nil)

var errSlowBrowser = errors.New("sip: the browser reads no more")

// read parses messages until the connection ends. A message that can't be parsed is dropped.
func (b *browser) read(take func(sip.Message)) {
	parser := sip.NewParser()
	for {
		_, data, err := b.ws.Read(b.ctx)
		if err != nil {
			return
		}
		if trimmed := bytes.Trim(data, "\r\n\x00"); len(trimmed) == 0 {
			if bytes.Equal(data, []byte("\r\n\r\n")) { // RFC 5626, 3.5.1
				_ = b.send([]byte("\r\n"))
			}
			continue
		}
		if msg, err := parser.ParseSIP(data); err == nil {
			take(msg)
		}
	}
}

func (b *browser) write() {
	for {
		select {
		case data := <-b.out:
			ctx, cancel := context.WithTimeout(b.ctx, wsPatience)
			err := b.ws.Write(ctx, websocket.MessageText, data)
			cancel()
			if err != nil {
				b.stop()
				return
			}
		case <-b.ctx.Done():
			return
		}
	}
}

// ping finds browsers that have vanished.
func (b *browser) ping() {
	tick := time.NewTicker(wsPing)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
		case <-b.ctx.Done():
			return
		}
		ctx, cancel := context.WithTimeout(b.ctx, wsPatience)
		err := b.ws.Ping(ctx)
		cancel()
		if err != nil {
			b.stop()
			return
		}
	}
}

// stop ends the connection; read returns soon.
func (b *browser) stop() {
	b.gone.Store(true)
	b.cancel()
}

func (b *browser) send(data []byte) error {
	if b.gone.Load() {
		return transaction.ErrFlowGone
	}
	select {
	case b.out <- data:
		return nil
	default:
		b.stop()
		return errSlowBrowser
	}
}

// WriteMsg implements sip.Connection. It doesn't block.
func (b *browser) WriteMsg(msg sip.Message) error { return b.send([]byte(msg.String())) }

// LocalAddr implements sip.Connection.
func (b *browser) LocalAddr() net.Addr { return b.local }

// Ref implements sip.Connection; the connection's life doesn't depend on it.
func (b *browser) Ref(int) int { return 1 }

// TryClose implements sip.Connection; see Ref.
func (b *browser) TryClose() (int, error) { return 1, nil }

// Close implements sip.Connection.
func (b *browser) Close() error { b.stop(); return nil }

// Gone implements transaction.Conn.
func (b *browser) Gone() bool { return b.gone.Load() }
