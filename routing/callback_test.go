package routing_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"mediasrv/config"
	"mediasrv/internal/fake"
	"mediasrv/routing"
	"mediasrv/routing/callback"
	"mediasrv/routing/fact"
)

const (
	backNumber = "+81312345694" // a queue whose callers can ask for a callback at any time
	customer   = "+819011111111"
)

// withCallbacks adds keys that lead to callbacks: 1 keeps the place, 2 is behind all callers, 3 the list, 4 calls the customer first.
func withCallbacks(cfg *config.Config) *config.Config {
	cfg.Company.Country, cfg.Company.DialOut.Countries = "JP", []string{"JP"}
	cfg.Company.Speech.Language = "en"
	cfg.Routes = []config.Route{{Prefix: "+81", Trunks: []string{"out"}}}
	made := func(name string, change func(*config.Callback)) *config.Callback {
		c := &config.Callback{Name: name, Automatic: true, Retries: 2, Delay: 15 * time.Minute, Confirmation: say("confirmed")}
		change(c)
		return c
	}
	cfg.Callbacks = map[string]*config.Callback{
		"keep":  made("keep", func(c *config.Callback) { c.KeepsPlace = true }),
		"last":  made("last", func(*config.Callback) {}),
		"list":  made("list", func(c *config.Callback) { c.Automatic = false }),
		"first": made("first", func(c *config.Callback) { c.CustomerFirst = true }),
	}
	cfg.Waiting["back"] = &config.WaitingStrategy{Name: "back", LongestWait: time.Hour, Keys: map[string]config.Action{
		"1": {Callback: "keep"}, "2": {Callback: "last"}, "3": {Callback: "list"}, "4": {Callback: "first"},
	}}
	q := *cfg.Queues["support"]
	q.Name, q.Waiting = "back", "back"
	cfg.Queues["back"] = &q
	cfg.Numbers[backNumber] = &config.Number{Number: backNumber, Queue: "back"}
	return cfg
}

func inCallbacks(t *testing.T, do func(w *world)) {
	t.Helper()
	inWorld(t, withCallbacks(withMenus(testConfig())), do)
}

// asks is a caller who asks for a callback by a key, and is hung up on.
func (w *world) asks(from, key string) *caller {
	w.t.Helper()
	c := w.call(from, backNumber)
	w.presses(c, key)
	w.hearsNow(c, "confirmed")
	w.after(4 * time.Second)
	if !c.Ended() {
		w.t.Fatal("the caller is not hung up on after the confirmation")
	}
	return c
}

// outTo are the legs to a number, in order.
func (w *world) outTo(number string) []*fake.Leg {
	w.settle()
	var all []*fake.Leg
	for _, l := range w.dialer.Legs() {
		if l.Party().Number == number {
			all = append(all, l)
		}
	}
	return all
}

// calling is the leg that rings at a customer's.
func (w *world) calling(number string) *fake.Leg {
	w.t.Helper()
	all := w.outTo(number)
	if len(all) == 0 || all[len(all)-1].Ended() {
		w.t.Fatalf("%s is not being called", number)
	}
	return all[len(all)-1]
}

// theCallback is the only one.
func (w *world) theCallback() fact.Callback {
	w.t.Helper()
	w.settle()
	all := w.store.Callbacks()
	if len(all) != 1 {
		w.t.Fatalf("%d callbacks: %+v", len(all), all)
	}
	return all[0]
}

func (w *world) callbackIs(state fact.CallbackState, attempts int) {
	w.t.Helper()
	if c := w.theCallback(); c.State != state || c.Attempts != attempts {
		w.t.Errorf("the callback is %s after %d attempts, want %s after %d", c.State, c.Attempts, state, attempts)
	}
}

func (w *world) available(users ...string) {
	w.t.Helper()
	for _, user := range users {
		w.must(w.SetStatus(user, "available"))
	}
	w.settle()
}

func TestCallerIsCalledBack(t *testing.T) {
	inCallbacks(t, func(w *world) {
		w.only()
		var committed []fact.Callback
		w.store.OnCommit = func(_ context.Context, c fact.Callback) error {
			committed = append(committed, c)
			if len(w.outTo0(customer)) > 0 {
				t.Error("the customer's phone rings before that is on the disk")
			}
			return nil
		}
		c := w.asks(customer, "1")
		w.endedAs(c, fact.EndCallback)
		w.callbackIs(fact.CallbackInQueue, 0)
		w.available("aiko")
		if v := w.view("aiko"); v.Call == nil || v.Call.Kind != "callback" || v.Call.Number != customer || v.Call.Queue != "back" {
			t.Errorf("the card: %+v", v.Call)
		}
		agent := w.answers("aiko")
		far := w.calling(customer)
		if len(committed) != 1 || committed[0].State != fact.CallbackActive || committed[0].Attempts != 1 || committed[0].Lease.IsZero() {
			t.Errorf("on the disk: %+v", committed)
		}
		if from := w.dialer.Callers()[1]; from.Number != backNumber || w.dialer.Targets()[1].Trunk != "out" {
			t.Errorf("the customer is shown %+v by %+v", from, w.dialer.Targets()[1])
		}
		room := w.rooms[0]
		if got := room.Hears(agent); got != "ringback" {
			t.Errorf("while the customer is called the agent hears %q", got)
		}
		far.Early()
		w.settle()
		if got := room.Hears(agent); got != "party" {
			t.Errorf("the agent hears %q, not the network's early media", got)
		}
		w.callbackIs(fact.CallbackActive, 1)
		far.Pickup()
		w.settle()
		if room.Hears(agent) != "party" || room.Hears(far) != "party" {
			t.Errorf("agent hears %q, customer %q", room.Hears(agent), room.Hears(far))
		}
		w.callbackIs(fact.CallbackCompleted, 1)
		w.agentIs("aiko", "available", "talking")
		far.End(fact.EndCallerHungUp, "")
		w.settle()
		w.agentIs("aiko", "available", "wrap-up")
		w.happened(fact.CallbackAsked, fact.Offered, fact.AgentAnswered, fact.CallbackDialled, fact.CallbackEnded, fact.WrapUpBegan)
		if row := w.lastCall(); row.Direction != fact.Outbound || row.From != customer || row.Agent != "aiko" || row.End != fact.EndCallerHungUp {
			t.Errorf("the row: %+v", row)
		}
	})
}

// outTo0 is outTo without waiting, for use inside the world.
func (w *world) outTo0(number string) (all []*fake.Leg) {
	for _, l := range w.dialer.Legs() {
		if l.Party().Number == number {
			all = append(all, l)
		}
	}
	return all
}

// The agent's refusing is no attempt; the customer's not answering is one, and the next comes after the delay.
func TestRetriesUntilTheyAreUsedUp(t *testing.T) {
	inCallbacks(t, func(w *world) {
		w.only()
		w.asks(customer, "1")
		w.available("aiko")
		w.ringing("aiko").End(fact.EndRefused, "603")
		w.after(6 * time.Second) // the next round
		w.callbackIs(fact.CallbackInQueue, 0)
		for attempt := 1; attempt <= 3; attempt++ {
			w.answers("aiko")
			w.callbackIs(fact.CallbackActive, attempt)
			switch attempt {
			case 1:
				w.calling(customer).EndWith(fact.EndBusy, 486)
			case 2:
				w.calling(customer).Rings()
				w.after(46 * time.Second) // rings out
			case 3:
				w.must(w.Hangup("aiko")) // the agent gives up: the customer's phone has rung
			}
			w.settle()
			if w.outTo(customer)[attempt-1].Living() {
				t.Error("the customer's phone still rings")
			}
			w.agentIs("aiko", "available", "idle")
			if attempt < 3 {
				w.callbackIs(fact.CallbackNoAnswer, attempt)
				w.after(14*time.Minute + 50*time.Second)
				w.isQuiet("aiko")
				w.after(12 * time.Second)
			}
		}
		w.callbackIs(fact.CallbackExhausted, 3)
		w.after(2 * time.Hour)
		if n := len(w.outTo(customer)); n != 3 {
			t.Errorf("called %d times", n)
		}
	})
}

// Known failure of others: the same person is called three times.
func TestSamePersonIsCalledOnce(t *testing.T) {
	inCallbacks(t, func(w *world) {
		w.only()
		for _, key := range []string{"1", "2", "1"} {
			w.asks(customer, key)
		}
		w.theCallback()
		w.happened(fact.CallbackAsked, fact.CallbackAgain, fact.CallbackAgain)
		w.available("aiko", "ben")
		w.answers("aiko")
		w.isQuiet("ben")
		w.calling(customer).Pickup()
		w.after(time.Hour)
		if n := len(w.outTo(customer)); n != 1 {
			t.Errorf("called %d times", n)
		}
	})
}

func TestCustomerWhoGetsThroughIsNotCalled(t *testing.T) {
	inCallbacks(t, func(w *world) {
		w.only()
		w.asks(customer, "2") // behind all callers
		again := w.call(customer, backNumber)
		w.available("aiko")
		w.answers("aiko")
		w.callbackIs(fact.CallbackCompleted, 0)
		again.End(fact.EndCallerHungUp, "")
		w.after(time.Hour)
		if len(w.outTo(customer)) != 0 {
			t.Error("called nevertheless")
		}
	})
}

// A customer who has lost patience and calls again is not dialled while waiting in line, and keeps the callback if that was in vain, too. Nor does an agent call from
// the list then.
func TestCustomerInLineIsNotDialled(t *testing.T) {
	for key, kind := range map[string]string{"1": "keeps the place", "4": "customer first", "3": "list"} {
		t.Run(kind, func(t *testing.T) {
			inCallbacks(t, func(w *world) {
				w.only()
				w.asks(customer, key)
				again := w.call(customer, backNumber)
				w.available("aiko")
				if v := w.view("aiko"); v.Call == nil || v.Call.Kind == "callback" {
					t.Fatalf("aiko is rung for %+v, want the caller", v.Call)
				}
				if key == "3" {
					if _, err := w.MakeCallback("ben", w.theCallback().ID); err == nil {
						t.Error("ben may call who waits in line")
					}
				}
				w.must(w.SetStatus("aiko", "away"))
				w.must(w.Hangup("aiko"))
				w.available("ben")
				w.must(w.Hangup("ben"))
				w.after(30 * time.Second)
				if n := len(w.outTo(customer)); n != 0 {
					t.Fatalf("the customer was dialled %d times while waiting in line", n)
				}
				w.must(w.SetStatus("ben", "away"))
				w.settle()
				again.End(fact.EndCallerHungUp, "")
				w.after(time.Minute)
				w.available("aiko")
				switch key {
				case "1":
					w.answers("aiko")
					w.calling(customer)
				case "4":
					w.calling(customer)
				case "3":
					_, err := w.MakeCallback("aiko", w.theCallback().ID)
					w.must(err)
				}
			})
		})
	}
}

// Known failure of others: callbacks starve live callers (see floor.TestCallbacksStarveLiveCallers, too). Here every caller goes before those of inbound-first, and those who keep their places
// are served by their time.
func TestPlacesOfCallbacks(t *testing.T) {
	for key, want := range map[string][]string{"1": {"+81900000001", customer, "+81900000002"}, "2": {"+81900000001", "+81900000002", customer}} {
		t.Run(key, func(t *testing.T) {
			inCallbacks(t, func(w *world) {
				w.only()
				w.call("+81900000001", backNumber)
				w.after(time.Second)
				w.asks(customer, key)
				w.call("+81900000002", backNumber)
				w.available("aiko")
				var served []string
				for range want {
					v := w.view("aiko")
					if v.Call == nil {
						t.Fatalf("nobody after %v", served)
					}
					served = append(served, v.Call.Number)
					w.answers("aiko")
					if v.Call.Kind == "callback" {
						w.calling(customer).Pickup()
						w.settle()
					}
					w.must(w.Hangup("aiko"))
					w.settle()
					w.must(w.FinishWrapUp("aiko", fact.WrapUpResult{Disposition: "resolved"}))
					w.settle()
				}
				if !slices.Equal(served, want) {
					t.Errorf("served %v, want %v", served, want)
				}
			})
		})
	}
}

// At most as many customers are called at once as there are idle agents.
func TestCustomersFirst(t *testing.T) {
	inCallbacks(t, func(w *world) {
		w.only()
		numbers := []string{"+81900000001", "+81900000002", "+81900000003"}
		for _, n := range numbers {
			w.asks(n, "4")
		}
		busy := w.call("+81900000009", salesNumber)
		w.available("aiko", "ben")
		w.answers("aiko") // aiko talks with a caller: ben alone is free
		inFlight := func() (all []string) {
			w.settle()
			for _, n := range numbers {
				if out := w.outTo(n); len(out) > 0 && out[len(out)-1].Living() && !out[len(out)-1].Answered() {
					all = append(all, n)
				}
			}
			return all
		}
		if got := inFlight(); !slices.Equal(got, numbers[:1]) {
			t.Fatalf("called: %v, with one agent idle", got)
		}
		w.calling(numbers[0]).EndWith(fact.EndBusy, 486)
		if got := inFlight(); !slices.Equal(got, numbers[1:2]) {
			t.Fatalf("called: %v, after the first was busy", got)
		}
		rival := w.call("+81900000008", backNumber) // a live caller takes ben meanwhile
		w.answers("ben")
		far := w.calling(numbers[1])
		far.Pickup()
		later := w.call("+81900000007", backNumber)
		w.settle()
		if got := w.rooms[len(w.rooms)-1].Hears(far); got != "music" {
			t.Errorf("whoever has answered hears %q", got)
		}
		rival.End(fact.EndCallerHungUp, "")
		w.settle()
		w.must(w.FinishWrapUp("ben", fact.WrapUpResult{}))
		w.settle()
		if v := w.view("ben"); v.Call == nil || v.Call.Number != numbers[1] || v.Call.Kind != "callback" {
			t.Fatalf("the next for ben: %+v", v.Call)
		}
		w.answers("ben")
		all := w.store.Callbacks()
		i := slices.IndexFunc(all, func(c fact.Callback) bool { return c.Number == numbers[1] })
		if all[i].State != fact.CallbackCompleted {
			t.Errorf("%+v", all[i])
		}
		for _, c := range []*caller{busy, later} {
			c.End(fact.EndCallerHungUp, "")
		}
	})
}

func TestDialThatCannotBeKeptIsNotMade(t *testing.T) {
	inCallbacks(t, func(w *world) {
		w.only()
		broken := true
		w.store.OnCommit = func(ctx context.Context, _ fact.Callback) error {
			if broken {
				<-ctx.Done()
				return ctx.Err()
			}
			return nil
		}
		w.asks(customer, "1")
		w.available("aiko")
		w.answers("aiko")
		w.after(4 * time.Second)
		if len(w.outTo(customer)) != 0 {
			t.Fatal("called, though nobody would know it after a crash")
		}
		w.callbackIs(fact.CallbackInQueue, 0)
		w.agentIs("aiko", "available", "idle")
		broken = false
		w.after(time.Minute)
		w.answers("aiko")
		w.calling(customer)
		w.callbackIs(fact.CallbackActive, 1)
	})
}

func TestCallbacksAfterACrash(t *testing.T) {
	cfg := withCallbacks(withMenus(testConfig()))
	cfg.Callbacks["keep"].AfterCrash = true
	var left fact.Resume
	inWorld(t, cfg, func(w *world) {
		w.only()
		w.asks(customer, "1")
		w.available("aiko")
		w.answers("aiko")
		w.calling(customer)
		left.Callbacks = w.store.Callbacks()
	})
	if c := left.Callbacks[0]; c.State != fact.CallbackActive {
		t.Fatalf("%+v", c)
	}
	waited := time.Date(1999, 12, 31, 23, 0, 0, 0, time.UTC)
	left.Orphans = []fact.Orphan{{
		Call: fact.Call{ID: "dead", From: "+81902222222", Entry: backNumber, Conversation: "v"}, Waits: true, Last: fact.Situation{Queue: "back", Since: waited},
	}, {
		Call: fact.Call{ID: "talked", From: "+81903333333", Entry: backNumber}, Last: fact.Situation{Queue: "back", Since: waited},
	}}
	inWorldAfter(t, cfg, left, func(w *world) {
		// Those who waited are called; the one whose phone rang when the server went down has to wait for the delay.
		w.answers("aiko")
		w.calling("+81902222222").Pickup()
		w.settle()
		if len(w.outTo(customer)) != 0 {
			t.Error("called again at once")
		}
		w.must(w.Hangup("aiko"))
		w.after(16 * time.Minute)
		w.answers("ben") // idle for longest
		w.calling(customer)
		all := w.store.Callbacks()
		if i := slices.IndexFunc(all, func(c fact.Callback) bool { return c.Number == customer }); all[i].Attempts != 2 {
			t.Errorf("%+v: the attempt of the crash counts", all[i])
		}
		if len(w.outTo("+81903333333")) != 0 {
			t.Error("who talked is called")
		}
	})
}

func TestWithheldCallerTypesANumber(t *testing.T) {
	inCallbacks(t, func(w *world) {
		w.only()
		c := w.call("", backNumber)
		w.presses(c, "1")
		w.hearsNow(c, "Please enter the number at which we can call you back, and then the hash key.")
		w.presses(c, "12#") // no number
		w.hearsNow(c, "We can't call this number. Please enter another one, and then the hash key.")
		w.presses(c, "09011111112#")
		w.after(time.Second)
		w.hearsNow(c, "You have entered 0 9 0 1 1 1 1 1 1 1 2. If this is right, press 1. To enter it again, press 2.")
		w.presses(c, "2")
		w.after(time.Second)
		w.presses(c, "0901111")
		w.presses(c, "1111#")
		w.after(time.Second)
		w.presses(c, "1")
		w.hearsNow(c, "confirmed")
		w.after(5 * time.Second)
		if row := w.theCallback(); row.Number != customer {
			t.Errorf("%+v", row)
		}
	})
	inCallbacks(t, func(w *world) { // who types nothing is not called back
		w.only()
		c := w.call("+33123456789", backNumber) // France may not be called
		w.presses(c, "1")
		w.after(2 * time.Minute)
		w.endedAs(c, fact.EndNoKey)
		if len(w.store.Callbacks()) != 0 {
			t.Errorf("%+v", w.store.Callbacks())
		}
	})
}

// Automatic ones wait for the queue's hours and for those of the customer's time zone. It is midnight in London, nine in Tokyo.
func TestCallbacksWaitForHours(t *testing.T) {
	cfg := withCallbacks(withMenus(testConfig()))
	office := &config.Hours{Name: "noon", Zone: time.UTC}
	for day := range office.Week {
		office.Week[day] = []config.Span{{From: time.Hour, To: 12 * time.Hour}}
	}
	cfg.Callbacks["keep"].Hours = []config.Span{{From: 13 * time.Hour, To: 20 * time.Hour}} // of Tokyo: from 4:00 UTC
	inWorld(t, cfg, func(w *world) {
		w.only()
		w.asks(customer, "1")
		cfg.Queues["back"].Hours = office
		_ = w.TakeCallback("aiko", "none") // what the keeper is told from now on it sees with these hours
		w.available("aiko")
		w.after(3*time.Hour + 59*time.Minute + 50*time.Second)
		w.isQuiet("aiko")
		w.after(10 * time.Second)
		w.ringing("aiko")
		w.must(w.SetStatus("aiko", "away"))
		w.ringing("aiko").End(fact.EndRefused, "")
		w.after(6*time.Hour + 30*time.Minute) // 19:31 in Tokyo: the queue has an hour and a half left, the customer half an hour
		w.available("aiko")
		w.ringing("aiko").End(fact.EndRefused, "")
		w.must(w.SetStatus("aiko", "away"))
		w.after(time.Hour)
		w.available("aiko")
		w.isQuiet("aiko")
		w.must(w.SetStatus("aiko", "away"))
		w.after(17 * time.Hour)
		w.available("aiko")
		w.ringing("aiko")
		w.callbackIs(fact.CallbackInQueue, 0)
	})
}

func TestListOfCallbacks(t *testing.T) {
	inCallbacks(t, func(w *world) {
		w.asks(customer, "3")
		id := w.theCallback().ID
		w.after(time.Hour)
		w.isQuiet("aiko") // nobody's phone rings by itself
		w.must(w.TakeCallback("ben", id))
		w.must(w.TakeCallback("aiko", id)) // ben hasn't called
		if c := w.theCallback(); c.State != fact.CallbackAssigned || c.Agent != "aiko" {
			t.Errorf("%+v", c)
		}
		if err := w.TakeCallback("chen", id); !errors.Is(err, callback.ErrNotYours) {
			t.Errorf("chen is not in the queue: %v", err)
		}
		w.must(w.SetStatus("aiko", "busy"))
		call, err := w.MakeCallback("aiko", id)
		w.must(err)
		w.settle()
		if v := w.view("aiko"); v.Call == nil || v.Call.ID != call || v.Call.Kind != "callback" {
			t.Fatalf("%+v", v.Call)
		}
		if err := w.TakeCallback("ben", id); !errors.Is(err, callback.ErrTaken) {
			t.Errorf("ben takes it while aiko calls: %v", err)
		}
		if _, err := w.MakeCallback("ben", id); !errors.Is(err, callback.ErrTaken) {
			t.Errorf("ben calls while aiko calls: %v", err)
		}
		w.answers("aiko")
		if err := w.CancelCallback("ben", id, false); !errors.Is(err, callback.ErrBeingMade) {
			t.Errorf("%v", err)
		}
		w.calling(customer).EndWith(fact.EndBusy, 486)
		w.callbackIs(fact.CallbackNoAnswer, 1)
		w.agentIs("aiko", "busy", "wrap-up") // in which the page says why
		if v := w.view("aiko"); v.Call == nil || v.Call.EndReason != "busy" {
			t.Errorf("the card: %+v", v.Call)
		}
		for range 6 { // the list has no end of retries
			_, err := w.MakeCallback("ben", id)
			w.must(err)
			w.settle()
			w.answers("ben")
			w.calling(customer).EndWith(fact.EndBusy, 486)
			w.settle()
			w.must(w.FinishWrapUp("ben", fact.WrapUpResult{}))
		}
		w.callbackIs(fact.CallbackNoAnswer, 7)
		if _, err := w.MakeCallback("ben", id); err != nil {
			t.Fatal(err)
		}
		w.settle()
		w.ringing("ben").End(fact.EndRefused, "")
		w.after(time.Minute)
		w.isQuiet("ben")
		w.isQuiet("aiko")
		w.must(w.CloseCallback("ben", id))
		w.callbackIs(fact.CallbackCancelled, 7)
		if err := w.TakeCallback("ben", id); !errors.Is(err, callback.ErrUnknown) {
			t.Errorf("%v", err)
		}
	})
}

// The phone of the agent who wants to call can't be dialled: the callback is free again, and no call is left behind.
func TestListOfCallbacksWithoutAPhone(t *testing.T) {
	inCallbacks(t, func(w *world) {
		w.asks(customer, "3")
		id := w.theCallback().ID
		w.dialer.OnDial = func(*fake.Leg) error { return errors.New("no phone") }
		_, err := w.MakeCallback("aiko", id)
		w.must(err)
		w.settle()
		if n := w.Calls(); n != 0 {
			t.Errorf("%d calls are left", n)
		}
		w.agentIs("aiko", "available", "idle")
		w.dialer.OnDial = nil
		_, err = w.MakeCallback("ben", id)
		w.must(err)
		w.settle()
		w.answers("ben")
		w.calling(customer)
	})
}

func TestPromisedCallbacks(t *testing.T) {
	inCallbacks(t, func(w *world) {
		in := func(d time.Duration) fact.CallbackPlan {
			return fact.CallbackPlan{Number: "090 1111 1111", Queue: "back", At: time.Now().Add(d), Personal: true}
		}
		for want, p := range map[error]fact.CallbackPlan{
			callback.ErrPast:       in(-time.Second),
			routing.ErrNoNumber:    {Queue: "back", At: time.Now().Add(time.Hour)},
			routing.ErrNotCallable: {Number: "+33123456789", Queue: "back", At: time.Now().Add(time.Hour)},
			callback.ErrNotYours:   {Number: customer, Queue: "sales", At: time.Now().Add(time.Hour)},
		} {
			if _, err := w.PlanCallback("ben", p); !errors.Is(err, want) {
				t.Errorf("got %v, want %v", err, want)
			}
		}
		row, err := w.PlanCallback("ben", in(time.Hour))
		w.must(err)
		w.after(time.Hour - time.Second)
		w.isQuiet("ben")
		w.after(2 * time.Second)
		w.isQuiet("aiko")
		if v := w.view("ben"); v.Call == nil || v.Call.Kind != "personal-callback" || v.Call.Number != customer {
			t.Fatalf("%+v", v.Call)
		}
		w.must(w.SetStatus("ben", "away"))
		w.ringing("ben").End(fact.EndRefused, "")
		w.after(30*time.Minute - 10*time.Second)
		w.isQuiet("aiko")
		w.after(10 * time.Second) // half an hour after its time ben is not there
		w.happened(fact.CallbackToAnyone)
		w.after(15 * time.Second)
		w.answers("aiko")
		w.calling(customer).Pickup()
		w.settle()
		w.callbackIs(fact.CallbackCompleted, 1)
		if v := w.view("aiko"); v.Call.Kind != "callback" || row.Number != customer {
			t.Errorf("%+v", v.Call)
		}
		if _, err := w.PlanCallback("aiko", fact.CallbackPlan{At: time.Now().Add(time.Hour)}); err != nil { // in the call, the same number
			t.Fatal(err)
		}
		w.must(w.Hangup("aiko"))
		w.settle()
		w.must(w.FinishWrapUp("aiko", fact.WrapUpResult{Status: "closed"}))
		w.settle()
		open := w.store.Callbacks()[1]
		if open.Number != customer || open.By != "aiko" || open.Owner != "" || open.Queue != "back" {
			t.Errorf("%+v", open)
		}
		if err := w.CancelCallback("aiko", open.ID, false); !errors.Is(err, callback.ErrClosed) {
			t.Errorf("its conversation is closed: %v", err)
		}
	})
}

func TestPromiseIsTakenBack(t *testing.T) {
	inCallbacks(t, func(w *world) {
		row, err := w.PlanCallback("ben", fact.CallbackPlan{Number: customer, Queue: "back", At: time.Now().Add(time.Hour)})
		w.must(err)
		if err := w.CancelCallback("chen", row.ID, false); !errors.Is(err, callback.ErrNotYours) {
			t.Errorf("%v", err)
		}
		later, err := w.PlanCallback("aiko", fact.CallbackPlan{Number: customer, Queue: "back", At: time.Now().Add(2 * time.Hour)})
		w.must(err)
		if later.ID != row.ID || later.Due.Sub(row.Due) < 59*time.Minute || later.By != "aiko" {
			t.Errorf("%+v after %+v", later, row)
		}
		c := w.call(customer, backNumber)
		w.answers("aiko")
		c.End(fact.EndCallerHungUp, "")
		w.callbackIs(fact.CallbackInQueue, 0) // what was promised for later holds
		w.must(w.CancelCallback("chen", row.ID, true))
		w.callbackIs(fact.CallbackCancelled, 0)
		w.after(3 * time.Hour)
		if len(w.outTo(customer)) != 0 {
			t.Error("called nevertheless")
		}
	})
}

// A queue that a supervisor has closed calls nobody back until it opens again.
func TestClosedQueueCallsNobodyBack(t *testing.T) {
	inCallbacks(t, func(w *world) {
		w.only()
		w.asks(customer, "1")
		w.must(w.SetNotice(t.Context(), fact.QueueNotice{Queue: "back", Kind: fact.QueueClosed, Until: time.Now().Add(time.Hour), By: "dana"}))
		w.available("aiko")
		w.after(time.Hour - 5*time.Second)
		w.isQuiet("aiko")
		w.after(10 * time.Second)
		w.ringing("aiko").End(fact.EndRefused, "")
		w.must(w.SetNotice(t.Context(), fact.QueueNotice{Queue: "back", Kind: fact.QueueClosed, Until: time.Now().Add(time.Hour), By: "dana"}))
		w.after(time.Minute)
		w.isQuiet("aiko")
		w.must(w.EndNotice("back", fact.QueueClosed, "dana"))
		w.settle()
		w.ringing("aiko")
	})
}

// Whoever has left a message, or has given up, is called back by an agent who wants it: it is a callback of the list, so that who isn't reached stays there.
func TestCallBackOfWhoWasMissed(t *testing.T) {
	inCallbacks(t, func(w *world) {
		w.only()
		missed := fact.Missed{Queue: "back", Number: customer, Name: "Bob", Entry: backNumber}
		for _, c := range []struct {
			who  fact.Missed
			want error
		}{
			{fact.Missed{Queue: "back"}, routing.ErrNoNumber},
			{fact.Missed{Queue: "never", Number: customer}, routing.ErrUnknownQueue},
			{fact.Missed{Queue: "back", Number: "+4915112345678"}, routing.ErrNotCallable},
		} {
			if _, err := w.CallBack("ben", c.who); !errors.Is(err, c.want) {
				t.Errorf("%+v: %v, want %v", c.who, err, c.want)
			}
		}
		if _, err := w.CallBack("chen", missed); !errors.Is(err, callback.ErrNotYours) { // not an agent of the queue
			t.Errorf("%v", err)
		}
		if b := w.theCallback(); b.State != fact.CallbackCancelled {
			t.Errorf("what could not be called stays: %+v", b)
		}
		_, err := w.CallBack("ben", missed)
		w.must(err)
		w.settle()
		w.answers("ben")
		w.calling(customer).EndWith(fact.EndBusy, 486)
		w.settle()
		open := func() (all []fact.Callback) {
			w.settle()
			for _, b := range w.store.Callbacks() {
				if b.Open() {
					all = append(all, b)
				}
			}
			return all
		}
		if all := open(); len(all) != 1 || all[0].State != fact.CallbackNoAnswer || all[0].Automatic || all[0].Attempts != 1 || all[0].By != "ben" || all[0].Conversation == "" {
			t.Fatalf("%+v", all)
		}
		row, err := w.ListCallback("dana", missed)
		if all := open(); err != nil || len(all) != 1 || row.ID != all[0].ID {
			t.Errorf("a second one of the same customer: %+v %v", all, err)
		}
	})
}
