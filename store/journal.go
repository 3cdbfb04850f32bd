package store

import (
	"slices"
	"sync"
	"time"

	"mediasrv/routing/fact"
)

// maxPending bounds the journal: some 40 MB, and hours of a busy contact centre.
const maxPending = 100_000

// rank orders items by how soon they may be dropped when the journal is full.
type rank uint8

const (
	rankHint   rank = iota // renewals of sessions
	rankEvent              // lines of time lines
	rankChange             // the history of agents' states
	rankRow                // conversations, calls, legs, recordings, agents, situations, callbacks, contacts
)

// rankOf says what a record is worth.
func rankOf(r fact.Record) rank {
	switch r.(type) {
	case fact.Event:
		return rankEvent
	case fact.AgentChange:
		return rankChange
	default:
		return rankRow
	}
}

// renewal is a session that lives longer.
type renewal struct {
	tokenHash string
	expires   time.Time
}

// item is one thing to be written.
type item struct {
	ordinal  uint64 // counts all items, in the order of appending
	sequence int64  // events and agent changes: their key; else 0
	rank     rank
	what     any // a fact.Record or a renewal
}

// waiter is somebody in Flush.
type waiter struct {
	ordinal uint64 // the last item that must be done
	done    chan struct{}
}

// journal is what waits to be written, oldest first. Its methods hold the lock for short copies only.
type journal struct {
	limit  int
	wake   chan struct{} // has a token while there is something to write
	urgent chan struct{} // has a token when somebody waits for it

	mu       sync.Mutex
	pending  []item
	taken    int // items in the writer's hands
	ordinal  uint64
	sequence int64
	dropped  uint64
	waiters  []waiter
}

func newJournal(sequence int64, limit int) *journal {
	return &journal{limit: limit, sequence: sequence, wake: make(chan struct{}, 1), urgent: make(chan struct{}, 1)}
}

// append adds items and numbers them. If there are too many, the least valuable oldest ones go.
func (j *journal) append(items ...item) {
	if len(items) == 0 {
		return
	}
	j.mu.Lock()
	for _, it := range items {
		j.ordinal++
		it.ordinal = j.ordinal
		if it.rank == rankEvent || it.rank == rankChange {
			j.sequence++
			it.sequence = j.sequence
		}
		j.pending = append(j.pending, it)
	}
	if over := len(j.pending) + j.taken - j.limit; over > 0 {
		j.dropOldest(over + j.limit/100) // some more at once, so that not every append looks through all
	}
	j.mu.Unlock()
	signal(j.wake)
}

// nextSequence takes a number for an event that is written without the journal.
func (j *journal) nextSequence() int64 {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.sequence++
	return j.sequence
}

// dropOldest drops n pending items: the oldest of the lowest rank first. Rows go only if they alone are too many: the writer may hold
// events that will come back. The lock is held.
func (j *journal) dropOldest(n int) {
	for r := rankHint; r <= rankRow && n > 0; r++ {
		if r == rankRow {
			n = len(j.pending) - j.limit
		}
		j.pending = slices.DeleteFunc(j.pending, func(it item) bool {
			if it.rank != r || n <= 0 {
				return false
			}
			n--
			if r != rankHint {
				j.dropped++
			}
			return true
		})
	}
}

// take hands the oldest items, at most n, to the writer, who gives them back or says that they are done.
func (j *journal) take(n int) []item {
	j.mu.Lock()
	defer j.mu.Unlock()
	n = min(n, len(j.pending))
	batch := slices.Clone(j.pending[:n])
	j.pending = slices.Delete(j.pending, 0, n)
	if len(j.pending) == 0 {
		j.pending = nil // let the memory of a long jam go
	}
	j.taken = n
	return batch
}

// giveBack puts a batch that could not be written to the front again.
func (j *journal) giveBack(batch []item) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.taken = 0
	j.pending = slices.Concat(batch, j.pending)
	if len(j.pending) > j.limit/2 {
		j.collapse()
	}
}

// collapse forgets rows that a later version of the same row replaces. The lock is held.
func (j *journal) collapse() {
	seen := make(map[any]bool)
	kept := len(j.pending)
	for _, it := range slices.Backward(j.pending) {
		key := keyOf(it.what)
		if key != nil && seen[key] {
			continue
		}
		if key != nil {
			seen[key] = true
		}
		kept--
		j.pending[kept] = it
	}
	j.pending = slices.Delete(j.pending, 0, kept)
}

// keyOf is the identity of a row that is written whole again and again; nil for everything else.
func keyOf(what any) any {
	switch r := what.(type) {
	case fact.Conversation:
		return r.ID
	case fact.Call:
		return r.ID
	case fact.Leg:
		return r.ID
	case fact.Agent:
		return "agent " + r.User
	case fact.Situation:
		return "situation " + r.Call
	case fact.Callback:
		return r.ID
	default:
		return nil
	}
}

// settled says that the batch last taken is written, but for lost items that cannot be.
func (j *journal) settled(lost int) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.taken = 0
	j.dropped += uint64(lost)
	j.waiters = slices.DeleteFunc(j.waiters, func(w waiter) bool {
		done := len(j.pending) == 0 || w.ordinal < j.pending[0].ordinal
		if done {
			close(w.done)
		}
		return done
	})
}

// flushed returns a channel that is closed when all that was appended so far is written or dropped, and hurries the writer.
func (j *journal) flushed() <-chan struct{} {
	j.mu.Lock()
	defer j.mu.Unlock()
	done := make(chan struct{})
	if len(j.pending) == 0 && j.taken == 0 {
		close(done)
		return done
	}
	j.waiters = append(j.waiters, waiter{j.ordinal, done})
	signal(j.urgent)
	return done
}

// stats returns how many items wait, those in the writer's hands included, and how many were dropped.
func (j *journal) stats() (pending int, dropped uint64) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return len(j.pending) + j.taken, j.dropped
}

// signal leaves a token if there is none.
func signal(ch chan struct{}) {
	select {
	case ch <- struct{}{}:
	default:
	}
}
