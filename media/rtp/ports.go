package rtp

import (
	"errors"
	"fmt"
	"net/netip"
	"sync"
	"syscall"
	"time"
)

// ErrNoPort means that every port of the range is in use or resting.
var ErrNoPort = errors.New("rtp: no free port")

// PortRest is how long a closed port is not used again, if nothing else is said: packets for the call before would get into the new one.
const PortRest = 30 * time.Second

// Listen makes a socket that is bound to an address.
type Listen func(netip.AddrPort) (Socket, error)

// Ports gives out even ports of a range; the odd one behind each is kept free for RTCP (RFC 3550, 11). Safe for concurrent use; it opens sockets, so
// it is not for workers.
type Ports struct {
	min   uint16
	count int // 0: any port that the system gives
	rest  time.Duration

	mu    sync.Mutex
	next  int
	used  map[uint16]bool
	rests map[uint16]time.Time // until when
	none  time.Time            // until when there is none, as was found
}

// PortsUse says what the ports of a range are doing, in pairs of an even and an odd one. All 0: the system chooses ports.
type PortsUse struct{ Used, Resting, Free int }

// Use counts the ports.
func (p *Ports) Use() PortsUse {
	p.mu.Lock()
	defer p.mu.Unlock()
	u, now := PortsUse{Used: len(p.used)}, time.Now()
	for _, until := range p.rests {
		if now.Before(until) {
			u.Resting++
		}
	}
	u.Free = p.count - u.Used - u.Resting
	return u
}

// NewPorts makes an allocator for the even ports from low to high; both 0 lets the system choose. rest is how long a closed one isn't used again; 0:
// PortRest.
func NewPorts(low, high uint16, rest time.Duration) (*Ports, error) {
	if rest == 0 {
		rest = PortRest
	}
	p := &Ports{min: low, rest: rest, used: map[uint16]bool{}, rests: map[uint16]time.Time{}}
	if low == 0 && high == 0 {
		return p, nil
	}
	if low%2 != 0 || low == 0 || high < low {
		return nil, fmt.Errorf("rtp: ports %d to %d: the first must be even and not above the last", low, high)
	}
	p.count = (int(high)-int(low))/2 + 1
	return p, nil
}

// Open opens a socket on the next free port of a local address. Ports that another program uses are passed over. ErrNoPort if there is none.
func (p *Ports) Open(listen Listen, bind netip.Addr) (Socket, error) {
	if p.count == 0 {
		s, err := listen(netip.AddrPortFrom(bind, 0))
		if err != nil {
			return nil, fmt.Errorf("rtp: open a port: %w", err)
		}
		return s, nil
	}
	for range p.count {
		port, ok := p.take(time.Now())
		if !ok {
			break
		}
		s, err := listen(netip.AddrPortFrom(bind, port))
		switch {
		case err == nil:
			return s, nil
		case errors.Is(err, syscall.EADDRINUSE):
			p.Release(port) // it rests, so that the next call doesn't try it again
		default:
			p.giveBack(port)
			return nil, fmt.Errorf("rtp: open port %d: %w", port, err)
		}
	}
	return nil, fmt.Errorf("%w between %d and %d", ErrNoPort, p.min, int(p.min)+2*p.count-1)
}

// Release gives back a port whose socket is closed; it rests.
func (p *Ports) Release(port uint16) {
	if p.count == 0 {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.used, port)
	p.rests[port] = time.Now().Add(p.rest)
}

func (p *Ports) giveBack(port uint16) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.used, port)
	p.none = time.Time{}
}

// take marks the next free port as used.
func (p *Ports) take(now time.Time) (uint16, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if now.Before(p.none) { // no need to look through thousands for each call that is refused
		return 0, false
	}
	soonest := now.Add(p.rest) // a port that is closed from now on rests no shorter
	for range p.count {
		port := p.min + uint16(2*p.next)
		p.next = (p.next + 1) % p.count
		if p.used[port] {
			continue
		}
		if until, ok := p.rests[port]; ok {
			if now.Before(until) {
				if until.Before(soonest) {
					soonest = until
				}
				continue
			}
			delete(p.rests, port)
		}
		p.used[port] = true
		return port, true
	}
	p.none = soonest
	return 0, false
}
