package resolve

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/miekg/dns"
)

// zone answers from lines of a zone file, and remembers what it was asked.
type zone struct {
	records []dns.RR
	dead    map[uint16]bool // kinds that nobody answers
	asked   []string
}

var errDead = errors.New("nobody answers")

func newZone(t *testing.T, lines string) *zone {
	t.Helper()
	z := &zone{dead: map[uint16]bool{}}
	for line := range strings.SplitSeq(strings.TrimSpace(lines), "\n") {
		if strings.TrimSpace(line) == "" {
			continue
		}
		rr, err := dns.NewRR(line)
		if err != nil {
			t.Fatal(err)
		}
		z.records = append(z.records, rr)
	}
	return z
}

func (z *zone) Ask(_ context.Context, name string, kind uint16) ([]dns.RR, error) {
	z.asked = append(z.asked, dns.TypeToString[kind]+" "+strings.TrimSuffix(name, "."))
	if z.dead[kind] {
		return nil, errDead
	}
	var out []dns.RR
	for _, rr := range z.records {
		if strings.EqualFold(rr.Header().Name, dns.Fqdn(name)) && rr.Header().Rrtype == kind {
			out = append(out, rr)
		}
	}
	return out, nil
}

// first always takes the first that may be taken.
func first(int) int { return 0 }

func text(targets []Target) string {
	var out []string
	for _, t := range targets {
		out = append(out, t.String())
	}
	return strings.Join(out, " ")
}

const carrierZone = `
carrier.example. 300 IN NAPTR 20 10 "s" "SIP+D2U" "" _sip._udp.carrier.example.
carrier.example. 300 IN NAPTR 10 20 "s" "SIP+D2T" "" _sip._tcp.carrier.example.
carrier.example. 300 IN NAPTR 10 10 "s" "SIPS+D2T" "" _sips._tcp.carrier.example.
carrier.example. 300 IN NAPTR 1 1 "u" "E2U+sip" "!^.*$!sip:info@carrier.example!" .
_sips._tcp.carrier.example. 120 IN SRV 0 0 5061 a.carrier.example.
_sip._tcp.carrier.example. 200 IN SRV 0 0 5070 b.carrier.example.
_sip._udp.carrier.example. 60 IN SRV 20 0 5080 c.carrier.example.
_sip._udp.carrier.example. 60 IN SRV 10 0 5080 d.carrier.example.
a.carrier.example. 90 IN A 192.0.2.1
b.carrier.example. 90 IN A 192.0.2.2
c.carrier.example. 90 IN AAAA 2001:db8::3
d.carrier.example. 90 IN A 192.0.2.4
d.carrier.example. 90 IN A 192.0.2.5
plain.example. 33 IN A 192.0.2.9
only.example. 33 IN A 192.0.2.10
_sip._tcp.only.example. 33 IN SRV 0 0 5099 plain.example.
gone.example. 33 IN A 192.0.2.11
_sip._udp.gone.example. 33 IN SRV 0 0 0 .
`

// What is asked and what is skipped (RFC 3263, 4.1 and 4.2).
func TestLocateRFC3263(t *testing.T) {
	all := []string{UDP, TCP, TLS}
	for name, c := range map[string]struct {
		server     Server
		transports []string
		want       string
		asked      string // questions, in order
		ttl        time.Duration
	}{
		"NAPTR, order and preference": {
			Server{Host: "carrier.example"},
			all, "tls/192.0.2.1:5061 tcp/192.0.2.2:5070 udp/192.0.2.4:5080 udp/192.0.2.5:5080 udp/[2001:db8::3]:5080",
			"NAPTR carrier.example, SRV _sips._tcp.carrier.example, A a.carrier.example", time.Minute,
		},
		"NAPTR, what we can't use": {Server{Host: "carrier.example"}, []string{UDP}, "udp/192.0.2.4:5080 udp/192.0.2.5:5080 udp/[2001:db8::3]:5080", "NAPTR carrier.example, SRV _sip._udp.carrier.example", time.Minute},
		"transport is said":        {Server{Host: "carrier.example", Transport: TCP}, all, "tcp/192.0.2.2:5070", "SRV _sip._tcp.carrier.example, A b.carrier.example", 90 * time.Second},
		"port is said":             {Server{Host: "plain.example", Port: 5066, Transport: TLS}, all, "tls/192.0.2.9:5066", "A plain.example", 33 * time.Second},
		"port, no transport":       {Server{Host: "plain.example", Port: 5066}, all, "udp/192.0.2.9:5066", "A plain.example", 33 * time.Second},
		"no NAPTR, SRV":            {Server{Host: "only.example"}, all, "tcp/192.0.2.9:5099", "NAPTR only.example, SRV _sip._udp.only.example, SRV _sip._tcp.only.example", 33 * time.Second},
		"no NAPTR, no SRV":         {Server{Host: "plain.example"}, all, "udp/192.0.2.9:5060", "NAPTR plain.example, SRV _sip._udp.plain.example, SRV _sip._tcp.plain.example, SRV _sips._tcp.plain.example, A plain.example", 33 * time.Second},
		"no SRV of TLS":            {Server{Host: "plain.example", Transport: TLS}, all, "tls/192.0.2.9:5061", "SRV _sips._tcp.plain.example, A plain.example", 33 * time.Second},
		"an address":               {Server{Host: "192.0.2.77"}, all, "udp/192.0.2.77:5060", "", 0},
		"an address and a port":    {Server{Host: "2001:db8::7", Port: 5062, Transport: TCP}, all, "tcp/[2001:db8::7]:5062", "", 0},
	} {
		t.Run(name, func(t *testing.T) {
			z := newZone(t, carrierZone)
			found, err := Locate(t.Context(), z, c.server, c.transports)
			if err != nil {
				t.Fatal(err)
			}
			if got := text(Order(found.Records, first)); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
			if got := strings.Join(z.asked, ", "); !strings.HasPrefix(got, c.asked) || c.asked == "" && got != "" {
				t.Errorf("asked %s, want %s", got, c.asked)
			}
			if found.TTL != c.ttl {
				t.Errorf("TTL %v, want %v", found.TTL, c.ttl)
			}
		})
	}
}

func TestLocateNothing(t *testing.T) {
	z := newZone(t, carrierZone)
	if _, err := Locate(t.Context(), z, Server{Host: "nowhere.example"}, []string{UDP}); !errors.Is(err, ErrNowhere) {
		t.Error(err)
	}
	// With SRV unanswered its host's own address would be a guess, which may be a web server's.
	z.dead[dns.TypeSRV] = true
	if _, err := Locate(t.Context(), z, Server{Host: "plain.example", Transport: UDP}, nil); !errors.Is(err, errDead) {
		t.Error(err)
	}
	z.dead = map[uint16]bool{dns.TypeNAPTR: true} // chokes on NAPTR only
	found, err := Locate(t.Context(), z, Server{Host: "only.example"}, []string{UDP, TCP})
	if err != nil || text(Order(found.Records, first)) != "tcp/192.0.2.9:5099" {
		t.Error(found, err)
	}
}

// Priority strictly, weight by chance (RFC 2782).
func TestOrderRFC2782(t *testing.T) {
	z := newZone(t, `
_sip._udp.w.example. 60 IN SRV 10 75 5060 a.w.example.
_sip._udp.w.example. 60 IN SRV 10 25 5060 b.w.example.
_sip._udp.w.example. 60 IN SRV 10 0 5060 c.w.example.
_sip._udp.w.example. 60 IN SRV 20 100 5060 d.w.example.
a.w.example. 60 IN A 192.0.2.1
b.w.example. 60 IN A 192.0.2.2
c.w.example. 60 IN A 192.0.2.3
d.w.example. 60 IN A 192.0.2.4`)
	found, err := Locate(t.Context(), z, Server{Host: "w.example", Transport: UDP}, nil)
	if err != nil {
		t.Fatal(err)
	}
	firsts := map[string]int{}
	for i := range 101 { // every number that can be drawn for the first place
		drawn := false
		order := Order(found.Records, func(n int) int {
			if !drawn {
				drawn = true
				return i
			}
			return n - 1
		})
		if len(order) != 4 || order[3].Addr.Addr().String() != "192.0.2.4" {
			t.Fatal("a lower priority overtakes:", text(order))
		}
		firsts[order[0].Addr.Addr().String()]++
	}
	if got := fmt.Sprint(firsts); got != "map[192.0.2.1:75 192.0.2.2:25 192.0.2.3:1]" {
		t.Error(got)
	}
}

// A name server that turns its answers around changes nothing.
func TestLocateSameAnswerTurned(t *testing.T) {
	z := newZone(t, carrierZone)
	one, _ := Locate(t.Context(), z, Server{Host: "carrier.example"}, []string{UDP, TCP, TLS})
	slices.Reverse(z.records)
	two, _ := Locate(t.Context(), z, Server{Host: "carrier.example"}, []string{UDP, TCP, TLS})
	if fmt.Sprint(one) != fmt.Sprint(two) {
		t.Errorf("%v\n%v", one, two)
	}
}

func TestParse(t *testing.T) {
	for text, want := range map[string]string{
		"a.example": "tls://a.example", "a.example:5099": "tls://a.example:5099", "192.0.2.1": "tls://192.0.2.1", "[2001:db8::1]:5061": "tls://[2001:db8::1]:5061", "[2001:db8::1]": "tls://2001:db8::1",
	} {
		if got := Parse(text, TLS).String(); got != want {
			t.Errorf("%s: got %s, want %s", text, got, want)
		}
	}
}
