package media

import (
	"mediasrv/media/codec"
	"mediasrv/media/rtp"
	"mediasrv/media/webrtc"
)

// order names what a command asks a worker to do.
type order uint8

const (
	openRoom order = iota + 1
	setPlan
	swapEnds
	closeRoom
	addEndpoint
	negotiate
	answered
	hear
	dial
	fail
	closeEndpoint
	useMux
	useControl
)

// command is what other goroutines ask of a worker. Whatever has to be allocated is, before it is posted.
type command struct {
	do     order
	room   *Room
	end    *Endpoint
	plan   *Plan // setPlan; swapEnds: room for the new one
	swap   [2]EndpointID
	agreed *Negotiated
	rate   int                   // negotiate, closeEndpoint: of the room's PCM from now on; 0: as it is
	coders [MaxEndpoints]*coders // those that change
	hears  codec.Type            // negotiate, hear: what the peer sends
	guard  rtp.Protector         // negotiate: nil without SRTP
	digits string
	tones  bool // dial: in the voice
	mux    *webrtc.Mux
	sock   rtp.Socket // useControl, useMux
	why    error
}

// post gives a command to the worker, in order. It waits only if the worker is more than a thousand commands behind; once the worker has ended,
// commands are dropped.
func (w *Worker) post(c command) {
	select {
	case w.commands <- c:
	case <-w.done:
	}
}

// obey carries out the commands that wait now.
func (w *Worker) obey(now int64) {
	for range len(w.commands) {
		c := <-w.commands
		switch c.do {
		case openRoom:
			w.addRoom(c.room)
		case setPlan:
			c.room.follow(c.plan, now)
		case swapEnds:
			*c.plan = c.room.plan
			c.plan.Swap(c.swap[0], c.swap[1])
			c.room.follow(c.plan, now)
		case closeRoom:
			w.dropRoom(c.room)
		case addEndpoint:
			w.addEndpoint(c.end)
		case closeEndpoint:
			w.dropEndpoint(c.end, now)
			c.room.use(&c)
		case negotiate:
			c.room.use(&c)
			c.end.apply(&c, now)
		case hear:
			c.room.use(&c)
			c.end.receiveAs(c.end.in.format.Hearing(c.hears))
			c.room.plumb(now)
		case answered:
			c.end.answered(now)
		case dial:
			c.end.say.tones = c.tones
			w.count[digitsLost] += c.end.say.dial(c.digits)
		case fail:
			c.end.fail(c.why, now)
		case useMux:
			w.useMux(c.mux, c.sock)
		case useControl:
			w.useControl(c.end, c.sock)
		}
	}
}
