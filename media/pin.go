package media

import (
	"time"

	"mediasrv/media/rtp"
)

// pin lets the kernel keep strangers away, once the peer is known and speaks: a flood at the port costs the call nothing.
func (e *Endpoint) pin(w *Worker) {
	c, ok := e.sock.(rtp.Connector)
	if !ok || e.unfit {
		return
	}
	to, sure := e.in.latch.Sure()
	if !sure {
		return
	}
	if e.deaf != 0 && w.now-e.deaf < deafFor {
		e.unfit = true // it spoke all the time, and was only heard without: its packets go to another address of ours than the kernel chose
		return
	}
	e.deaf, e.proved = 0, false
	if err := c.Connect(to); err != nil {
		e.unfit = true // the latch alone does
		return
	}
	e.pinned = true
	w.count[pins]++
}

// deafFor is how soon after the kernel's guard was taken away a peer is heard again that it kept out by mistake.
const deafFor = int64(100 * time.Millisecond)

// relax takes the kernel's guard away from a peer that is silent, so that it may come from another port. Where nothing at all was heard under
// it, the guard itself may be why.
func (e *Endpoint) relax(now int64) {
	if !e.proved {
		e.deaf = now
	}
	e.unpin()
}

// unpin hears others again: the peer was silent, or is to be elsewhere. What the latch allows is all that may take its place.
func (e *Endpoint) unpin() {
	if !e.pinned {
		return
	}
	e.pinned = false
	if c, ok := e.sock.(rtp.Connector); ok {
		_ = c.Disconnect() // it can't fail for a socket that is open
	}
}
