package registrar

import (
	"crypto/rand"
	"log/slog"
	"net/netip"
	"strings"
	"sync"
	"time"

	"mediasrv/config"
	"mediasrv/routing/fact"
	"mediasrv/sip/digest"
	"mediasrv/sip/transaction"

	"github.com/emiago/sipgo/sip"
)

// Limits.
const (
	minExpires = 60 // seconds
	maxExpires = 3600
	perUser    = 10 // bindings; the oldest goes
)

// Binding is one phone of a user.
type Binding struct {
	User    string
	Contact sip.Uri
	Flow    transaction.Flow
	Browser bool
	Path    []sip.Uri // proxies between it and us, the nearest to us first (RFC 3327)
	Expires time.Time

	login  string // authUser
	callID string
	seq    uint32
	born   uint64
	timer  *time.Timer
}

// login is what a phone may log in with.
type login struct {
	user    string
	name    string // the user part of its address of record
	secret  digest.Secret
	browser bool
}

// Guard hears of logins. Its methods must not block.
type Guard interface {
	// Failed: a login was wrong. proven says that its sender got a challenge from us, so that its address is its own.
	Failed(tx *transaction.Server, username string, proven bool)
	// LoggedIn: a login was right.
	LoggedIn(tx *transaction.Server)
}

// Registrar may be used from any goroutine.
type Registrar struct {
	verifier *digest.Verifier
	report   func(user string, phones int) // in order of the changes; must not block
	log      *slog.Logger
	guard    Guard

	mu       sync.Mutex
	logins   map[string]login // by digest username
	users    map[string]bool  // names in our realm: users and their phones
	bindings map[string][]*Binding
	born     uint64
	closed   bool

	reporting sync.Mutex // held while reports are made, so that the last one is the truth
}

// New takes the users of a file. report is called after every change of a user's number of phones.
func New(users map[string]*config.User, v *digest.Verifier, report func(user string, phones int), guard Guard, log *slog.Logger) *Registrar {
	r := &Registrar{
		verifier: v, report: report, guard: guard, log: log,
		logins: map[string]login{}, users: map[string]bool{}, bindings: map[string][]*Binding{},
	}
	r.take(users)
	return r
}

// take notes the users and the logins of their desk phones. r.mu is held, or nobody knows r yet.
func (r *Registrar) take(users map[string]*config.User) {
	for name, u := range users {
		r.users[name] = true
		if p := u.Phone; p != nil && p.Username != "" && p.Password != "" {
			r.users[p.Username] = true
			r.logins[p.Username] = login{user: name, name: p.Username, secret: digest.Hash(p.Username, r.verifier.Realm(), p.Password)}
		}
	}
}

// Grant makes a login for one browser session of a user.
func (r *Registrar) Grant(user string) fact.PhoneLogin {
	g := fact.PhoneLogin{
		URI: "sip:" + user + "@" + r.verifier.Realm(), AuthUser: user + "." + strings.ToLower(rand.Text()[:8]),
		Password: rand.Text(), Realm: r.verifier.Realm(),
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.users[user] = true
	r.logins[g.AuthUser] = login{user: user, name: user, secret: digest.Hash(g.AuthUser, g.Realm, g.Password), browser: true}
	return g
}

// Revoke ends a login that Grant made, and its registrations.
func (r *Registrar) Revoke(authUser string) {
	r.mu.Lock()
	l, ok := r.logins[authUser]
	if !ok || !l.browser {
		r.mu.Unlock()
		return
	}
	delete(r.logins, authUser)
	r.mu.Unlock()
	r.remove(func(b *Binding) bool { return b.login == authUser })
}

// Names says whether a name is that of a user, of a desk phone, or of a browser's login.
func (r *Registrar) Names(name string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	_, login := r.logins[name]
	return login || r.users[name]
}

// Reached says whether a registered phone is at an address.
func (r *Registrar) Reached(from netip.AddrPort) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, all := range r.bindings {
		for _, b := range all {
			if !b.Browser && b.Flow.Remote == from {
				return true
			}
		}
	}
	return false
}

// Who is the user whose registered phone uses a flow; empty: none.
func (r *Registrar) Who(flow transaction.Flow) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	for user, all := range r.bindings {
		for _, b := range all {
			if b.Flow.ID == flow.ID {
				return user
			}
		}
	}
	return ""
}

// Newest is the phone that a user registered or refreshed last, among those that can still be reached; of one login, if login isn't empty.
func (r *Registrar) Newest(user, login string) (Binding, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	var best *Binding
	for _, b := range r.bindings[user] {
		if !b.Flow.Gone() && (login == "" || b.login == login) && (best == nil || b.born > best.born) {
			best = b
		}
	}
	if best == nil {
		return Binding{}, false
	}
	return *best, true
}

// FlowClosed removes what was registered over a connection.
func (r *Registrar) FlowClosed(flow transaction.Flow) {
	r.remove(func(b *Binding) bool { return b.Flow.ID == flow.ID })
}

// Close stops the timers.
func (r *Registrar) Close() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.closed = true
	for _, all := range r.bindings {
		for _, b := range all {
			b.timer.Stop()
		}
	}
}

// remove takes bindings away and reports whose number has changed.
func (r *Registrar) remove(gone func(*Binding) bool) {
	r.change(func() {
		for user, all := range r.bindings {
			keep := all[:0:0]
			for _, b := range all {
				if gone(b) {
					b.timer.Stop()
				} else {
					keep = append(keep, b)
				}
			}
			r.set(user, keep)
		}
	})
}

// change runs f under the lock and then reports every user whose number of phones it changed.
func (r *Registrar) change(f func()) {
	r.reporting.Lock()
	defer r.reporting.Unlock()
	r.mu.Lock()
	before := map[string]int{}
	for user, all := range r.bindings {
		before[user] = len(all)
	}
	f()
	after := map[string]int{}
	for user, all := range r.bindings {
		after[user] = len(all)
	}
	closed := r.closed
	r.mu.Unlock()
	if closed || r.report == nil {
		return
	}
	for user := range before {
		if after[user] != before[user] {
			r.report(user, after[user])
		}
	}
	for user, n := range after {
		if _, was := before[user]; !was {
			r.report(user, n)
		}
	}
}

func (r *Registrar) set(user string, all []*Binding) {
	if len(all) == 0 {
		delete(r.bindings, user)
		return
	}
	r.bindings[user] = all
}
