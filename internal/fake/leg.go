package fake

import (
	"sync"
	"time"

	"github.com/google/uuid"

	"mediasrv/media"
	"mediasrv/routing"
	"mediasrv/routing/fact"
)

// Leg is a party whose behaviour the test decides: its methods Pickup, End and Digit are the far end's doing.
type Leg struct {
	id    fact.LegID
	party fact.Party
	room  *Room
	slot  media.EndpointID
	real  *media.Endpoint // in a real room; else nil
	began time.Time

	// To be set before the leg is used.
	NoAck    bool          // Answer is never confirmed
	ByeDelay time.Duration // between Hangup and LegEnded
	RingErr  error
	CanRefer bool // its carrier takes calls back
	Browser  bool // it comes back by itself when its line is lost

	mu       sync.Mutex
	sink     routing.Sink
	early    []routing.LegEvent // before the sink was known
	rang     bool
	answered bool
	hungUp   fact.EndReason
	ended    bool
	refused  int
	sent     string // digits
	ringing  []bool // Ring's early
	holds    [][2]bool
	progress []int
	referred string
	line     fact.Quality
}

// NewLeg makes a leg in a room. Connect must follow.
func NewLeg(room *Room, party fact.Party) *Leg {
	l := &Leg{id: fact.LegID(uuid.Must(uuid.NewV7()).String()), party: party, room: room, began: time.Now()}
	l.slot = room.enter(l)
	return l
}

// Connect says where the leg's events go.
func (l *Leg) Connect(sink routing.Sink) {
	l.mu.Lock()
	l.sink = sink
	early := l.early
	l.early = nil
	l.mu.Unlock()
	for _, e := range early {
		sink(e)
	}
}

// ID, Party, SIPID, Codec and Endpoint implement routing.Leg, as do Ring, Answer and Hangup.
func (l *Leg) ID() fact.LegID { return l.id }

// Party implements routing.Leg.
func (l *Leg) Party() fact.Party { return l.party }

// SIPID implements routing.Leg.
func (l *Leg) SIPID() string { return "sip-" + string(l.id) }

// Codec implements routing.Leg.
func (l *Leg) Codec() string { return "PCMU" }

// Endpoint implements routing.Leg.
func (l *Leg) Endpoint() media.EndpointID { return l.slot }

// Ring implements routing.Leg.
func (l *Leg) Ring(early bool) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.rang = true
	l.ringing = append(l.ringing, early)
	return l.RingErr
}

// Answer implements routing.Leg: unless NoAck is set, the ACK comes at once.
func (l *Leg) Answer() error {
	if !l.NoAck {
		l.Pickup()
	}
	return nil
}

// Hangup implements routing.Leg: LegEnded follows after ByeDelay.
func (l *Leg) Hangup(why fact.EndReason) {
	l.mu.Lock()
	first := l.hungUp == fact.EndUnset && !l.ended
	if first {
		l.hungUp = why
	}
	l.mu.Unlock()
	switch {
	case !first:
	case l.ByeDelay > 0:
		time.AfterFunc(l.ByeDelay, func() { l.End(why, "") })
	default:
		l.End(why, "")
	}
}

// Refuse implements routing.Refuser.
func (l *Leg) Refuse(why fact.EndReason, status int) {
	l.mu.Lock()
	if l.hungUp == fact.EndUnset && !l.ended {
		l.refused = status
	}
	l.mu.Unlock()
	l.Hangup(why)
}

// SendDigits implements routing.Presser.
func (l *Leg) SendDigits(digits string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.sent += digits
	return nil
}

// Rings is the far end's 180.
func (l *Leg) Rings() { l.tell(routing.LegEvent{Kind: routing.LegRinging}) }

// Early is the far end's 183 with SDP.
func (l *Leg) Early() { l.tell(routing.LegEvent{Kind: routing.LegEarly}) }

// EndWith is End by a response to the INVITE.
func (l *Leg) EndWith(why fact.EndReason, status int) {
	l.mu.Lock()
	first := !l.ended
	l.ended = true
	l.mu.Unlock()
	if first {
		l.room.leave(l)
		l.tell(routing.LegEvent{Kind: routing.LegEnded, Why: why, Status: status})
	}
}

// Line says how its line was, which its end will tell.
func (l *Leg) Line(q fact.Quality) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.line = q
}

// Pickup is the far end's answer; it may come after Hangup, as a 200 that crosses a CANCEL.
func (l *Leg) Pickup() {
	l.mu.Lock()
	ok := !l.answered && !l.ended
	l.answered = l.answered || ok
	l.mu.Unlock()
	if ok {
		l.tell(routing.LegEvent{Kind: routing.LegAnswered})
	}
}

// End is the leg's end by the far end or the network; only the first counts.
func (l *Leg) End(why fact.EndReason, text string) {
	l.mu.Lock()
	first := !l.ended
	l.ended = true
	l.mu.Unlock()
	if first {
		l.room.leave(l)
		l.tell(routing.LegEvent{Kind: routing.LegEnded, Why: why, Text: text, Quality: l.line})
	}
}

// Digit is a digit by SIP INFO.
func (l *Leg) Digit(d byte) { l.tell(routing.LegEvent{Kind: routing.LegDigit, Digit: d}) }

func (l *Leg) tell(e routing.LegEvent) {
	e.Leg, e.At = l.id, time.Now()
	l.mu.Lock()
	sink := l.sink
	if sink == nil {
		l.early = append(l.early, e)
	}
	l.mu.Unlock()
	if sink != nil {
		sink(e)
	}
}

// Refused is the status of Refuse; 0: it wasn't called.
func (l *Leg) Refused() int { l.mu.Lock(); defer l.mu.Unlock(); return l.refused }

// Sent are the digits that were sent to the far end.
func (l *Leg) Sent() string { l.mu.Lock(); defer l.mu.Unlock(); return l.sent }

// Ringing is what Ring was called with, each time.
func (l *Leg) Ringing() []bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return append([]bool(nil), l.ringing...)
}

// Room is the leg's room.
func (l *Leg) Room() *Room { return l.room }

// Real is the leg's endpoint in a real room; nil: it is in none.
func (l *Leg) Real() *media.Endpoint { return l.real }

// Began is when the leg was made.
func (l *Leg) Began() time.Time { return l.began }

// Rang says whether Ring was called.
func (l *Leg) Rang() bool { l.mu.Lock(); defer l.mu.Unlock(); return l.rang }

// Answered says whether the leg is or was up.
func (l *Leg) Answered() bool { l.mu.Lock(); defer l.mu.Unlock(); return l.answered }

// Ended says whether the leg has ended.
func (l *Leg) Ended() bool { l.mu.Lock(); defer l.mu.Unlock(); return l.ended }

// HungUp is the reason of the first Hangup; EndUnset: nobody hung up on it.
func (l *Leg) HungUp() fact.EndReason { l.mu.Lock(); defer l.mu.Unlock(); return l.hungUp }

// Living says that the leg has neither ended nor been hung up on.
func (l *Leg) Living() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return !l.ended && l.hungUp == fact.EndUnset
}

// Hold implements routing.Holder.
func (l *Leg) Hold(sends, takes bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.holds = append(l.holds, [2]bool{sends, takes})
}

// Holds are the directions that Hold was called with: whether we send, and take.
func (l *Leg) Holds() [][2]bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return append([][2]bool(nil), l.holds...)
}

// Directs is the far end's: what it does to its media.
func (l *Leg) Directs(sends, takes bool) {
	l.tell(routing.LegEvent{Kind: routing.LegHeld, Sends: sends, Takes: takes})
}

// Transfers is the far end's REFER.
func (l *Leg) Transfers(to routing.Target) {
	l.tell(routing.LegEvent{Kind: routing.LegTransfer, To: &to})
}

// Replaced is the INVITE of another phone that asks for its place.
func (l *Leg) Replaced(by *Leg) {
	l.mu.Lock()
	sink := l.sink
	l.mu.Unlock()
	by.Connect(sink)
	l.tell(routing.LegEvent{Kind: routing.LegReplaced, By: by})
}

// Asks is its phone's calling somebody beside this call, by another leg.
func (l *Leg) Asks(by *Leg, whom string) {
	l.mu.Lock()
	sink := l.sink
	l.mu.Unlock()
	by.Connect(sink)
	l.tell(routing.LegEvent{Kind: routing.LegAsks, By: by, To: &routing.Target{Number: whom}})
}

// Transferred implements routing.Transferee.
func (l *Leg) Transferred(status int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.progress = append(l.progress, status)
}

// Progress is what Transferred was called with.
func (l *Leg) Progress() []int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return append([]int(nil), l.progress...)
}

// Returns implements routing.Returner.
func (l *Leg) Returns() bool { return l.Browser }

// Refers implements routing.Referrer.
func (l *Leg) Refers() bool { return l.CanRefer }

// Refer implements routing.Referrer.
func (l *Leg) Refer(number string) { l.mu.Lock(); defer l.mu.Unlock(); l.referred = number }

// Referred is the number that Refer was called with.
func (l *Leg) Referred() string { l.mu.Lock(); defer l.mu.Unlock(); return l.referred }

// Moves says what became of Refer.
func (l *Leg) Moves(status int) { l.tell(routing.LegEvent{Kind: routing.LegMoved, Status: status}) }
