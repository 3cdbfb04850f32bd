package rtp

import (
	"net/netip"
	"time"
)

// How long a source must be silent before another port of its address may follow it (a NAT gave it a new one), and how long the
// source before a re-negotiation is still heard until another comes.
const (
	latchSilence = int64(300 * time.Millisecond)
	latchGrace   = int64(500 * time.Millisecond)
)

// Latch decides whose packets are taken, and where ours go: against RTP bleed and injection. A stranger is dropped without a trace
// on what is known. It is plain data of one worker; times are in ns.
type Latch struct {
	remote  netip.AddrPort // what SDP says
	source  netip.AddrPort // who is latched on; invalid: nobody
	free    bool           // any source may be latched on, not only the remote's address
	heard   int64          // when source last spoke
	waiting int64          // until when another source may take over after a re-negotiation; 0: not
}

// Expect tells where signalling says that the peer is. free allows to latch on any source: the peer may be behind NAT. The address that hold uses
// (0.0.0.0, RFC 3264, 8.4) and one that didn't change keep the source.
func (l *Latch) Expect(remote netip.AddrPort, free bool, now int64) {
	l.free = free
	remote = netip.AddrPortFrom(remote.Addr().Unmap(), remote.Port())
	if !remote.IsValid() || remote.Addr().IsUnspecified() || remote.Port() == 0 || remote == l.remote {
		return
	}
	l.remote = remote
	switch {
	case !l.source.IsValid():
	case free:
		l.waiting = now + latchGrace
	case l.source.Addr() != remote.Addr():
		l.source = netip.AddrPort{}
	default:
		l.heard = now - latchSilence // the same address: any port of it
	}
}

// Accept says whether a valid packet's source is the peer, and remembers it.
func (l *Latch) Accept(from netip.AddrPort, now int64) bool {
	switch {
	case from == l.source:
		if l.waiting != 0 && now > l.waiting {
			l.waiting = 0
		}
	case !l.source.IsValid(), l.waiting != 0:
		if !l.free && from.Addr() != l.remote.Addr() {
			return false
		}
		l.source, l.waiting = from, 0
	case from.Addr() == l.source.Addr() && now-l.heard >= latchSilence:
		l.source = from
	default:
		return false
	}
	l.heard = now
	return true
}

// Might says whether Accept would take a packet from there.
func (l *Latch) Might(from netip.AddrPort, now int64) bool {
	c := *l
	return c.Accept(from, now)
}

// Source is who is latched on; false if nobody is.
func (l *Latch) Source() (netip.AddrPort, bool) { return l.source, l.source.IsValid() }

// Sure is the one address that packets come from and go to, and no other may take its place now; false if there is none.
func (l *Latch) Sure() (netip.AddrPort, bool) {
	return l.source, l.source.IsValid() && l.waiting == 0 && l.Target() == l.source
}

// Silent says whether the source has been silent so long that another port of its address may follow it.
func (l *Latch) Silent(now int64) bool { return now-l.heard >= latchSilence }

// Target is where our packets go; invalid while nobody knows.
func (l *Latch) Target() netip.AddrPort {
	if l.free && l.source.IsValid() && l.waiting == 0 {
		return l.source
	}
	return l.remote
}
