package sip

import (
	"net"
	"net/netip"
	"strings"

	"mediasrv/sip/dialog"
	"mediasrv/sip/transaction"

	"github.com/emiago/sipgo/sip"
)

// realm is the name that phones log in to and that our own addresses end in.
const realm = "mediasrv"

// place is how we are named towards a flow's peer, in Via and Contact.
func (s *Stack) place(f transaction.Flow) dialog.Place {
	if f.WebSocket() {
		return dialog.Place{Host: realm + ".invalid", Params: sip.HeaderParams{{K: "transport", V: "ws"}}}
	}
	p := dialog.Place{Host: s.advertised(f).String()}
	switch a := f.Local().(type) {
	case *net.UDPAddr:
		p.Port = a.Port
	case *net.TCPAddr:
		p.Port = a.Port
		p.Params = sip.HeaderParams{{K: "transport", V: strings.ToLower(f.Transport)}}
	}
	return p
}

// advertised is our address as the peer can reach it: the socket's own, the public one for peers that aren't in a private network, or
// the one that the system would send from.
func (s *Stack) advertised(f transaction.Flow) netip.Addr {
	peer := f.Remote.Addr()
	if s.public.IsValid() && !peer.IsPrivate() && !peer.IsLoopback() && !peer.IsLinkLocalUnicast() {
		return s.public
	}
	if own, err := netip.ParseAddrPort(f.Local().String()); err == nil && !own.Addr().IsUnspecified() {
		return own.Addr().Unmap()
	}
	c, err := net.Dial("udp", netip.AddrPortFrom(peer, 9).String()) // sends nothing
	if err != nil {
		return netip.AddrFrom4([4]byte{127, 0, 0, 1})
	}
	defer c.Close() //nolint:errcheck // nothing was sent
	if own, err := netip.ParseAddrPort(c.LocalAddr().String()); err == nil {
		return own.Addr().Unmap()
	}
	return peer
}
