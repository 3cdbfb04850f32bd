package simulate

import (
	"mediasrv/media"
	"mediasrv/routing/clock"
)

// room is the media of a call: nothing sounds, and what is played is over when it would be.
type room struct {
	clock    *clock.Clock
	tell     media.Sink
	heard    func(what string) // by the customer; may be nil
	legs     [media.MaxEndpoints]*leg
	plan     media.Plan
	callback bool // whom we call by a trunk is the customer
	over     bool
}

// enter gives a leg a place; false: there is none.
func (r *room) enter(l *leg) bool {
	for i, other := range r.legs {
		if other == nil && !r.over {
			r.legs[i], l.slot = l, media.EndpointID(i)
			return true
		}
	}
	return false
}

func (r *room) leave(l *leg) {
	if r.legs[l.slot] == l {
		r.legs[l.slot] = nil
	}
}

// Listen implements routing.Room.
func (r *room) Listen(to media.Sink) { r.tell = to }

// Close implements routing.Room.
func (r *room) Close() { r.over = true }

// Swap implements routing.Room.
func (r *room) Swap(from, to media.EndpointID) {
	plan := r.plan
	plan.Swap(from, to)
	r.Set(plan)
}

// Set implements routing.Room.
func (r *room) Set(plan media.Plan) {
	old := r.plan
	r.plan = plan
	for i := range plan.Rows {
		at := media.EndpointID(i)
		if r.legs[i] == nil {
			continue
		}
		for _, play := range []media.Play{plan.Rows[i].Prompt, plan.Rows[i].Music} {
			if play.Token != 0 && play.Token != old.Rows[i].Prompt.Token && play.Token != old.Rows[i].Music.Token {
				r.begins(at, play)
			}
		}
		if plan.Rows[i].Talk && !old.Rows[i].Talk {
			r.speaks(at)
		}
	}
}

// begins plays something once, or for ever.
func (r *room) begins(at media.EndpointID, play media.Play) {
	if r.legs[at].customer && r.heard != nil {
		r.heard(play.Audio.Name())
	}
	if play.Loop {
		return
	}
	r.clock.AfterFunc(play.Audio.Length(), func() {
		if row := r.plan.Rows[at]; row.Prompt.Token == play.Token || row.Music.Token == play.Token {
			r.happens(media.Event{Kind: media.PlayDone, Endpoint: at, Token: play.Token})
		}
	})
}

// speaks is a caller who leaves a message.
func (r *room) speaks(at media.EndpointID) {
	r.clock.AfterFunc(breath, func() { r.happens(media.Event{Kind: media.Talks, Endpoint: at}) })
	r.clock.AfterFunc(messageLength, func() { r.happens(media.Event{Kind: media.Quiet, Endpoint: at}) })
}

func (r *room) happens(e media.Event) {
	if r.over || r.tell == nil {
		return
	}
	e.At = r.clock.Now()
	r.tell(e)
}
