package media

import (
	"math"
	"math/bits"

	"mediasrv/media/codec"
	"mediasrv/media/rtp"
)

// blend is what a listener hears in this tick, at the room's rate: the voices, and the frame at of what plays. It is borrowed until the next call.
func (r *Room) blend(w *Worker, e *Endpoint, voices Set, p *player, at int) []int16 {
	play := e.playing(w, p, at)
	n := bits.OnesCount8(uint8(voices))
	out := w.out[:r.frame]
	switch {
	case n == 0 && play != nil:
		return play
	case n == 0:
		clear(out)
		return out
	case n == 1 && play == nil:
		return r.here[first(voices)].voiced()
	}
	sum := w.mix[:r.frame]
	if n > 2 && r.crowd {
		r.but(w, sum, voices)
	} else {
		clear(sum)
		for ; voices != 0; voices &= voices - 1 {
			add(sum, r.here[first(voices)].voiced())
		}
	}
	add(sum, play)
	for i, s := range sum {
		out[i] = int16(min(max(s, math.MinInt16), math.MaxInt16))
	}
	return out
}

// but is the sum of voices, made of the sum of all that are decoded, which is made once per tick.
func (r *Room) but(w *Worker, sum []int32, voices Set) {
	var all Set
	for id, e := range r.here {
		if e != nil && e.in.need && e.coders != nil && !r.muted.Has(EndpointID(id)) {
			all |= 1 << id
		}
	}
	total := w.total[:r.frame]
	if !w.summed {
		w.summed = true
		clear(total)
		for set := all; set != 0; set &= set - 1 {
			add(total, r.here[first(set)].voiced())
		}
	}
	copy(sum, total)
	for set := all &^ voices; set != 0; set &= set - 1 {
		for i, s := range r.here[first(set)].voiced() {
			sum[i] -= int32(s)
		}
	}
}

// playing is the frame at of what plays, at the room's rate; nil if nothing does.
func (e *Endpoint) playing(w *Worker, p *player, at int) []int16 {
	if p == nil || at >= p.frames() {
		return nil
	}
	pcm := p.play.Audio.PCM()[at*codec.Frame : (at+1)*codec.Frame]
	if e.play == nil {
		return pcm
	}
	return w.play[:e.play.Resample(pcm, w.play[:])]
}

func add(sum []int32, pcm []int16) {
	pcm = pcm[:min(len(pcm), len(sum))]
	for i, s := range pcm {
		sum[i] += int32(s)
	}
}

// twin is a packet of this tick that others may get as well: all who hear the same voices in the same codec.
type twin struct {
	voices Set
	codec  codec.Type
	n      int // 0: it could not be encoded
	b      [maxPayload]byte
}

// share sends what is heard, encoded once for all who hear the same.
func (e *Endpoint) share(w *Worker, r *Room, voices Set, now int64) {
	for i := range w.twins[:w.twinned] {
		if t := &w.twins[i]; t.voices == voices && t.codec == e.codec {
			e.sendTwin(w, t, now)
			return
		}
	}
	t := &w.twins[w.twinned] // there is one for each endpoint of a room
	w.twinned++
	t.voices, t.codec = voices, e.codec
	n, err := e.enc.Encode(e.narrow(w, r.blend(w, e, voices, nil, 0)), t.b[:])
	if t.n = n; err != nil {
		t.n = 0
		w.count[sendFailed]++
	}
	e.sendTwin(w, t, now)
}

func (e *Endpoint) sendTwin(w *Worker, t *twin, now int64) {
	if t.n == 0 {
		e.skip(1)
		return
	}
	copy(w.packet[rtp.HeaderSize:], t.b[:t.n])
	e.send(w, t.n, now)
}
