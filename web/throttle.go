package web

import (
	"net/netip"
	"sync"
	"time"
)

const (
	freeFailures    = 5  // per user and address
	freeFailuresAll = 50 // per address, whatever the users
	firstDelay      = 2 * time.Second
	longestDelay    = 15 * time.Minute
	forgetAfter     = time.Hour
	maxThrottled    = 4096
)

// throttleKey is who is slowed down. A user is never locked out of other addresses.
type throttleKey struct {
	net  netip.Prefix
	all  bool // the address as a whole; else one user from there
	user string
}

type failures struct {
	count int
	last  time.Time
	until time.Time // no attempt before
}

// throttle slows down guessing of passwords. Its table is bounded: the entry that failed longest ago makes room.
type throttle struct {
	mu    sync.Mutex
	table map[throttleKey]failures
}

func throttleKeys(user string, from netip.Addr) [2]throttleKey {
	bits := 32
	if from.Is6() {
		bits = 64 // a home or an office has at least that many
	}
	net, err := from.Prefix(bits)
	if err != nil {
		net = netip.Prefix{}
	}
	return [2]throttleKey{{net: net, user: user}, {net: net, all: true}}
}

// attempt counts an attempt as failed before it is made, so that many at once gain nothing; it returns how long to wait if it must not
// be made at all.
func (t *throttle) attempt(user string, from netip.Addr, now time.Time) (wait time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	keys := throttleKeys(user, from)
	for _, k := range keys {
		wait = max(wait, t.table[k].until.Sub(now))
	}
	if wait > 0 {
		return wait
	}
	t.fail(keys[0], freeFailures, now)
	t.fail(keys[1], freeFailuresAll, now)
	return 0
}

// succeeded takes an attempt back: the password was right.
func (t *throttle) succeeded(user string, from netip.Addr) {
	t.mu.Lock()
	defer t.mu.Unlock()
	keys := throttleKeys(user, from)
	delete(t.table, keys[0])
	t.undo(keys[1])
}

// void takes an attempt back: it was not the client's fault that it could not be made.
func (t *throttle) void(user string, from netip.Addr) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, k := range throttleKeys(user, from) {
		t.undo(k)
	}
}

// undo takes one failure back. The lock is held.
func (t *throttle) undo(k throttleKey) {
	f, ok := t.table[k]
	if !ok {
		return
	}
	if f.count--; f.count <= 0 {
		delete(t.table, k)
		return
	}
	f.until = time.Time{}
	t.table[k] = f
}

// fail counts a failure. The lock is held.
func (t *throttle) fail(k throttleKey, free int, now time.Time) {
	f, ok := t.table[k]
	if !ok && len(t.table) >= maxThrottled {
		t.makeRoom(now)
	}
	if now.Sub(f.last) > forgetAfter {
		f = failures{}
	}
	f.count++
	f.last = now
	if over := f.count - free; over >= 0 {
		f.until = now.Add(delay(over))
	}
	if t.table == nil {
		t.table = make(map[throttleKey]failures)
	}
	t.table[k] = f
}

// delay doubles with each failure beyond those that are free.
func delay(over int) time.Duration {
	if over > 20 {
		return longestDelay
	}
	return min(firstDelay<<over, longestDelay)
}

// makeRoom deletes what is forgotten anyway, or else the entry that failed longest ago. The lock is held.
func (t *throttle) makeRoom(now time.Time) {
	var oldest throttleKey
	first := true
	for k, f := range t.table {
		if now.Sub(f.last) > forgetAfter {
			delete(t.table, k)
			continue
		}
		if first || f.last.Before(t.table[oldest].last) {
			oldest, first = k, false
		}
	}
	if len(t.table) >= maxThrottled {
		delete(t.table, oldest)
	}
}
