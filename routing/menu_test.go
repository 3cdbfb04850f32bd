package routing_test

import (
	"strings"
	"testing"
	"time"

	"mediasrv/config"
	"mediasrv/routing/fact"
)

// Numbers that lead to what callers choose by keys.
const (
	menuNumber   = "+81312345690"
	closedNumber = "+81312345691" // a queue that never opens in 2000
	talkNumber   = "+81312345692" // announcements with keys
	boxNumber    = "+81312345694" // a voicemail
	lateClosed   = "+81312345693" // closed, and answered with the agent
)

func say(text string) *config.Audio { return &config.Audio{Say: text} }

// withMenus adds menus, hours and announcements to the test's contact centre. Every prompt takes 3 s.
func withMenus(cfg *config.Config) *config.Config {
	cfg.Menus = map[string]*config.Menu{
		"main": {
			Name: "main", Prompt: say("main menu"), Wait: 5 * time.Second, Repeat: 2, BargeIn: true,
			Keys: map[string]config.Action{
				"1": {Queue: "support"}, "2": {Menu: "second"}, "22": {HangUp: true}, "3": {Message: say("address")}, "4": {Number: "+81399999999"}, "5": {Voicemail: "box"}, "9": {Message: say("bye"), HangUp: true},
			},
			NoKey: config.Action{Queue: "support"}, WrongKey: config.Action{Message: say("wrong")},
		},
		"second": {
			Name: "second", Prompt: say("second menu"), Wait: 2 * time.Second, Repeat: 1,
			Keys: map[string]config.Action{"1": {Queue: "sales"}, "2": {Menu: "main"}},
		},
	}
	service := &config.Ask{URL: "https://crm.example.com", Timeout: 3 * time.Second, Fallback: config.Action{Message: say("no answer"), Queue: "support"}}
	cfg.Menus["ask"] = &config.Menu{Name: "ask", Prompt: say("one moment"), Wait: 5 * time.Second, Repeat: 2, BargeIn: true, Ask: service}
	cfg.Menus["card"] = &config.Menu{
		Name: "card", Prompt: say("type your card"), Wait: 5 * time.Second, Repeat: 2, BargeIn: true, Ask: service, WrongKey: config.Action{Message: say("too few")},
		Collect: &config.Collect{Min: 4, Max: 8, End: "#", Masked: true},
	}
	cfg.Menus["main"].Keys["*"], cfg.Menus["main"].Keys["6"] = config.Action{Menu: "ask"}, config.Action{Menu: "card"}
	office := &config.Hours{Name: "office", Zone: time.UTC, Away: &config.Away{
		Message: say("closed"), Times: 2, Replies: config.Replies{Keys: map[string]config.Action{"1": {Queue: "support"}}, Wait: 5 * time.Second},
	}}
	plainly := &config.Hours{Name: "plainly", Zone: time.UTC}
	cfg.Hours = map[string]*config.Hours{"office": office, "plainly": plainly}
	cfg.Waiting["talk"] = &config.WaitingStrategy{
		Name: "talk", LongestWait: 10 * time.Minute, Keys: map[string]config.Action{"9": {Menu: "second"}},
		Announcements: []config.Announcement{
			{Message: say("place {position}, wait {wait}"), Every: 20 * time.Second},
			{Message: say("press one"), Every: 50 * time.Second, Replies: config.Replies{
				Keys: map[string]config.Action{"1": {Message: say("moving"), Queue: "sales"}, "2": {Message: say("thanks")}}, Wait: 5 * time.Second,
			}},
		},
	}
	cfg.Voicemails = map[string]*config.Voicemail{"box": {Name: "box", Queue: "support", Greeting: say("leave a message"), Thanks: say("thank you"), Longest: time.Minute, Silence: 6 * time.Second}}
	cfg.Numbers[boxNumber] = &config.Number{Number: boxNumber, Voicemail: "box"}
	for name, from := range map[string]string{"closed": "support", "talk": "support", "late closed": "late"} {
		q := *cfg.Queues[from]
		q.Name = name
		cfg.Queues[name] = &q
	}
	cfg.Queues["closed"].Hours, cfg.Queues["late closed"].Hours, cfg.Queues["talk"].Waiting = office, plainly, "talk"
	cfg.Company.Refused.Busy = say("engaged")
	cfg.Routes = []config.Route{{Prefix: "+81", Trunks: []string{"out"}}}
	cfg.Numbers[menuNumber] = &config.Number{Number: menuNumber, Menu: "main", Priority: 3}
	cfg.Numbers[closedNumber] = &config.Number{Number: closedNumber, Queue: "closed"}
	cfg.Numbers[lateClosed] = &config.Number{Number: lateClosed, Queue: "late closed"}
	cfg.Numbers[talkNumber] = &config.Number{Number: talkNumber, Queue: "talk"}
	return cfg
}

// inMenus runs a test with nobody at work.
func inMenus(t *testing.T, do func(w *world)) {
	t.Helper()
	inWorld(t, withMenus(testConfig()), func(w *world) {
		w.only()
		do(w)
	})
}

// hearsNow checks what the caller hears.
func (w *world) hearsNow(c *caller, want string) {
	w.t.Helper()
	w.settle()
	if got := c.hears(); got != want {
		w.t.Errorf("%s: the caller hears %q, want %q", time.Now().Format("15:04:05"), got, want)
	}
}

// presses sends digits, one after the other without a pause.
func (w *world) presses(c *caller, digits string) {
	for i := range len(digits) {
		c.Digit(digits[i])
		w.settle()
	}
}

func TestMenuLeadsToAQueue(t *testing.T) {
	inMenus(t, func(w *world) {
		c := w.call("+819012345678", menuNumber)
		w.hearsNow(c, "main menu")
		if !c.Answered() {
			t.Error("the caller was not answered")
		}
		w.after(time.Second)
		w.presses(c, "1") // cuts the prompt
		w.hearsNow(c, "greeting")
		w.must(w.SetStatus("aiko", "available"))
		w.settle()
		w.answers("aiko")
		c.hangsUp()
		w.endedAs(c, fact.EndCallerHungUp)
		if got := w.lastCall().Queue; got != "support" {
			t.Errorf("the call was in %q", got)
		}
		w.happened(fact.CallAnswered, fact.MenuEntered, fact.DigitPressed, fact.KeyChosen, fact.Queued, fact.Offered, fact.AgentAnswered)
	})
}

func TestMenuTypeAhead(t *testing.T) {
	inMenus(t, func(w *world) {
		c := w.call("+819012345678", menuNumber)
		w.presses(c, "21") // 2 and 22 are keys: 1 decides, and is the second menu's
		w.after(3 * time.Second)
		w.hearsNow(c, "greeting")
		c.hangsUp()
		if got := w.lastCall().Queue; got != "sales" {
			t.Errorf("the call was in %q", got)
		}
	})
}

func TestMenuWaitsForLongerCodes(t *testing.T) {
	inMenus(t, func(w *world) {
		c := w.call("+819012345678", menuNumber)
		w.presses(c, "2")
		w.after(4900 * time.Millisecond)
		w.hearsNow(c, "")
		w.after(200 * time.Millisecond)
		w.hearsNow(c, "second menu")
		c.hangsUp()
		d := w.call("+819012345679", menuNumber)
		w.presses(d, "22")
		w.endedAs(d, fact.EndCompleted)
	})
}

func TestMenuWithoutBargeIn(t *testing.T) {
	inMenus(t, func(w *world) {
		c := w.call("+819012345678", menuNumber)
		w.presses(c, "2")
		w.after(5100 * time.Millisecond)
		w.presses(c, "1")
		w.hearsNow(c, "second menu")
		w.after(3 * time.Second)
		w.hearsNow(c, "greeting")
		c.hangsUp()
	})
}

func TestMenuWithoutAKey(t *testing.T) {
	inMenus(t, func(w *world) {
		c := w.call("+819012345678", menuNumber)
		w.after(3 * time.Second)
		w.hearsNow(c, "")
		w.after(5 * time.Second)
		w.hearsNow(c, "main menu") // again
		w.after(8 * time.Second)
		w.hearsNow(c, "greeting") // no_key
		c.hangsUp()
		d := w.call("+819012345679", menuNumber)
		w.presses(d, "2")
		w.after(5 * time.Second)
		w.after(5 * time.Second)
		w.endedAs(d, fact.EndNoKey)
	})
}

func TestMenuWithAWrongKey(t *testing.T) {
	inMenus(t, func(w *world) {
		c := w.call("+819012345678", menuNumber)
		w.presses(c, "8")
		w.hearsNow(c, "wrong")
		w.after(3 * time.Second)
		w.hearsNow(c, "main menu")
		w.presses(c, "7") // the second time is the last one
		w.hearsNow(c, "wrong")
		w.presses(c, "3") // a key cuts what is said of the wrong one, and counts, though it was the last time
		w.hearsNow(c, "greeting")
		c.hangsUp()
	})
}

func TestMenuMessages(t *testing.T) {
	inMenus(t, func(w *world) {
		c := w.call("+819012345678", menuNumber)
		for range 5 { // a message is no attempt
			w.presses(c, "3")
			w.hearsNow(c, "address")
			w.after(3 * time.Second)
			w.hearsNow(c, "main menu")
		}
		w.presses(c, "3")
		w.presses(c, "9") // during the message
		w.hearsNow(c, "bye")
		w.after(3 * time.Second)
		w.endedAs(c, fact.EndCompleted)
	})
}

func TestMenuLeadsToANumber(t *testing.T) {
	inMenus(t, func(w *world) {
		c := w.call("+819012345678", menuNumber)
		w.presses(c, "4")
		w.hearsNow(c, "ringback")
		far := w.dialer.Legs()[0]
		if to := w.dialer.Targets()[0]; to.Number != "+81399999999" || to.Trunk != "out" {
			t.Errorf("dialled %+v", to)
		}
		far.Rings()
		w.hearsNow(c, "ringback")
		far.Early()
		w.hearsNow(c, "party")
		far.Rings() // once the far end is heard it stays so
		w.hearsNow(c, "party")
		far.Pickup()
		w.hearsNow(c, "party")
		far.End(fact.EndCallerHungUp, "")
		w.endedAs(c, fact.EndGuestHungUp)
		d := w.call("+819012345678", menuNumber)
		w.presses(d, "4")
		w.dialer.Legs()[1].EndWith(fact.EndBusy, 486)
		w.hearsNow(d, "engaged")
		w.after(3 * time.Second)
		w.endedAs(d, fact.EndBusy)
		if d.Refused() != 0 {
			t.Error("a caller who was answered is refused")
		}
	})
}

func TestCallerHangsUpInAMenu(t *testing.T) {
	inMenus(t, func(w *world) {
		c := w.call("+819012345678", menuNumber)
		w.after(time.Second)
		c.hangsUp()
		w.endedAs(c, fact.EndCallerHungUp)
	})
}

func TestMenusThatLeadToEachOther(t *testing.T) {
	inMenus(t, func(w *world) {
		c := w.call("+819012345678", menuNumber)
		for range 300 {
			w.presses(c, "2")
			w.after(6 * time.Second)
		}
		w.endedAs(c, fact.EndLoop)
	})
}

func TestAwayMessage(t *testing.T) {
	inMenus(t, func(w *world) {
		c := w.call("+819012345678", closedNumber)
		w.hearsNow(c, "closed")
		w.after(3 * time.Second)
		w.hearsNow(c, "")
		w.after(5 * time.Second)
		w.hearsNow(c, "closed") // twice
		w.after(8 * time.Second)
		w.endedAs(c, fact.EndClosed)
		w.happened(fact.CallAnswered, fact.AwayPlayed, fact.CallEnded)
		d := w.call("+819012345679", closedNumber)
		w.after(4 * time.Second)
		w.presses(d, "1")
		w.hearsNow(d, "greeting")
		d.hangsUp()
	})
}

func TestAwayMessageIsNotChargedWhereTheQueueWouldNotBe(t *testing.T) {
	inMenus(t, func(w *world) {
		c := w.call("+819012345678", lateClosed)
		if got := c.hears(); c.Answered() || !strings.HasPrefix(got, "We are closed") {
			t.Errorf("answered %v, hears %q", c.Answered(), got)
		}
		w.after(3 * time.Second)
		w.endedAs(c, fact.EndClosed)
		if c.Answered() {
			t.Error("was answered")
		}
	})
}

func TestAnnouncements(t *testing.T) {
	inMenus(t, func(w *world) {
		first := w.call("+819012345678", talkNumber)
		c := w.call("+819012345679", talkNumber)
		w.after(19 * time.Second)
		w.hearsNow(c, "music")
		w.after(1100 * time.Millisecond)
		w.hearsNow(c, "music") // nobody is at work: there is nothing true to say
		w.must(w.SetStatus("chen", "available"))
		w.must(w.SetStatus("aiko", "available"))
		w.settle()
		w.answers("aiko")
		w.after(21 * time.Second) // the second caller is next now, and aiko talks
		w.hearsNow(c, "place 1, wait 2 minutes")
		w.after(3 * time.Second)
		w.hearsNow(c, "music")
		w.after(6 * time.Second)
		w.hearsNow(c, "press one")
		first.hangsUp()
		c.hangsUp()
	})
}

func TestKeysInAnAnnouncement(t *testing.T) {
	inMenus(t, func(w *world) {
		c := w.call("+819012345678", talkNumber)
		w.after(time.Second)
		w.presses(c, "1") // its announcement isn't there yet
		w.after(50 * time.Second)
		w.hearsNow(c, "press one")
		w.presses(c, "2")
		w.hearsNow(c, "thanks")
		w.after(3 * time.Second)
		w.hearsNow(c, "music")
		w.after(48 * time.Second)
		w.hearsNow(c, "press one")
		w.after(5 * time.Second) // 2 s more of it, and 3 s of those that its keys hold
		w.presses(c, "1")
		w.hearsNow(c, "moving")
		w.after(3 * time.Second)
		w.hearsNow(c, "greeting")
		c.hangsUp()
		if got := w.lastCall().Queue; got != "sales" {
			t.Errorf("the call was in %q", got)
		}
	})
}

func TestCallerLeavesTheQueueWhileAnAgentRings(t *testing.T) {
	inMenus(t, func(w *world) {
		w.must(w.SetStatus("aiko", "available"))
		c := w.call("+819012345678", talkNumber)
		rings := w.ringing("aiko")
		w.presses(c, "9")
		w.hearsNow(c, "second menu")
		if !rings.Ended() {
			t.Error("aiko's phone rings on")
		}
		w.agentIs("aiko", "available", "idle")
		c.hangsUp()
	})
}

func (c *caller) hangsUp() { c.End(fact.EndCallerHungUp, "") }
