package table

import (
	"testing"

	"mediasrv/media"
)

func TestWhoHearsWhom(t *testing.T) {
	const c, a, g, s media.EndpointID = 0, 1, 2, 3
	set := media.Of
	customer, agent, guest := Party{At: c, Role: Customer}, Party{At: a, Role: Agent}, Party{At: g, Role: Guest}
	away := func(p Party) Party { p.Away = true; return p }
	muted := func(p Party) Party { p.Muted = true; return p }
	super := func(m Mode) Party { return Party{At: s, Role: Supervisor, Mode: m} }
	tests := map[string]struct {
		t        Table
		hears    map[media.EndpointID]media.Set
		recorded media.Set
	}{
		"two talk":      {Table{customer, agent}, map[media.EndpointID]media.Set{c: set(a), a: set(c)}, set(c, a)},
		"hold":          {Table{away(customer), agent}, nil, 0},
		"muted":         {Table{customer, muted(agent)}, map[media.EndpointID]media.Set{a: set(c)}, set(c)},
		"consultation":  {Table{away(customer), agent, guest}, map[media.EndpointID]media.Set{a: set(g), g: set(a)}, 0},
		"switched":      {Table{customer, agent, away(guest)}, map[media.EndpointID]media.Set{a: set(c), c: set(a)}, set(c, a)},
		"conference":    {Table{customer, agent, guest}, map[media.EndpointID]media.Set{c: set(a, g), a: set(c, g), g: set(c, a)}, set(c, a, g)},
		"agent gone":    {Table{customer, guest}, map[media.EndpointID]media.Set{c: set(g), g: set(c)}, set(c, g)},
		"listen":        {Table{customer, agent, super(Listen)}, map[media.EndpointID]media.Set{c: set(a), a: set(c), s: set(c, a)}, set(c, a)},
		"whisper":       {Table{customer, agent, super(Whisper)}, map[media.EndpointID]media.Set{c: set(a), a: set(c, s), s: set(c, a)}, set(c, a)},
		"whisper, hold": {Table{away(customer), agent, super(Whisper)}, map[media.EndpointID]media.Set{a: set(s), s: set(a)}, 0},
		"whisper rings": {Table{customer, agent, away(super(Whisper))}, map[media.EndpointID]media.Set{c: set(a), a: set(c)}, set(c, a)},
		"barge":         {Table{customer, agent, super(Barge)}, map[media.EndpointID]media.Set{c: set(a, s), a: set(c, s), s: set(c, a)}, set(c, a, s)},
		"whispers to nobody else": {
			Table{customer, agent, guest, super(Whisper)},
			map[media.EndpointID]media.Set{c: set(a, g), a: set(c, g, s), g: set(c, a), s: set(c, a, g)},
			set(c, a, g),
		},
	}
	for name, test := range tests {
		for _, p := range test.t {
			if got := test.t.Hears(p); got != test.hears[p.At] {
				t.Errorf("%s: %d hears %04b, want %04b", name, p.At, got, test.hears[p.At])
			}
		}
		if got := test.t.Recorded(); got != test.recorded {
			t.Errorf("%s: recorded are %04b, want %04b", name, got, test.recorded)
		}
	}
}
