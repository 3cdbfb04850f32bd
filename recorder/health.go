package recorder

import (
	"log/slog"
	"time"

	"mediasrv/routing/fact"
)

// health tells the log when a disk begins to make trouble and when the trouble is over, one line each.
type health struct {
	log *slog.Logger

	failing bool
	failed  bool  // in this pass
	worked  bool  // in this pass
	lost    int64 // sample frames since failing

	slow     bool
	lastLost time.Time
	frames   uint64 // since slow
}

// flushed is what came of writing one file.
type flushed struct {
	err  error
	ok   bool  // something was written to the disk
	lost int64 // sample frames that were left out
}

// result takes note of one file.
func (h *health) result(f flushed, call fact.CallID) {
	h.lost += f.lost
	h.worked = h.worked || f.ok
	if f.err == nil {
		return
	}
	h.failed = true
	if !h.failing {
		h.failing = true
		h.log.Error("recordings can't be written: audio is lost until the disk takes it again; calls go on", "error", f.err, "call", call)
	}
}

// overflow takes note of frames that a tap lost since the disk was too slow.
func (h *health) overflow(frames uint64, call fact.CallID, now time.Time) {
	if frames == 0 {
		return
	}
	if !h.slow {
		h.slow = true
		h.log.Warn("recordings are written too slowly: audio is lost; calls go on", "call", call)
	}
	h.lastLost, h.frames = now, h.frames+frames
}

// endPass is called when all files were seen.
func (h *health) endPass(now time.Time) {
	if h.failing && h.worked && !h.failed {
		h.log.Warn("recordings are written again", "lost", time.Duration(h.lost)*time.Second/rate)
		h.failing, h.lost = false, 0
	}
	h.failed, h.worked = false, false
	if h.slow && now.Sub(h.lastLost) >= retryEvery {
		h.log.Warn("recordings are written fast enough again", "lost_frames", h.frames)
		h.slow, h.frames = false, 0
	}
}
