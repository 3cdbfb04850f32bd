package sdp

import (
	"fmt"
	"slices"
	"strconv"

	"mediasrv/media/codec"
)

// Session is one leg's offer/answer state over the life of its dialog. It is not safe for concurrent use. What fails leaves it as it was.
type Session struct {
	local   Local
	slots   []slot
	audioAt int
	bundle  bool
	ours    []payload // payload types that we announced, for the life of the session

	sent    string // the last description without its version
	version uint64
	pending sheet // of the last Offer
	agreed  sheet // the description of ours that is in force

	offered    []payload // the last Offer; nil: none that may be answered
	keys       []offered // in it
	suite      string    // agreed last; empty: plain RTP
	offeredDir Direction

	peer       *description // the last offer that was taken
	ufrag, pwd string       // the peer's
}

// NewSession begins with what we bring.
func NewSession(local Local) *Session { return &Session{local: local} }

// SetLocal changes what we bring (after an ICE restart); the next description has a higher version.
func (s *Session) SetLocal(local Local) { s.local = local }

// Offer makes an offer with our side's direction. Unchanged since the last description: same text, same version.
func (s *Session) Offer(dir Direction) []byte {
	if len(s.slots) == 0 {
		s.begin()
	}
	list := s.local.number(s.local.kinds(), s.ours)
	s.ours = remember(s.ours, list)
	s.offered, s.offeredDir, s.keys = list, dir, s.local.cryptos(s.suite)
	s.slots[s.audioAt].proto = s.profile()
	// Browsers want actpass in every offer, whatever the roles are by now (RFC 8829, 5.2.2; RFC 8842, 5.5).
	s.pending = sheet{slots: slices.Clone(s.slots), audio: s.audioAt, payloads: list, dir: dir, ptime: s.local.ptime(), setup: "actpass", bundle: s.bundle, keys: s.keys}
	return s.publish(s.pending)
}

// Again offers what is in force once more, to refresh the session: same text, same version (RFC 3264, 8), unless another offer was refused meanwhile.
// Before anything was agreed, and with browsers, it is Offer.
func (s *Session) Again(dir Direction) []byte {
	if len(s.agreed.slots) == 0 || s.local.WebRTC {
		return s.Offer(dir)
	}
	s.pending = s.agreed
	s.offered, s.offeredDir, s.keys = s.pending.payloads, s.pending.dir, s.pending.keys
	return s.publish(s.pending)
}

// Clone is the session as it is now: what happens to one doesn't change the other.
func (s *Session) Clone() *Session {
	c := *s
	c.slots, c.ours = slices.Clone(s.slots), slices.Clone(s.ours)
	return &c
}

// begin lays out a session that we offer.
func (s *Session) begin() {
	s.slots = []slot{{kind: "audio"}}
	if s.local.WebRTC {
		s.slots[0].mid, s.bundle = "0", true
	}
}

// profile is our audio's in an offer: the one that it had before.
func (s *Session) profile() string {
	before := s.slots[s.audioAt].proto
	switch {
	case before != "":
		return before
	case s.local.WebRTC:
		return "UDP/TLS/RTP/SAVPF"
	case s.local.SRTP == Required:
		return "RTP/SAVP"
	}
	return "RTP/AVP"
}

// remember adds payload types that we announced to those of before.
func remember(before, list []payload) []payload {
	for _, p := range list {
		before = slices.DeleteFunc(before, func(q payload) bool { return q.kind == p.kind || q.pt == p.pt })
	}
	return append(before, list...)
}

// publish gives a description its version, which rises by one when the text changes (RFC 3264, 8).
func (s *Session) publish(sh sheet) []byte {
	head, tail := s.write(sh)
	if head+tail != s.sent {
		s.sent = head + tail
		s.version++
	}
	return []byte(head + strconv.FormatUint(s.version, 10) + tail)
}

// Answer answers the peer's offer. want is the direction that we would like; the answer is the closest that the offer allows.
// The m-lines keep their number and order; those that aren't our audio are refused with port 0. An offer whose o= line is the last one's means what that
// one meant, whatever else it says (RFC 3264, 8). Errors are ErrMalformed and ErrNotAcceptable.
func (s *Session) Answer(offer []byte, want Direction) (answer []byte, a Agreement, err error) {
	d, err := s.offerOf(offer)
	if err != nil {
		return nil, Agreement{}, err
	}
	st, chosen, err := s.choose(d)
	if err != nil {
		return nil, Agreement{}, err
	}
	dir := want.within(st.direction)
	a = s.agreement(st, chosen.codec, st.payloads, matching(chosen.codec), dir)
	list := []payload{chosen}
	if a.Format.EventRecv != 0 {
		list = append(list, payload{kind{event: a.Format.EventRate}, a.Format.EventRecv})
	}
	if st.noise && chosen.codec != codec.Opus && !s.local.WebRTC {
		a.Format.Noise = comfortNoise
		list = append(list, payload{kind{codec: codec.CN}, comfortNoise})
	}
	keys := s.local.protect(&a, st.key)
	s.peer, s.offered, s.suite = d, nil, a.SendKey.Suite
	s.ufrag, s.pwd = st.ufrag, st.pwd
	s.audioAt, s.bundle = st.index, st.bundled
	s.slots = d.slots()
	s.ours = remember(s.ours, list)
	s.agreed = sheet{slots: slices.Clone(s.slots), audio: s.audioAt, payloads: list, dir: dir, ptime: a.Format.Ptime, setup: "passive", bundle: s.bundle, keys: keys, mux: st.mux}
	answer = s.publish(s.agreed)
	return answer, a, nil
}

// Restarts says whether an offer restarts ICE (RFC 8839, 4.4.1.1): then the answer needs new credentials, so restart ours and call SetLocal before Answer.
func (s *Session) Restarts(offer []byte) bool {
	d, err := s.offerOf(offer)
	if err != nil {
		return false
	}
	st, _, err := s.choose(d)
	return err == nil && s.restarted(st)
}

func (s *Session) restarted(st *stream) bool {
	return s.ufrag != "" && (s.ufrag != st.ufrag || s.pwd != st.pwd)
}

// offerOf reads an offer, or stands by the last one if it is the same version.
func (s *Session) offerOf(offer []byte) (*description, error) {
	d, err := parse(offer)
	if err != nil {
		return nil, err
	}
	if s.peer != nil && s.peer.origin == d.origin {
		return s.peer, nil
	}
	return d, nil
}

// choose finds the m-line and the codec to use: of the m-line that we use already, or else of the first that is good.
func (s *Session) choose(d *description) (*stream, payload, error) {
	order := make([]int, 0, len(d.media))
	begun := len(s.slots) > 0 && s.audioAt < len(d.media)
	if begun {
		order = append(order, s.audioAt)
	}
	for _, secure := range []bool{true, false} { // SRTP if there is a choice, since that is on purpose
		for i, m := range d.media {
			if (!begun || i != s.audioAt) && m.secure() == secure {
				order = append(order, i)
			}
		}
	}
	var failure error
	for _, i := range order {
		st, p, err := s.take(d, i)
		if err == nil {
			return st, p, nil
		}
		if d.media[i].kind == "audio" && failure == nil {
			failure = err
		}
	}
	if failure == nil {
		failure = fmt.Errorf("%w: no audio is offered", ErrNotAcceptable)
	}
	return nil, payload{}, failure
}

// take tries one m-line of an offer.
func (s *Session) take(d *description, i int) (*stream, payload, error) {
	m := d.media[i]
	switch {
	case m.kind != "audio" || !m.active(s.local.WebRTC):
		return nil, payload{}, fmt.Errorf("%w: m-line %d (%s, port %d) is no active audio", ErrNotAcceptable, i+1, m.kind, m.port)
	case !s.local.speaks(m):
		return nil, payload{}, fmt.Errorf("%w: m-line %d has profile %.40q", ErrNotAcceptable, i+1, m.proto)
	}
	st, err := d.read(i, s.local.WebRTC)
	if err != nil {
		return nil, payload{}, err
	}
	if s.local.WebRTC && st.setup != "actpass" && st.setup != "active" && st.setup != "" { // RFC 4145, 4: active if it isn't said
		return nil, payload{}, fmt.Errorf("%w: a=setup:%.20s, but we are always the DTLS server", ErrNotAcceptable, st.setup)
	}
	if st.key, err = s.answerKeys(m); err != nil {
		return nil, payload{}, err
	}
	for _, c := range s.local.Codecs {
		if pt, ok := find(st.payloads, kind{codec: c}); ok && c != codec.None {
			return st, payload{kind{codec: c}, pt}, nil
		}
	}
	return nil, payload{}, fmt.Errorf("%w: no common codec in m-line %d", ErrNotAcceptable, i+1)
}

// slots are the m-lines of an offer, as an answer has to repeat them.
func (d *description) slots() []slot {
	list := make([]slot, len(d.media))
	for i, m := range d.media {
		mid, _ := m.get("mid")
		list[i] = slot{kind: m.kind, proto: m.spelled, mid: mid, formats: m.formats}
	}
	return list
}

// Accept reads the answer to the last Offer; again for every provisional response that brings one. Errors are ErrMalformed, ErrNotAcceptable and ErrNoOffer.
func (s *Session) Accept(answer []byte) (Agreement, error) {
	if s.offered == nil {
		return Agreement{}, ErrNoOffer
	}
	d, err := parse(answer)
	if err != nil {
		return Agreement{}, err
	}
	if s.audioAt >= len(d.media) || d.media[s.audioAt].kind != "audio" {
		return Agreement{}, fmt.Errorf("%w: the answer's m-lines aren't those of the offer", ErrMalformed)
	}
	m := d.media[s.audioAt]
	switch {
	case m.port == 0:
		return Agreement{}, fmt.Errorf("%w: the peer refused the audio", ErrNotAcceptable)
	case !s.local.speaks(m):
		return Agreement{}, fmt.Errorf("%w: the answer has profile %.40q", ErrNotAcceptable, m.proto)
	}
	st, err := d.read(s.audioAt, s.local.WebRTC)
	if err != nil {
		return Agreement{}, err
	}
	if s.local.WebRTC && st.setup != "active" {
		return Agreement{}, fmt.Errorf("%w: a=setup:%.20s in the answer, but we are always the DTLS server", ErrNotAcceptable, st.setup)
	}
	ours, theirs, err := s.acceptKeys(m)
	if err != nil {
		return Agreement{}, err
	}
	for _, p := range st.payloads { // in the answer's order: several are its right (RFC 3264, 6.1)
		if _, ok := find(s.offered, p.kind); ok && p.event == 0 {
			rates := matching(p.codec)
			if s.local.WebRTC {
				rates = lowest()
			}
			a := s.agreement(st, p.codec, s.offered, rates, s.offeredDir.within(st.direction))
			a.SendKey, a.ReceiveKey = ours, theirs
			s.also(&a.Format, st)
			s.ufrag, s.pwd, s.suite = st.ufrag, st.pwd, ours.Suite
			s.agreed = s.pending
			return a, nil
		}
	}
	return Agreement{}, fmt.Errorf("%w: no codec of our offer in the answer", ErrNotAcceptable)
}

// agreement puts together what a stream of the peer's and our payload types came to.
func (s *Session) agreement(st *stream, c codec.Type, ours []payload, eventRates []int, dir Direction) Agreement {
	f := codec.Format{Codec: c, Ptime: ptime(st.section, c, s.local.ptime())}
	f.SendPT, _ = find(st.payloads, kind{codec: c})
	f.RecvPT, _ = find(ours, kind{codec: c})
	if s.local.Events {
		f.EventRecv, f.EventSend, f.EventRate = event(eventRates, ours, st.payloads)
	}
	return Agreement{
		Format:      f,
		Remote:      st.remote,
		RTCP:        st.rtcp,
		Mux:         st.mux,
		Direction:   dir,
		Theirs:      st.direction,
		Fingerprint: st.fingerprint,
		Ufrag:       st.ufrag,
		Pwd:         st.pwd,
		ICERestart:  s.restarted(st),
	}
}

// also lists the other codecs of an answer, which the peer may send without further notice (RFC 3264, 6.1).
func (s *Session) also(f *codec.Format, st *stream) {
	n := 0
	for _, p := range st.payloads {
		if pt, ok := find(s.offered, p.kind); ok && p.event == 0 && p.codec != f.Codec && n < len(f.Also) {
			f.Also[n] = codec.Further{Codec: p.codec, RecvPT: pt}
			n++
		}
	}
}
