package rtp

import "time"

// spread watches how unevenly packets arrive, in the current window and the one before.
type spread struct {
	known bool
	ts    uint32        // of the packet before
	ext   time.Duration // RTP time since the first packet
	base  int64         // arrival of the first packet
	since int64         // the window's start
	now   extremes      // of arrival minus RTP time
	was   extremes
}

type extremes struct{ min, max time.Duration }

func (e extremes) with(d time.Duration) extremes { return extremes{min(e.min, d), max(e.max, d)} }

// add notes the arrival of a packet.
func (s *spread) add(now int64, ts uint32, rate int) {
	if !s.known {
		*s = spread{known: true, ts: ts, base: now, since: now}
		return
	}
	s.ext += time.Duration(int64(int32(ts-s.ts)) * int64(time.Second) / int64(rate))
	s.ts = ts
	d := time.Duration(now-s.base) - s.ext
	if now-s.since > window {
		s.was, s.now, s.since = s.now, extremes{d, d}, now
	}
	s.now = s.now.with(d)
}

// delay is what the arrivals ask for: 20 to 200 ms.
func (s *spread) delay() time.Duration {
	both := s.now.with(s.was.min).with(s.was.max)
	return min(max(both.max-both.min, minDelay), maxDelay)
}

// due is when the audio of an RTP time should be played: as long after the fastest packets as the arrivals ask for.
func (s *spread) due(ts uint32, rate int) int64 {
	ahead := time.Duration(int64(int32(ts-s.ts)) * int64(time.Second) / int64(rate))
	return s.base + int64(s.ext+ahead+min(s.now.min, s.was.min)+s.delay())
}
