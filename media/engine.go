package media

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"mediasrv/media/codec"
	"mediasrv/media/rtp"
	"mediasrv/media/webrtc"
)

// ErrNoPort means that the RTP port range is used up: the call is refused with 503.
var ErrNoPort = rtp.ErrNoPort

// ErrClosed means that the room or the engine is closed.
var ErrClosed = errors.New("media: closed")

// ErrFull means that a room has MaxEndpoints endpoints already.
var ErrFull = errors.New("media: room is full")

// defaultTimeout is the media timeout if the configuration names none.
const defaultTimeout = 30 * time.Second

// Config is what an engine needs to know.
type Config struct {
	Workers       int           // 0: one per core of the quota, at least 1
	Bind          netip.Addr    // address that sockets are bound to; invalid: every interface
	PublicAddress netip.Addr    // what SDP and candidates say; invalid: found per peer and per interface
	PortMin       uint16        // inclusive, even; both 0: the system chooses
	PortMax       uint16        // inclusive
	PortRest      time.Duration // how long a port isn't used again; 0: rtp.PortRest
	Timeout       time.Duration // media timeout of RTP legs; 0: 30 s
	Log           *slog.Logger

	// Listen opens sockets; nil: UDP. Tests give a network in memory (rtp.Network).
	Listen rtp.Listen
	// Sleep pauses a worker; nil: it sleeps in the kernel, and is woken by packets while there is little to do. In a testing/synctest bubble it has to be time.Sleep, since a system call stops the
	// bubble's clock.
	Sleep func(time.Duration)

	routes *routes
}

// Engine owns the workers, the RTP ports and the DTLS certificate.
type Engine struct {
	cfg     Config
	log     *slog.Logger
	ports   *rtp.Ports
	workers []*Worker
	cname   string
	noPorts atomic.Uint64 // legs that found none

	mu     sync.Mutex
	cert   *webrtc.Certificate // made for the first browser
	rooms  map[*Room]bool
	closed bool
	dry    time.Time // when it was last logged that there is no port
	own    bool      // the public address is this machine's: RTP sockets are bound to it, so that what they send comes from there
}

// New makes an engine; it starts nothing and opens no port.
func New(cfg Config) (*Engine, error) {
	if cfg.Workers <= 0 {
		cfg.Workers = max(runtime.GOMAXPROCS(0), 1)
	}
	if cfg.Timeout <= 0 {
		cfg.Timeout = defaultTimeout
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	ports, err := rtp.NewPorts(cfg.PortMin, cfg.PortMax, cfg.PortRest)
	if err != nil {
		return nil, fmt.Errorf("media: %w", err)
	}
	var name [12]byte
	_, _ = rand.Read(name[:]) // never fails
	cfg.routes = &routes{}
	e := &Engine{cfg: cfg, log: cfg.Log, ports: ports, rooms: map[*Room]bool{}, cname: base64.RawURLEncoding.EncodeToString(name[:])}
	e.own = cfg.Listen == nil && assigned(cfg.PublicAddress)
	for i := range cfg.Workers {
		w, err := newWorker(e)
		if err != nil {
			return nil, errors.Join(fmt.Errorf("media: worker %d: %w", i, err), e.release())
		}
		e.workers = append(e.workers, w)
	}
	return e, nil
}

// Run works until ctx ends, then closes every room. It blocks. It may be called once.
func (e *Engine) Run(ctx context.Context) error {
	var workers, delivery sync.WaitGroup
	stop := make(chan struct{})
	for _, w := range e.workers {
		workers.Go(func() { w.run(stop, e.cfg.Sleep) })
		delivery.Go(func() { w.deliver(e) })
	}
	<-ctx.Done()
	e.closeRooms()
	close(stop)
	workers.Wait()
	for _, w := range e.workers {
		close(w.reports)
	}
	delivery.Wait()
	return e.release()
}

// Step is one pass of every worker at a time that the caller gives: for tests and benchmarks in virtual time, instead of Run, from one goroutine.
func (e *Engine) Step(now time.Time) {
	for _, w := range e.workers {
		w.Step(now.UnixNano())
	}
}

// Deliver calls the sinks with the events that Step left, and frees what was closed; on the goroutine of Step.
func (e *Engine) Deliver() {
	for _, w := range e.workers {
		w.deliverWaiting(e)
	}
}

// Open makes a room on the worker with the least to do; it stays there for life.
func (e *Engine) Open(log *slog.Logger) (*Room, error) {
	if log == nil {
		log = e.log
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.closed {
		return nil, ErrClosed
	}
	w := e.workers[0]
	for _, other := range e.workers[1:] {
		if other.load.Load() < w.load.Load() {
			w = other
		}
	}
	r := &Room{engine: e, worker: w, log: log, rate: codec.Rate, frame: codec.Frame}
	e.rooms[r] = true
	w.load.Add(1)
	w.post(command{do: openRoom, room: r})
	return r, nil
}

// closeRooms ends everything that is open, and lets nothing be opened any more.
func (e *Engine) closeRooms() {
	e.mu.Lock()
	e.closed = true
	var rooms []*Room
	for r := range e.rooms {
		rooms = append(rooms, r)
	}
	e.mu.Unlock()
	for _, r := range rooms {
		r.Close()
	}
}

// forget takes a closed room out of the books.
func (e *Engine) forget(r *Room) {
	e.mu.Lock()
	defer e.mu.Unlock()
	delete(e.rooms, r)
	r.worker.load.Add(-1)
}

// release frees what the workers hold; they don't run any more.
func (e *Engine) release() error {
	var err error
	for _, w := range e.workers {
		err = errors.Join(err, w.release())
	}
	return err
}

// listen opens a port for a leg, or for many.
func (e *Engine) listen(peer netip.Addr, shared bool) (rtp.Socket, error) {
	bind := e.cfg.Bind
	switch {
	case bind.IsValid():
	case e.own && !shared:
		bind = e.cfg.PublicAddress
	default:
		bind = netip.IPv4Unspecified()
		if peer.Is6() && !peer.Is4In6() {
			bind = netip.IPv6Unspecified()
		}
	}
	listen := e.cfg.Listen
	switch {
	case listen != nil:
	case shared:
		listen = rtp.ListenShared
	default:
		listen = rtp.ListenUDP
	}
	sock, err := e.ports.Open(listen, bind)
	if errors.Is(err, ErrNoPort) {
		e.outOfPorts()
	}
	return sock, err
}

// dryEvery is how often it is logged that there are no ports.
const dryEvery = time.Minute

// outOfPorts counts and, now and then, logs that a leg found no port.
func (e *Engine) outOfPorts() {
	e.noPorts.Add(1)
	now := time.Now()
	e.mu.Lock()
	tell := e.dry.IsZero() || now.Sub(e.dry) >= dryEvery
	if tell {
		e.dry = now
	}
	e.mu.Unlock()
	if tell {
		use := e.ports.Use()
		e.log.Error("media: no free port: calls are refused; widen listen.rtp, or take fewer calls", "first", e.cfg.PortMin, "last", e.cfg.PortMax,
			"legs", use.Used, "resting", use.Resting, "refused", e.noPorts.Load())
	}
}

// listenBehind opens the port behind a leg's, for its RTCP. Ports keeps it free.
func (e *Engine) listenBehind(of netip.AddrPort) (rtp.Socket, error) {
	listen := e.cfg.Listen
	if listen == nil {
		listen = rtp.ListenUDP
	}
	if of.Port() == 65535 {
		return nil, ErrNoPort
	}
	return listen(netip.AddrPortFrom(of.Addr(), of.Port()+1))
}

// certificate is the one that all browsers see; it is made when the first one comes.
func (e *Engine) certificate() (*webrtc.Certificate, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.closed {
		return nil, ErrClosed
	}
	if e.cert == nil {
		cert, err := webrtc.NewCertificate()
		if err != nil {
			return nil, fmt.Errorf("media: %w", err)
		}
		e.cert = cert
	}
	return e.cert, nil
}

// random is an unpredictable number: for SSRC, first sequence number and timestamp (RFC 3550, 5.1).
func random() uint32 {
	var b [4]byte
	_, _ = rand.Read(b[:]) // never fails
	return binary.BigEndian.Uint32(b[:])
}
