package media

import (
	"net/netip"
	"time"

	"mediasrv/media/codec"
	"mediasrv/media/rtp"
	"mediasrv/media/webrtc"
)

// comfortNoise is the static payload type of RFC 3389: the sender pauses.
const comfortNoise = 13

// inbound is what comes from a peer, on the worker.
type inbound struct {
	format    codec.Format
	latch     rtp.Latch
	kit       *kit        // nil while nobody needs the voice decoded
	jitter    *rtp.Jitter // the kit's
	keypad    rtp.Keypad
	ear       talk
	pressed   int64 // when the digit that is in the voice began
	ssrc      uint32
	connected bool   // media came at least once
	need      bool   // somebody needs the voice decoded
	hissing   bool   // comfort noise is to fill the pause
	relay     Set    // who gets the packets as they come
	units     uint32 // length of the latest voice packet
	even      uint8  // how many of that length came in a row
	voice     int64  // when the latest voice packet came
	overheard uint16 // number of the newest packet that was looked at for digits as it came
	listened  bool   // there was one, in this stream
	at        uint32 // RTP time of the first decoded sample that is not yet played
	dated     bool   // at is known
	queued    int    // decoded samples that are not yet played
	switched  int64  // when the peer was last found to send another codec; 0: never
}

// hear takes a datagram of an RTP leg's port: only a packet that could be the peer's may move the latch.
func (e *Endpoint) hear(w *Worker, b []byte, from netip.AddrPort, now int64) {
	if rtp.IsRTCP(b) {
		e.takeControl(w, b, from, now)
		return
	}
	if !e.settled {
		w.count[dropEarly]++
		return
	}
	if e.guard != nil {
		var ok bool
		if b, ok = e.open(w, b, from, now); !ok {
			return
		}
	}
	h, payload, err := rtp.Parse(b)
	switch {
	case err != nil:
		w.count[dropMalformed]++
	case !e.in.takes(h.PT):
		w.count[dropType]++
	case !e.in.latch.Accept(from, now):
		w.count[dropStranger]++
	default:
		e.proved = e.pinned
		if e.sock != nil && !e.pinned {
			e.pin(w)
		}
		e.receive(w, b, h, payload, now)
	}
}

// open undoes SRTP. A stranger isn't asked for its keys where the peer is known and speaks: that would cost more than a look at its address.
func (e *Endpoint) open(w *Worker, b []byte, from netip.AddrPort, now int64) ([]byte, bool) {
	if !e.in.latch.Might(from, now) {
		w.count[dropStranger]++
		return nil, false
	}
	plain, err := e.guard.Unprotect(b)
	if err != nil {
		w.count[dropForged]++
		return nil, false
	}
	return plain, true
}

// take takes a packet of a browser, decrypted and known to be its own.
func (e *Endpoint) take(w *Worker, b []byte, now int64) {
	if rtp.IsRTCP(b) {
		e.told(w, b, now)
		return
	}
	h, payload, err := rtp.Parse(b)
	switch {
	case err != nil:
		w.count[dropMalformed]++
	case !e.settled:
		w.count[dropEarly]++
	case !e.in.takes(h.PT):
		w.count[dropType]++
	default:
		e.receive(w, b, h, payload, now)
	}
}

// takes says whether a payload type was agreed.
func (in *inbound) takes(pt uint8) bool {
	f := &in.format
	return pt == f.RecvPT || pt == comfortNoise || f.EventRecv != 0 && pt == f.EventRecv || f.Noise != 0 && pt == f.Noise || f.Further(pt) != codec.None
}

// receive takes a valid packet of the peer, of which b is the whole. Where the only thing that a listener hears is this voice, in the same codec, the packet is sent on at once.
func (e *Endpoint) receive(w *Worker, b []byte, h rtp.Header, payload []byte, now int64) {
	in := &e.in
	w.count[packetsIn]++
	if e.quiet != 0 {
		e.quiet = now
	}
	e.reports.Received(h, len(payload), now)
	if e.secure == nil || e.secure.State() == webrtc.Connected { // a browser is back by its consent only, not by what is still under way
		e.connect(now)
	}
	if h.SSRC != in.ssrc {
		in.ssrc, in.listened = h.SSRC, false
		if k, held := in.keypad.Reset(); held { // its end doesn't come any more
			e.digit(k, now)
		}
	}
	switch {
	case in.format.EventRecv != 0 && h.PT == in.format.EventRecv:
		e.oneway.Received(h, false, now)
		e.event(h, payload, now)
	case in.format.Further(h.PT) != codec.None:
		e.oneway.Received(h, false, now)
		e.other(w, in.format.Further(h.PT), now)
	case h.PT != in.format.RecvPT, codec.Silent(in.format.Codec, payload):
		e.oneway.Received(h, true, now)
		e.pause(w, h, payload, now)
	default:
		e.oneway.Received(h, false, now)
		e.speech(w, b, h, payload, now)
	}
}

// switchPause is how long a peer that changes its codec again and again is not followed.
const switchPause = int64(time.Second)

// other takes the first packets of a peer that has begun to send another codec. They are lost: its decoder has to be made, elsewhere.
func (e *Endpoint) other(w *Worker, hears codec.Type, now int64) {
	w.count[dropType]++
	if e.in.switched != 0 && now-e.in.switched < switchPause {
		return
	}
	select {
	case w.reports <- report{end: e, hears: hears}:
		e.in.switched = now
	default: // with the next packet
	}
}

// event takes a telephone-event.
func (e *Endpoint) event(h rtp.Header, payload []byte, now int64) {
	in := &e.in
	if in.need {
		in.jitter.Push(h, nil, 0, now)
	}
	keys, n := in.keypad.Push(h, payload, now)
	for _, k := range keys[:n] {
		e.digit(k, now)
	}
	e.withhold(h)
}

// pause takes comfort noise, or a packet that says nothing.
func (e *Endpoint) pause(w *Worker, h rtp.Header, payload []byte, now int64) {
	in := &e.in
	if in.need {
		in.jitter.Push(h, nil, 0, now)
		if e.cn != nil && h.PT == in.format.Noise && len(payload) > 0 {
			if _, err := e.cn.Decode(payload, w.pcm[:]); err == nil {
				in.hissing = true
			}
		}
	}
	e.withhold(h)
}

// speech takes voice.
func (e *Endpoint) speech(w *Worker, b []byte, h rtp.Header, payload []byte, now int64) {
	in := &e.in
	units := uint32(codec.Units(in.format.Codec, payload))
	if units == 0 || e.coders == nil || units > e.longest() {
		w.count[dropDecode]++
		return
	}
	if units == in.units {
		in.even = min(in.even+1, 10)
	} else {
		in.units, in.even = units, 0
	}
	in.voice = now
	switch {
	case in.need:
		in.jitter.Push(h, payload, units, now)
	case e.overhears():
		e.overhear(w, h, payload, now)
	}
	for set := in.relay; set != 0; set &= set - 1 {
		e.room.here[first(set)].pass(w, b, h, payload, units, now)
	}
}

// longest is longestTime in units of the RTP clock.
func (c *coders) longest() uint32 { return uint32(c.longestTime() * c.hears.ClockRate() / 1000) }

// connect notes that media came: the first time, or again.
func (e *Endpoint) connect(now int64) {
	switch {
	case !e.in.connected:
		e.in.connected = true
		e.room.ready |= 1 << e.id
		e.report(Event{Kind: Connected}, now)
	case e.lost:
		e.report(Event{Kind: Back}, now)
	}
	e.lost = false
}

// lose notes that no media comes any more, once until it is back.
func (e *Endpoint) lose(now int64) {
	if !e.lost && !e.failed {
		e.lost = true
		e.report(Event{Kind: Lost}, now)
	}
}

// digit reports a digit, if the plan wants it, and gives it to those who hear the peer and are to have its digits.
func (e *Endpoint) digit(k rtp.Key, now int64) {
	r := e.room
	if r.plan.Rows[e.id].Digits {
		e.report(Event{Kind: Digit, Digit: k.Digit, Length: k.Length}, now)
	}
	code, ok := rtp.Code(k.Digit)
	for id, o := range r.here {
		if o == nil || o == e || !ok || !r.plan.Rows[id].Keys || !r.plan.Rows[id].Hears.Has(e.id) || o.say.format.EventSend == 0 {
			continue
		}
		if !o.say.dialler.Add(code) {
			r.worker.count[digitsLost]++
		}
	}
}

// fail reports that the endpoint can't go on, once.
func (e *Endpoint) fail(why error, now int64) {
	if !e.failed && e.live {
		e.failed = true
		e.report(Event{Kind: Failed, Why: why}, now)
	}
}

// watch looks at what needs no precision, every 100 ms.
func (e *Endpoint) watch(w *Worker, now int64) {
	if k, ok := e.in.keypad.Poll(now); ok {
		e.digit(k, now)
	}
	e.lull(w, now)
	if e.secure == nil && e.expired(now, w.timeout) {
		e.lose(now)
	}
	if e.pinned && e.in.latch.Silent(now) {
		e.relax(now)
	}
	s := e.flushStats(w)
	e.judge(w, s, now)
}

// flushStats counts what the jitter buffer did since the last call.
func (e *Endpoint) flushStats(w *Worker) rtp.JitterStats {
	if e.in.jitter == nil {
		return rtp.JitterStats{}
	}
	s := e.in.jitter.Stats
	e.in.jitter.Stats = rtp.JitterStats{}
	w.count[dropLost] += s.Lost
	w.count[dropLate] += s.Late
	w.count[dropDuplicate] += s.Duplicate
	w.count[dropOverflow] += s.Overflow
	w.count[dropSkipped] += s.Skipped
	w.count[concealed] += s.Concealed
	return s
}
