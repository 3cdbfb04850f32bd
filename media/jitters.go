package media

import "mediasrv/media/rtp"

// spareJitters is how many jitter buffers wait for those whose voice is needed: they are large, and a relayed call has none.
const spareJitters = 32

// stockJitters fills up the spare ones. Any goroutine but the worker's.
func (w *Worker) stockJitters() {
	for len(w.spare) < spareJitters {
		select {
		case w.spare <- &rtp.Jitter{}:
		default:
			return
		}
	}
}

// takeJitter gives an empty jitter buffer; nil if there is none now: then more are made elsewhere. On the worker.
func (w *Worker) takeJitter() *rtp.Jitter {
	if n := len(w.jitters); n > 0 {
		j := w.jitters[n-1]
		w.jitters = w.jitters[:n-1]
		return j
	}
	var j *rtp.Jitter
	select {
	case j = <-w.spare:
	default:
	}
	if len(w.spare) < spareJitters/2 {
		select {
		case w.reports <- report{stock: w}:
		default:
		}
	}
	return j
}

// giveJitter takes one back. What doesn't fit is left to the garbage collector.
func (w *Worker) giveJitter(j *rtp.Jitter) {
	if len(w.jitters) < cap(w.jitters) {
		*j = rtp.Jitter{}
		w.jitters = append(w.jitters, j)
	}
}
