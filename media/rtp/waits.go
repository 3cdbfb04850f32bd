package rtp

import "time"

// When packets count as waiting for longer than they need to.
const (
	waitsWindow = 125                    // packets that are looked at: 2.5 s
	waitsFew    = waitsWindow * 3 / 100  // of them may wait for less
	waitsSoon   = 300 * time.Millisecond // of packets, after which a great excess is seen: a stall has passed
	waitsSpare  = 20 * time.Millisecond  // what is left to the shortest wait, beside a packet
	waitsGreat  = 60 * time.Millisecond  // the same, to be seen soon
	waitsBin    = 10 * time.Millisecond
	waitsBins   = 32
)

// waits is how long packets were in the buffer when they were played, since the delay changed last.
type waits struct {
	n      uint8
	recent uint8         // the latest of them
	lowest time.Duration // of those
	bins   [waitsBins]uint8
}

func (w *waits) add(d time.Duration) {
	if w.n == waitsWindow {
		*w = waits{}
	}
	if w.recent == 0 || d < w.lowest {
		w.lowest = d
	}
	w.n++
	w.recent++
	w.bins[min(max(d, 0)/waitsBin, waitsBins-1)]++
}

// excess says whether a packet of some length can be left out: all but a few packets would still be there in time.
func (w *waits) excess(packet time.Duration) bool {
	if w.recent >= 3 && time.Duration(w.recent)*packet >= waitsSoon {
		if w.lowest >= packet+waitsGreat {
			return true
		}
		w.recent = 0
	}
	if w.n < waitsWindow {
		return false
	}
	few, bin := 0, 0
	for ; few <= waitsFew && bin < waitsBins; bin++ {
		few += int(w.bins[bin])
	}
	return time.Duration(bin-1)*waitsBin >= packet+waitsSpare
}
