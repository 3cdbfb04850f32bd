package media

import (
	"sync/atomic"
	"time"

	"mediasrv/media/codec"
	"mediasrv/media/rtp"
)

// TapFrame is one piece of what an endpoint said, decoded, with both of its times.
type TapFrame struct {
	Channel   uint8
	Concealed bool      // made up by the jitter buffer for a lost packet
	Rate      int       // Hz of PCM: 8000, 16000 or 48000
	Stream    uint32    // changes when RTP times before and after are unrelated (new SSRC, jump)
	RTP       uint32    // RTP time of the first sample, in units of ClockRate
	ClockRate int       // Hz
	At        time.Time // worker's time when it was captured (UTC)
	N         int       // samples in PCM
	PCM       [960]int16
}

// maxChannels is how many channels a tap can count losses of.
const maxChannels = MaxEndpoints

// Tap carries frames from a worker to one reader. The worker never waits: when the tap is full, frames are lost and counted. It is a ring between one
// writer and one reader, without locks; a tap belongs to the plans of one room.
type Tap struct {
	slots []tapSlot
	head  atomic.Uint64 // next to read; only the reader moves it
	_     [56]byte      // away from the writer's line
	tail  atomic.Uint64 // next to write; only the worker moves it
	lost  [maxChannels]atomic.Uint64
}

// tapSlot holds up to 20 ms at 8 kHz; longer packets, and those of higher rates, take several. There is no pointer in it.
type tapSlot struct {
	at        int64
	stream    uint32
	rtp       uint32
	clock     uint32
	rate      uint16
	n         uint16
	channel   uint8
	concealed bool
	pcm       [codec.Frame]int16
}

// tapped is a tap of an endpoint, on the worker.
type tapped struct {
	tap     *Tap
	channel uint8
}

// NewTap makes a tap that holds seconds of audio of each channel at 8 kHz.
func NewTap(channels int, holds time.Duration) *Tap {
	n := max(channels, 1) * max(int(holds/(20*time.Millisecond)), 1)
	return &Tap{slots: make([]tapSlot, n)}
}

// Read copies the oldest frame into f; false if there is none. One goroutine reads.
func (t *Tap) Read(f *TapFrame) bool {
	head := t.head.Load()
	if head == t.tail.Load() {
		return false
	}
	s := &t.slots[head%uint64(len(t.slots))]
	f.Channel, f.Concealed, f.Rate, f.Stream, f.RTP, f.ClockRate = s.channel, s.concealed, int(s.rate), s.stream, s.rtp, int(s.clock)
	f.At, f.N = time.Unix(0, s.at).UTC(), int(s.n)
	copy(f.PCM[:], s.pcm[:s.n])
	t.head.Store(head + 1)
	return true
}

// Lost is how many frames of a channel were lost to a full tap.
func (t *Tap) Lost(channel int) uint64 {
	if channel < 0 || channel >= maxChannels {
		return 0
	}
	return t.lost[channel].Load()
}

// write puts up to 20 ms into the ring, on the worker.
func (t *Tap) write(channel uint8, concealed bool, rate int, p rtp.Packet, clock uint32, at int64, pcm []int16) {
	tail := t.tail.Load()
	if tail-t.head.Load() == uint64(len(t.slots)) {
		if channel < maxChannels {
			t.lost[channel].Add(1)
		}
		return
	}
	s := &t.slots[tail%uint64(len(t.slots))]
	s.at, s.stream, s.rtp, s.clock, s.rate, s.channel, s.concealed = at, p.Stream, p.Timestamp, clock, uint16(rate), channel, concealed
	s.n = uint16(copy(s.pcm[:], pcm))
	t.tail.Store(tail + 1)
}

// tap copies what the peer said into the taps.
func (e *Endpoint) tap(pcm []int16, p rtp.Packet, concealed bool, now int64) {
	if e.tapping == 0 {
		return
	}
	clock, rate := uint32(e.hears.ClockRate()), e.room.rate
	start := p.Timestamp
	for from := 0; from < len(pcm); from += codec.Frame {
		part := pcm[from:min(from+codec.Frame, len(pcm))]
		p.Timestamp = start + uint32(from)*(clock/1000)/uint32(rate/1000)
		at := now + int64(from)*int64(time.Second)/int64(rate)
		for _, t := range e.taps[:e.tapping] {
			t.tap.write(t.channel, concealed, rate, p, clock, at, part)
		}
	}
}
