package certify

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"mediasrv/config"
	"mediasrv/media/codec"
	"mediasrv/sip/resolve"
)

// Errors that keep a run from beginning.
var (
	ErrTrunk = errors.New("certify: this trunk can't be tried")
	ErrStep  = errors.New("certify: no such step")
)

// Options says what to try.
type Options struct {
	File    *config.Config
	Trunk   string
	Number  string   // the test number, as it is dialled; besides Busy and Unknown nothing else is ever called
	Busy    string   // a number that is busy; empty: not tried
	Unknown string   // a number that doesn't exist; empty: not tried
	From    string   // the number that calls show; empty: one of the file's for the trunk
	Only    []string // steps; empty: all
	Network Network  // nil: the machine's

	Names resolve.Asker // who knows where the trunk's servers are; nil: the name servers of the file, or of the system
}

// Report is what a run found.
type Report struct {
	Trunk   string        `json:"trunk"`
	Server  string        `json:"server"` // its name in the file
	Address string        `json:"address"`
	Own     string        `json:"own"` // the address that we called from
	Number  string        `json:"number"`
	Began   time.Time     `json:"began"`
	Took    time.Duration `json:"took_ns"`
	Remarks []string      `json:"remarks,omitempty"` // on the run itself
	Results []Result      `json:"steps"`
	Keys    []Key         `json:"keys,omitempty"` // all that are proposed, each once
}

// Wrong counts the steps that found something wrong.
func (r *Report) Wrong() int { return r.count(Wrong) }

func (r *Report) count(l Level) int {
	n := 0
	for _, s := range r.Results {
		if s.Level == l {
			n++
		}
	}
	return n
}

// Run tries a trunk and prints a line for each finding as it is made. It blocks; the end of ctx ends the running call and the run. An error says that the
// run couldn't begin, or was given up: the report then holds what was found until then.
func Run(ctx context.Context, o Options, out io.Writer) (*Report, error) {
	for _, name := range o.Only {
		if !slices.Contains(StepNames(), name) {
			return nil, fmt.Errorf("%w: %q; there are %s", ErrStep, name, strings.Join(StepNames(), ", "))
		}
	}
	a, r, err := newAgent(ctx, o)
	if err != nil {
		return nil, err
	}
	defer a.wire.close()
	p := &printer{out: out}
	p.begin(r)
	for _, s := range steps() {
		if ctx.Err() != nil {
			break
		}
		if len(o.Only) > 0 && !slices.Contains(o.Only, s.name) {
			continue
		}
		p.step(s)
		res := a.do(ctx, s)
		a.tried[s.name] = true
		r.Results = append(r.Results, res)
		p.result(res)
	}
	r.Took = time.Since(r.Began)
	r.Keys = allKeys(r.Results)
	p.end(r)
	return r, ctx.Err()
}

// allKeys are the keys that steps propose, each once, in their order.
func allKeys(results []Result) []Key {
	var keys []Key
	for _, s := range results {
		for _, f := range s.Findings {
			for _, k := range f.Keys {
				if !slices.ContainsFunc(keys, func(x Key) bool { return same(x.Path, k.Path) }) {
					keys = append(keys, k)
				}
			}
		}
	}
	return keys
}

// same says whether two keys can't both be set: they are one, or one holds the other.
func same(a, b string) bool {
	return a == b || strings.HasPrefix(a, b+".") || strings.HasPrefix(b, a+".")
}

// newAgent finds the trunk's server and binds our sockets.
func newAgent(ctx context.Context, o Options) (*Agent, *Report, error) {
	t := o.File.Trunks[o.Trunk]
	switch {
	case t == nil:
		return nil, nil, fmt.Errorf("%w: the file has no trunk %q", ErrTrunk, o.Trunk)
	case len(t.Servers) == 0:
		return nil, nil, fmt.Errorf("%w: %s has no servers in the file, so there is nobody to call", ErrTrunk, o.Trunk)
	case o.Number == "":
		return nil, nil, fmt.Errorf("%w: no number to call", ErrTrunk)
	}
	a := &Agent{
		file: o.File, trunk: t, number: o.Number, from: o.From, net: o.Network, opt: o, began: time.Now(), nonces: map[string]int{},
		tried: map[string]bool{}, remarked: map[string]bool{}, calls: map[string]*call{}, answered: map[string][]byte{},
	}
	if a.net == nil {
		if err := a.useMachine(); err != nil {
			return nil, nil, err
		}
	}
	if a.from == "" {
		a.from = shownNumber(o.File, t)
	}
	for _, name := range t.Codecs {
		if c := codec.Parse(name); c != codec.None {
			a.codecs = append(a.codecs, c)
		}
	}
	if len(a.codecs) == 0 {
		a.codecs = []codec.Type{codec.PCMU, codec.PCMA}
	}
	if err := a.lookUp(ctx); err != nil {
		return nil, nil, err
	}
	var remarks []string
	if err := a.open(ctx, &remarks); err != nil {
		return nil, nil, err
	}
	return a, &Report{
		Trunk: t.Name, Server: t.Servers[0], Address: a.peer.String() + " (" + a.transport() + ")", Own: a.sentBy(), Number: o.Number, Began: a.began.UTC(),
		Remarks: remarks,
	}, nil
}

// shownNumber is the number that calls out by a trunk show: the login's, or one of the file's.
func shownNumber(file *config.Config, t *config.Trunk) string {
	if t.Login.Username != "" {
		return t.Login.Username
	}
	var numbers []string
	for n := range file.Numbers {
		numbers = append(numbers, n)
	}
	if len(numbers) == 0 {
		return "anonymous"
	}
	return slices.Min(numbers)
}

// open makes the way to the peer: from the file's own port if it is free, since trunks know addresses.
func (a *Agent) open(ctx context.Context, remarks *[]string) error {
	own, port := fileAddress(a.file, a.peer.Addr())
	if !own.IsValid() {
		var err error
		if own, err = a.net.Source(a.peer); err != nil {
			return err
		}
	}
	a.own, a.shown = own, own
	if p := a.file.PublicAddress; p.IsValid() && !a.peer.Addr().IsPrivate() && !a.peer.Addr().IsLoopback() {
		a.shown = p
	}
	if a.via != resolve.UDP {
		var err error
		a.wire, err = a.connect(ctx, place{Target: resolve.Target{Transport: a.via, Addr: a.peer}})
		return err
	}
	pc, err := a.net.ListenPacket(netip.AddrPortFrom(own, port))
	if err != nil && port != 0 {
		*remarks = append(*remarks, fmt.Sprintf("Port %d of the file is taken, so the calls come from another one. A trunk that knows only that one may answer nothing, or refuse "+
			"calls: stop the server that holds it, or ask the trunk to take calls from any port of %s.", port, a.shown))
		pc, err = a.net.ListenPacket(netip.AddrPortFrom(own, 0))
	}
	if err != nil {
		return fmt.Errorf("certify: listen on %s: %w", own, err)
	}
	a.wire = newPacketWire(pc, a.peer)
	return nil
}

// connect makes a way to an address, from any port of ours.
func (a *Agent) connect(ctx context.Context, to place) (*wire, error) {
	if to.Transport == resolve.UDP {
		pc, err := a.net.ListenPacket(netip.AddrPortFrom(a.own, 0))
		if err != nil {
			return nil, fmt.Errorf("certify: listen on %s: %w", a.own, err)
		}
		return newPacketWire(pc, to.Addr), nil
	}
	c, err := a.net.Dial(ctx, to.Transport, a.own, to.Addr, a.host)
	if err != nil {
		return nil, fmt.Errorf("certify: connect to %s: %w", to.Addr, err)
	}
	return newStreamWire(c, to.Addr), nil
}

// fileAddress is the file's first UDP listener that can reach the peer. The address is invalid if it listens on all; port 0: any.
func fileAddress(file *config.Config, peer netip.Addr) (own netip.Addr, port uint16) {
	for _, l := range file.Listen.SIP {
		if l.Transport != "udp" {
			continue
		}
		addr, err := netip.ParseAddr(l.Host)
		switch {
		case err != nil || addr.IsUnspecified():
			return netip.Addr{}, uint16(l.Port) //nolint:gosec // a port
		case addr.Is4() == peer.Is4():
			return addr, uint16(l.Port) //nolint:gosec // a port
		}
	}
	return netip.Addr{}, 0
}

func itoa(n int) string { return strconv.Itoa(n) }
