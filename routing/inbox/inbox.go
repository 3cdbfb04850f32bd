// Package inbox is a queue into which anybody may put and from which one goroutine takes. Putting never blocks, so that neither SIP nor
// media ever wait for a script; what is put is small and rare (events of a call, not packets), so the queue has no bound.
package inbox

import "sync"

// Box is an inbox. Make it with New.
type Box[T any] struct {
	signal chan struct{}

	mu     sync.Mutex
	items  []T
	closed bool
}

// New makes an empty box.
func New[T any]() *Box[T] { return &Box[T]{signal: make(chan struct{}, 1)} }

// Put adds an item; false: the box is closed and the item was not taken. It never blocks and may be called from any goroutine.
func (b *Box[T]) Put(item T) bool {
	b.mu.Lock()
	if b.closed {
		b.mu.Unlock()
		return false
	}
	b.items = append(b.items, item)
	b.mu.Unlock()
	select {
	case b.signal <- struct{}{}:
	default:
	}
	return true
}

// Take removes the oldest item; false: there is none.
func (b *Box[T]) Take() (T, bool) {
	var item, zero T
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.items) == 0 {
		return zero, false
	}
	item, b.items[0] = b.items[0], zero
	b.items = b.items[1:]
	if len(b.items) == 0 {
		b.items = nil
	}
	return item, true
}

// Signal delivers a value when something may have been put since the last Take that found nothing.
func (b *Box[T]) Signal() <-chan struct{} { return b.signal }

// Close refuses what comes from now on and returns what nobody has taken.
func (b *Box[T]) Close() []T {
	b.mu.Lock()
	defer b.mu.Unlock()
	left := b.items
	b.items, b.closed = nil, true
	return left
}
