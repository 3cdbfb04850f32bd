// Package webrtc is our thin WebRTC transport: an ICE-lite responder (RFC 8445), always the DTLS server (RFC 5764, RFC 8842), SRTP contexts used in place,
// and one UDP socket for all the legs of a media worker, demultiplexed by RFC 7983. It knows no SDP text, no codecs and no rooms.
package webrtc
