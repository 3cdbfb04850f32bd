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
	webrtc bool
	codecs []codec.Type
	srtp   sdp.Policy
	up     bool     // the call is answered
	secret [32]byte // SRTP's keys are made of it

	mu   sync.Mutex
	name string // of the codec
}

func newSession(end endpoint, webrtc bool, codecs []codec.Type, srtp sdp.Policy) *session {
	s := &session{end: end, webrtc: webrtc, codecs: codecs, srtp: srtp, id: sessionID()}
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
		ID: s.id, Addr: l.Addr, Codecs: s.codecs, Events: true, SRTP: s.srtp, Secret: s.secret, WebRTC: s.webrtc, SSRC: l.SSRC, CNAME: l.CNAME,
		Ufrag: l.Ufrag, Pwd: l.Pwd, Fingerprint: l.Fingerprint, Candidates: l.Candidates,
	}
}

// Offer implements dialog.Session.
func (s *session) Offer() ([]byte, error) { return s.sdp.Offer(sdp.SendRecv), nil }

// Answer implements dialog.Session. When the browser restarts ICE, so do we (RFC 8839, 4.4.1.1).
func (s *session) Answer(offer []byte) ([]byte, error) {
	if s.webrtc && s.sdp.Restarts(offer) {
		s.sdp.SetLocal(s.local(s.end.RestartICE()))
	}
	answer, a, err := s.sdp.Answer(offer, sdp.SendRecv)
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
		Send:    a.Direction == sdp.SendRecv || a.Direction == sdp.SendOnly,
		Receive: a.Direction == sdp.SendRecv || a.Direction == sdp.RecvOnly,
		Early:   !s.up,
		Latch:   !s.webrtc, RTCP: a.RTCP, Mux: a.Mux,
		SendKey: masterKey(a.SendKey), ReceiveKey: masterKey(a.ReceiveKey),
	})
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
