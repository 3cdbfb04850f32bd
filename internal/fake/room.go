package fake

import (
	"net/netip"
	"sync"
	"time"

	"mediasrv/media"
)

// Room plays prompts in virtual time, and knows what each endpoint hears.
type Room struct {
	real *media.Room // which does all of it; nil: this one does

	mu      sync.Mutex
	sink    media.Sink
	plan    media.Plan
	legs    [media.MaxEndpoints]*Leg
	playing map[uint32]bool // prompts that were begun
	closed  bool
}

// NewRoom makes an empty room.
func NewRoom() *Room { return &Room{playing: make(map[uint32]bool)} }

// NewRealRoom is a room that the media engine carries out. Its legs have real endpoints, with whom Leg.Real can connect a far end.
func NewRealRoom(real *media.Room) *Room { return &Room{real: real} }

func (r *Room) enter(l *Leg) media.EndpointID {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.real != nil {
		e, err := r.real.AddRTP(netip.Addr{})
		if err != nil {
			panic("fake: " + err.Error())
		}
		l.real = e
		return e.ID()
	}
	for i, old := range r.legs {
		if old == nil {
			r.legs[i] = l
			return media.EndpointID(i)
		}
	}
	panic("fake: the room is full")
}

func (r *Room) leave(l *Leg) {
	if l.real != nil {
		l.real.Close()
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.legs[l.slot] = nil
}

// Listen implements routing.Room.
func (r *Room) Listen(sink media.Sink) {
	if r.real != nil {
		r.real.Listen(sink)
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.sink = sink
}

// Set implements routing.Room. A prompt that isn't a loop is done after its length, if it is still in the plan then.
func (r *Room) Set(p media.Plan) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.plan = p
	if r.real != nil {
		r.real.Set(p)
		return
	}
	for _, row := range p.Rows {
		play := row.Prompt
		if play.Token == 0 || play.Loop || r.playing[play.Token] {
			continue
		}
		r.playing[play.Token] = true
		time.AfterFunc(play.Audio.Length(), func() { r.done(play.Token) })
	}
}

// Swap implements routing.Room.
func (r *Room) Swap(from, to media.EndpointID) {
	p := r.Plan()
	p.Swap(from, to)
	r.Set(p)
}

func (r *Room) done(token uint32) {
	r.mu.Lock()
	var still bool
	for _, row := range r.plan.Rows {
		still = still || row.Prompt.Token == token
	}
	sink, ok := r.sink, still && !r.closed
	r.mu.Unlock()
	if ok {
		sink(media.Event{Kind: media.PlayDone, Token: token, At: time.Now()})
	}
}

// Close implements routing.Room.
func (r *Room) Close() {
	if r.real != nil {
		r.real.Close()
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.closed = true
}

// Closed says whether the room is closed.
func (r *Room) Closed() bool { r.mu.Lock(); defer r.mu.Unlock(); return r.closed }

// Happens makes the room report an event of a leg's endpoint.
func (r *Room) Happens(l *Leg, e media.Event) {
	r.mu.Lock()
	sink := r.sink
	r.mu.Unlock()
	e.Endpoint, e.At = l.slot, time.Now()
	sink(e)
}

// Plan is the latest plan.
func (r *Room) Plan() media.Plan { r.mu.Lock(); defer r.mu.Unlock(); return r.plan }

// Hears is the name of what a leg hears: a prompt's, or "party"; empty: silence.
func (r *Room) Hears(l *Leg) string {
	row := r.Plan().Rows[l.slot]
	switch {
	case row.Prompt.Token != 0:
		return row.Prompt.Audio.Name()
	case row.Hears != 0:
		return "party"
	case row.Music.Token != 0:
		return row.Music.Audio.Name()
	}
	return ""
}
