package webrtc

import "sync/atomic"

// Stats counts what a mux saw and dropped since it was made.
type Stats struct {
	Packets    uint64 // RTP delivered
	Control    uint64 // valid RTCP
	Checks     uint64 // STUN binding requests answered
	Sent       uint64 // RTP sent
	Malformed  uint64 // neither STUN, DTLS, RTP nor RTCP, or broken
	Strangers  uint64 // DTLS or RTP from an address without a valid check, or a check for nobody
	Refused    uint64 // wrong password, wrong SRTP key, replay
	Early      uint64 // RTP before the fingerprint matched
	Overflowed uint64 // DTLS records that nobody took in time

	ControlSent uint64 // RTCP sent
	Streams     uint64 // TCP connections accepted
	TurnedAway  uint64 // TCP connections refused, since their address had too many without a valid check
	Slow        uint64 // datagrams dropped, since a TCP peer didn't read
}

// counters is Stats while it grows: written by the worker, read by anyone.
type counters struct {
	packets, control, checks, sent, malformed, strangers, refused, early, overflowed atomic.Uint64
	controlSent, streams, turnedAway, slow                                           atomic.Uint64
}

// Stats is a snapshot. Any goroutine.
func (m *Mux) Stats() Stats {
	c := &m.count
	return Stats{
		Packets:    c.packets.Load(),
		Control:    c.control.Load(),
		Checks:     c.checks.Load(),
		Sent:       c.sent.Load(),
		Malformed:  c.malformed.Load(),
		Strangers:  c.strangers.Load(),
		Refused:    c.refused.Load(),
		Early:      c.early.Load(),
		Overflowed: c.overflowed.Load(),

		ControlSent: c.controlSent.Load(),
		Streams:     c.streams.Load(),
		TurnedAway:  c.turnedAway.Load(),
		Slow:        c.slow.Load(),
	}
}
