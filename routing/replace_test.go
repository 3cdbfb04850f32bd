package routing_test

import (
	"slices"
	"testing"
	"time"

	"mediasrv/internal/fake"
	"mediasrv/routing/fact"
)

// replace lets a new leg ask for the place of another of the same call.
func (w *world) replace(old *fake.Leg, how func(*fake.Leg)) *fake.Leg {
	w.t.Helper()
	heir := fake.NewLeg(old.Room(), fact.Party{Number: "+819000000077", Trunk: "out"})
	if how != nil {
		how(heir)
	}
	old.Replaced(heir)
	w.settle()
	return heir
}

// Either end of a bridge passes its place on: the other hears the new one, and the call goes on without the old one.
func TestReplaceEndOfBridge(t *testing.T) {
	for _, guest := range []bool{true, false} {
		inWorld(t, bridged(), func(w *world) {
			c, far := w.talking()
			old, stays := c.Leg, far
			if guest {
				old, stays = far, c.Leg
			}
			old.Directs(true, false) // it consults somebody
			w.settle()
			heir := w.replace(old, nil)
			if !heir.Answered() || old.HungUp() != fact.EndCompleted || c.room.Hears(heir) != "party" || c.room.Hears(stays) != "party" {
				t.Errorf("answered %v, old one %v, heard %q and %q", heir.Answered(), old.HungUp(), c.room.Hears(heir), c.room.Hears(stays))
			}
			if got, want := stays.Holds(), [][2]bool{{true, false}, {true, true}}; !slices.Equal(got, want) {
				t.Errorf("the other end: %v, want %v", got, want)
			}
			w.happened(fact.LegReplaced)
			heir.End(fact.EndCallerHungUp, "BYE")
			w.settle()
			if !stays.Ended() {
				t.Error("the other end is left alone")
			}
		})
	}
}

// A phone that rings is answered at another one, which also an agent may do.
func TestReplaceWhileItRings(t *testing.T) {
	inWorld(t, bridged(), func(w *world) {
		c, far := w.bridge("900001")
		far.Rings()
		w.settle()
		heir := w.replace(far, nil)
		if !c.Answered() || far.Living() || c.hears() != "party" || c.room.Hears(heir) != "party" {
			t.Error("the call isn't up with the new phone")
		}
		c.End(fact.EndCallerHungUp, "BYE")
		w.endedAs(c, fact.EndCallerHungUp)
	})
	inWorld(t, testConfig(), func(w *world) {
		w.only("aiko")
		c := w.call("+819012345678", "+81312345678")
		heir := w.replace(w.ringing("aiko"), nil)
		if c.hears() != "party" || c.room.Hears(heir) != "party" || !c.Answered() {
			t.Errorf("the caller hears %q, the agent %q", c.hears(), c.room.Hears(heir))
		}
		heir.End(fact.EndCallerHungUp, "BYE")
		w.settle()
		if !c.Ended() {
			t.Error("the caller is left alone")
		}
	})
}

// A new leg that fails leaves the seat to whom it was; if that one is gone as well, the call is over.
func TestReplaceFails(t *testing.T) {
	for _, gone := range []bool{false, true} {
		inWorld(t, bridged(), func(w *world) {
			c, far := w.talking()
			heir := w.replace(far, func(l *fake.Leg) { l.NoAck = true })
			if gone {
				far.End(fact.EndCallerHungUp, "BYE")
				w.settle()
				if c.Ended() {
					t.Fatal("the call is over before the new leg is")
				}
			}
			if late := w.replace(far, nil); !gone && late.Living() { // one at a time: the seat is another's already
				t.Error("two legs have one place")
			}
			if next := w.replace(heir, nil); next.Living() {
				t.Error("a leg that isn't answered has been replaced")
			}
			heir.End(fact.EndTimeout, "no ACK")
			w.settle()
			if c.Ended() != gone || !gone && (c.hears() != "party" || c.room.Hears(far) != "party") {
				t.Errorf("gone %v: ended %v, heard %q", gone, c.Ended(), c.hears())
			}
			c.End(fact.EndCallerHungUp, "BYE")
		})
	}
}

// Who comes too late is refused: the leg has ended, or the call.
func TestReplaceTooLate(t *testing.T) {
	inWorld(t, bridged(), func(w *world) {
		c, far := w.talking()
		room := far.Room()
		c.End(fact.EndCallerHungUp, "BYE")
		w.after(time.Minute)
		heir := fake.NewLeg(room, fact.Party{})
		far.Replaced(heir)
		w.settle()
		if heir.Living() {
			t.Error("a leg is left in a call that is over")
		}
	})
}

// Who asks for a place when the call has just ended doesn't get it, and is not left alone in it.
func TestReplaceComesTooLate(t *testing.T) {
	inWorld(t, bridged(), func(w *world) {
		c, far := w.talking()
		c.ByeDelay = time.Second
		far.End(fact.EndCallerHungUp, "BYE")
		w.settle()
		heir := w.replace(c.Leg, nil)
		if heir.Answered() || heir.HungUp() != fact.EndRefused {
			t.Errorf("answered: %v, hung up: %v", heir.Answered(), heir.HungUp())
		}
		w.after(2 * time.Second)
		if n := w.Calls(); n != 0 {
			t.Errorf("%d calls are left", n)
		}
	})
}
