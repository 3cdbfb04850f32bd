package ban

import (
	"net/netip"
	"sync"
	"time"
)

// most bounds the addresses that are remembered; the one that failed longest ago goes first, banned ones last.
const most = 16384

// Rules say when an address is banned. Failures 0: never.
type Rules struct {
	Failures int
	Within   time.Duration
	For      time.Duration
}

// Table may be used from any goroutine.
type Table struct {
	mu     sync.Mutex
	rules  Rules
	all    map[netip.Prefix]*record
	oldest *record // of a list by the time of the last failure
	newest *record
	failed uint64 // logins, ever
	bans   uint64 // ever
}

type record struct {
	key          netip.Prefix
	since        time.Time // the first failure that counts
	last         time.Time
	n            int
	until        time.Time // of the ban; zero: none
	older, newer *record
}

// New makes an empty table.
func New(r Rules) *Table { return &Table{rules: r, all: map[netip.Prefix]*record{}} }

// Apply makes new rules hold; bans that there are stay.
func (t *Table) Apply(r Rules) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.rules = r
}

// key is what is banned: an IPv4 address, or the network of an IPv6 host, which has as many addresses as it wants.
func key(addr netip.Addr) netip.Prefix {
	addr = addr.Unmap().WithZone("")
	bits := 32
	if addr.Is6() {
		bits = 64
	}
	p, _ := addr.Prefix(bits) // fails for invalid addresses only: they share the zero prefix
	return p
}

// Failed counts a failed login; true: with this one the address is banned.
func (t *Table) Failed(addr netip.Addr, now time.Time) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.failed++
	if t.rules.Failures == 0 {
		return false
	}
	k := key(addr)
	r := t.all[k]
	if r == nil {
		if len(t.all) >= most {
			t.evict(now)
		}
		r = &record{key: k, since: now}
		t.all[k] = r
	} else {
		t.unlink(r)
	}
	if now.Sub(r.since) >= t.rules.Within {
		r.since, r.n = now, 0
	}
	r.n++
	r.last = now
	t.link(r)
	if r.n < t.rules.Failures || now.Before(r.until) {
		return false
	}
	r.until, r.n, r.since = now.Add(t.rules.For), 0, now
	t.bans++
	return true
}

// Banned says whether an address is shut out.
func (t *Table) Banned(addr netip.Addr, now time.Time) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	r := t.all[key(addr)]
	return r != nil && now.Before(r.until)
}

// Forgive forgets the failures of an address that has logged in; a ban stays.
func (t *Table) Forgive(addr netip.Addr, now time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if r := t.all[key(addr)]; r != nil && !now.Before(r.until) {
		t.unlink(r)
		delete(t.all, r.key)
	}
}

// Stats are the addresses that are banned now, and how many bans and failed logins there ever were.
func (t *Table) Stats(now time.Time) (banned int, bans, failed uint64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, r := range t.all {
		if now.Before(r.until) {
			banned++
		}
	}
	return banned, t.bans, t.failed
}

// evict makes room: who failed longest ago and isn't banned, else just who failed longest ago.
func (t *Table) evict(now time.Time) {
	const look = 64 // a table full of bans is not searched to its end
	r := t.oldest
	for i := 0; r != nil && i < look; i, r = i+1, r.newer {
		if !now.Before(r.until) {
			break
		}
	}
	if r == nil || now.Before(r.until) {
		r = t.oldest
	}
	t.unlink(r)
	delete(t.all, r.key)
}

func (t *Table) link(r *record) {
	r.older, r.newer = t.newest, nil
	if t.newest != nil {
		t.newest.newer = r
	} else {
		t.oldest = r
	}
	t.newest = r
}

func (t *Table) unlink(r *record) {
	if r.older != nil {
		r.older.newer = r.newer
	} else {
		t.oldest = r.newer
	}
	if r.newer != nil {
		r.newer.older = r.older
	} else {
		t.newest = r.older
	}
	r.older, r.newer = nil, nil
}
