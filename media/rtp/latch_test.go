package rtp

import (
	"net/netip"
	"testing"
	"time"
)

func TestLatch(t *testing.T) {
	peer, natted, moved := netip.MustParseAddrPort("192.0.2.1:4000"), netip.MustParseAddrPort("198.51.100.7:31000"), netip.MustParseAddrPort("198.51.100.7:31002")
	stranger, other := netip.MustParseAddrPort("203.0.113.9:666"), netip.MustParseAddrPort("192.0.2.2:5000")
	hold := netip.MustParseAddrPort("0.0.0.0:9")
	type step struct {
		at     time.Duration
		expect netip.AddrPort
		from   netip.AddrPort
		ok     bool
		target netip.AddrPort
	}
	for _, c := range []struct {
		name  string
		free  bool
		steps []step
	}{
		{"first valid packet wins, strangers never", true, []step{
			{at: 0, expect: peer, target: peer},
			{at: 10, from: natted, ok: true, target: natted},
			{at: 20, from: stranger, ok: false, target: natted},
			{at: 5000, from: stranger, ok: false, target: natted},
			{at: 5020, from: natted, ok: true, target: natted},
		}},
		{"new port of the same address after silence", true, []step{
			{at: 0, expect: peer, target: peer},
			{at: 10, from: natted, ok: true, target: natted},
			{at: 200, from: moved, ok: false, target: natted},
			{at: 310, from: moved, ok: true, target: moved},
			{at: 320, from: natted, ok: false, target: moved},
		}},
		{"another remote lets another source in", true, []step{
			{at: 0, expect: peer, target: peer},
			{at: 10, from: natted, ok: true, target: natted},
			{at: 1000, expect: other, target: other},
			{at: 1010, from: natted, ok: true, target: other}, // its last packets are still heard
			{at: 1020, from: other, ok: true, target: other},
			{at: 1030, from: natted, ok: false, target: other},
			{at: 1040, from: stranger, ok: false, target: other},
		}},
		{"another remote, but the same source goes on", true, []step{
			{at: 0, expect: peer, target: peer},
			{at: 10, from: natted, ok: true, target: natted},
			{at: 1000, expect: other, target: other},
			{at: 1490, from: natted, ok: true, target: other},
			{at: 1510, from: natted, ok: true, target: natted},
			{at: 1520, from: stranger, ok: false, target: natted},
		}},
		{"hold's address changes nothing", true, []step{
			{at: 0, expect: peer, target: peer},
			{at: 10, from: natted, ok: true, target: natted},
			{at: 20, expect: hold, target: natted},
			{at: 30, from: stranger, ok: false, target: natted},
			{at: 40, expect: peer, target: natted},
			{at: 50, from: stranger, ok: false, target: natted},
		}},
		{"strict: only the address that SDP says, any port", false, []step{
			{at: 0, expect: peer, target: peer},
			{at: 10, from: natted, ok: false, target: peer},
			{at: 20, from: netip.AddrPortFrom(peer.Addr(), 4444), ok: true, target: peer},
			{at: 30, from: peer, ok: false, target: peer},
			{at: 1000, expect: other, target: other},
			{at: 1010, from: peer, ok: false, target: other},
			{at: 1020, from: other, ok: true, target: other},
		}},
		{"nobody is known", true, []step{{at: 0}, {at: 10, from: natted, ok: true, target: natted}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var l Latch
			for i, s := range c.steps {
				now := int64(s.at * time.Millisecond)
				if s.from.IsValid() {
					if ok := l.Accept(s.from, now); ok != s.ok {
						t.Errorf("step %d: %v accepted: %v", i, s.from, ok)
					}
				} else {
					l.Expect(s.expect, c.free, now)
				}
				if got := l.Target(); got != s.target {
					t.Errorf("step %d: our packets go to %v, want %v", i, got, s.target)
				}
			}
		})
	}
}
