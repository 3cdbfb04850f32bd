package media

import (
	"mediasrv/media/codec"
	"mediasrv/media/rtp"
)

// spareKits is how many kits wait for those whose voice is needed: they are large, and a relayed call has none.
const spareKits = 32

// kit is what a leg needs while its voice is decoded.
type kit struct {
	jitter rtp.Jitter
	heard  [codec.Rate / 1000 * (pulseTime + 20)]int16 // for coders that have no room of their own
}

// stockKits fills up the spare ones. Any goroutine but the worker's.
func (w *Worker) stockKits() {
	for len(w.spare) < spareKits {
		select {
		case w.spare <- &kit{}:
		default:
			return
		}
	}
}

// takeKit gives an empty kit; nil if there is none now: then more are made elsewhere. On the worker.
func (w *Worker) takeKit() *kit {
	if n := len(w.kits); n > 0 {
		k := w.kits[n-1]
		w.kits = w.kits[:n-1]
		return k
	}
	var k *kit
	select {
	case k = <-w.spare:
	default:
	}
	if len(w.spare) < spareKits/2 {
		select {
		case w.reports <- report{stock: w}:
		default:
		}
	}
	return k
}

// giveKit takes one back. What doesn't fit is left to the garbage collector.
func (w *Worker) giveKit(k *kit) {
	if len(w.kits) < cap(w.kits) {
		k.jitter = rtp.Jitter{}
		w.kits = append(w.kits, k)
	}
}
