package routing_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"mediasrv/config"
	"mediasrv/internal/fake"
	"mediasrv/media"
	"mediasrv/routing"
	"mediasrv/routing/fact"
)

// bridged is the test's contact centre with a way out: 9… to the trunk "out", 7… recorded, 8… to another number.
func bridged() *config.Config {
	cfg := testConfig()
	cfg.Company.Recording = config.Recording{}
	out := func(prefix, number string, want config.Recording) *config.Number {
		return &config.Number{
			Number: prefix, Pattern: true, Recording: want, Bridge: &config.Bridge{Trunk: "out", Number: number, Codecs: []string{"PCMA", "PCMU"}},
		}
	}
	cfg.Patterns = []*config.Number{
		out("9", "", config.Recording{}), out("8", "+81399999999", config.Recording{}), out("7", "", config.Recording{Inbound: true, Merged: true, PerLeg: true}),
	}
	return cfg
}

// bridge is a call to a number; the far end's leg is calling.
func (w *world) bridge(to string) (*caller, *fake.Leg) {
	w.t.Helper()
	c := w.invite(fact.Invite{Trunk: "carrier", From: fact.Party{Number: "+819012345678"}, To: to, Dialled: to, Hops: 70})
	legs := w.dialer.Legs()
	if len(legs) == 0 {
		w.t.Fatal("nothing was dialled")
	}
	return c, legs[len(legs)-1]
}

// invite is a call with all that an INVITE says.
func (w *world) invite(in fact.Invite) *caller {
	room := fake.NewRoom()
	in.From.Trunk, in.SIPID, in.At = in.Trunk, "sip", time.Now()
	c := &caller{Leg: fake.NewLeg(room, in.From), room: room}
	w.callers = append(w.callers, c)
	c.Connect(w.Handle(c.Leg, room, in))
	w.settle()
	return c
}

func TestBridge(t *testing.T) {
	inWorld(t, bridged(), func(w *world) {
		c, far := w.bridge("900001")
		to, from := w.dialer.Targets()[0], w.dialer.Callers()[0]
		if to.Trunk != "out" || to.Number != "900001" || !slices.Equal(to.Codecs, []string{"PCMU", "PCMA"}) {
			t.Errorf("dialled %+v, want the caller's codec first", to)
		}
		if from.Number != "+819012345678" || from.Hops != 69 || from.Via != "" {
			t.Errorf("as %+v", from)
		}
		far.Rings()
		w.settle()
		if r := c.Ringing(); !slices.Equal(r, []bool{false}) || c.Answered() || c.hears() != "" {
			t.Errorf("ring %v, answered %v, hears %q", r, c.Answered(), c.hears())
		}
		far.Early()
		far.Early()
		far.Rings()
		w.settle()
		if r := c.Ringing(); !slices.Equal(r, []bool{false, true}) || c.Answered() || c.hears() != "party" {
			t.Errorf("early media: ring %v, answered %v, hears %q", r, c.Answered(), c.hears())
		}
		w.after(44 * time.Second)
		far.Pickup()
		w.settle()
		if !c.Answered() || c.hears() != "party" || c.room.Hears(far) != "party" {
			t.Errorf("answered %v, hears %q and %q", c.Answered(), c.hears(), c.room.Hears(far))
		}
		w.after(time.Hour)
		c.End(fact.EndCallerHungUp, "BYE")
		w.endedAs(c, fact.EndCallerHungUp)
		if !far.Ended() {
			t.Error("the far end is still there")
		}
		row := w.lastCall()
		if row.Conversation != "" || row.Answered.IsZero() || row.Talked.IsZero() || row.Entry != "900001" {
			t.Errorf("%+v", row)
		}
		if n := w.Cards(); n != 0 {
			t.Errorf("%d cards for calls that no agent sees", n)
		}
		if len(w.recorder.Started()) != 0 {
			t.Error("recorded")
		}
	})
}

func TestBridgeEnds(t *testing.T) {
	for name, c := range map[string]struct {
		do      func(w *world, c *caller, far *fake.Leg)
		why     fact.EndReason
		refused int // the caller's status
	}{
		"far end hangs up":     {func(_ *world, _ *caller, far *fake.Leg) { far.Pickup(); far.End(fact.EndCallerHungUp, "BYE") }, fact.EndGuestHungUp, 0},
		"busy":                 {func(_ *world, _ *caller, far *fake.Leg) { far.Rings(); far.EndWith(fact.EndBusy, 486) }, fact.EndBusy, 486},
		"declined":             {func(_ *world, _ *caller, far *fake.Leg) { far.EndWith(fact.EndRefused, 603) }, fact.EndRefused, 603},
		"any status":           {func(_ *world, _ *caller, far *fake.Leg) { far.EndWith(fact.EndRemote, 499) }, fact.EndRemote, 499},
		"our login is refused": {func(_ *world, _ *caller, far *fake.Leg) { far.EndWith(fact.EndRefused, 407) }, fact.EndRefused, 0},
		"no server":            {func(_ *world, _ *caller, far *fake.Leg) { far.End(fact.EndUnreachable, "") }, fact.EndUnreachable, 0},
		"nobody picks up":      {func(w *world, _ *caller, far *fake.Leg) { far.Rings(); w.after(46 * time.Second) }, fact.EndNoAnswer, 0},
		"caller gives up":      {func(_ *world, c *caller, far *fake.Leg) { far.Rings(); c.End(fact.EndCallerGone, "CANCEL") }, fact.EndCallerGone, 0},
		"far end's media lost": {func(w *world, c *caller, far *fake.Leg) {
			far.Pickup()
			w.settle()
			c.room.Happens(far, media.Event{Kind: media.Lost})
		}, fact.EndMediaLost, 0},
		"gone before the ACK": {func(w *world, c *caller, far *fake.Leg) {
			far.Pickup()
			w.settle()
			far.End(fact.EndCallerHungUp, "BYE")
			w.settle()
			c.Pickup()
		}, fact.EndGuestHungUp, 0},
		"shut down":             {func(w *world, _ *caller, far *fake.Leg) { far.Pickup(); w.settle(); w.HangupAll(fact.EndShutdown) }, fact.EndShutdown, 0},
		"caller gone, answered": {func(_ *world, c *caller, far *fake.Leg) { c.End(fact.EndCallerGone, "CANCEL"); far.Pickup() }, fact.EndCallerGone, 0},
	} {
		t.Run(name, func(t *testing.T) {
			inWorld(t, bridged(), func(w *world) {
				caller, far := w.bridge("900001")
				if name == "gone before the ACK" {
					caller.NoAck = true
				}
				c.do(w, caller, far)
				w.endedAs(caller, c.why)
				if caller.Refused() != c.refused {
					t.Errorf("the caller was refused with %d, want %d", caller.Refused(), c.refused)
				}
				w.settle()
				if !far.Ended() {
					t.Error("the far end is still there")
				}
			})
		})
	}
}

func TestBridgeThatCantBegin(t *testing.T) {
	for err, why := range map[error]fact.EndReason{
		fmt.Errorf("x: %w", routing.ErrLimit): fact.EndLimit, fmt.Errorf("x: %w", media.ErrNoPort): fact.EndCongestion,
		fmt.Errorf("x: %w", routing.ErrUnreachable): fact.EndUnreachable,
	} {
		inWorld(t, bridged(), func(w *world) {
			w.dialer.OnDial = func(*fake.Leg) error { return err }
			c := w.invite(fact.Invite{Trunk: "carrier", To: "900001", Dialled: "900001", Hops: 70})
			w.endedAs(c, why)
		})
	}
}

func TestBridgeLoops(t *testing.T) {
	inWorld(t, bridged(), func(w *world) {
		c := w.invite(fact.Invite{Trunk: "out", To: "900001", Dialled: "900001", Hops: 70})
		w.endedAs(c, fact.EndLoop)
		if code, _ := fact.EndLoop.Status(); code != 482 || len(w.dialer.Legs()) != 0 {
			t.Errorf("status %d, %d legs", code, len(w.dialer.Legs()))
		}
		// Another number by the same trunk is none.
		c = w.invite(fact.Invite{Trunk: "out", To: "800001", Dialled: "800001", Hops: 1})
		if to, from := w.dialer.Targets()[0], w.dialer.Callers()[0]; to.Number != "+81399999999" || from.Hops >= 0 || from.Via != "800001" {
			t.Errorf("%+v %+v: no hop is left", to, from)
		}
		c.End(fact.EndCallerGone, "")
		w.settle()
	})
}

func TestBridgeRecordsCustomerAndGuest(t *testing.T) {
	inWorld(t, bridged(), func(w *world) {
		c, far := w.bridge("700001")
		far.Pickup()
		w.settle()
		all := w.recorder.Started()
		if len(all) != 1 || all[0].Channels[0].Seat != fact.SeatCustomer || all[0].Channels[1].Seat != fact.SeatGuest || !all[0].Merged || !all[0].PerLeg {
			t.Fatalf("%+v", all)
		}
		if p := c.room.Plan(); p.Taps[0].Of != c.Endpoint() || p.Taps[1].Of != far.Endpoint() || p.Taps[1].Channel != 1 {
			t.Errorf("%+v", p.Taps)
		}
		far.End(fact.EndCallerHungUp, "BYE")
		w.endedAs(c, fact.EndGuestHungUp)
		if w.recorder.Open() != 0 {
			t.Error("the segment is open")
		}
	})
}

func TestBridgePassesDigits(t *testing.T) {
	inWorld(t, bridged(), func(w *world) {
		c, far := w.bridge("900001")
		far.Pickup()
		w.settle()
		if p := c.room.Plan(); !p.Rows[c.Endpoint()].Keys || p.Rows[c.Endpoint()].Digits || !p.Rows[far.Endpoint()].Keys {
			t.Errorf("%+v: digits are the room's", p.Rows)
		}
		c.Digit('5')
		w.settle()
		if p := c.room.Plan(); p.Rows[c.Endpoint()].Keys || !p.Rows[c.Endpoint()].Digits || !p.Rows[far.Endpoint()].Digits {
			t.Errorf("%+v: digits are the script's", p.Rows)
		}
		c.room.Happens(c.Leg, media.Event{Kind: media.Digit, Digit: '5'}) // the same by RFC 4733
		c.room.Happens(c.Leg, media.Event{Kind: media.Digit, Digit: '#'})
		far.Digit('1')
		w.settle()
		if c.Sent() != "1" || far.Sent() != "5#" {
			t.Errorf("the caller got %q, the far end %q", c.Sent(), far.Sent())
		}
		c.End(fact.EndCallerHungUp, "")
	})
}
