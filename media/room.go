package media

import (
	"fmt"
	"log/slog"
	"net/netip"
	"sync"
	"sync/atomic"

	"mediasrv/media/rtp"
)

// Room is one call's media. Its methods may be called from any goroutine, and return without waiting for the worker.
type Room struct {
	engine *Engine
	worker *Worker
	log    *slog.Logger
	sink   atomic.Pointer[Sink]
	closed atomic.Bool

	mu   sync.Mutex // over ends, and over the order of commands that make and close endpoints
	ends [MaxEndpoints]*Endpoint

	// Owned by the worker.
	phase int                     // which of the four ticks in 20 ms is this room's
	place int                     // in the phase's list; -1: in none
	last  int64                   // number of the room's last tick
	here  [MaxEndpoints]*Endpoint // the endpoints that the worker knows
	plan  Plan
	ready Set  // who can be heard: media came
	muted Set  // whom nobody hears
	crowd bool // more than two are here
	taps  Set  // whose voice is tapped
	rate  int  // of the PCM, Hz
	frame int  // 20 ms of it, in samples
}

// Listen sets where events go.
func (r *Room) Listen(sink Sink) { r.sink.Store(&sink) }

// Set makes the room follow a plan, atomically.
func (r *Room) Set(p Plan) {
	if !r.closed.Load() {
		r.worker.post(command{do: setPlan, room: r, plan: &p})
	}
}

// Swap gives one endpoint the place of another in the plan that is followed: it hears what that one heard, is heard and tapped in its stead.
func (r *Room) Swap(from, to EndpointID) {
	if !r.closed.Load() && from != to {
		r.worker.post(command{do: swapEnds, room: r, plan: &Plan{}, swap: [2]EndpointID{from, to}})
	}
}

// Quality is how the line of an endpoint was in the latest full second. Any goroutine may ask.
func (e *Endpoint) Quality() rtp.Quality {
	e.judged.Lock()
	defer e.judged.Unlock()
	return e.quality
}

// Course is how its line was up to now; after Close, over its whole life. Any goroutine may ask.
func (e *Endpoint) Course() rtp.Course {
	e.judged.Lock()
	defer e.judged.Unlock()
	return e.course
}

// Measure counts the quality of its seconds from now on in a meter, which may be shared by many.
func (e *Endpoint) Measure(m *Meter) { e.meter.Store(m) }

// Close closes the room and its endpoints. Calling it again does nothing. No event is delivered once it has returned, but for one that
// is being delivered at that moment.
func (r *Room) Close() {
	r.mu.Lock()
	if r.closed.Swap(true) {
		r.mu.Unlock()
		return
	}
	ends := r.ends
	r.mu.Unlock()
	for _, e := range ends {
		if e != nil {
			e.Close()
		}
	}
	r.worker.post(command{do: closeRoom, room: r})
	r.engine.forget(r)
}

// AddRTP makes an endpoint with a UDP port of its own. peer is where the far end is thought to be (to pick our address); it may be invalid.
// The errors are ErrNoPort, ErrFull, ErrClosed and those of the system.
func (r *Room) AddRTP(peer netip.Addr) (*Endpoint, error) {
	sock, err := r.engine.listen(peer, false)
	if err != nil {
		return nil, fmt.Errorf("media: add endpoint: %w", err)
	}
	e := newEndpoint(r)
	e.sock = sock
	e.local.Addr = netip.AddrPortFrom(localAddr(r.engine.cfg, peer), sock.Local().Port())
	if err := r.add(e); err != nil {
		r.engine.closeSocket(sock)
		return nil, err
	}
	return e, nil
}

// AddWebRTC makes an endpoint on the worker's shared port: ICE-lite, DTLS server, SRTP.
func (r *Room) AddWebRTC() (*Endpoint, error) {
	mux, err := r.worker.browsers(r.engine)
	if err != nil {
		return nil, fmt.Errorf("media: add endpoint: %w", err)
	}
	e := newEndpoint(r)
	e.secure = mux.Add()
	e.tell(e.secure.Local())
	e.local.Addr = netip.AddrPortFrom(localAddr(r.engine.cfg, netip.Addr{}), r.worker.browserPort())
	if err := r.add(e); err != nil {
		e.secure.Close()
		return nil, err
	}
	return e, nil
}

// add gives an endpoint its place and hands it to the worker.
func (r *Room) add(e *Endpoint) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed.Load() {
		return fmt.Errorf("media: add endpoint: %w", ErrClosed)
	}
	for id := range r.ends {
		if r.ends[id] == nil {
			r.ends[id] = e
			e.id = EndpointID(id)
			e.key = r.worker.nextKey()
			if e.secure != nil {
				e.secure.ID = int(e.key)
			}
			r.worker.load.Add(1)
			r.worker.post(command{do: addEndpoint, room: r, end: e})
			return nil
		}
	}
	return fmt.Errorf("media: add endpoint: %w", ErrFull)
}

// remove frees an endpoint's place.
func (r *Room) remove(e *Endpoint) {
	r.mu.Lock()
	defer r.mu.Unlock()
	c := command{do: closeEndpoint, room: r, end: e}
	if r.ends[e.id] == e {
		r.ends[e.id] = nil
		r.worker.load.Add(-1)
		if !r.closed.Load() {
			_ = r.retune(&c) // the same codecs at another rate: nothing that can fail for them now
		}
	}
	r.worker.post(c)
}
