package routing_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"mediasrv/config"
	"mediasrv/internal/fake"
	"mediasrv/routing"
	"mediasrv/routing/fact"
)

// asked is a caller in a menu that asks; the service answers after a time, if it does.
func (w *world) asked(key string, after time.Duration, advice routing.Advice, err error) (*caller, *[]routing.Inquiry) {
	w.t.Helper()
	var got []routing.Inquiry
	w.asker = func(ctx context.Context, _ *config.Ask, what routing.Inquiry) (routing.Advice, error) {
		got = append(got, what)
		select {
		case <-time.After(after):
			return advice, err
		case <-ctx.Done():
			return routing.Advice{}, fmt.Errorf("ask: %w", ctx.Err())
		}
	}
	c := w.call("+819012345678", menuNumber)
	w.presses(c, key)
	return c, &got
}

// detail is what the only event of a kind says.
func (w *world) detail(kind fact.EventKind) string {
	w.t.Helper()
	var all []string
	for _, e := range fake.Of[fact.Event](&w.store) {
		if e.Kind == kind {
			all = append(all, e.Detail)
		}
	}
	return strings.Join(all, "; ")
}

func TestMenuAsksAService(t *testing.T) {
	inMenus(t, func(w *world) {
		c, got := w.asked("*", time.Second, routing.Advice{Queue: "sales", Say: "welcome back"}, nil)
		w.hearsNow(c, "one moment")
		w.after(3100 * time.Millisecond)
		w.hearsNow(c, "music") // never silence
		w.after(time.Second)
		w.hearsNow(c, "welcome back")
		w.after(3100 * time.Millisecond)
		w.hearsNow(c, "greeting")
		row := w.lastCall()
		if row.Queue != "sales" {
			t.Errorf("the call is in %q", row.Queue)
		}
		want := routing.Inquiry{Call: row.ID, Conversation: row.Conversation, Menu: "ask", From: "+819012345678", To: menuNumber}
		if len(*got) != 1 || (*got)[0] != want {
			t.Errorf("%+v, want %+v", *got, want)
		}
		if d := w.detail(fact.Asked); d != "ask: queue sales (1000 ms)" {
			t.Errorf("%q", d)
		}
		if n := w.Stats().Asks; n != (routing.Asks{Answered: 1}) {
			t.Errorf("%+v", n)
		}
		c.hangsUp()
	})
}

// A service can have the caller called back, by the rules of the file, in the call's queue or the default one.
func TestServiceNamesACallback(t *testing.T) {
	inCallbacks(t, func(w *world) {
		w.only()
		w.asked("*", 0, routing.Advice{Callback: "list"}, nil)
		w.after(4 * time.Second)
		if d := w.detail(fact.AskFailed); !strings.Contains(d, `the callback "list" has no queue`) {
			t.Errorf("%q", d)
		}
	})
	cfg := withCallbacks(withMenus(testConfig()))
	cfg.Company.DefaultQueue = "back"
	inWorld(t, cfg, func(w *world) {
		c, _ := w.asked("*", 0, routing.Advice{Callback: "list"}, nil)
		w.after(3100 * time.Millisecond)
		w.hearsNow(c, "confirmed")
		w.after(4 * time.Second)
		w.endedAs(c, fact.EndCallback)
		if b := w.theCallback(); b.Queue != "back" || b.Plan != "list" || b.Number != "+819012345678" {
			t.Errorf("%+v", b)
		}
	})
}

func TestServiceThatDoesNotHelp(t *testing.T) {
	for name, test := range map[string]struct {
		after  time.Duration
		advice routing.Advice
		err    error
		why    string
		count  routing.Asks
	}{
		"too slow":      {time.Hour, routing.Advice{}, nil, "no answer in time: 3s", routing.Asks{Timeout: 1}},
		"down":          {0, routing.Advice{}, errors.New("ask: connection refused"), "connection refused", routing.Asks{Failed: 1}},
		"nonsense":      {0, routing.Advice{}, fmt.Errorf("ask: %w: expected JSON", routing.ErrBadAdvice), "expected JSON", routing.Asks{BadAnswer: 1}},
		"unknown queue": {0, routing.Advice{Queue: "nowhere"}, nil, `there is no queue "nowhere"`, routing.Asks{BadAnswer: 1}},
		"no callback":   {0, routing.Advice{Callback: "never"}, nil, `there is no entry of callbacks "never"`, routing.Asks{BadAnswer: 1}},
		"unknown menu":  {0, routing.Advice{Menu: "nowhere"}, nil, `there is no menu "nowhere"`, routing.Asks{BadAnswer: 1}},
		"two places":    {0, routing.Advice{Queue: "sales", Menu: "second"}, nil, "more than one place", routing.Asks{BadAnswer: 1}},
		"no place":      {0, routing.Advice{}, nil, "leads nowhere", routing.Asks{BadAnswer: 1}},
		"no number":     {0, routing.Advice{Number: "home"}, nil, `the number "home"`, routing.Asks{BadAnswer: 1}},
	} {
		t.Run(name, func(t *testing.T) {
			inMenus(t, func(w *world) {
				c, _ := w.asked("*", test.after, test.advice, test.err)
				w.after(3100*time.Millisecond + min(test.after, 3*time.Second))
				w.hearsNow(c, "no answer")
				w.after(3 * time.Second)
				w.hearsNow(c, "greeting")
				if got := w.lastCall().Queue; got != "support" {
					t.Errorf("the call is in %q", got)
				}
				if d := w.detail(fact.AskFailed); !strings.Contains(d, test.why) {
					t.Errorf("%q, want %q", d, test.why)
				}
				if n := w.Stats().Asks; n != test.count {
					t.Errorf("%+v", n)
				}
				c.hangsUp()
			})
		})
	}
}

// A number that only a service names must be one that may be dialled.
func TestServiceNamesANumber(t *testing.T) {
	inMenus(t, func(w *world) {
		c, _ := w.asked("*", 0, routing.Advice{Number: "+882123456789"}, nil)
		w.after(3100 * time.Millisecond)
		w.settle()
		if legs := w.dialer.Legs(); len(legs) != 0 {
			t.Errorf("it was dialled: %+v", w.dialer.Targets())
		}
		w.happened(fact.Asked, fact.DialRefused, fact.NotReached)
		w.hearsNow(c, "Sorry, this number may not be dialled from here.")
		c.hangsUp()
	})
}

func TestHangUpWhileAsking(t *testing.T) {
	inMenus(t, func(w *world) {
		c, _ := w.asked("*", time.Hour, routing.Advice{}, nil)
		w.after(3500 * time.Millisecond)
		ended := false
		inner := w.asker
		w.asker = func(ctx context.Context, of *config.Ask, what routing.Inquiry) (routing.Advice, error) {
			a, err := inner(ctx, of, what)
			ended = true
			return a, err
		}
		d := w.call("+819012345679", menuNumber)
		w.presses(d, "*")
		w.after(3500 * time.Millisecond)
		d.hangsUp()
		w.settle()
		if !ended {
			t.Error("the request goes on")
		}
		w.endedAs(d, fact.EndCallerHungUp)
		c.hangsUp()
	})
}

func TestMaskedDigits(t *testing.T) {
	inMenus(t, func(w *world) {
		c, got := w.asked("6", time.Second, routing.Advice{HangUp: true}, nil)
		w.hearsNow(c, "type your card")
		w.presses(c, "41#") // too few
		w.hearsNow(c, "too few")
		w.after(3 * time.Second)
		w.hearsNow(c, "type your card")
		w.presses(c, "43219")
		w.hearsNow(c, "")
		w.presses(c, "#")
		w.hearsNow(c, "music")
		w.presses(c, "77") // too late, and secret still
		w.after(time.Second)
		w.endedAs(c, fact.EndCompleted)
		if len(*got) != 1 || (*got)[0].Digits != "43219" {
			t.Errorf("%+v", *got)
		}
		for _, e := range fake.Of[fact.Event](&w.store) {
			if e.Kind == fact.DigitPressed && e.Detail != "•" && e.Detail != "6" || strings.Contains(e.Detail, "43219") {
				t.Errorf("%+v", e)
			}
		}
		if d := w.detail(fact.DigitsCollected); d != "card: 5 digits" {
			t.Errorf("%q", d)
		}
	})
}

func TestCollectedDigitsEnd(t *testing.T) {
	for name, test := range map[string]struct {
		typed string
		wait  time.Duration
		want  string
	}{
		"by their number": {"123456789", 0, "12345678"},
		"by a pause":      {"12345", 5100 * time.Millisecond, "12345"},
		"by the key":      {"1234#", 0, "1234"},
	} {
		t.Run(name, func(t *testing.T) {
			inMenus(t, func(w *world) {
				c, got := w.asked("6", time.Second, routing.Advice{HangUp: true}, nil)
				w.presses(c, test.typed)
				w.after(test.wait)
				if len(*got) != 1 || (*got)[0].Digits != test.want {
					t.Errorf("%+v", *got)
				}
				c.hangsUp()
			})
		})
	}
}

func TestNoDigitsAtAll(t *testing.T) {
	inMenus(t, func(w *world) {
		c, got := w.asked("6", 0, routing.Advice{}, nil)
		w.after(8100 * time.Millisecond)
		w.hearsNow(c, "type your card")
		w.after(8 * time.Second)
		w.endedAs(c, fact.EndNoKey)
		if len(*got) != 0 {
			t.Errorf("%+v", *got)
		}
	})
}
