package routing_test

import (
	"testing"
	"time"

	"mediasrv/internal/fake"
	"mediasrv/media"
	"mediasrv/routing/fact"
)

// An agent who hangs up while a queue that was asked still rings leaves the caller with whoever of it answers, as with a colleague who rings.
func TestHangingUpWhileAQueueIsAskedKeepsTheCaller(t *testing.T) {
	for name, leave := range map[string]func(w *talking){
		"phone": func(w *talking) { w.aiko.End(fact.EndAgentHungUp, "BYE") },
		"page":  func(w *talking) { w.must(w.Hangup("aiko")) },
	} {
		t.Run(name, func(t *testing.T) {
			inTalk(t, func(w *talking) {
				w.does(w.Consult("aiko", fact.Destination{Queue: "support"}))
				leave(w)
				w.settle()
				w.agentIs("aiko", "available", "wrap-up")
				ben := w.answers("ben")
				w.hear(both(w.c.Leg, ben))
				w.agentIs("ben", "available", "talking")
				w.c.End(fact.EndCallerHungUp, "")
				w.endedAs(w.c, fact.EndCallerHungUp)
			})
		})
	}
}

// A phone that refuses to be come back by is forgotten, also when its time to ring is over.
func TestPhoneToComeBackByRefuses(t *testing.T) {
	inBrowsers(t, func(w *talking) {
		w.does(w.ComeBack("aiko", "a"))
		w.ringing("aiko").End(fact.EndUnreachable, "430")
		w.after(11 * time.Second)
		w.goesOn(w.aiko)
	})
}

// Both calls of an agent's phone lose their media, as when its network is gone: the caller goes to the queue's head, whichever is noticed first.
func TestPhoneLosesTheMediaOfBothCalls(t *testing.T) {
	for name, order := range map[string]func(first, second *fake.Leg) []*fake.Leg{
		"the held one first": func(first, second *fake.Leg) []*fake.Leg { return []*fake.Leg{first, second} },
		"the other first":    func(first, second *fake.Leg) []*fake.Leg { return []*fake.Leg{second, first} },
	} {
		t.Run(name, func(t *testing.T) {
			inTalk(t, func(w *talking) {
				second := w.asks("ben")
				w.answers("ben")
				for _, l := range order(w.aiko, second) {
					w.c.room.Happens(l, media.Event{Kind: media.Lost})
				}
				w.settle()
				if second.Living() || w.aiko.Living() {
					t.Error("the phone's calls are left over")
				}
				if w.c.Ended() {
					t.Fatal("the caller is lost")
				}
				w.happened(fact.AgentAnswered, fact.OfferFailed, fact.Offered)
			})
		})
	}
}
