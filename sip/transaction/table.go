package transaction

import (
	"bytes"
	"hash/maphash"
	"log/slog"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"github.com/emiago/sipgo/sip"
)

// maxQueues bounds the Call-IDs that live at once; requests of further ones are dropped.
const maxQueues = 100_000

// udpLimit is the largest datagram that is sent; sipgo subtracts 200 from UDPMTUSize and refuses what is larger, responses too.
const udpLimit = 65507

// How long sipgo keeps an INVITE that was answered with a 2xx (RFC 6026, Timers L and M: 32 s), and with it its messages: at many calls a second
// nearly all memory would be theirs. Dialogs repeat and acknowledge their 2xx without it, and a queue knows for its whole life which INVITEs it has
// answered.
const (
	acceptedByUs = linger
	acceptedByIt = time.Second // sipgo's timer isn't stopped when the transaction is
)

//nolint:gochecknoglobals // sipgo has these in package variables, which are therefore written once.
var setSipgo = sync.OnceFunc(func() {
	sip.UDPMTUSize = udpLimit + 200
	sip.Timer_L, sip.Timer_M = acceptedByUs, acceptedByIt
})

// Handler takes what the table has sorted out. Its methods run on the queue of the message's Call-ID and must not block.
type Handler interface {
	// Request is called once for each new request other than ACK and CANCEL. It answers by the transaction, now or later; not answering at
	// all is silence: then it calls Drop.
	Request(tx *Server)
	// Ack is called for each ACK of a 2xx.
	Ack(req *sip.Request, from Flow)
	// Cancel is called when an INVITE that has no final answer is cancelled; the CANCEL itself is answered already.
	Cancel(invite *Server, cancel *sip.Request)
	// Stray is called for a 2xx to an INVITE whose transaction is gone.
	Stray(res *sip.Response, from Flow)
	// Admit says whether bytes from a stranger (no peer of a living transaction or dialog) may come in: a datagram, or a whole message of a stream;
	// nil asks for the address alone, when it connects. It is called before anything is parsed, from many goroutines.
	Admit(transport string, from netip.AddrPort, data []byte) bool
	// Trusted says whether a peer may know that we are here; what others can't make understood is met with silence.
	Trusted(flow Flow) bool
	// Registered says whether a phone is registered over a flow, so that its connection stays however little is said.
	Registered(flow Flow) bool
	// Urgent says whether an INVITE that isn't parsed yet must come in however much there is to do: it is for an emergency service.
	Urgent(from Flow, data []byte) bool
	// Closed is called, on any goroutine, when a connection that a peer opened is gone.
	Closed(flow Flow)
}

// Table is every transaction of a stack.
type Table struct {
	handler Handler
	log     *slog.Logger
	quiet   *slog.Logger   // sipgo's
	running sync.WaitGroup // queues and pumps
	work    chan *Queue    // to a goroutine that waits for one
	idle    atomic.Int64   // that wait
	closed  chan struct{}
	load    load
	seed    maphash.Seed // of the Call-IDs that are refused first

	mu        sync.Mutex
	listeners []*Listener
	queues    map[string]*Queue
	peers     map[netip.Addr]int           // addresses with a living client transaction or dialog
	sources   map[netip.Addr]int           // Call-IDs that live, by who began them
	branches  map[string]struct{}          // of our INVITEs that wait for an answer
	deaf      map[netip.AddrPort]time.Time // peers without TCP, and until when we believe it
}

// New makes a table.
func New(h Handler, log *slog.Logger) *Table {
	setSipgo()
	return &Table{
		handler: h, log: log, seed: maphash.MakeSeed(), work: make(chan *Queue), closed: make(chan struct{}), quiet: quietLogger(log), queues: map[string]*Queue{}, peers: map[netip.Addr]int{},
		sources: map[netip.Addr]int{}, branches: map[string]struct{}{}, deaf: map[netip.AddrPort]time.Time{},
	}
}

// Know lets an address in until the returned function is called (once).
func (t *Table) Know(addr netip.Addr) (forget func()) {
	addr = addr.Unmap()
	t.mu.Lock()
	t.peers[addr]++
	t.mu.Unlock()
	return sync.OnceFunc(func() {
		t.mu.Lock()
		defer t.mu.Unlock()
		if t.peers[addr]--; t.peers[addr] <= 0 {
			delete(t.peers, addr)
		}
	})
}

func (t *Table) knows(addr netip.Addr) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.peers[addr.Unmap()] > 0
}

// acknowledged says whether a message that isn't parsed yet is the ACK of a call that its sender has begun: a stranger's, of our challenge.
func (t *Table) acknowledged(from netip.Addr, data []byte) bool {
	if !bytes.HasPrefix(data, []byte("ACK ")) {
		return false
	}
	for name, value := range headers(data) {
		if name == "call-id" || name == "i" {
			t.mu.Lock()
			defer t.mu.Unlock()
			q := t.queues[string(value)]
			return q != nil && q.source == from.Unmap()
		}
	}
	return false
}

// Live is how many Call-IDs have a queue.
func (t *Table) Live() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return len(t.queues)
}

// Crowded says that more Call-IDs live than a healthy server has: new ones should be refused.
func (t *Table) Crowded() bool { return t.Live() > maxQueues*3/4 }

// Shut ends every TCP and TLS connection that an address has opened.
func (t *Table) Shut(addr netip.Addr) {
	t.mu.Lock()
	listeners := t.listeners
	t.mu.Unlock()
	for _, l := range listeners {
		if l.streams != nil {
			l.streams.shut(addr.Unmap())
		}
	}
}

// Close ends every transaction at once and waits until their goroutines are gone. Whoever holds a queue has released it before.
func (t *Table) Close() {
	t.mu.Lock()
	queues := make([]*Queue, 0, len(t.queues))
	for _, q := range t.queues {
		q.refs++
		queues = append(queues, q)
	}
	t.mu.Unlock()
	for _, q := range queues {
		q.Do(q.terminate)
		q.Release()
	}
	t.running.Wait()
	close(t.closed)
}

func (q *Queue) terminate() {
	for _, s := range q.servers {
		s.tx.Terminate()
	}
	for _, c := range q.clients {
		if c.tx != nil {
			c.tx.Terminate()
		}
	}
}
