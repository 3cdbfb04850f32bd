package media

// follow takes over a plan, on the worker.
func (r *Room) follow(p *Plan, now int64) {
	r.plan = *p
	r.taps, r.muted = 0, 0
	for id, e := range r.here {
		row := &r.plan.Rows[id]
		if e == nil {
			*row = Row{} // a slot's next endpoint must not step into what was said about nobody
			continue
		}
		row.Hears &^= 1 << id
		if row.Mute {
			r.muted |= 1 << id
		}
		e.say.prompt.follow(row.Prompt)
		e.say.music.follow(row.Music)
		e.tapping = 0
	}
	for i := range r.plan.Taps {
		t := &r.plan.Taps[i]
		if t.Tap == nil || t.Of >= MaxEndpoints || r.here[t.Of] == nil {
			*t = TapRow{}
			continue
		}
		e := r.here[t.Of]
		e.taps[e.tapping] = tapped{tap: t.Tap, channel: t.Channel}
		e.tapping++
		r.taps |= 1 << t.Of
	}
	r.hush()
	r.plumb(now)
}

// leave takes an endpoint out of the room and out of its plan, so that the next one in its slot is heard by nobody before a plan says so.
func (r *Room) leave(e *Endpoint, now int64) {
	if r.here[e.id] != e {
		return
	}
	if from := e.say.direct.from; from != nil {
		from.in.relay &^= 1 << e.id
		e.say.direct = relay{}
	}
	e.needed(false)
	r.here[e.id] = nil
	r.ready &^= 1 << e.id
	r.muted &^= 1 << e.id
	r.plan.Rows[e.id] = Row{}
	for i := range r.plan.Taps {
		if t := &r.plan.Taps[i]; t.Tap != nil && t.Of == e.id {
			*t = TapRow{}
		}
	}
	r.hush()
	r.plumb(now)
}

// hush takes those who aren't there out of what is heard.
func (r *Room) hush() {
	var there Set
	for id, e := range r.here {
		if e != nil {
			there |= 1 << id
		}
	}
	r.taps &= there
	r.crowd = there&(there-1)&((there&(there-1))-1) != 0
	for id := range r.plan.Rows {
		r.plan.Rows[id].Hears &= there
	}
}

// tick is 20 ms of the room, on the worker: everyone's voice is made ready, then everyone is told what it hears.
func (r *Room) tick(w *Worker, number, now int64) {
	missed := number - r.last - 1
	if r.last == 0 {
		missed = 0
	}
	r.last = number
	for _, e := range r.here {
		if e != nil {
			e.begin(missed, now)
		}
	}
	r.plumb(now)
	w.twinned, w.summed = 0, false
	for _, e := range r.here {
		if e != nil && e.in.need {
			e.pull(w, now)
		}
	}
	for _, e := range r.here {
		if e != nil && e.coders != nil {
			e.speak(w, r, now)
		}
	}
	for _, e := range r.here {
		if e != nil && e.in.need {
			e.drop()
		}
	}
}

// begin is what comes first in a tick, after so many that were left out.
func (e *Endpoint) begin(missed, now int64) {
	if e.secure != nil {
		e.state(now)
	}
	if missed > 0 && e.coders != nil && e.say.direct.from == nil {
		e.skip(int(missed))
	}
}
