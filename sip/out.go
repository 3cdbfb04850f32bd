package sip

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"mediasrv/config"
	"mediasrv/routing"
	"mediasrv/routing/fact"
	"mediasrv/sip/dialog"
	"mediasrv/sip/transaction"

	"github.com/emiago/sipgo/sip"
)

const (
	lookUpEvery = time.Minute      // the servers' host names
	lookUpFor   = 10 * time.Second // at most
	knockFor    = 200 * time.Millisecond
	badFor      = 30 * time.Second // a server that failed is tried last
)

// dialTrunk calls a number behind a trunk: its servers in the order of the file, but those that have failed lately last.
func (s *Stack) dialTrunk(to routing.Target, from routing.Caller, in routing.Room, events routing.Sink) (routing.Leg, error) {
	t := s.file.Trunks[to.Trunk]
	if t == nil || !t.Outbound {
		return nil, fmt.Errorf("sip: dial %s: the trunk carries no calls out: %w", to.Trunk, routing.ErrUnreachable)
	}
	hops := s.hopsTo(t, to.Number)
	if len(hops) == 0 {
		return nil, fmt.Errorf("sip: dial %s: none of its servers has a known address: %w", to.Trunk, routing.ErrUnreachable)
	}
	if why := s.trunks.Take(t, time.Now()); why != "" {
		s.refusals.Add(1)
		return nil, fmt.Errorf("sip: dial %s: %s: %w", to.Trunk, why, routing.ErrLimit)
	}
	first := hops[0]
	o := outbound{
		flow: first.Flow, target: first.Target, bad: first.Bad, others: hops[1:], codecs: codecs(to.Codecs), srtp: policy(t.SRTP), trunk: t, hops: from.Hops,
		party: fact.Party{Number: to.Number, Trunk: t.Name},
	}
	s.present(&o, t, to, from, first.Place.Host)
	if s.knocks {
		o.empty = empty
	}
	if t.Login.Username != "" {
		o.login = &dialog.Login{Username: t.Login.Username, Password: t.Login.Password}
	}
	l, err := s.begin(o, in, events)
	if err != nil {
		return nil, err
	}
	return l, nil
}

// empty asks an address whether a socket is there: only one that is connected hears that it isn't (ICMP). It sends a keep-alive (RFC 5626, 4.4.1)
// and waits a moment.
func empty(remote netip.AddrPort) bool {
	c, err := net.DialUDP("udp", nil, net.UDPAddrFromAddrPort(remote))
	if err != nil {
		return false
	}
	defer c.Close() //nolint:errcheck // nothing is lost
	_ = c.SetDeadline(time.Now().Add(knockFor))
	if _, err = c.Write([]byte("\r\n\r\n")); err == nil {
		_, err = c.Read(make([]byte, 16))
	}
	return errors.Is(err, syscall.ECONNREFUSED)
}

// hopsTo are the ways to a number behind a trunk.
func (s *Stack) hopsTo(t *config.Trunk, number string) []dialog.Hop {
	var good, bad []dialog.Hop
	l := s.listener(strings.ToUpper(t.Transport))
	if l == nil {
		return nil
	}
	now := time.Now()
	for _, server := range t.Servers {
		host, port := splitServer(server)
		addr, ok := s.servers.addr(host)
		if !ok {
			continue
		}
		target := sip.Uri{Scheme: "sip", User: number, Host: host, Port: port}
		if t.Transport != "udp" {
			target.UriParams = sip.HeaderParams{{K: "transport", V: t.Transport}}
		}
		flow := l.Secure(netip.AddrPortFrom(addr, uint16(port)), t.Name, host) //nolint:gosec // config has checked it
		hop := dialog.Hop{Target: target, Flow: flow, Place: s.place(flow), Bad: func() { s.servers.failed(flow.ID) }}
		if s.servers.bad(flow.ID, now) {
			bad = append(bad, hop)
		} else {
			good = append(good, hop)
		}
	}
	return append(good, bad...)
}

func (s *Stack) listener(transport string) *transaction.Listener {
	for _, l := range s.listeners {
		if l.Transport() == transport {
			return l
		}
	}
	return nil
}

// splitServer reads what the file says: host, host:port.
func splitServer(server string) (host string, port int) {
	host, text, err := net.SplitHostPort(server)
	if err != nil {
		return strings.Trim(server, "[]"), 5060
	}
	port, _ = strconv.Atoi(text)
	return host, port
}

// servers knows the addresses of trunks' servers, so that nobody waits for a name when a call is to go out, and which have failed lately.
type servers struct {
	names []string // to be looked up

	mu    sync.Mutex
	known map[string]netip.Addr
	fails map[string]time.Time // by flow: until when
}

func newServers(file *config.Config) *servers {
	s := &servers{known: map[string]netip.Addr{}, fails: map[string]time.Time{}}
	for _, t := range file.Trunks {
		for _, server := range t.Servers {
			host, _ := splitServer(server)
			if addr, err := netip.ParseAddr(host); err == nil {
				s.known[host] = addr.Unmap()
			} else if !slices.Contains(s.names, host) {
				s.names = append(s.names, host)
			}
		}
	}
	return s
}

func (s *servers) addr(host string) (netip.Addr, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	a, ok := s.known[host]
	return a, ok
}

func (s *servers) failed(flow string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fails[flow] = time.Now().Add(badFor)
}

func (s *servers) bad(flow string, now time.Time) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return now.Before(s.fails[flow])
}

// lookUp keeps the addresses of names until ctx ends. A name that can't be found keeps the address that it had.
func (s *servers) lookUp(ctx context.Context, missing func(host string, err error)) {
	if len(s.names) == 0 {
		return
	}
	again := time.NewTicker(lookUpEvery)
	defer again.Stop()
	for {
		for _, host := range s.names {
			if err := s.find(ctx, host); err != nil && ctx.Err() == nil {
				missing(host, err)
			}
		}
		select {
		case <-again.C:
		case <-ctx.Done():
			return
		}
	}
}

func (s *servers) find(ctx context.Context, host string) error {
	ctx, cancel := context.WithTimeout(ctx, lookUpFor)
	defer cancel()
	found, err := net.DefaultResolver.LookupNetIP(ctx, "ip", host)
	if err != nil {
		return fmt.Errorf("sip: look up %s: %w", host, err)
	}
	addr := found[0]
	for _, a := range found {
		if a.Unmap().Is4() {
			addr = a
			break
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.known[host] = addr.Unmap()
	return nil
}
