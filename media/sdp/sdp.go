// Package sdp makes and reads offers and answers (RFC 3264, RFC 8866; RFC 8829 for browsers): pure functions, no sockets, no clocks.
//
// It reads by itself what peers send: pion/sdp keeps to the grammar's order of lines, its list of profiles and its types of numbers, and refuses whole
// descriptions of phones and carriers that don't (TestTolerance has such ones).
package sdp

import (
	"net/netip"

	"mediasrv/media/codec"
)

// Local is what we bring to a session.
type Local struct {
	ID          uint64         // of the o= line; fixed for the dialog
	Addr        netip.AddrPort // c= and m=; WebRTC may leave it out
	Codecs      []codec.Type   // in order of preference
	Events      bool           // telephone-event
	Ptime       int            // ms per packet that we would like to get; 0: 20
	SRTP        Policy         // of a leg without WebRTC
	Secret      [32]byte       // random; keys are made of it; fixed for the dialog, needed if SRTP isn't Off
	WebRTC      bool           // UDP/TLS/RTP/SAVPF with ICE-lite and DTLS
	SSRC        uint32
	CNAME       string
	Ufrag       string
	Pwd         string
	Fingerprint string   // "sha-256 AB:CD:…"
	Candidates  []string // values of a=candidate lines, without "a="
}

// Agreement is what offer and answer came to.
type Agreement struct {
	Format      codec.Format
	Remote      netip.AddrPort // c= and m= of the peer's audio; no address if c= names a host
	RTCP        netip.AddrPort // where the peer takes RTCP (RFC 3605); with Mux: Remote
	Mux         bool           // RTCP is on RTP's port (RFC 5761)
	Direction   Direction      // ours: may we send, do we receive
	Theirs      Direction      // what the peer says: does it send, does it take; one that holds by c=0.0.0.0 takes nothing
	SendKey     Crypto         // SRTP by SDES: both or none
	ReceiveKey  Crypto
	Fingerprint string // WebRTC: the peer's, "sha-256 AB:CD:…"
	Ufrag       string
	Pwd         string
	ICERestart  bool // the peer's credentials changed; an answer has to bring new ones of ours (see Session.Restarts)
}
