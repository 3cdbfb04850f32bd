package rtp

// How digits are sent: in ticks of 20 ms.
const (
	digitTicks = 5 // how long each is held
	digitEnds  = 3 // its last packet is sent that often
	digitPause = 5 // silence between two
)

// Dialler sends digits as telephone-events. It is plain data of one worker; the queue holds 64 digits.
type Dialler struct {
	queue [64]uint8
	head  uint32
	tail  uint32
	tick  int // within the current digit
}

// Add queues a digit's code; false if the queue is full.
func (d *Dialler) Add(code uint8) bool {
	if d.tail-d.head == uint32(len(d.queue)) {
		return false
	}
	d.queue[d.tail%uint32(len(d.queue))] = code
	d.tail++
	return true
}

// Active says whether a digit (or the pause behind it) is being sent: the voice waits.
func (d *Dialler) Active() bool { return d.head != d.tail }

// Step is what is to be sent in one tick of 20 ms: e, if send is set. All packets of a digit have the timestamp of the tick in which first was set
// (RFC 4733, 2.2.1), which has the marker as well: however late a tick is, the sender mustn't count from the present one. rate is the clock of the
// event's duration.
func (d *Dialler) Step(rate int) (e Event, first, send bool) {
	if !d.Active() {
		return Event{}, false, false
	}
	tick := d.tick
	e = Event{Code: d.queue[d.head%uint32(len(d.queue))], Volume: 10, End: tick >= digitTicks-1}
	e.Duration = uint16(rate / 50 * min(tick+1, digitTicks))
	d.tick++
	if d.tick == digitTicks+digitPause {
		d.tick = 0
		d.head++
	}
	return e, tick == 0, tick < digitTicks-1+digitEnds
}

// Pressed says whether the tick that Step was last called for is one in which the digit is held.
func (d *Dialler) Pressed() bool { return d.tick > 0 && d.tick <= digitTicks }
