package trunk

import (
	"net/netip"
	"testing"

	"mediasrv/config"
)

func set(t *testing.T) *Set {
	t.Helper()
	return New(&config.Config{Company: config.Company{Country: "JP"}, Trunks: map[string]*config.Trunk{
		"a":    {Name: "a", Addresses: []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")}, MaxCalls: 2},
		"both": {Name: "both", Addresses: []netip.Prefix{netip.MustParsePrefix("198.51.100.0/24")}, Username: "u", Password: "p"},
	}}, "mediasrv")
}

func TestTrunks(t *testing.T) {
	s := set(t)
	addr := netip.MustParseAddr
	if a := s.At(addr("::ffff:192.0.2.9")); a == nil || a.Name != "a" || s.At(addr("198.51.100.1")) != nil || s.At(addr("203.0.113.1")) != nil {
		t.Error("At")
	}
	if !s.Allowed(addr("198.51.100.1")) || s.Allowed(addr("203.0.113.1")) || !s.Names("u") || s.Names("") {
		t.Error("Allowed, Names")
	}
	if tr, _ := s.Login("u", addr("198.51.100.1")); tr == nil {
		t.Error("login from the right address")
	}
	if tr, _ := s.Login("u", addr("203.0.113.1")); tr != nil {
		t.Error("login from another address")
	}
}
