package media

import "mediasrv/media/rtp"

// pull makes the next 20 ms of the peer's voice ready, and copies what it decodes into the taps.
func (e *Endpoint) pull(w *Worker, now int64) {
	in, frame := &e.in, e.room.frame
	for in.queued < frame {
		p, verdict := in.jitter.Next(now)
		if verdict == rtp.Wait {
			e.fill(e.heard[in.queued:frame])
			in.queued = frame
			break
		}
		n := e.decode(w, p, verdict)
		if in.queued == 0 {
			in.at, in.dated = p.Timestamp, true
		}
		if verdict != rtp.Conceal || !p.Late { // what is only late comes yet, and then takes its own place in a recording
			e.tap(e.heard[in.queued:in.queued+n], p, verdict == rtp.Conceal, now)
		}
		in.queued += n
	}
	e.listen(now)
}

// fill fills a pause.
func (e *Endpoint) fill(pcm []int16) {
	if e.in.hissing && e.cn != nil {
		if _, err := e.cn.Conceal(pcm); err == nil {
			return
		}
	}
	clear(pcm)
}

// decode puts a packet's samples behind what is in heard and returns how many there are.
func (e *Endpoint) decode(w *Worker, p rtp.Packet, verdict rtp.Verdict) int {
	in := &e.in
	out := e.heard[in.queued:]
	raw := out
	if e.up != nil {
		raw = w.pcm[:]
	}
	n := e.samples(w, p, verdict, raw)
	if e.up != nil {
		n = e.up.Resample(raw[:n], out)
	}
	return n
}

// samples decodes a packet, or makes up 20 ms, at the decoder's rate.
func (e *Endpoint) samples(w *Worker, p rtp.Packet, verdict rtp.Verdict, raw []int16) int {
	if verdict == rtp.Play {
		e.in.hissing = false
		if n, err := e.dec.Decode(p.Payload, raw); err == nil && n > 0 {
			return n
		}
		w.count[dropDecode]++
	}
	raw = raw[:e.from/50]
	if e.fec != nil && verdict == rtp.Conceal && !p.Late {
		if next, ok := e.in.jitter.Behind(p); ok {
			if n, err := e.fec.DecodeFEC(next, raw); err == nil {
				return n
			}
		}
	}
	if n, err := e.dec.Conceal(raw); err == nil {
		return n
	}
	clear(raw)
	return len(raw)
}

// drop takes the played frame out.
func (e *Endpoint) drop() {
	in, frame := &e.in, e.room.frame
	in.queued -= frame
	if in.queued <= 0 {
		in.queued, in.dated = 0, false
		return
	}
	copy(e.heard[:in.queued], e.heard[frame:frame+in.queued])
	in.at += uint32(e.hears.ClockRate() / 50)
}

// voiced is what the peer says in this tick: nothing, while there is no kit for it.
func (e *Endpoint) voiced() []int16 {
	if e.heard == nil {
		return e.room.worker.silence[:e.room.frame]
	}
	return e.heard[:e.room.frame]
}

// needed says whether somebody needs the voice decoded from now on. What came while nobody did isn't kept. Should there be no kit at the moment,
// the next tick asks again.
func (e *Endpoint) needed(need bool) {
	in, w := &e.in, e.room.worker
	need = need && e.coders != nil
	switch {
	case need && !in.need:
		if in.kit = w.takeKit(); in.kit == nil {
			return
		}
		in.jitter = &in.kit.jitter
		e.equip()
		in.jitter.Rate = e.hears.ClockRate()
		in.queued, in.dated, in.hissing = 0, false, false
	case !need && in.need:
		e.flushStats(w)
		if e.lent {
			e.heard, e.lent = nil, false
		}
		w.giveKit(in.kit)
		in.kit, in.jitter = nil, nil
	}
	in.need = need
}

// equip gives coders without a room of their own that of the kit, if there is one.
func (e *Endpoint) equip() {
	if e.heard == nil && e.in.kit != nil {
		e.heard, e.lent = e.in.kit.heard[:], true
	}
}
