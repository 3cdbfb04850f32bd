package routing_test

import (
	"slices"
	"testing"
	"time"

	"mediasrv/config"
	"mediasrv/internal/fake"
	"mediasrv/routing"
	"mediasrv/routing/fact"
)

// Whoever was sent to a number by a key and can't be connected hears why, and goes on as the file says.
func TestNotReachedIsSaid(t *testing.T) {
	const noLine = "Sorry, we cannot connect you at the moment. Please try again later."
	for name, test := range map[string]struct {
		file func(cfg *config.Config)
		full bool // the trunk
		far  func(l *fake.Leg)
		ring time.Duration
		want string
		end  fact.EndReason
	}{
		"busy":      {nil, false, func(l *fake.Leg) { l.EndWith(fact.EndBusy, 486) }, 0, "engaged", fact.EndBusy},
		"refused":   {nil, false, func(l *fake.Leg) { l.EndWith(fact.EndRefused, 603) }, 0, "There is no answer.", fact.EndRefused},
		"no answer": {nil, false, func(l *fake.Leg) { l.Rings() }, 46 * time.Second, "There is no answer.", fact.EndNoAnswer},
		"no room":   {nil, true, nil, 0, noLine, fact.EndLimit},
		"no way":    {func(cfg *config.Config) { cfg.Routes[0].Trunks = nil }, false, nil, 0, noLine, fact.EndNoRoute},
	} {
		for _, on := range []bool{false, true} {
			t.Run(name, func(t *testing.T) {
				cfg := withMenus(testConfig())
				if on {
					cfg.Company.Refused.Then = config.Action{Queue: "support"}
				}
				if test.file != nil {
					test.file(cfg)
				}
				inWorld(t, cfg, func(w *world) {
					w.only()
					if test.full {
						w.dialer.OnDial = func(*fake.Leg) error { return routing.ErrLimit }
					}
					c := w.call("+819012345678", menuNumber)
					w.presses(c, "4")
					if legs := w.dialer.Legs(); len(legs) > 0 && test.far != nil {
						w.hearsNow(c, "ringback")
						test.far(legs[0])
						w.after(test.ring)
					}
					w.hearsNow(c, test.want)
					if legs := w.dialer.Legs(); slices.ContainsFunc(legs, (*fake.Leg).Living) {
						t.Error("the far end rings still")
					}
					w.after(3 * time.Second)
					w.happened(fact.KeyChosen, fact.NotReached)
					if on {
						w.hearsNow(c, "greeting")
						c.hangsUp()
						return
					}
					w.endedAs(c, test.end)
				})
			})
		}
	}
}

// A caller who hangs up meanwhile hears nothing more; one who was never answered is refused by a status, and not spoken to.
func TestNotReachedIsNotSaid(t *testing.T) {
	inMenus(t, func(w *world) {
		c := w.call("+819012345678", menuNumber)
		w.presses(c, "4")
		c.hangsUp()
		w.endedAs(c, fact.EndCallerHungUp)
		if slices.Contains(w.store.Kinds(), fact.NotReached) {
			t.Error("it is said to nobody")
		}
	})
}
