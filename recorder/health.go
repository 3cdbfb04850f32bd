package recorder

import (
	"log/slog"
	"time"

	"mediasrv/routing/fact"
)

// health tells the log when a disk begins to make trouble and when the trouble is over, one line each.
type health struct {
	log  *slog.Logger
	sick *sickness

	failing bool
	probed  time.Time // since failing, when nobody wrote
	failed  bool      // in this pass
	worked  bool      // in this pass
	lost    int64     // sample frames since failing

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
	h.sick.has(cantWrite, f.err)
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
		h.sick.has(tooSlow, errSlow)
		h.log.Warn("recordings are written too slowly: audio is lost; calls go on", "call", call)
	}
	h.lastLost, h.frames = now, h.frames+frames
}

// endPass is called when all files were seen. Where none was written since the disk failed, probe tells whether it works again.
func (h *health) endPass(now time.Time, probe func() error) {
	if h.failing && !h.worked && !h.failed && now.Sub(h.probed) >= retryEvery {
		h.probed, h.worked = now, probe() == nil
	}
	if h.failing && h.worked && !h.failed {
		h.log.Warn("recordings are written again", "lost", time.Duration(h.lost)*time.Second/rate)
		h.failing, h.lost = false, 0
		h.sick.heal(cantWrite)
	}
	h.failed, h.worked = false, false
	if h.slow && now.Sub(h.lastLost) >= retryEvery {
		h.log.Warn("recordings are written fast enough again", "lost_frames", h.frames)
		h.slow, h.frames = false, 0
		h.sick.heal(tooSlow)
	}
}
