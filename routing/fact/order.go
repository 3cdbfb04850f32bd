package fact

import "time"

// Order is a call that somebody wants placed, without a caller: a number is called, and who answers hears something.
type Order struct {
	Number string        // E.164, or as the trunk takes it
	Trunk  string        // the way out; empty: as routes say
	From   string        // the number that is shown; empty: none
	Say    string        // text to speak; empty: the tone
	Tone   float64       // Hz; 0: the usual one
	For    time.Duration // after the answer; then we hang up
	By     string        // user who wants it
}

// OrderStep names what has happened to an order.
type OrderStep string

// The steps of an order.
const (
	OrderDialling  OrderStep = "dialling"
	OrderRinging   OrderStep = "ringing"
	OrderEarly     OrderStep = "early-media"
	OrderNextTrunk OrderStep = "next-trunk"
	OrderAnswered  OrderStep = "answered"
	OrderEnded     OrderStep = "ended"
)

// OrderEvent is something that has happened to an order.
type OrderEvent struct {
	At     time.Time `json:"at"`
	What   OrderStep `json:"what" enum:"dialling,ringing,early-media,next-trunk,answered,ended"`
	Trunk  string    `json:"trunk,omitempty"`
	Status int       `json:"status,omitempty" doc:"with which the far end refused"`
	Text   string    `json:"text,omitempty" doc:"what the far end said, or the codec"`
}

// OrderView is how an order goes.
type OrderView struct {
	ID     CallID       `json:"id"`
	Number string       `json:"number"`
	By     string       `json:"by"`
	Events []OrderEvent `json:"events"`
	End    string       `json:"end,omitempty" doc:"why it has ended; not there while it runs"`
}
