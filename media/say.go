package media

import (
	"errors"
	"time"

	"mediasrv/media/codec"
	"mediasrv/media/rtp"
	"mediasrv/media/webrtc"
)

// outbound is what goes to a peer, on the worker. SSRC, sequence and timestamp belong to the endpoint for life: they never jump.
type outbound struct {
	format  codec.Format
	send    bool   // allowed by the agreement
	started bool   // there was somebody to hear it: before that, plays wait
	packet  int    // samples per packet, at the encoder's rate
	units   uint32 // the same in units of the RTP clock
	ssrc    uint32
	seq     uint16
	ts      uint32 // of the first sample that is not sent yet
	marker  bool   // the next packet begins something new
	lossy   int    // percent of loss that the encoder knows of
	source  source
	direct  relay
	dialler rtp.Dialler
	tones   bool     // digits are sent in the voice
	tone    rtp.Tone // of the digit that is being sent
	pressed uint32   // RTP time at which the digit that is being sent began
	music   player
	prompt  player
	queued  int // samples that are not yet a packet
}

// source is what a peer hears: when it changes, the marker bit is set.
type source struct {
	voices Set
	token  uint32
	front  bool
}

// skip lets ticks of 20 ms pass unsent, and what waits to be a packet.
func (e *Endpoint) skip(ticks int) {
	o := &e.say
	clock := e.codec.ClockRate()
	o.ts += uint32(o.queued*(clock/1000)/(e.own/1000) + ticks*clock/50)
	o.queued = 0
}

// dial queues digits, and returns how many found no place.
func (o *outbound) dial(digits string) (lost uint64) {
	for i := range len(digits) {
		if code, ok := rtp.Code(digits[i]); ok && !o.dialler.Add(code) {
			lost++
		}
	}
	return lost
}

// header is the next packet's.
func (o *outbound) header(pt uint8, ts uint32, marker bool) rtp.Header {
	h := rtp.Header{Marker: marker, PT: pt, Seq: o.seq, Timestamp: ts, SSRC: o.ssrc}
	o.seq++
	return h
}

// able says whether we may send now, and know where.
func (e *Endpoint) able() bool { return e.say.send && !e.failed && e.coders != nil && e.reachable() }

// speak sends what the endpoint hears in this tick: digits; else a ready-made frame of what plays, if nothing else is heard; else the mix, silence
// included: a line is never dead.
func (e *Endpoint) speak(w *Worker, r *Room, now int64) {
	o := &e.say
	able := e.able()
	o.started = o.started || able
	if !o.started || o.direct.from != nil {
		return
	}
	voices := r.voices(e)
	if able && !o.dialler.Active() && e.heldBack(voices, now) {
		return
	}
	p, at := o.play(r.last)
	defer o.turn(e, p, now)
	if !able {
		e.skip(1)
		return
	}
	switch {
	case o.dialler.Active() && o.tones:
		e.playDigit(w, now)
		return
	case o.dialler.Active():
		e.sendDigit(w, now)
		return
	}
	if s := (source{voices: voices, token: p.token(), front: p == &o.prompt}); s != o.source {
		fades := o.fades(s)
		if o.source, o.marker = s, true; fades {
			e.cross(w, r, p, at, now)
			return
		}
	}
	e.sound(w, r, voices, p, at, now)
}

// sound sends voices and frame at of what plays, in the cheapest way: a frame that was encoded when it was loaded, one that is shared, one of its own.
func (e *Endpoint) sound(w *Worker, r *Room, voices Set, p *player, at int, now int64) {
	if e.said == nil && p != nil && voices == 0 {
		if frames := p.play.Audio.Frames(e.say.format.Codec); at < len(frames) {
			n := copy(w.packet[rtp.HeaderSize:], frames[at])
			e.send(w, n, now)
			return
		}
	}
	if e.said == nil && p == nil && r.crowd {
		e.share(w, r, voices, now)
		return
	}
	e.encode(w, e.narrow(w, r.blend(w, e, voices, p, at)), now)
}

// narrow brings PCM of the room's rate to the encoder's.
func (e *Endpoint) narrow(w *Worker, pcm []int16) []int16 {
	if e.down == nil {
		return pcm
	}
	return w.pcm[:e.down.Resample(pcm, w.pcm[:])]
}

// encode packs samples and sends the packets that are full.
func (e *Endpoint) encode(w *Worker, pcm []int16, now int64) {
	o := &e.say
	if e.said == nil {
		e.sendEncoded(w, pcm, now)
		return
	}
	o.queued += copy(e.said[o.queued:], pcm)
	sent := 0
	for ; o.queued-sent >= o.packet; sent += o.packet {
		e.sendEncoded(w, e.said[sent:sent+o.packet], now)
	}
	copy(e.said, e.said[sent:o.queued])
	o.queued -= sent
}

func (e *Endpoint) sendEncoded(w *Worker, pcm []int16, now int64) {
	n, err := e.enc.Encode(pcm, w.packet[rtp.HeaderSize:maxPayload])
	if err != nil {
		w.count[sendFailed]++
		e.say.ts += e.say.units
		return
	}
	e.send(w, n, now)
}

// send sends the payload of n bytes that is in the worker's packet.
func (e *Endpoint) send(w *Worker, n int, now int64) {
	o := &e.say
	h := o.header(o.format.SendPT, o.ts, o.marker)
	rtp.Write(w.packet[:], h)
	o.marker = false
	o.ts += o.units
	e.transmit(w, w.packet[:rtp.HeaderSize+n], h, now)
}

// sendDigit sends a telephone-event instead of the voice, if it is time for one (RFC 4733, 2.5.1).
func (e *Endpoint) sendDigit(w *Worker, now int64) {
	o := &e.say
	e.skip(0)
	ev, first, send := o.dialler.Step(o.format.EventRate)
	if first {
		o.pressed = o.ts
	}
	if send && o.format.EventSend != 0 {
		h := o.header(o.format.EventSend, o.pressed, first)
		rtp.Write(w.packet[:], h)
		rtp.WriteEvent(w.packet[rtp.HeaderSize:], ev)
		e.transmit(w, w.packet[:rtp.HeaderSize+4], h, now)
	}
	e.skip(1)
	o.marker = true
}

// playDigit sends a tick of a digit's tone, or of the pause behind it, instead of the voice.
func (e *Endpoint) playDigit(w *Worker, now int64) {
	o := &e.say
	ev, first, _ := o.dialler.Step(eventRate)
	if first {
		o.tone, _ = rtp.NewTone(rtp.DigitOf(ev.Code), e.own)
	}
	pcm := w.pcm[:e.own/50]
	if o.dialler.Pressed() {
		o.tone.Read(pcm)
	} else {
		clear(pcm)
	}
	e.encode(w, pcm, now)
}

// eventRate is the clock by which tones are counted, Hz.
const eventRate = 8000

// transmit sends a packet. It is borrowed; where SRTP needs room behind it, it is copied into the worker's.
func (e *Endpoint) transmit(w *Worker, packet []byte, h rtp.Header, now int64) {
	size := len(packet) - rtp.HeaderSize
	var err error
	switch {
	case e.secure != nil:
		err = e.secure.Send(packet)
	case e.guard != nil:
		n := copy(w.packet[:maxPayload], packet) // onto itself, as a rule
		if packet, err = e.guard.Protect(w.packet[:n], len(w.packet)-n); err == nil {
			err = e.sock.Send(packet, e.in.latch.Target())
		}
	default:
		err = e.sock.Send(packet, e.in.latch.Target())
	}
	if err != nil {
		if !errors.Is(err, rtp.ErrRefused) {
			w.count[sendFailed]++
			return
		}
		w.count[refused]++ // the packet before; this one was sent
	}
	e.reports.Sent(h, size, now)
	e.oneway.Sent(now)
	w.count[packetsOut]++
}

// reachable says whether we know where to send, and may: not to a browser whose consent has run out (RFC 7675, 5.1).
func (e *Endpoint) reachable() bool {
	if e.secure != nil {
		return e.in.connected && e.secure.State() == webrtc.Connected
	}
	return e.in.latch.Target().IsValid()
}

// Times of a relay: how long the voice may pause before the clock takes over, and how long it is waited for that what was already sent on has passed.
const (
	relayPause = int64(200 * time.Millisecond)
	relayWait  = int64(100 * time.Millisecond)
)
