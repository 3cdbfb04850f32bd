package routing_test

import (
	"slices"
	"testing"
	"time"

	"mediasrv/internal/fake"
	"mediasrv/routing"
	"mediasrv/routing/fact"
)

// talking is a bridge whose two ends talk.
func (w *world) talking() (*caller, *fake.Leg) {
	w.t.Helper()
	c, far := w.bridge("900001")
	far.Pickup()
	w.settle()
	return c, far
}

// Hold on one end of a bridge is passed to the other, each way.
func TestBridgePassesHold(t *testing.T) {
	inWorld(t, bridged(), func(w *world) {
		c, far := w.talking()
		c.Directs(true, false)
		w.settle()
		far.Directs(true, false)
		far.Directs(true, true)
		c.Directs(false, false)
		c.Directs(true, true)
		w.settle()
		if got, want := far.Holds(), [][2]bool{{true, false}, {false, false}, {true, true}}; !slices.Equal(got, want) {
			t.Errorf("the far end: %v, want %v", got, want)
		}
		if got, want := c.Holds(), [][2]bool{{true, false}, {true, true}}; !slices.Equal(got, want) {
			t.Errorf("the caller: %v, want %v", got, want)
		}
		c.End(fact.EndCallerHungUp, "BYE")
		w.endedAs(c, fact.EndCallerHungUp)
	})
}

var elsewhere = routing.Target{Trunk: "out", Number: "900002", Given: true}

// A REFER that names another call of ours: the leg that joins the two costs nobody anything, and the other call sees who comes.
func TestTransferToOwnCall(t *testing.T) {
	for _, byCaller := range []bool{true, false} {
		inWorld(t, bridged(), func(w *world) {
			c, far := w.talking()
			by, stays := c.Leg, far
			if !byCaller {
				by, stays = far, c.Leg
			}
			by.Transfers(routing.Target{Leg: "other", Number: "4471111111"})
			w.settle()
			next := w.dialer.Legs()[1]
			if to, from := w.dialer.Targets()[1], w.dialer.Callers()[1]; to.Leg != "other" || from.Number != stays.Party().Number {
				t.Errorf("%+v as %+v", to, from)
			}
			next.Pickup()
			w.settle()
			if by.Living() || c.room.Hears(next) != "party" || c.room.Hears(stays) != "party" || !slices.Equal(by.Progress(), []int{200}) {
				t.Errorf("living %v, heard %q and %q, told %v", by.Living(), c.room.Hears(next), c.room.Hears(stays), by.Progress())
			}
			stays.End(fact.EndCallerHungUp, "BYE")
			w.settle()
			if next.Living() {
				t.Error("the joint is left over")
			}
		})
	}
}

// A REFER of either end becomes a bridge of the other with somebody else; the referrer is told, and dismissed. It may leave before.
func TestTransferByBridge(t *testing.T) {
	for _, byCaller := range []bool{true, false} {
		for _, leaves := range []bool{true, false} {
			inWorld(t, bridged(), func(w *world) {
				c, far := w.talking()
				by, stays := c.Leg, far
				if !byCaller {
					by, stays = far, c.Leg
				}
				by.Transfers(elsewhere)
				w.settle()
				next := w.dialer.Legs()[1]
				next.Rings()
				w.settle()
				if leaves {
					by.End(fact.EndCallerHungUp, "BYE")
				}
				w.after(10 * time.Second)
				if stays.Ended() || next.Ended() {
					t.Fatal("the call is over")
				}
				next.Pickup()
				w.settle()
				if !by.Ended() || c.room.Hears(stays) == "" || c.room.Hears(next) == "" {
					t.Errorf("referrer ended %v, heard %q and %q", by.Ended(), c.room.Hears(stays), c.room.Hears(next))
				}
				if got := by.Progress(); !leaves && !slices.Equal(got, []int{180, 200}) || leaves && !slices.Equal(got, []int{180}) {
					t.Errorf("the referrer was told %v", got)
				}
				if got := stays.Holds(); !slices.Equal(got, [][2]bool{{true, true}}) {
					t.Errorf("it is taken back from hold: %v", got)
				}
				next.End(fact.EndCallerHungUp, "BYE")
				w.settle()
				if !stays.Ended() {
					t.Error("the other end is left alone")
				}
			})
		}
	}
}

// A transfer that fails leaves everything as it was, unless the referrer is gone.
func TestTransferFails(t *testing.T) {
	for name, fail := range map[string]func(w *world, next *fake.Leg){
		"busy":      func(_ *world, next *fake.Leg) { next.EndWith(fact.EndBusy, 486) },
		"no answer": func(w *world, _ *fake.Leg) { w.after(46 * time.Second) },
	} {
		for _, gone := range []bool{false, true} {
			inWorld(t, bridged(), func(w *world) {
				c, far := w.talking()
				c.Transfers(elsewhere)
				w.settle()
				if gone {
					c.End(fact.EndCallerHungUp, "BYE")
				}
				next := w.dialer.Legs()[1]
				fail(w, next)
				w.settle()
				if !next.Ended() || far.Ended() != gone {
					t.Errorf("%s: next ended %v, far ended %v", name, next.Ended(), far.Ended())
				}
				want := map[string]int{"busy": 486, "no answer": 480}[name]
				if got := c.Progress(); !gone && !slices.Equal(got, []int{want}) {
					t.Errorf("%s: told %v", name, got)
				}
				if !gone && (c.hears() != "party" || c.room.Hears(far) != "party") {
					t.Error("they don't hear each other any more")
				}
				c.End(fact.EndCallerHungUp, "BYE")
				w.settle()
				if !far.Ended() {
					t.Error("the far end is left")
				}
			})
		}
	}
}

// A transfer that fails is no call out any more: else a few numbers that are busy would take every call that may be out from the others.
func TestTransferThatFailsIsNotCounted(t *testing.T) {
	inWorld(t, bridged(), func(w *world) {
		c, _ := w.talking()
		for range 3 {
			c.Transfers(elsewhere)
			w.settle()
			legs := w.dialer.Legs()
			legs[len(legs)-1].EndWith(fact.EndBusy, 486)
			w.settle()
		}
		w.dialer.OnDial = func(*fake.Leg) error { return routing.ErrUnreachable }
		c.Transfers(elsewhere)
		w.settle()
		if n := w.Stats().Out.Calls; n != 1 {
			t.Errorf("%d calls out are counted, want the one that goes on", n)
		}
		c.End(fact.EndCallerHungUp, "BYE")
	})
}

// Nobody may transfer what isn't a bridge that is up; and what can't be dialled is said.
func TestTransferRefused(t *testing.T) {
	inWorld(t, bridged(), func(w *world) {
		c, far := w.bridge("900001")
		c.Transfers(elsewhere)
		w.settle()
		far.Pickup()
		w.settle()
		far.Transfers(routing.Target{Trunk: "out", Number: "900002"}) // the rules for calls out hold for transfers
		w.settle()
		w.dialer.OnDial = func(*fake.Leg) error { return routing.ErrUnreachable }
		far.Transfers(elsewhere)
		w.settle()
		if a, b := c.Progress(), far.Progress(); !slices.Equal(a, []int{603}) || !slices.Equal(b, []int{403, 480}) {
			t.Errorf("told %v and %v", a, b)
		}
		if c.Ended() || far.Ended() {
			t.Error("the call is over")
		}
		c.End(fact.EndCallerHungUp, "BYE")
	})
}

// A call that would go back to its own trunk is handed back by REFER; if the carrier doesn't do it, it is bridged.
func TestHandBack(t *testing.T) {
	for status, bridged2 := range map[int]bool{200: false, 603: true, 0: true} {
		cfg := bridged()
		cfg.Patterns[1].Bridge.Trunk = "carrier"
		inWorld(t, cfg, func(w *world) {
			room := fake.NewRoom()
			in := fact.Invite{Trunk: "carrier", From: fact.Party{Number: "+819012345678", Trunk: "carrier"}, To: "800001", Dialled: "800001", Hops: 70, At: time.Now()}
			c := &caller{Leg: fake.NewLeg(room, in.From), room: room}
			c.CanRefer = true
			w.callers = append(w.callers, c)
			c.Connect(w.Handle(c.Leg, room, in))
			w.settle()
			if c.Referred() != "+81399999999" || !c.Answered() || len(w.dialer.Legs()) != 0 {
				t.Fatalf("referred to %q, answered %v", c.Referred(), c.Answered())
			}
			c.Moves(status)
			w.settle()
			if dialled := len(w.dialer.Legs()) == 1; dialled != bridged2 || c.Ended() == bridged2 {
				t.Errorf("%d: dialled %v, ended %v", status, dialled, c.Ended())
			}
			c.End(fact.EndCallerHungUp, "BYE")
		})
	}
}
