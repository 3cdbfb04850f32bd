package webrtc

import "errors"

// Why a transport can't send, or can't go on.
var (
	ErrNotReady    = errors.New("webrtc: DTLS is not done")
	ErrLost        = errors.New("webrtc: the peer doesn't check any more")
	ErrClosed      = errors.New("webrtc: transport closed")
	ErrPacket      = errors.New("webrtc: not an RTP packet that can be sent")
	ErrFingerprint = errors.New("webrtc: the peer's certificate doesn't match its fingerprint")
	ErrHandshake   = errors.New("webrtc: DTLS handshake failed")
	ErrPeerClosed  = errors.New("webrtc: peer closed DTLS")
)
