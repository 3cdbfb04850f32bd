package transaction

import (
	"net/netip"
	"runtime/debug"
	"sync"
	"time"
)

// maxWaiting bounds the messages that wait for one Call-ID; a flood beyond it is dropped.
const maxWaiting = 512

// Queue runs everything of one Call-ID, in order, on one goroutine at a time. It lives while somebody holds it; its goroutine lives while there is
// something to do: most calls are silent most of the time, and a goroutine that waits keeps its stack.
type Queue struct {
	id    string
	table *Table

	mu   sync.Mutex
	todo []func()
	busy bool // the goroutine runs

	// Guarded by table.mu.
	refs   int
	source netip.Addr // who began it; invalid: we

	// Owned by the queue's goroutine: the mutex hands them from one to the next.
	servers  map[string]*Server
	clients  map[string]*Client
	accepted map[string]bool // INVITEs that were answered with 2xx and whose transactions are over
}

// CallID is the Call-ID that the queue is for.
func (q *Queue) CallID() string { return q.id }

// Do runs f on the queue, after what was given to it before. It doesn't block; the caller holds the queue.
func (q *Queue) Do(f func()) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.add(f)
}

// offer is Do for messages: f is told when it was offered. What is too much is dropped.
func (q *Queue) offer(f func(at time.Time)) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.todo) >= maxWaiting {
		return
	}
	l, at := &q.table.load, time.Now()
	l.came()
	q.add(func() {
		now := time.Now()
		l.went(now, now.Sub(at))
		f(at)
	})
}

// add queues f and sees to a goroutine for it. The caller holds mu.
func (q *Queue) add(f func()) {
	q.todo = append(q.todo, f)
	if !q.busy {
		q.busy = true
		select {
		case q.table.work <- q:
		default:
			go q.table.runner(q)
		}
	}
}

// Release gives the queue back. What was given to Do before still runs.
func (q *Queue) Release() {
	q.table.mu.Lock()
	defer q.table.mu.Unlock()
	q.refs--
	q.table.retire(q)
}

// idlers is how many goroutines wait for the next queue: their stacks have grown already, which takes a new one longer than many a message.
const idlers = 16

// runner runs a queue, and then others.
func (t *Table) runner(q *Queue) {
	for {
		q.run()
		if t.idle.Add(1) > idlers {
			t.idle.Add(-1)
			return
		}
		select {
		case q = <-t.work:
			t.idle.Add(-1)
		case <-t.closed:
			return
		}
	}
}

// run does what there is to do.
func (q *Queue) run() {
	for {
		q.mu.Lock()
		todo := q.todo
		q.todo = nil
		q.busy = len(todo) > 0
		q.mu.Unlock()
		if len(todo) == 0 {
			q.table.mu.Lock()
			q.table.retire(q)
			q.table.mu.Unlock()
			return
		}
		for _, f := range todo {
			q.call(f)
		}
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
		q = &Queue{id: callID, table: t, servers: map[string]*Server{}, clients: map[string]*Client{}, accepted: map[string]bool{}}
		t.queues[callID] = q
		t.running.Add(1)
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

// retire forgets a queue that nobody holds and that has nothing to do. The caller holds t.mu.
func (t *Table) retire(q *Queue) {
	if q.refs > 0 {
		return
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.busy || t.queues[q.id] != q {
		return
	}
	delete(t.queues, q.id)
	t.running.Done()
	if q.source.IsValid() {
		if t.sources[q.source]--; t.sources[q.source] <= 0 {
			delete(t.sources, q.source)
		}
	}
}
