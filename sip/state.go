package sip

import "mediasrv/routing/fact"

// Trunks is how every trunk is doing, by name. Any goroutine may call it.
func (s *Stack) Trunks() []fact.TrunkState {
	out := make([]fact.TrunkState, 0, len(s.links.now().all))
	for _, u := range s.links.now().all {
		out = append(out, u.State())
	}
	return out
}
