package trunk

import (
	"net/netip"
	"sort"
	"sync"

	"mediasrv/config"
	"mediasrv/sip/digest"
)

// Set is the trunks of a file. It may be used from any goroutine.
type Set struct {
	trunks  []*config.Trunk // by name, so that the choice doesn't change from run to run
	secrets map[string]digest.Secret

	mu     sync.Mutex
	limits map[string]*limit
	all    limit // of the whole server
}

// New takes the trunks of a file.
func New(file *config.Config, realm string) *Set {
	s := &Set{secrets: map[string]digest.Secret{}, limits: map[string]*limit{}}
	s.all = limit{most: file.Limits.Calls, rate: Rate{PerSecond: file.Limits.CallsPerSecond}}
	for _, t := range file.Trunks {
		s.trunks = append(s.trunks, t)
		s.limits[t.Name] = &limit{most: t.MaxCalls, rate: Rate{PerSecond: t.MaxRate}}
		if t.Username != "" {
			s.secrets[t.Name] = digest.Hash(t.Username, realm, t.Password)
		}
	}
	sort.Slice(s.trunks, func(i, j int) bool { return s.trunks[i].Name < s.trunks[j].Name })
	return s
}

// Allowed says whether some trunk's calls come from an address.
func (s *Set) Allowed(addr netip.Addr) bool {
	for _, t := range s.trunks {
		if contains(t, addr) {
			return true
		}
	}
	return false
}

// Names says whether a digest login belongs to a trunk.
func (s *Set) Names(username string) bool {
	for _, t := range s.trunks {
		if t.Username != "" && t.Username == username {
			return true
		}
	}
	return false
}

// At is the trunk whose calls from an address need no login; nil: none.
func (s *Set) At(addr netip.Addr) *config.Trunk {
	for _, t := range s.trunks {
		if t.Username == "" && contains(t, addr) {
			return t
		}
	}
	return nil
}

// Login is the trunk, and its secret, that a digest login from an address is for. A trunk with addresses and a login asks for both.
func (s *Set) Login(username string, addr netip.Addr) (*config.Trunk, digest.Secret) {
	for _, t := range s.trunks {
		if t.Username != "" && t.Username == username && (len(t.Addresses) == 0 || contains(t, addr)) {
			return t, s.secrets[t.Name]
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
