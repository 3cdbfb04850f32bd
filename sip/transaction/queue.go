package transaction

import (
	"net/netip"
	"runtime/debug"
	"sync"
)

// maxWaiting bounds the messages that wait for one Call-ID; a flood beyond it is dropped.
const maxWaiting = 512

// Queue runs everything of one Call-ID, in order, on one goroutine. It lives while somebody holds it.
type Queue struct {
	id    string
	table *Table
	wake  chan struct{} // capacity 1

	mu   sync.Mutex
	todo []func()

	// Guarded by table.mu.
	refs   int
	source netip.Addr // who began it; invalid: we

	// Owned by the queue's goroutine.
	servers  map[string]*Server
	clients  map[string]*Client
	accepted map[string]bool // INVITEs that were answered with 2xx and whose transactions are over
}

// CallID is the Call-ID that the queue is for.
func (q *Queue) CallID() string { return q.id }

// Do runs f on the queue, after what was given to it before. It doesn't block; the caller holds the queue.
func (q *Queue) Do(f func()) {
	q.mu.Lock()
	q.todo = append(q.todo, f)
	q.mu.Unlock()
	q.signal()
}

// offer is Do for messages: false if too many wait.
func (q *Queue) offer(f func()) bool {
	q.mu.Lock()
	full := len(q.todo) >= maxWaiting
	if !full {
		q.todo = append(q.todo, f)
	}
	q.mu.Unlock()
	q.signal()
	return !full
}

// Release gives the queue back. What was given to Do before still runs.
func (q *Queue) Release() {
	q.table.mu.Lock()
	q.refs--
	q.table.mu.Unlock()
	q.signal()
}

func (q *Queue) signal() {
	select {
	case q.wake <- struct{}{}:
	default:
	}
}

func (q *Queue) run() {
	defer q.table.running.Done()
	for {
		q.mu.Lock()
		todo := q.todo
		q.todo = nil
		q.mu.Unlock()
		for _, f := range todo {
			q.call(f)
		}
		if len(todo) > 0 {
			continue
		}
		if q.table.retire(q) {
			return
		}
		<-q.wake
	}
}

// call keeps a mistake in one call's code from ending all others.
func (q *Queue) call(f func()) {
	defer func() {
		if p := recover(); p != nil {
			q.table.log.Error("sip: a call's code failed", "sip", q.id, "panic", p, "stack", string(debug.Stack()))
		}
	}()
	f()
}

// Hold returns the queue of a Call-ID, made if there is none; the caller releases it.
func (t *Table) Hold(callID string) *Queue {
	t.mu.Lock()
	defer t.mu.Unlock()
	q := t.queues[callID]
	if q == nil {
		q = &Queue{id: callID, table: t, wake: make(chan struct{}, 1), servers: map[string]*Server{}, clients: map[string]*Client{}, accepted: map[string]bool{}}
		t.queues[callID] = q
		t.running.Add(1)
		go q.run()
	}
	q.refs++
	return q
}

// holdIfAny is Hold for messages that mean nothing without something that waits for them.
func (t *Table) holdIfAny(callID string) *Queue {
	t.mu.Lock()
	defer t.mu.Unlock()
	q := t.queues[callID]
	if q != nil {
		q.refs++
	}
	return q
}

// retire forgets a queue that nobody holds and that has nothing to do.
func (t *Table) retire(q *Queue) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if q.refs > 0 {
		return false
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.todo) > 0 {
		return false
	}
	delete(t.queues, q.id)
	if q.source.IsValid() {
		if t.sources[q.source]--; t.sources[q.source] <= 0 {
			delete(t.sources, q.source)
		}
	}
	return true
}
