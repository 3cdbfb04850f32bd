package registrar

import (
	"maps"

	"mediasrv/config"
)

// Apply takes the users of a new file. Desk phones whose login is gone or changed are no longer registered; browsers' logins stay until they are
// revoked. Then the number of phones of every user is reported anew, for those who have become agents.
func (r *Registrar) Apply(users map[string]*config.User) {
	r.reporting.Lock()
	r.mu.Lock()
	old := maps.Clone(r.logins)
	clear(r.users)
	maps.DeleteFunc(r.logins, func(_ string, l login) bool { return !l.browser })
	r.take(users)
	for _, l := range r.logins {
		r.users[l.user] = true
	}
	changed := map[string]bool{}
	for name, l := range old {
		if now, ok := r.logins[name]; !ok || now != l {
			changed[name] = true
		}
	}
	r.mu.Unlock()
	r.reporting.Unlock()
	r.remove(func(b *Binding) bool { return changed[b.login] })
	r.tellAll()
}

func (r *Registrar) tellAll() {
	r.reporting.Lock()
	defer r.reporting.Unlock()
	r.mu.Lock()
	phones := map[string]int{}
	for user, all := range r.bindings {
		phones[user] = len(all)
	}
	closed := r.closed
	r.mu.Unlock()
	if closed || r.report == nil {
		return
	}
	for user, n := range phones {
		r.report(user, n)
	}
}
