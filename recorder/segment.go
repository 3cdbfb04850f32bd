package recorder

import (
	"time"

	"mediasrv/media"
	"mediasrv/routing/fact"
)

const (
	maxDrain = 2000 // frames from one tap in one pass
	maxChunk = 4000 // samples written at once
)

// segment is one recorded stretch of a call.
type segment struct {
	fact  fact.Segment
	start time.Time // for people
	zero  time.Time // the same on the workers' clock: where the time line begins

	// Guarded by the recorder's mutex.
	stop   time.Time // zero: not yet
	pauses []pause   // in order; only the last may go on
	marks  []mark    // in order

	// Owned by the writer, then by the closer.
	until      time.Time // stop, as the pass saw it
	hidden     []gap     // pauses, likewise
	held       []gap     // holds, likewise
	noted      []fact.Mark
	finished   bool
	complained bool // of not being closed
	tap        source
	channels   []channel
	outputs    []*output
	frame      media.TapFrame
	pcm        []int16
}

// channel is one leg's way from the tap to the time line.
type channel struct {
	clock streamClock
	track track
	lost  uint64     // as the tap counted so far
	down  *decimator // nil: 8 kHz
}

func newSegment(f fact.Segment, tap source, now time.Time) *segment {
	s := &segment{fact: f, start: time.Now(), zero: now, tap: tap, channels: make([]channel, len(f.Channels)), pcm: make([]int16, 0, 1024)}
	for i := range s.channels {
		s.channels[i].track.hole = -1
	}
	s.outputs = outputsOf(f)
	return s
}

// position is a time as samples since the segment's start.
func (s *segment) position(t time.Time) int64 {
	d := t.Sub(s.zero)
	return int64(d/time.Second)*rate + int64(d%time.Second)*rate/int64(time.Second)
}

// drain lays all frames of the tap on the time line. It returns how many frames the tap has lost since the last time.
func (s *segment) drain() (lost uint64) {
	for i := range s.channels { // first: what was lost so far comes behind what is in the tap
		c := &s.channels[i]
		if n := s.tap.Lost(i); n != c.lost {
			lost += n - c.lost
			c.track.lost += n - c.lost
			c.lost = n
		}
	}
	for range maxDrain {
		if !s.tap.Read(&s.frame) {
			break
		}
		if int(s.frame.Channel) < len(s.channels) {
			s.lay(&s.channels[s.frame.Channel])
		}
	}
	return lost
}

func (s *segment) lay(c *channel) {
	f := &s.frame
	in := f.PCM[:max(0, min(f.N, len(f.PCM)))]
	pcm := s.pcm[:0]
	if factor := f.Rate / rate; factor > 1 && f.Rate%rate == 0 {
		if c.down == nil || c.down.factor != factor {
			c.down = newDecimator(factor)
		}
		pcm = c.down.run(pcm, in)
	} else {
		c.down = nil
		pcm = append(pcm, in...)
	}
	pos, step := c.clock.place(f, s.position(f.At), c.track.end())
	n := stretch(pcm[:cap(pcm)], len(pcm), step)
	c.track.lay(pos, pcm[:n])
}

// emit writes what is older than the horizon; at the end all, up to the time of the stop.
func (s *segment) emit(now time.Time, end bool) {
	to := s.position(now.Add(-horizon))
	if end {
		to = s.position(s.until)
	}
	for s.channels[0].track.base < to {
		n := int(min(to-s.channels[0].track.base, maxChunk))
		s.hide(n)
		for _, o := range s.outputs {
			o.write(s.channels, n)
		}
		for i := range s.channels {
			s.channels[i].track.drop(n)
		}
	}
	if !end {
		return
	}
	for i := range s.channels {
		t := &s.channels[i].track
		t.pending = t.pending[:0]
		t.closeHole()
	}
}
