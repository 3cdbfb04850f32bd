package media

import (
	"time"

	"mediasrv/media/rtp"
)

// counter names what a worker counts.
type counter uint8

const (
	roomsNow counter = iota
	endpointsNow
	lateTicks
	packetsIn
	packetsOut
	sendFailed
	dropMalformed
	dropEarly
	dropType
	dropStranger
	dropControl
	dropLost
	dropLate
	dropDuplicate
	dropOverflow
	dropSkipped
	dropDecode
	dropForged
	relayed
	refused
	pins
	controlIn
	controlOut
	concealed
	digitsLost
	oneWays
	oneWaysNow
	counters
)

// Stats counts what an engine does and did since it was made.
type Stats struct {
	Rooms      uint64 // now
	Endpoints  uint64 // now
	LateTicks  uint64 // ticks of 5 ms that began 5 ms late or later, or were left out
	PacketsIn  uint64 // valid media packets
	PacketsOut uint64
	SendFailed uint64 // packets that the system didn't take
	Concealed  uint64 // pieces of 20 ms that were made up for lost packets
	Relayed    uint64 // packets that were sent on as they came
	Refused    uint64 // times that a peer's port was found closed (ICMP); the call goes on
	Pinned     uint64 // times that a socket was connected to its peer
	ControlIn  uint64 // RTCP packets of peers
	ControlOut uint64
	Lateness   time.Duration // of the latest pass of any worker in the last full second
	DigitsLost uint64        // digits that nobody took, or that could not be queued
	OneWays    uint64        // times that audio went one way only
	OneWaysNow uint64        // endpoints for which it does now
	NoPorts    uint64        // legs for which there was no port: their calls were refused
	Ports      rtp.PortsUse  // of the range, now

	// Dropped counts packets that were not used, by cause; the map is the caller's. malformed: no RTP; early: before anything was agreed; type: payload
	// type that wasn't agreed; stranger: from somebody else than the peer, where the kernel hasn't kept it away; control: RTCP that is malformed or a stranger's; forged:
	// not protected with the agreed key; lost: never came (nothing was dropped
	// here); late: came after its time; duplicate; overflow: too many at once; skipped: left out to shorten the delay; decode: the codec refused it.
	Dropped map[string]uint64
}

// Stats sums up all workers. Any goroutine may call it.
func (e *Engine) Stats() Stats {
	var sum [counters]uint64
	var late int64
	for _, w := range e.workers {
		late = max(late, w.lateness.Load())
		for i := range sum {
			sum[i] += w.counted[i].Load()
		}
	}
	return Stats{
		Rooms: sum[roomsNow], Endpoints: sum[endpointsNow], LateTicks: sum[lateTicks], PacketsIn: sum[packetsIn], PacketsOut: sum[packetsOut],
		SendFailed: sum[sendFailed], Concealed: sum[concealed], DigitsLost: sum[digitsLost],
		OneWays: sum[oneWays], OneWaysNow: sum[oneWaysNow],
		Relayed: sum[relayed], Refused: sum[refused], Pinned: sum[pins], ControlIn: sum[controlIn], ControlOut: sum[controlOut],
		NoPorts: e.noPorts.Load(), Ports: e.ports.Use(),
		Lateness: time.Duration(late),
		Dropped: map[string]uint64{
			"malformed": sum[dropMalformed], "early": sum[dropEarly], "type": sum[dropType], "stranger": sum[dropStranger], "control": sum[dropControl],
			"lost": sum[dropLost], "late": sum[dropLate], "duplicate": sum[dropDuplicate], "overflow": sum[dropOverflow], "skipped": sum[dropSkipped],
			"decode": sum[dropDecode], "forged": sum[dropForged],
		},
	}
}
