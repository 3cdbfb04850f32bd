package routing_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"mediasrv/config"
	"mediasrv/internal/fake"
	"mediasrv/routing"
	"mediasrv/routing/dialout"
	"mediasrv/routing/fact"
)

// outward is the test's contact centre with two carriers: Japan by a, then b; all numbers of it may be dialled.
func outward() *config.Config {
	cfg := bridged()
	cfg.Company.DialOut = config.DialOut{Countries: []string{"JP"}, Calls: 2, Longest: time.Hour}
	cfg.Trunks = map[string]*config.Trunk{
		"a":       {Name: "a", Outbound: true, Codecs: []string{"PCMA", "PCMU"}},
		"b":       {Name: "b", Outbound: true, Codecs: []string{"opus"}},
		"carrier": {Name: "carrier", Inbound: true},
	}
	cfg.Routes = []config.Route{{Prefix: "+81", Trunks: []string{"a", "b"}}}
	cfg.Patterns = append(cfg.Patterns, &config.Number{Number: "+", Pattern: true, E164: true, Bridge: &config.Bridge{}})
	return cfg
}

const (
	japan  = "+81312340000"
	france = "+33123456789"
)

func (w *world) trunksTried() []string {
	var all []string
	for _, t := range w.dialer.Targets() {
		all = append(all, t.Trunk)
	}
	return all
}

func TestFailoverToTheNextTrunk(t *testing.T) {
	for name, c := range map[string]struct {
		fail func(far *fake.Leg)
		next bool
	}{
		"no answer of the machine":  {func(l *fake.Leg) { l.End(fact.EndTimeout, "") }, true},
		"can't be reached":          {func(l *fake.Leg) { l.End(fact.EndUnreachable, "") }, true},
		"no room":                   {func(l *fake.Leg) { l.EndWith(fact.EndCongestion, 503) }, true},
		"fault":                     {func(l *fake.Leg) { l.EndWith(fact.EndRemote, 500) }, true},
		"our login is refused":      {func(l *fake.Leg) { l.EndWith(fact.EndRefused, 407) }, true},
		"busy":                      {func(l *fake.Leg) { l.EndWith(fact.EndBusy, 486) }, false},
		"declined":                  {func(l *fake.Leg) { l.EndWith(fact.EndRefused, 603) }, false},
		"busy everywhere":           {func(l *fake.Leg) { l.EndWith(fact.EndBusy, 600) }, false},
		"unknown":                   {func(l *fake.Leg) { l.EndWith(fact.EndUnknownNumber, 404) }, false},
		"nobody picks up":           {func(l *fake.Leg) { l.EndWith(fact.EndNoAnswer, 480) }, false},
		"the caller gives up first": {func(*fake.Leg) {}, false},
	} {
		t.Run(name, func(t *testing.T) {
			inWorld(t, outward(), func(w *world) {
				caller, far := w.bridge(japan)
				c.fail(far)
				w.settle()
				want := []string{"a"}
				if c.next {
					want = append(want, "b")
				}
				if got := w.trunksTried(); !slices.Equal(got, want) {
					t.Fatalf("tried %v, want %v", got, want)
				}
				if !c.next {
					caller.End(fact.EndCallerGone, "")
					return
				}
				if to := w.dialer.Targets()[1]; to.Number != japan || !slices.Equal(to.Codecs, []string{"opus"}) {
					t.Errorf("%+v: each trunk is offered its own codecs", to)
				}
				second := w.dialer.Legs()[1]
				second.Pickup()
				w.settle()
				if !caller.Answered() || caller.Refused() != 0 || caller.hears() != "party" {
					t.Errorf("answered %v, refused %d, hears %q", caller.Answered(), caller.Refused(), caller.hears())
				}
				w.happened(fact.CallBegan, fact.NextTrunk, fact.CallAnswered)
				caller.End(fact.EndCallerHungUp, "")
				w.endedAs(caller, fact.EndCallerHungUp)
			})
		})
	}
}

// A trunk that fails after its early media was heard leaves the caller with a ringing tone, not with silence, until the next one is heard.
func TestFailoverAfterEarlyMedia(t *testing.T) {
	inWorld(t, outward(), func(w *world) {
		caller, far := w.bridge(japan)
		far.Early()
		w.settle()
		if caller.hears() != "party" {
			t.Fatalf("hears %q", caller.hears())
		}
		far.EndWith(fact.EndCongestion, 503)
		w.settle()
		if caller.hears() != "ringback" {
			t.Errorf("between the trunks the caller hears %q", caller.hears())
		}
		next := w.dialer.Legs()[1]
		next.Early()
		w.settle()
		if caller.hears() != "party" {
			t.Errorf("of the next trunk the caller hears %q", caller.hears())
		}
		next.EndWith(fact.EndCongestion, 503)
		w.endedAs(caller, fact.EndCongestion)
		if caller.Refused() != 503 {
			t.Errorf("refused with %d, want the last one's words", caller.Refused())
		}
	})
}

// One that can't even begin (no address, all its calls taken) is passed over.
func TestFailoverBeforeTheFirstINVITE(t *testing.T) {
	inWorld(t, outward(), func(w *world) {
		n := 0
		w.dialer.OnDial = func(*fake.Leg) error {
			if n++; n == 1 {
				return fmt.Errorf("x: %w", routing.ErrLimit)
			}
			return nil
		}
		caller, far := w.bridge(japan)
		if far.Party().Trunk != "b" {
			t.Errorf("%+v", far.Party())
		}
		caller.End(fact.EndCallerGone, "")
	})
}

func TestWhatMayNotBeDialled(t *testing.T) {
	cfg := outward()
	inWorld(t, cfg, func(w *world) {
		c := w.invite(fact.Invite{Trunk: "carrier", To: france, Dialled: france, Hops: 70})
		w.endedAs(c, fact.EndBarred)
		w.happened(fact.CallBegan, fact.DialRefused, fact.CallEnded)
		if code, _ := fact.EndBarred.Status(); code != 403 || fact.EndBarred.Cause() != 52 || len(w.dialer.Legs()) != 0 {
			t.Errorf("%d, %d legs", code, len(w.dialer.Legs()))
		}
		first, _ := w.bridge(japan)
		second, _ := w.bridge("900001") // counts too, though the file names it
		third := w.invite(fact.Invite{Trunk: "carrier", To: japan, Dialled: japan, Hops: 70})
		w.endedAs(third, fact.EndLimit)
		// An emergency call goes past every limit, by whatever trunk there is.
		w.dialer.OnDial = nil
		emergency := w.invite(fact.Invite{Trunk: "carrier", To: "110", Dialled: "110", Hops: 70})
		if to := w.dialer.Targets()[2]; to.Number != "110" || !to.Emergency || to.Trunk != "a" {
			t.Errorf("%+v", to)
		}
		w.happened(fact.EmergencyDialled)
		if s := w.Stats().Out; s.Calls != 3 || s.Emergency != 1 || s.Refused[dialout.Country] != 1 || s.Refused[dialout.AllLimit] != 1 {
			t.Errorf("%+v", s)
		}
		for _, c := range []*caller{first, second, emergency} {
			c.End(fact.EndCallerGone, "")
		}
		w.settle()
		if s := w.Stats().Out; s.Calls != 0 {
			t.Errorf("%+v: calls that are over count", s)
		}
	})
}

func TestCallsOutEndWhenTheyAreTooLong(t *testing.T) {
	inWorld(t, outward(), func(w *world) {
		c, far := w.bridge(japan)
		far.Pickup()
		w.settle()
		w.after(59 * time.Minute)
		if c.Ended() {
			t.Fatal("too early")
		}
		w.after(time.Minute)
		w.endedAs(c, fact.EndLongestCall)
	})
}

func TestPlacedCall(t *testing.T) {
	inWorld(t, outward(), func(w *world) {
		id, err := w.Start(fact.Order{Number: japan, From: "+81399999999", Say: "This is a test.", For: 10 * time.Second, By: "dana"})
		w.must(err)
		w.settle()
		if from := w.dialer.Callers()[0]; from.Number != "+81399999999" || from.Via != "" {
			t.Errorf("%+v", from)
		}
		room := w.rooms[0]
		w.dialer.Legs()[0].EndWith(fact.EndCongestion, 503)
		w.settle()
		far := w.dialer.Legs()[1]
		far.Rings()
		far.Early()
		w.settle()
		far.Pickup()
		w.settle()
		if got := room.Hears(far); got != "This is a test." {
			t.Errorf("hears %q", got)
		}
		row := w.lastCall()
		if row.Direction != fact.Outbound || row.Entry != japan || row.Trunk != "b" || row.Answered.IsZero() {
			t.Errorf("%+v", row)
		}
		w.after(10 * time.Second)
		view, ok := w.Order(context.Background(), id, 0)
		var steps []fact.OrderStep
		for _, e := range view.Events {
			steps = append(steps, e.What)
		}
		want := []fact.OrderStep{fact.OrderDialling, fact.OrderNextTrunk, fact.OrderRinging, fact.OrderEarly, fact.OrderAnswered, fact.OrderEnded}
		if !ok || view.End != "completed" || !slices.Equal(steps, want) {
			t.Errorf("%+v\n%v", view, steps)
		}
		if !far.Ended() || !room.Closed() {
			t.Error("something is left")
		}
		w.after(6 * time.Minute)
		_, err = w.Start(fact.Order{Number: japan, By: "dana"})
		w.must(err)
		if _, ok := w.Order(context.Background(), id, 0); ok {
			t.Error("it is never forgotten")
		}
	})
}

func TestPlacedCallsThatFail(t *testing.T) {
	inWorld(t, outward(), func(w *world) {
		for want, o := range map[error]fact.Order{
			routing.ErrNoNumber: {}, routing.ErrUnknownTrunk: {Number: japan, Trunk: "x"}, routing.ErrNoCallsOut: {Number: japan, Trunk: "carrier"},
			routing.ErrTooLong: {Number: japan, For: 2 * time.Hour},
		} {
			if _, err := w.Start(o); err != want { //nolint:errorlint // it is never wrapped
				t.Errorf("%+v: %v, want %v", o, err, want)
			}
		}
		for _, c := range []struct {
			number, end string
			status      int
			do          func(id fact.CallID)
		}{
			{france, "barred", 0, func(fact.CallID) {}},
			{japan, "busy", 486, func(fact.CallID) { w.dialer.Legs()[len(w.dialer.Legs())-1].EndWith(fact.EndBusy, 486) }},
			{japan, "no-answer", 0, func(fact.CallID) { w.after(46 * time.Second) }},
			{japan, "agent-hung-up", 0, func(id fact.CallID) { w.must(w.EndOrder(id)) }},
		} {
			id, err := w.Start(fact.Order{Number: c.number, By: "dana"})
			w.must(err)
			w.settle()
			c.do(id)
			w.settle()
			view, _ := w.Order(context.Background(), id, 0)
			last := view.Events[len(view.Events)-1]
			if view.End != c.end || last.Status != c.status {
				t.Errorf("%s: %+v", c.end, view)
			}
			if err := w.EndOrder(id); err != routing.ErrNoCall { //nolint:errorlint // it is never wrapped
				t.Errorf("after its end: %v", err)
			}
		}
		// Who waits is told at once.
		id, err := w.Start(fact.Order{Number: japan, By: "dana"})
		w.must(err)
		w.settle()
		told := make(chan int)
		go func() {
			v, _ := w.Order(context.Background(), id, 1)
			told <- len(v.Events)
		}()
		w.settle()
		w.dialer.Legs()[len(w.dialer.Legs())-1].Rings()
		if n := <-told; n != 2 {
			t.Errorf("%d events", n)
		}
	})
}
