package resolve

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/miekg/dns"
)

// Asker asks the DNS one question.
type Asker interface {
	// Ask returns the answer's records, of whatever type. No records and no error: there are none. An error: nobody knows.
	Ask(ctx context.Context, name string, kind uint16) ([]dns.RR, error)
}

// ErrNowhere means that the DNS knows no address for a server.
var ErrNowhere = errors.New("resolve: the name has no address")

// mostRecords bounds what one answer may make us try.
const mostRecords = 16

// Found is where a server is, and for how long that may be believed.
type Found struct {
	Records []Record
	TTL     time.Duration
}

// finder is one search.
type finder struct {
	ask     Asker
	ctx     context.Context //nolint:containedctx // it lives as long as the search
	ttl     uint32
	ttlSeen bool
	failed  error // the last question that nobody answered
}

// Locate finds a server (RFC 3263, 4). transports are those that we can use, the preferred one first; a server that names its transport is taken by its word.
func Locate(ctx context.Context, ask Asker, s Server, transports []string) (Found, error) {
	f := &finder{ask: ask, ctx: ctx}
	records := f.records(s, transports)
	if len(records) == 0 {
		if f.failed != nil {
			return Found{}, f.failed
		}
		return Found{}, fmt.Errorf("%w: %s", ErrNowhere, s)
	}
	return Found{Records: records, TTL: time.Duration(f.ttl) * time.Second}, nil
}

func (f *finder) records(s Server, transports []string) []Record {
	transport := s.Transport
	if transport == "" && len(transports) > 0 {
		transport = transports[0]
	}
	port := s.Port
	if port == 0 {
		port = DefaultPort(transport)
	}
	if addr, ok := s.Addr(); ok { // 4.1 and 4.2: neither NAPTR nor SRV
		return []Record{{Transport: transport, Addrs: []netip.AddrPort{netip.AddrPortFrom(addr, uint16(port))}}} //nolint:gosec // the file's reader bounds it
	}
	if s.Port == 0 {
		if found := f.services(s, transports); len(found) > 0 || f.failed != nil {
			return found
		}
	}
	if addrs := f.addresses(s.Host, port); len(addrs) > 0 {
		return []Record{{Transport: transport, Addrs: addrs}}
	}
	return nil
}

// service is a name whose SRV records are wanted.
type service struct{ transport, name string }

// services finds SRV records: those of the transport that is said, else those that NAPTR names, else those of each transport (RFC 3263, 4.1).
func (f *finder) services(s Server, transports []string) []Record {
	var wanted []service
	switch {
	case s.Transport != "":
		wanted = []service{{s.Transport, srvName(s.Transport, s.Host)}}
	default:
		wanted = f.pointers(s.Host, transports)
		if len(wanted) == 0 {
			for _, t := range transports {
				wanted = append(wanted, service{t, srvName(t, s.Host)})
			}
		}
	}
	var out []Record
	for i, w := range wanted {
		out = append(out, f.srv(w, i<<16)...)
	}
	return out
}

func srvName(transport, host string) string {
	switch transport {
	case TLS:
		return "_sips._tcp." + host
	case TCP:
		return "_sip._tcp." + host
	}
	return "_sip._udp." + host
}

// pointers reads NAPTR: what we can't use is passed over; the lower order first, then the lower preference (RFC 3403, 4.1).
func (f *finder) pointers(host string, transports []string) []service {
	answer, err := f.ask.Ask(f.ctx, host, dns.TypeNAPTR)
	if err != nil {
		return nil // a server that chokes on NAPTR may still know SRV
	}
	var all []*dns.NAPTR
	for _, rr := range answer {
		if n, ok := rr.(*dns.NAPTR); ok && strings.EqualFold(n.Flags, "s") && slices.Contains(transports, naptrTransport(n.Service)) {
			all = append(all, n)
		}
	}
	slices.SortStableFunc(all, func(a, b *dns.NAPTR) int {
		return (int(a.Order)<<16 | int(a.Preference)) - (int(b.Order)<<16 | int(b.Preference))
	})
	var out []service
	for _, n := range all[:min(len(all), mostRecords)] {
		f.saw(n)
		out = append(out, service{naptrTransport(n.Service), n.Replacement})
	}
	return out
}

func naptrTransport(field string) string {
	switch strings.ToUpper(field) {
	case "SIP+D2U":
		return UDP
	case "SIP+D2T":
		return TCP
	case "SIPS+D2T":
		return TLS
	}
	return ""
}

func (f *finder) srv(w service, rank int) []Record {
	answer, err := f.ask.Ask(f.ctx, w.name, dns.TypeSRV)
	if err != nil {
		f.failed = err
		return nil
	}
	var out []Record
	for _, rr := range answer {
		s, ok := rr.(*dns.SRV)
		if !ok || s.Target == "." || s.Port == 0 || len(out) == mostRecords { // ".": the service is decidedly not there
			continue
		}
		addrs := f.addresses(s.Target, int(s.Port))
		if len(addrs) == 0 {
			continue
		}
		f.saw(s)
		out = append(out, Record{Transport: w.transport, Rank: rank | int(s.Priority), Weight: int(s.Weight), Addrs: addrs})
	}
	slices.SortStableFunc(out, func(a, b Record) int { // name servers turn their answers around: that is no change
		return cmp.Or(cmp.Compare(a.Rank, b.Rank), cmp.Compare(a.Weight, b.Weight), a.Addrs[0].Compare(b.Addrs[0]))
	})
	return out
}

// addresses are those of IPv4, or those of IPv6 if there are none: carriers with both send media to the family that signalling came by.
func (f *finder) addresses(host string, port int) []netip.AddrPort {
	if a, err := netip.ParseAddr(strings.TrimSuffix(host, ".")); err == nil { // forbidden (RFC 2782), and seen
		return []netip.AddrPort{netip.AddrPortFrom(a.Unmap(), uint16(port))} //nolint:gosec // 16 bits in the message
	}
	var out []netip.AddrPort
	for _, kind := range []uint16{dns.TypeA, dns.TypeAAAA} {
		answer, err := f.ask.Ask(f.ctx, host, kind)
		if err != nil {
			f.failed = err
			continue
		}
		for _, rr := range answer {
			if a, ok := address(rr); ok && len(out) < mostRecords {
				f.saw(rr)
				out = append(out, netip.AddrPortFrom(a, uint16(port))) //nolint:gosec // see above
			}
		}
		if len(out) > 0 {
			break
		}
	}
	slices.SortFunc(out, netip.AddrPort.Compare)
	return out
}

func address(rr dns.RR) (netip.Addr, bool) {
	var a netip.Addr
	ok := false
	switch rr := rr.(type) {
	case *dns.A:
		a, ok = netip.AddrFromSlice(rr.A)
	case *dns.AAAA:
		a, ok = netip.AddrFromSlice(rr.AAAA)
	}
	return a.Unmap(), ok && !a.IsUnspecified() && !a.IsMulticast()
}

// saw keeps the shortest life of what is used.
func (f *finder) saw(rr dns.RR) {
	if ttl := rr.Header().Ttl; !f.ttlSeen || ttl < f.ttl {
		f.ttl, f.ttlSeen = ttl, true
	}
}
