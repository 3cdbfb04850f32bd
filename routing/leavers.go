package routing

import (
	"sync"

	"mediasrv/config"
)

// leavers are agents whom a reload has taken out of the file, until their call and its wrap-up are over: so long they stay logged in.
type leavers struct {
	mu    sync.Mutex
	users map[string]*config.User
}

// apply notes the agents of the old file that the new one doesn't have; the floor says at once who of them has nothing to finish.
func (l *leavers) apply(old, now *config.Config) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.users == nil {
		l.users = make(map[string]*config.User)
	}
	for user, u := range old.Users {
		if n := now.Users[user]; u.Agent && (n == nil || !n.Agent) {
			l.users[user] = u
		}
	}
	for user := range l.users {
		if n := now.Users[user]; n != nil && n.Agent {
			delete(l.users, user)
		}
	}
}

func (l *leavers) of(user string) *config.User {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.users[user]
}

func (l *leavers) left(user string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.users, user)
}
