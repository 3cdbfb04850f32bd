package transaction

import (
	"context"
	"net"
	"net/netip"

	"github.com/emiago/sipgo/sip"
)

// back is the way of a server transaction's answers (sip.Connection): the connection that the request came by, or, when that has ended while
// a call of the peer's lives, a new one to the address in its Via (RFC 3261, 18.2.2).
type back struct {
	table *Table
	flow  Flow
}

// backOf is the way of the answers to a request.
func backOf(t *Table, flow Flow, req *sip.Request) sip.Connection {
	if !flow.Reliable() || flow.conn != nil {
		conn, err := flow.answer()
		if err != nil {
			return nil
		}
		return conn
	}
	port := sip.DefaultPort(flow.Transport)
	if via := req.Via(); via != nil && via.Port != 0 {
		port = via.Port
	}
	return back{t, flow.Or(netip.AddrPortFrom(flow.Remote.Addr(), uint16(port)))} //nolint:gosec // the parser bounds it
}

// WriteMsg implements sip.Connection. It doesn't block.
func (b back) WriteMsg(msg sip.Message) error {
	conn, err := b.flow.answer()
	if err == nil {
		return conn.WriteMsg(msg)
	}
	if !b.flow.spare.IsValid() || !b.table.knows(b.flow.Remote.Addr()) {
		return err
	}
	b.table.running.Go(func() {
		s, err := b.flow.listener.streams.dial(context.Background(), b.flow.listener.Secure(b.flow.spare, b.flow.Trunk, b.flow.Host))
		if err == nil {
			err = s.WriteMsg(msg)
		}
		if err != nil {
			b.table.log.Info("sip: an answer is lost with its connection", "to", b.flow.spare.String(), "err", err)
		}
	})
	return nil
}

// LocalAddr implements sip.Connection.
func (b back) LocalAddr() net.Addr { return b.flow.Local() }

// Ref implements sip.Connection; nothing depends on it.
func (back) Ref(int) int { return 1 }

// TryClose implements sip.Connection; see Ref.
func (back) TryClose() (int, error) { return 1, nil }

// Close implements sip.Connection; see Ref.
func (back) Close() error { return nil }
