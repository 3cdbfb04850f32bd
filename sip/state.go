package sip

import (
	"slices"
	"strings"

	"mediasrv/routing/fact"
)

// Trunks is how every trunk is doing, by name. Any goroutine may call it.
func (s *Stack) Trunks() []fact.TrunkState {
	out := make([]fact.TrunkState, 0, len(s.file.Trunks))
	for _, t := range s.file.Trunks {
		out = append(out, fact.TrunkState{Name: t.Name, Kind: t.Kind})
	}
	slices.SortFunc(out, func(a, b fact.TrunkState) int { return strings.Compare(a.Name, b.Name) })
	return out
}
