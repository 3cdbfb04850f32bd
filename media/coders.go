package media

import (
	"fmt"

	"mediasrv/media/codec"
	"mediasrv/media/prompt"
	"mediasrv/media/rtp"
)

// maxRate is the highest rate of PCM, Hz, and maxFrame is 20 ms of it.
const (
	maxRate  = 48000
	maxFrame = maxRate / 50
)

// pulseTime is the longest packet of a codec that cuts samples, in ms. Opus has longer ones.
const pulseTime = 100

// tuning says which coders an endpoint needs.
type tuning struct {
	codec codec.Type // that we send
	hears codec.Type // that the peer sends: another one of those that were agreed, if it likes
	rate  int        // of the room's PCM, Hz
	ptime int        // ms per packet that we send
	noise bool
	keys  bool // the peer has no telephone-events: digits are looked for in its voice
}

// coders turn a leg's packets into the room's PCM and back. They are made where allocating is allowed, and then belong to the worker.
type coders struct {
	tuning
	own   int // rate of enc
	from  int // rate of dec
	enc   codec.Encoder
	dec   codec.Decoder
	fec   codec.FEC        // dec, if it can
	cn    codec.Decoder    // comfort noise; nil: not agreed
	pad   *rtp.Detector    // digits in the voice; nil: not looked for
	up    *codec.Resampler // what was decoded into the room's rate; nil: it has it already
	down  *codec.Resampler // the room's into the encoder's; nil: it has it already
	play  *codec.Resampler // a prompt's into the room's; nil: it has it already
	heard []int16          // decoded and not yet played, at the room's rate; nil: the kit's, while there is one
	lent  bool             // heard is the kit's
	said  []int16          // not yet a packet, at the encoder's rate; nil: every frame is one
}

// newCoders makes coders. The error is codec.ErrUnsupported.
func newCoders(t tuning) (*coders, error) {
	c := &coders{tuning: t, own: nearest(t.codec, t.rate), from: nearest(t.hears, t.rate)}
	var err error
	if c.enc, err = codec.NewEncoder(t.codec, c.own); err != nil {
		return nil, fmt.Errorf("media: %w", err)
	}
	if c.dec, err = codec.NewDecoder(t.hears, c.from); err != nil {
		return nil, fmt.Errorf("media: %w", err)
	}
	c.fec, _ = c.dec.(codec.FEC)
	if t.noise {
		if c.cn, err = codec.NewDecoder(codec.CN, t.rate); err != nil {
			return nil, fmt.Errorf("media: %w", err)
		}
	}
	if t.keys {
		c.pad = rtp.NewDetector()
	}
	if c.from != t.rate {
		c.up = codec.NewResampler(c.from, t.rate)
	}
	if c.own != t.rate {
		c.down = codec.NewResampler(t.rate, c.own)
	}
	if prompt.Rate != t.rate {
		c.play = codec.NewResampler(prompt.Rate, t.rate)
	}
	if c.longestTime() != pulseTime || t.rate != codec.Rate {
		c.heard = make([]int16, t.rate/1000*(c.longestTime()+20))
	}
	if t.ptime != 20 {
		c.said = make([]int16, c.own/1000*(t.ptime+20))
	}
	return c, nil
}

// longestTime is the longest packet that fits behind a frame in heard, ms.
func (c *coders) longestTime() int {
	if c.hears == codec.Opus {
		return codec.MaxTime
	}
	return pulseTime
}

// nearest is the rate of a codec's coders for PCM of a rate: the same if there is one.
func nearest(t codec.Type, rate int) int {
	best := rate
	for _, r := range codec.Rates(t) {
		if best = r; r >= rate {
			break
		}
	}
	return best
}

// meet is the PCM rate of a room whose parties have these codecs: the highest that two of them have; the telephone's for one alone.
func meet(parties []codec.Type) int {
	var first, second int
	for _, t := range parties {
		rates := codec.Rates(t)
		if len(rates) == 0 {
			continue
		}
		top := rates[len(rates)-1]
		switch {
		case top > first:
			first, second = top, first
		case top > second:
			second = top
		}
	}
	return max(second, codec.Rate)
}

// retune makes what the endpoints' codecs need now and isn't there yet, into c. The caller holds r.mu, and posts c before it lets go.
func (r *Room) retune(c *command) error {
	var parties [MaxEndpoints]codec.Type
	for i, e := range r.ends {
		if e != nil {
			parties[i] = e.want.codec
		}
	}
	c.rate = meet(parties[:])
	for _, e := range r.ends {
		if e == nil || e.want.codec == codec.None {
			continue
		}
		if e.want.rate = c.rate; e.want == e.tuned {
			continue
		}
		made, err := newCoders(e.want)
		if err != nil {
			return err
		}
		e.tuned = e.want
		c.coders[e.id] = made
	}
	return nil
}

// use takes over the rate and the coders that a command brings, on the worker.
func (r *Room) use(c *command) {
	if c.rate == 0 {
		return
	}
	r.rate, r.frame = c.rate, c.rate/50
	for id, made := range c.coders {
		if e := r.here[id]; made != nil && e != nil {
			e.adopt(made)
		}
	}
}

// adopt takes over coders. Voice that was decoded and not played is lost: less than a frame as a rule.
func (e *Endpoint) adopt(c *coders) {
	old := e.coders
	e.coders = c
	e.equip()
	e.in.queued, e.say.queued = 0, 0
	e.say.lossy = 0
	if j := e.in.jitter; j != nil && old.hears != c.hears {
		j.Reset()
		j.Rate = c.hears.ClockRate()
	}
	if packet := c.ptime * c.own / 1000; packet != e.say.packet || old == nil || old.own != c.own {
		e.say.packet = packet
		e.say.units = uint32(c.ptime * c.codec.ClockRate() / 1000)
	}
}
