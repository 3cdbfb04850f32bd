package transaction

import (
	"bytes"
	"context"
	"net/netip"
	"time"

	"github.com/emiago/sipgo/sip"
)

// A request that is larger goes by TCP (RFC 3261, 18.1.1: within 200 bytes of the path MTU, which is not known), so that it isn't
// fragmented; responses never, they go where the request came from.
const largest = 1300

const (
	tryTCP    = 2 * time.Second  // a peer that has no TCP mostly says so at once; some drop it silently
	noTCPFor  = 10 * time.Minute // how long that is believed
	mostNoTCP = 1024
)

// large says whether a request is too large for its flow's UDP, and by which TCP connection it could go.
func (q *Queue) large(req *sip.Request, flow Flow) (Flow, bool) {
	if flow.Reliable() || flow.NoDial || flow.listener == nil || length(req) <= largest {
		return Flow{}, false
	}
	t := q.table
	t.mu.Lock()
	defer t.mu.Unlock()
	if time.Now().Before(t.deaf[flow.Remote]) {
		return Flow{}, false
	}
	for _, l := range t.listeners {
		if l.transport == "TCP" && sameHost(l, flow.listener) {
			return l.Flow(flow.Remote), true
		}
	}
	return Flow{}, false
}

// sameHost says whether two listeners are of the same address, so that the peer sees one of us.
func sameHost(a, b *Listener) bool {
	x, errX := netip.ParseAddrPort(a.addr.String())
	y, errY := netip.ParseAddrPort(b.addr.String())
	return errX == nil && errY == nil && x.Addr().Unmap() == y.Addr().Unmap()
}

// byTCP connects for a large request and changes its Via to match; false: the peer has no TCP.
func (q *Queue) byTCP(req *sip.Request, flow, tcp Flow) (sip.Connection, bool) {
	ctx, cancel := context.WithTimeout(context.Background(), tryTCP)
	defer cancel()
	conn, err := tcp.ask(ctx, req)
	if err != nil {
		q.table.hasNoTCP(flow.Remote)
		q.table.log.Info("sip: a large request goes by UDP, the peer takes no TCP", "to", flow.Remote.String(), "err", err)
		return nil, false
	}
	if via := req.Via(); via != nil {
		via.Transport = "TCP"
		if at, ok := addrPort(tcp.Local()); ok && via.Port != 0 {
			via.Port = int(at.Port())
		}
	}
	return conn, true
}

func (t *Table) hasNoTCP(remote netip.AddrPort) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.deaf) >= mostNoTCP {
		clear(t.deaf) // it costs a try each
	}
	t.deaf[remote] = time.Now().Add(noTCPFor)
}

// length is how long a message is as text.
func length(msg sip.Message) int {
	b, _ := texts.Get().(*bytes.Buffer)
	defer texts.Put(b)
	b.Reset()
	msg.StringWrite(b)
	return b.Len()
}
