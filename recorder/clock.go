package recorder

import (
	"time"

	"mediasrv/media"
)

// All positions are samples at 8 kHz since the segment's start.
const (
	maxOff     = rate * 3 / 10 // = horizon: a frame that is later has missed its place; one that is earlier comes from a jump that nobody reported
	lateFrames = 15            // that many late ones in a row, and the sender's clock has paused

	skewWindow = 5 * time.Second
	skewFrames = 50 // fewer frames in a window say nothing
	skewDead   = 16 // 2 ms: smaller errors are left alone
	skewPace   = 5  // frames from one corrected sample to the next: 1250 ppm at 20 ms
	skewHurry  = rate / 50
	hurryPace  = 2
)

// streamClock lays one channel's frames on the time line: by their RTP time, which begins at the worker's time of the stream's first
// frame and is brought back to it slowly when the sender's clock runs differently.
type streamClock struct {
	running bool
	stream  uint32
	rate    int // of RTP time
	anchor  int64
	ticks   int64 // RTP time since the anchor
	last    uint32
	shift   int64 // samples inserted minus dropped since the anchor
	late    int   // frames in a row that came too late

	// The error is how long after its place a frame came. Its minimum in a window is free of jitter.
	since    time.Time
	smallest int64
	frames   int
	owed     int64 // samples to insert (or to drop) before the next window
	pace     int
}

// place says where a frame begins. at is the worker's time as a position, end is where the audio before ends. step is +1 or -1 if one
// sample is to be inserted into this frame or dropped from it.
func (c *streamClock) place(f *media.TapFrame, at, end int64) (pos int64, step int) {
	if !c.running || f.Stream != c.stream || f.ClockRate != c.rate || f.ClockRate <= 0 {
		return c.begin(f, at, end), 0
	}
	c.ticks += int64(int32(f.RTP - c.last))
	c.last = f.RTP
	pos = c.anchor + c.ticks*rate/int64(c.rate) + c.shift
	late := at - pos
	if c.late++; late <= maxOff {
		c.late = 0
	}
	if -late > maxOff || c.late >= lateFrames {
		return c.begin(f, at, end), 0
	}
	c.observe(late, f.At)
	return pos, c.correct()
}

// begin anchors the stream: at the worker's time, or right behind what was laid if that reaches a little further.
func (c *streamClock) begin(f *media.TapFrame, at, end int64) int64 {
	at = max(at, 0)
	if end > at && end-at <= rate/10 {
		at = end
	}
	*c = streamClock{running: true, stream: f.Stream, rate: f.ClockRate, anchor: at, last: f.RTP, since: f.At}
	return at
}

// observe measures the skew: at the end of a window it is known what is owed. While that is being paid nothing is measured.
func (c *streamClock) observe(late int64, at time.Time) {
	if c.owed != 0 {
		c.since, c.frames = at, 0
		return
	}
	if c.frames == 0 || late < c.smallest {
		c.smallest = late
	}
	c.frames++
	if at.Sub(c.since) < skewWindow {
		return
	}
	if c.frames >= skewFrames && (c.smallest > skewDead || c.smallest < -skewDead) {
		c.owed = c.smallest
	}
	c.since, c.frames = at, 0
}

// correct pays one sample of what is owed, if it is time.
func (c *streamClock) correct() int {
	pace := skewPace
	if c.owed > skewHurry || c.owed < -skewHurry {
		pace = hurryPace
	}
	if c.pace++; c.owed == 0 || c.pace < pace {
		return 0
	}
	c.pace = 0
	step := 1
	if c.owed < 0 {
		step = -1
	}
	c.owed -= int64(step)
	c.shift += int64(step)
	return step
}

// stretch inserts a sample into pcm, or drops one, where it is heard least: where the wave is flattest and nearest to zero. pcm must have room
// for one more. It returns the new length.
func stretch(pcm []int16, n, step int) int {
	if step == 0 || n < 3 {
		return n
	}
	best, where := 1<<30, 1
	for i := 1; i < n-1; i++ {
		a, b, c := int(pcm[i-1]), int(pcm[i]), int(pcm[i+1])
		if cost := 4*(abs(b-a)+abs(c-b)) + abs(b); cost < best {
			best, where = cost, i
		}
	}
	if step > 0 {
		copy(pcm[where+1:n+1], pcm[where:n])
		return n + 1
	}
	copy(pcm[where:], pcm[where+1:n])
	return n - 1
}

func abs(x int) int { return max(x, -x) }
