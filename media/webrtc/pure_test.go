package webrtc

import (
	"net/netip"
	"slices"
	"strings"
	"testing"
)

func TestStates(t *testing.T) {
	//                   checked     alive      keyed      silent broken
	want := [][]State{
		New:        {Connecting, Connected, Connected, Lost, Failed},
		Connecting: {Connecting, Connected, Connected, Lost, Failed},
		Connected:  {Connected, Connected, Connected, Lost, Failed},
		Lost:       {Connecting, Connected, Lost, Lost, Failed},
		Failed:     {Failed, Failed, Failed, Failed, Failed},
	}
	for s, row := range want {
		for e, next := range row {
			if got := State(s).on(event(e)); got != next {
				t.Errorf("%v on %d: %v, want %v", State(s), e, got, next)
			}
		}
	}
}

func TestCandidates(t *testing.T) {
	addrs := func(s string) []netip.Addr {
		var list []netip.Addr
		for a := range strings.FieldsSeq(s) {
			list = append(list, netip.MustParseAddr(a))
		}
		return list
	}
	machine := addrs("127.0.0.1 ::1 10.0.0.5 fe80::1 2001:db8::5 169.254.3.4 172.17.0.1")
	for name, c := range map[string]struct {
		bound, public string
		machine       []netip.Addr
		want          string
	}{
		"IPv4 wildcard":       {"0.0.0.0:7", "", machine, "10.0.0.5 172.17.0.1 127.0.0.1"},
		"both":                {"[::]:7", "", machine, "10.0.0.5 172.17.0.1 2001:db8::5 127.0.0.1 ::1"},
		"public address":      {"0.0.0.0:7", "198.51.100.9", machine, "10.0.0.5 172.17.0.1 198.51.100.9 127.0.0.1"},
		"public is our own":   {"0.0.0.0:7", "10.0.0.5", machine, "10.0.0.5 172.17.0.1 127.0.0.1"},
		"bound":               {"10.0.0.5:7", "", machine, "10.0.0.5"},
		"bound to loopback":   {"127.0.0.1:7", "", machine, "127.0.0.1"},
		"bound, not listed":   {"10.9.9.9:7", "198.51.100.9", machine, "10.9.9.9 198.51.100.9"},
		"loopback is all":     {"0.0.0.0:7", "", addrs("127.0.0.1"), "127.0.0.1"},
		"no interfaces known": {"0.0.0.0:7", "198.51.100.9", nil, "198.51.100.9"},
	} {
		t.Run(name, func(t *testing.T) {
			var public netip.Addr
			if c.public != "" {
				public = netip.MustParseAddr(c.public)
			}
			var got, priorities []string
			for _, line := range candidates(netip.MustParseAddrPort(c.bound), 0, c.machine, public) {
				f := strings.Fields(line)
				if len(f) != 8 || f[1] != "1" || f[2] != "udp" || f[5] != "7" || f[6] != "typ" || f[7] != "host" {
					t.Errorf("not a candidate: %q", line)
				}
				got, priorities = append(got, f[4]), append(priorities, f[3])
			}
			if s := strings.Join(got, " "); s != c.want {
				t.Errorf("got  %s\nwant %s", s, c.want)
			}
			if !slices.IsSortedFunc(priorities, func(a, b string) int { return strings.Compare(b, a) }) {
				t.Error("priorities don't fall", priorities)
			}
		})
	}
	want := []string{
		"candidate:1 1 udp 2130706431 10.0.0.5 7 typ host", "candidate:2 1 udp 2130706175 127.0.0.1 7 typ host",
		"candidate:3 1 tcp 1520435199 10.0.0.5 8 typ host tcptype passive", "candidate:4 1 tcp 1520434943 127.0.0.1 8 typ host tcptype passive",
	}
	if got := candidates(netip.MustParseAddrPort("0.0.0.0:7"), 8, addrs("127.0.0.1 10.0.0.5"), netip.Addr{}); !slices.Equal(got, want) {
		t.Errorf("with TCP: %q", got)
	}
	var many []netip.Addr
	for i := range 200 {
		many = append(many, netip.AddrFrom4([4]byte{10, 0, 1, byte(i)}))
	}
	if n := len(candidates(netip.MustParseAddrPort("0.0.0.0:7"), 0, many, netip.Addr{})); n != maxCandidates {
		t.Error(n, "candidates")
	}
}

func TestFingerprintIsReadInAnyCase(t *testing.T) {
	c, err := NewCertificate()
	if err != nil {
		t.Fatal(err)
	}
	der := c.tls.Certificate[0]
	for _, s := range []string{c.Fingerprint(), strings.ToLower(c.Fingerprint()), strings.ToUpper(c.Fingerprint())} {
		f, err := parseFingerprint(s)
		if err != nil || !f.matches(der) {
			t.Error(s, err)
		}
	}
	sum, _ := digest("sha-512", der)
	if f, err := parseFingerprint(fingerprint{"sha-512", sum}.String()); err != nil || !f.matches(der) {
		t.Error("sha-512", err)
	}
}
