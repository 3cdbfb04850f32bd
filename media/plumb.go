package media

// frameTime is a tick of a room, ns.
const frameTime = tickTime * phases

// voices are whom an endpoint hears now.
func (r *Room) voices(e *Endpoint) Set {
	return r.plan.Rows[e.id].Hears & r.ready &^ r.muted &^ (1 << e.id)
}

// plumb decides for everyone whether packets are relayed to it, and whose voice is to be decoded. It is called whenever that may have changed.
func (r *Room) plumb(now int64) {
	need := r.taps
	for id, e := range r.here {
		if e == nil {
			continue
		}
		from := r.source(e, now)
		if from != e.say.direct.from {
			e.switchTo(r.worker, from, now)
		}
		if from == nil {
			need |= r.voices(e)
		}
		if r.plan.Rows[id].Talk {
			need |= 1 << id
		}
	}
	for id, e := range r.here {
		if e != nil {
			e.needed(need.Has(EndpointID(id)))
		}
	}
}

// source is whose packets can go to e as they come; nil if the clock has to make them: another codec or packet length, a mix, something that plays, a
// digit that is sent, a voice that pauses.
func (r *Room) source(e *Endpoint, now int64) *Endpoint {
	voices := r.voices(e)
	if voices == 0 || voices&(voices-1) != 0 || !e.able() || e.say.dialler.Active() {
		return nil
	}
	from := r.here[first(voices)]
	if from == nil || from.coders == nil || from.hears != e.codec || from.in.units != e.say.units || from.in.even < 2 {
		return nil
	}
	if now-from.in.voice >= relayPause {
		return nil
	}
	if p, _ := e.say.play(r.last); p != nil {
		return nil
	}
	return from
}
