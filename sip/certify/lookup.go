package certify

import (
	"context"
	"fmt"
	"strings"

	"mediasrv/sip/resolve"
)

// place is an address of one of the trunk's servers.
type place struct {
	server string // as the file has it
	resolve.Target
	err error // it has no address
}

// lookUp finds where calls go: the addresses of the trunk's proxy, or of its servers, by NAPTR and SRV if the file gives no port (RFC 3263, 4). The first
// one is called; what else there is, is for the step servers.
func (a *Agent) lookUp(ctx context.Context) error {
	first := resolve.Parse(a.trunk.Servers[0], "")
	a.host, a.port = first.Host, first.Port
	if d := a.trunk.Register.Domain; d != "" {
		a.host, a.port = d, 0
	}
	servers := a.trunk.Servers
	if p := a.trunk.Register.Proxy; p != "" {
		servers, a.port = []string{p}, 0 // it is the proxy's, not that of the domain which is named in URIs
	}
	for _, server := range servers {
		a.others = append(a.others, a.places(ctx, server)...)
	}
	if a.others[0].err != nil {
		return fmt.Errorf("%w: server %s: %w", ErrTrunk, a.others[0].server, a.others[0].err)
	}
	a.peer, a.via = a.others[0].Addr, a.others[0].Transport
	a.others = a.others[1:]
	return nil
}

// places are the addresses of a server, in the order in which they are called, but by chance: the heaviest of equal rank first.
func (a *Agent) places(ctx context.Context, server string) []place {
	said := a.trunk.Transport
	if said == "auto" {
		said = ""
	}
	names := a.opt.Names
	if names == nil {
		names = &resolve.Client{Servers: a.file.Nameservers}
	}
	found, err := resolve.Locate(ctx, names, resolve.Parse(server, said), []string{resolve.UDP, resolve.TCP, resolve.TLS})
	if err != nil {
		return []place{{server: server, err: err}}
	}
	var out []place
	for _, t := range resolve.Order(found.Records, func(n int) int { return n - 1 }) {
		out = append(out, place{server: strings.Trim(server, "[]"), Target: t})
	}
	return out
}
