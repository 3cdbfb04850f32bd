package media

import (
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"mediasrv/media/codec"
	"mediasrv/media/rtp"
	"mediasrv/media/webrtc"
)

// The clock of a worker: rooms are served every 20 ms, a quarter of them every 5 ms.
const (
	tickTime  = int64(5 * time.Millisecond)
	phases    = 4
	maxBehind = 10 * phases // ticks that are made up for: 200 ms, as much as a jitter buffer holds; what is older is left out
	watchTime = int64(100 * time.Millisecond)
)

// Sizes of a worker's queues, and of its receive buffer.
const (
	maxCommands = 1024
	maxReports  = 1024
	maxPacket   = 2048
	maxPayload  = 1500 // of what we send, with its header, before SRTP
	maxRounds   = 8    // of reading, in one pass: what is more waits for the next
)

// Worker is one goroutine on its own thread that does the media of its rooms: all of it. Nothing on it locks, blocks or allocates.
type Worker struct {
	timeout  time.Duration
	log      *slog.Logger
	commands chan command
	reports  chan report
	done     chan struct{} // closed when it has ended
	load     atomic.Int64  // rooms and endpoints
	counted  [counters]atomic.Uint64
	spare    chan *kit
	lateness atomic.Int64 // ns; the worst of the last second

	mu   sync.Mutex // over what goroutines that add browsers share
	mux  *webrtc.Mux
	port rtp.Socket // the mux's
	keys int32

	// Owned by Step.
	poller   *rtp.Poller
	rooms    [phases][]*Room
	ends     map[int32]*Endpoint
	polled   []*Endpoint // sockets without a descriptor
	web      *webrtc.Mux
	last     int64 // number of the last tick
	started  bool
	watched  int64 // when timeouts were looked at
	now      int64
	count    [counters]uint64
	buf      [maxPacket]byte
	packet   [maxPacket]byte
	pcm      [codec.MaxTime * maxRate / 1000]int16 // on its way between two rates
	mix      [maxFrame]int32
	total    [maxFrame]int32 // of all voices of a room, in this tick
	summed   bool            // total is made
	out      [maxFrame]int16
	play     [maxFrame]int16
	silence  [maxFrame]int16 // only read
	twins    [MaxEndpoints]twin
	twinned  int
	released *Endpoint // closed ones that are not reported yet
	backlog  bool      // some endpoint has events that found the queue full
	worst    int64     // the latest pass of this second, ns
	kits     []*kit    // given back
	second   int64     // when this second began
	scolded  int64     // when it was last told that a pass was late; 0: never
	ready    func(key int32)
	receive  func(t *webrtc.Transport, packet []byte)
}

func newWorker(e *Engine) (*Worker, error) {
	poller, err := rtp.NewPoller()
	if err != nil {
		return nil, fmt.Errorf("media: %w", err)
	}
	w := &Worker{
		timeout: e.cfg.Timeout, log: e.log, poller: poller,
		commands: make(chan command, maxCommands), reports: make(chan report, maxReports), done: make(chan struct{}),
		ends: map[int32]*Endpoint{}, spare: make(chan *kit, spareKits), kits: make([]*kit, 0, spareKits),
	}
	w.ready = func(key int32) {
		switch {
		case key == browsersKey:
			w.web.Drain(w.now, w.receive)
			return
		case key < 0:
			if end := w.ends[-key]; end != nil && end.beside != nil {
				end.readControl(w)
			}
			return
		}
		if end := w.ends[key]; end != nil {
			w.read(end)
		}
	}
	w.receive = func(t *webrtc.Transport, packet []byte) {
		if end := w.ends[int32(t.ID)]; end != nil {
			end.take(w, packet, w.now)
		}
	}
	return w, nil
}

// Step is one pass at now (ns, UTC): commands, packets, and the ticks that are due. Tests and benchmarks call it in virtual time.
func (w *Worker) Step(now int64) {
	w.now = now
	w.obey(now)
	w.drain(now)
	tick := now / tickTime
	if !w.started {
		w.started, w.last = true, tick-1
	}
	w.measure(now, now-(w.last+1)*tickTime)
	if left := tick - maxBehind - w.last; left > 0 {
		w.count[lateTicks] += uint64(left)
		w.last += left
	}
	for w.last < tick {
		w.last++
		at := now
		if w.last < tick {
			w.count[lateTicks]++
			at = (w.last + 1) * tickTime
		}
		for _, r := range w.rooms[w.last%phases] {
			r.tick(w, w.last/phases, at)
		}
	}
	if now-w.watched >= watchTime {
		w.watched = now
		w.watch(now)
	}
	w.flush()
	for i := range w.count {
		w.counted[i].Store(w.count[i])
	}
}

// drain reads the packets that wait.
func (w *Worker) drain(now int64) {
	for range maxRounds {
		if w.poller.Wait(w.ready) == 0 {
			break
		}
	}
	for _, e := range w.polled {
		for range maxRounds {
			if !w.read(e) {
				break
			}
		}
		if e.beside != nil {
			e.readControl(w)
		}
	}
	if w.web != nil {
		w.web.Drain(now, w.receive)
	}
}

// read reads one packet of an RTP leg; false if none waits.
func (w *Worker) read(e *Endpoint) bool {
	n, from, err := e.sock.Recv(w.buf[:])
	switch {
	case err == nil:
	case errors.Is(err, rtp.ErrRefused):
		w.count[refused]++ // noted; it is for signalling and the media timeout to end a call
		return true
	case errors.Is(err, rtp.ErrClosed):
		e.fail(err, w.now)
		return false
	default:
		return false
	}
	e.hear(w, w.buf[:n], from, w.now)
	return true
}

// watch looks at what needs no precision: timeouts, lost digits' ends, consent.
func (w *Worker) watch(now int64) {
	if w.web != nil {
		w.web.Tick(now)
	}
	for _, e := range w.ends {
		e.watch(w, now)
	}
}

// browsersKey is the poller's name for the browsers' port; endpoints have others.
const browsersKey = 0

// useMux takes over the port for browsers.
func (w *Worker) useMux(m *webrtc.Mux, sock rtp.Socket) {
	w.web = m
	if d, ok := sock.(interface{ FD() int }); ok {
		if err := w.poller.Add(d.FD(), browsersKey); err != nil {
			w.log.Warn("media: browsers are served by the clock only", "error", err)
		}
	}
}

func (w *Worker) addRoom(r *Room) {
	r.phase = 0
	for i := range w.rooms {
		if len(w.rooms[i]) < len(w.rooms[r.phase]) {
			r.phase = i
		}
	}
	r.place = len(w.rooms[r.phase])
	w.rooms[r.phase] = append(w.rooms[r.phase], r)
	w.count[roomsNow]++
}

func (w *Worker) dropRoom(r *Room) {
	list := w.rooms[r.phase]
	if r.place < 0 || r.place >= len(list) || list[r.place] != r {
		return
	}
	end := len(list) - 1
	list[r.place] = list[end]
	list[r.place].place = r.place
	list[end] = nil
	w.rooms[r.phase] = list[:end]
	r.place = -1
	w.count[roomsNow]--
}

func (w *Worker) addEndpoint(e *Endpoint) {
	e.live = true
	e.room.here[e.id] = e
	w.ends[e.key] = e
	w.count[endpointsNow]++
	if e.secure != nil {
		return
	}
	if d, ok := e.sock.(interface{ FD() int }); !ok {
		w.polled = append(w.polled, e)
	} else if err := w.poller.Add(d.FD(), e.key); err != nil {
		e.fail(fmt.Errorf("media: %w", err), w.now)
	}
}

func (w *Worker) dropEndpoint(e *Endpoint, now int64) {
	if !e.live {
		return
	}
	e.bye(w, now)
	e.live = false
	if e.oneway.Deaf() {
		w.count[oneWaysNow]--
	}
	e.room.leave(e, now)
	delete(w.ends, e.key)
	w.count[endpointsNow]--
	for _, sock := range [...]rtp.Socket{e.sock, e.beside} {
		if d, ok := sock.(interface{ FD() int }); ok {
			w.poller.Remove(d.FD())
		}
	}
	for i, other := range w.polled {
		if other == e {
			w.polled[i] = w.polled[len(w.polled)-1]
			w.polled = w.polled[:len(w.polled)-1]
			break
		}
	}
	e.next, w.released = w.released, e
}

// nextKey numbers endpoints.
func (w *Worker) nextKey() int32 {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.keys = (w.keys + 1) & 0x7fffffff
	return w.keys
}

// release frees the worker's own descriptors; it doesn't run any more.
func (w *Worker) release() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.mux != nil {
		w.mux.Close()
		w.mux = nil
		if err := w.port.Close(); err != nil {
			return errors.Join(fmt.Errorf("media: %w", err), w.poller.Close())
		}
	}
	return w.poller.Close()
}
