package sip

import (
	"crypto/rand"
	"encoding/binary"
	"errors"
	"sync"

	"mediasrv/media"
	"mediasrv/media/codec"
	"mediasrv/media/rtp"
	"mediasrv/media/sdp"
	"mediasrv/sip/dialog"

	"github.com/emiago/sipgo/sip"
)

// session is a leg's offer and answer, and its endpoint, which follows what they agree (dialog.Session). Its methods but codecName are
// called on the dialog's queue.
type session struct {
	end    endpoint
	sdp    *sdp.Session
	id     uint64
	media  medium
	want   sdp.Direction // of our side
	up     bool          // the call is answered
	last   sdp.Agreement // in force; no codec: none
	secret [32]byte      // SRTP's keys are made of it
	held   func(sends, takes bool)

	mu   sync.Mutex
	name string // of the codec
}

// medium is what a leg's media may be.
type medium struct {
	webrtc bool
	codecs []codec.Type
	srtp   sdp.Policy
	deaf   bool // no telephone-events: digits go another way
	ptime  int  // ms; 0: 20
}

// newSession makes the session of an endpoint; held is told when the peer holds the call, and when it comes back.
func newSession(end endpoint, m medium, held func(sends, takes bool)) *session {
	s := &session{end: end, media: m, held: held, id: sessionID()}
	_, _ = rand.Read(s.secret[:]) // never fails
	s.sdp = sdp.NewSession(s.local(end.Local()))
	return s
}

// sessionID is the o= line's; 62 bits, so that it is positive for everybody.
func sessionID() uint64 {
	var b [8]byte
	_, _ = rand.Read(b[:])
	return binary.BigEndian.Uint64(b[:]) >> 2
}

func (s *session) local(l media.Local) sdp.Local {
	return sdp.Local{
		ID: s.id, Addr: l.Addr, Codecs: s.media.codecs, Events: !s.media.deaf, Ptime: s.media.ptime, SRTP: s.media.srtp, Secret: s.secret,
		WebRTC: s.media.webrtc, SSRC: l.SSRC, CNAME: l.CNAME,
		Ufrag: l.Ufrag, Pwd: l.Pwd, Fingerprint: l.Fingerprint, Candidates: l.Candidates,
	}
}

// Offer implements dialog.Session.
func (s *session) Offer() ([]byte, error) { return s.sdp.Offer(s.want), nil }

// Again implements dialog.Session.
func (s *session) Again() ([]byte, error) { return s.sdp.Again(s.want), nil }

// mark is a negotiation and what it has come to.
type mark struct {
	sdp  *sdp.Session
	last sdp.Agreement
}

// Mark implements dialog.Session.
func (s *session) Mark() any { return mark{s.sdp.Clone(), s.last} }

// Return implements dialog.Session.
func (s *session) Return(to any) {
	m, ok := to.(mark)
	if !ok {
		return
	}
	s.sdp = m.sdp.Clone()
	if m.last.Format.Codec != codec.None {
		s.apply(m.last)
	}
}

// Answer implements dialog.Session. When the browser restarts ICE, so do we (RFC 8839, 4.4.1.1).
func (s *session) Answer(offer []byte) ([]byte, error) {
	if s.media.webrtc && s.sdp.Restarts(offer) {
		s.sdp.SetLocal(s.local(s.end.RestartICE()))
	}
	answer, a, err := s.sdp.Answer(offer, s.want)
	if err != nil {
		return nil, refusal(err)
	}
	s.apply(a)
	return answer, nil
}

// Accept implements dialog.Session.
func (s *session) Accept(answer []byte) error {
	a, err := s.sdp.Accept(answer)
	if err != nil {
		return refusal(err)
	}
	s.apply(a)
	return nil
}

func (s *session) apply(a sdp.Agreement) {
	s.mu.Lock()
	s.name = a.Format.Codec.String()
	s.mu.Unlock()
	s.end.Negotiate(media.Negotiated{
		Format: a.Format, Remote: a.Remote, Fingerprint: a.Fingerprint, Ufrag: a.Ufrag,
		Send:    a.Direction.Sends(),
		Receive: a.Direction.Receives() && (s.media.webrtc || !a.Remote.Addr().IsUnspecified()), // who holds by c=0.0.0.0 sends nothing either
		Early:   !s.up,
		Latch:   !s.media.webrtc, RTCP: a.RTCP, Mux: a.Mux,
		SendKey: masterKey(a.SendKey), ReceiveKey: masterKey(a.ReceiveKey),
	})
	before := s.last
	if before.Format.Codec != codec.None { // what we don't take or send says nothing of the peer
		a.Theirs = sdp.DirectionOf(
			a.Theirs.Sends() || !s.want.Receives() && before.Theirs.Sends(),
			a.Theirs.Receives() || !s.want.Sends() && before.Theirs.Receives(),
		)
	}
	s.last = a
	if before.Format.Codec != codec.None && before.Theirs != a.Theirs && s.held != nil {
		s.held(a.Theirs.Sends(), a.Theirs.Receives())
	}
}

// direct says which way our side's media is to go from now on; false: it does already.
func (s *session) direct(sends, takes bool) bool {
	was := s.want
	s.want = sdp.DirectionOf(sends, takes)
	return was != s.want
}

// answered notes that the call is up.
func (s *session) answered() {
	s.up = true
	s.end.Answered()
}

// masterKey is a key as the media engine takes it; nil is plain RTP.
func masterKey(c sdp.Crypto) *rtp.MasterKey {
	if c.Suite == "" {
		return nil
	}
	return &rtp.MasterKey{Suite: rtp.ParseSuite(c.Suite), Key: c.Key, Salt: c.Salt}
}

// policy reads what the file says of a trunk's SRTP.
func policy(srtp string) sdp.Policy {
	switch srtp {
	case "optional":
		return sdp.Optional
	case "required":
		return sdp.Required
	}
	return sdp.Off
}

func (s *session) codecName() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.name
}

// refusal gives an error of an offer or answer its SIP status: 400 if it can't be read, else 488.
func refusal(err error) error {
	if errors.Is(err, sdp.ErrMalformed) {
		return &dialog.Refusal{Code: sip.StatusBadRequest, Phrase: "Bad Request (SDP)", Err: err}
	}
	return err
}
