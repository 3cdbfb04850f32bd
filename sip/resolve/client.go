package resolve

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"strings"
	"time"

	"github.com/miekg/dns"
)

// Where the system says how names are found.
const (
	resolvConf = "/etc/resolv.conf"
	hostsFile  = "/etc/hosts"
)

const (
	serverPatience = 2 * time.Second // one name server, one question
	rounds         = 2               // over all of them
	ednsSize       = 1232            // bytes that pass everywhere (DNS flag day 2020)
)

var (
	errNoServer = errors.New("no name server is configured")
	errRefused  = errors.New("the name server refuses")
)

// Client asks name servers, and the hosts file for addresses (Asker).
type Client struct {
	Servers []netip.AddrPort // empty: those of resolv.conf, read again for each question
}

// Ask implements Asker. An answer that is too large for UDP is asked for again over TCP (RFC 7766).
func (c *Client) Ask(ctx context.Context, name string, kind uint16) ([]dns.RR, error) {
	if kind == dns.TypeA || kind == dns.TypeAAAA {
		if found := hosts(hostsFile, name, kind); found != nil {
			return found, nil
		}
	}
	servers, names, err := c.configured(name, kind)
	if err != nil {
		return nil, fmt.Errorf("resolve: %s of %s: %w", dns.TypeToString[kind], name, err)
	}
	for _, full := range names {
		answer, err := ask(ctx, servers, full, kind)
		if err != nil || len(answer) > 0 {
			return answer, err
		}
	}
	return nil, nil
}

// configured is whom to ask, and for which names: an address may be that of a short name in a search domain.
func (c *Client) configured(name string, kind uint16) (servers, names []string, err error) {
	for _, s := range c.Servers {
		servers = append(servers, s.String())
	}
	names = []string{dns.Fqdn(name)}
	if len(servers) > 0 {
		return servers, names, nil
	}
	conf, err := dns.ClientConfigFromFile(resolvConf)
	if err != nil {
		return nil, nil, err
	}
	for _, s := range conf.Servers {
		servers = append(servers, net.JoinHostPort(s, conf.Port))
	}
	if kind == dns.TypeA || kind == dns.TypeAAAA {
		names = conf.NameList(name)
	}
	if len(servers) == 0 {
		return nil, nil, errNoServer
	}
	return servers, names, nil
}

// ask goes around the servers until one knows.
func ask(ctx context.Context, servers []string, name string, kind uint16) ([]dns.RR, error) {
	q := new(dns.Msg).SetQuestion(name, kind).SetEdns0(ednsSize, false)
	var failed error
	for range rounds {
		for _, server := range servers {
			res, err := exchange(ctx, q, server)
			if err == nil {
				return res, nil
			}
			failed = fmt.Errorf("resolve: %s of %s from %s: %w", dns.TypeToString[kind], name, server, err)
			if ctx.Err() != nil {
				return nil, failed
			}
		}
	}
	return nil, failed
}

func exchange(ctx context.Context, q *dns.Msg, server string) ([]dns.RR, error) {
	udp := &dns.Client{Timeout: serverPatience}
	res, _, err := udp.ExchangeContext(ctx, q.Copy(), server)
	if err == nil && res.Truncated {
		tcp := &dns.Client{Net: "tcp", Timeout: serverPatience}
		res, _, err = tcp.ExchangeContext(ctx, q.Copy(), server)
	}
	switch {
	case err != nil:
		return nil, err
	case res.Rcode == dns.RcodeSuccess:
		return res.Answer, nil
	case res.Rcode == dns.RcodeNameError:
		return nil, nil
	}
	return nil, fmt.Errorf("%w: %s", errRefused, dns.RcodeToString[res.Rcode])
}

// hosts are the addresses of a name in the hosts file; nil: it isn't there.
func hosts(file, name string, kind uint16) []dns.RR {
	f, err := os.Open(file)
	if err != nil {
		return nil
	}
	defer f.Close() //nolint:errcheck // it was only read
	name = strings.TrimSuffix(name, ".")
	var out []dns.RR
	for lines := bufio.NewScanner(f); lines.Scan(); {
		line, _, _ := strings.Cut(lines.Text(), "#")
		words := strings.Fields(line)
		if len(words) < 2 {
			continue
		}
		a, err := netip.ParseAddr(words[0])
		if err != nil || a.Is4() != (kind == dns.TypeA) {
			continue
		}
		for _, w := range words[1:] {
			if strings.EqualFold(w, name) {
				out = append(out, addressRecord(name, a))
			}
		}
	}
	return out
}

const hostsTTL = 60 // seconds

func addressRecord(name string, a netip.Addr) dns.RR {
	head := dns.RR_Header{Name: dns.Fqdn(name), Class: dns.ClassINET, Ttl: hostsTTL}
	if a.Is4() {
		head.Rrtype = dns.TypeA
		return &dns.A{Hdr: head, A: a.AsSlice()}
	}
	head.Rrtype = dns.TypeAAAA
	return &dns.AAAA{Hdr: head, AAAA: a.AsSlice()}
}
