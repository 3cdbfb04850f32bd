package trunk

import (
	"net/netip"
	"sort"
	"sync"
	"sync/atomic"

	"mediasrv/config"
	"mediasrv/sip/digest"
)

// Set is the trunks of a file. It may be used from any goroutine.
type Set struct {
	realm string
	now   atomic.Pointer[list]

	mu     sync.Mutex
	limits map[string]*limit
	all    limit // of the whole server
}

// list is what a file says. It is immutable.
type list struct {
	trunks  []*config.Trunk // by name, so that the choice doesn't change from run to run
	secrets map[string]digest.Secret
}

// New takes the trunks of a file.
func New(file *config.Config, realm string) *Set {
	s := &Set{realm: realm, limits: map[string]*limit{}}
	s.Apply(file)
	return s
}

// Apply takes the trunks of a new file. Calls that are counted stay counted.
func (s *Set) Apply(file *config.Config) {
	next := &list{secrets: map[string]digest.Secret{}}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.all.change(file.Limits.Calls, file.Limits.CallsPerSecond)
	for _, t := range file.Trunks {
		next.trunks = append(next.trunks, t)
		if t.Username != "" {
			next.secrets[t.Name] = digest.Hash(t.Username, s.realm, t.Password)
		}
		if s.limits[t.Name] == nil {
			s.limits[t.Name] = &limit{}
		}
		s.limits[t.Name].change(t.MaxCalls, t.MaxRate)
	}
	sort.Slice(next.trunks, func(i, j int) bool { return next.trunks[i].Name < next.trunks[j].Name })
	s.now.Store(next)
}

// Allowed says whether some trunk's calls come from an address.
func (s *Set) Allowed(addr netip.Addr) bool {
	for _, t := range s.now.Load().trunks {
		if contains(t, addr) {
			return true
		}
	}
	return false
}

// Names says whether a digest login belongs to a trunk.
func (s *Set) Names(username string) bool {
	for _, t := range s.now.Load().trunks {
		if t.Username != "" && t.Username == username {
			return true
		}
	}
	return false
}

// At is the trunk whose calls from an address need no login; nil: none.
func (s *Set) At(addr netip.Addr) *config.Trunk {
	for _, t := range s.now.Load().trunks {
		if t.Username == "" && contains(t, addr) {
			return t
		}
	}
	return nil
}

// Login is the trunk, and its secret, that a digest login from an address is for. A trunk with addresses and a login asks for both.
func (s *Set) Login(username string, addr netip.Addr) (*config.Trunk, digest.Secret) {
	now := s.now.Load()
	for _, t := range now.trunks {
		if t.Username != "" && t.Username == username && (len(t.Addresses) == 0 || contains(t, addr)) {
			return t, now.secrets[t.Name]
		}
	}
	return nil, digest.Secret{}
}

func contains(t *config.Trunk, addr netip.Addr) bool {
	addr = addr.Unmap()
	for _, p := range t.Addresses {
		if p.Contains(addr) {
			return true
		}
	}
	return false
}
