package ban

import (
	"net/netip"
	"testing"
	"time"
)

var start = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

func rules() Rules { return Rules{Failures: 3, Within: 10 * time.Minute, For: time.Hour} }

func TestBanAfterFailures(t *testing.T) {
	b, a, other := New(rules()), netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("192.0.2.2")
	for i := range 2 {
		if b.Failed(a, start.Add(time.Duration(i)*time.Second)) || b.Banned(a, start) {
			t.Fatal("banned too early")
		}
	}
	if !b.Failed(a, start.Add(2*time.Second)) {
		t.Error("the third failure doesn't ban")
	}
	if b.Failed(a, start.Add(3*time.Second)) {
		t.Error("a ban is reported twice")
	}
	if !b.Banned(netip.MustParseAddr("::ffff:192.0.2.1"), start.Add(time.Minute)) || b.Banned(other, start.Add(time.Minute)) {
		t.Error("another address is banned")
	}
	if n, bans, failed := b.Stats(start.Add(time.Minute)); n != 1 || bans != 1 || failed != 4 {
		t.Error(n, bans, failed)
	}
	if b.Banned(a, start.Add(time.Hour+2*time.Second)) {
		t.Error("the ban doesn't end")
	}
}

func TestFailuresAreForgotten(t *testing.T) {
	b, a := New(rules()), netip.MustParseAddr("192.0.2.1")
	b.Failed(a, start)
	b.Failed(a, start)
	if b.Failed(a, start.Add(10*time.Minute)) {
		t.Error("old failures count")
	}
	b.Failed(a, start.Add(11*time.Minute))
	b.Forgive(a, start.Add(11*time.Minute))
	if b.Failed(a, start.Add(11*time.Minute)) {
		t.Error("a good login forgives nothing")
	}
}

func TestForgiveLiftsNoBan(t *testing.T) {
	b, a := New(rules()), netip.MustParseAddr("192.0.2.1")
	for range 3 {
		b.Failed(a, start)
	}
	if b.Forgive(a, start); !b.Banned(a, start) {
		t.Error("lifted")
	}
}

func TestNeverBan(t *testing.T) {
	b, a := New(Rules{}), netip.MustParseAddr("192.0.2.1")
	for range 1000 {
		if b.Failed(a, start) || b.Banned(a, start) {
			t.Fatal("banned")
		}
	}
}

// A host with IPv6 has 2^64 addresses: they are one.
func TestIPv6Network(t *testing.T) {
	b := New(rules())
	for _, a := range []string{"2001:db8::1", "2001:db8::2", "2001:db8::3%eth0"} {
		b.Failed(netip.MustParseAddr(a), start)
	}
	if !b.Banned(netip.MustParseAddr("2001:db8::99"), start) || b.Banned(netip.MustParseAddr("2001:db8:0:1::1"), start) {
		t.Error("not the /64")
	}
}

// The table is bounded, and a flood of single failures doesn't lift a ban.
func TestBounded(t *testing.T) {
	b, bad := New(rules()), netip.MustParseAddr("192.0.2.1")
	for range 3 {
		b.Failed(bad, start)
	}
	addr := netip.MustParseAddr("10.0.0.0")
	for range 3 * most {
		addr = addr.Next()
		b.Failed(addr, start.Add(time.Second))
	}
	if len(b.all) != most {
		t.Error("records:", len(b.all))
	}
	if !b.Banned(bad, start.Add(time.Second)) {
		t.Error("the flood lifted the ban")
	}
	n := 0
	for r := b.oldest; r != nil; r = r.newer {
		n++
	}
	if n != most {
		t.Error("the list has", n)
	}
}

// A table full of bans still takes new ones.
func TestFullOfBans(t *testing.T) {
	b := New(Rules{Failures: 1, Within: time.Minute, For: time.Hour})
	addr := netip.MustParseAddr("10.0.0.0")
	for range most + 10 {
		addr = addr.Next()
		if !b.Failed(addr, start) {
			t.Fatal("not banned")
		}
	}
	if len(b.all) != most || !b.Banned(addr, start) {
		t.Error(len(b.all))
	}
}

func TestInvalidAddress(t *testing.T) {
	b := New(rules())
	b.Failed(netip.Addr{}, start)
	if b.Banned(netip.Addr{}, start) {
		t.Error("banned")
	}
}
