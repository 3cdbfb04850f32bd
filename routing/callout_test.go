package routing_test

import (
	"errors"
	"testing"
	"time"

	"mediasrv/config"
	"mediasrv/internal/fake"
	"mediasrv/routing"
	"mediasrv/routing/fact"
)

// withWaysOut lets agents call out: Japan by the trunk out, and what shows salesNumber by the trunk sales.
func withWaysOut(cfg *config.Config) *config.Config {
	cfg = withCallbacks(withMenus(cfg))
	cfg.Numbers[salesNumber].Way = "sales"
	cfg.Company.Recording.Outbound, cfg.Company.DialOut.Calls = true, 2
	cfg.Queues["support"].Recording.Outbound = true
	cfg.Directory = []config.Person{
		{Name: "Hana Mori", Numbers: []string{customer}},
		{Name: "Plumber", Numbers: []string{"+81322222222"}, Tags: []string{fact.ExternalNumber}},
	}
	return cfg
}

func inWaysOut(t *testing.T, do func(w *world)) {
	t.Helper()
	inWorld(t, withWaysOut(testConfig()), do)
}

// callsOut makes an agent call a customer, up to the answer of the agent's own phone.
func (w *world) callsOut(user string, o fact.CallOut) *fake.Leg {
	w.t.Helper()
	_, err := w.CallOut(user, o)
	w.must(err)
	w.settle()
	return w.answers(user)
}

func TestAgentCallsOut(t *testing.T) {
	inWaysOut(t, func(w *world) {
		id, err := w.CallOut("aiko", fact.CallOut{Number: "090-1111-1111", Queue: "support"})
		w.must(err)
		if v := w.view("aiko"); v.Call == nil || v.Call.ID != id || v.Call.Kind != "outbound" || v.Call.Number != customer || v.Call.Name != "Hana Mori" || v.Call.State != "ringing" {
			t.Fatalf("the card: %+v", v.Call)
		}
		agent := w.answers("aiko")
		far, room := w.calling(customer), w.rooms[0]
		if from, to := w.dialer.Callers()[1], w.dialer.Targets()[1]; from.Number != supportNumber || to.Trunk != "out" {
			t.Errorf("the customer is shown %+v by %+v", from, to)
		}
		if got := room.Hears(agent); got != "ringback" {
			t.Errorf("the agent hears %q", got)
		}
		if p := w.view("aiko").Call.Parties; len(p) != 2 || p[0].Role != "customer" || p[0].State != "ringing" {
			t.Errorf("parties: %+v", p)
		}
		far.Rings()
		far.Early()
		w.settle()
		if got := room.Hears(agent); got != "party" {
			t.Errorf("the agent hears %q, not the network", got)
		}
		far.Pickup()
		w.settle()
		if room.Hears(agent) != "party" || room.Hears(far) != "party" || w.recorder.Open() != 1 {
			t.Errorf("agent hears %q, customer %q, %d recordings", room.Hears(agent), room.Hears(far), w.recorder.Open())
		}
		far.End(fact.EndCallerHungUp, "")
		w.settle()
		w.agentIs("aiko", "available", "wrap-up")
		w.must(w.FinishWrapUp("aiko", fact.WrapUpResult{Disposition: "resolved", Status: "solved"}))
		w.happened(fact.OutwardBegan, fact.OutwardRings, fact.OutwardEarly, fact.CallAnswered, fact.RecordingBegan, fact.CallEnded, fact.WrapUpEnded)
		row := w.lastCall()
		if row.Direction != fact.Outbound || row.From != customer || row.Entry != supportNumber || row.Agent != "aiko" || row.Queue != "support" ||
			row.Disposition != "resolved" || row.Talked.IsZero() || row.Trunk != "out" {
			t.Errorf("the row: %+v", row)
		}
		convs := w.store.Conversations()
		if c := convs[len(convs)-1]; c.Customer != customer || c.Agent != "aiko" || c.Status != "solved" || c.Name != "Hana Mori" {
			t.Errorf("the conversation: %+v", c)
		}
	})
}

func TestCallOutFailsInWords(t *testing.T) {
	for name, c := range map[string]struct {
		ends func(w *world, far, agent *fake.Leg)
		want fact.EndReason
	}{
		"busy":           {func(_ *world, far, _ *fake.Leg) { far.EndWith(fact.EndBusy, 486) }, fact.EndBusy},
		"refused":        {func(_ *world, far, _ *fake.Leg) { far.EndWith(fact.EndRefused, 603) }, fact.EndRefused},
		"unknown":        {func(_ *world, far, _ *fake.Leg) { far.EndWith(fact.EndUnknownNumber, 404) }, fact.EndUnknownNumber},
		"nobody answers": {func(w *world, _, _ *fake.Leg) { w.after(46 * time.Second) }, fact.EndNoAnswer},
		"agent gives up": {func(w *world, _, _ *fake.Leg) { w.must(w.Hangup("aiko")) }, fact.EndAgentHungUp},
		"agent's phone":  {func(_ *world, _, agent *fake.Leg) { agent.End(fact.EndCallerHungUp, "") }, fact.EndAgentHungUp},
	} {
		t.Run(name, func(t *testing.T) {
			inWaysOut(t, func(w *world) {
				agent := w.callsOut("aiko", fact.CallOut{Number: customer, Queue: "support"})
				c.ends(w, w.calling(customer), agent)
				w.settle()
				v := w.view("aiko")
				if v.WrapUp == nil || v.Call == nil || v.Call.EndReason != c.want.String() {
					t.Fatalf("afterwards: %+v, call %+v", v.WrapUp, v.Call)
				}
				w.happened(fact.OutwardBegan, fact.OutwardFailed, fact.WrapUpBegan)
				if row := w.lastCall(); row.End != c.want || !row.Answered.IsZero() || !row.Talked.IsZero() {
					t.Errorf("the row: %+v", row)
				}
				w.must(w.FinishWrapUp("aiko", fact.WrapUpResult{}))
				if look := w.LookOut("aiko", customer); look.Refused != "" {
					t.Errorf("the pass is kept: %s", look.Refused)
				}
			})
		})
	}
}

func TestOwnPhoneDoesNotAnswer(t *testing.T) {
	inWaysOut(t, func(w *world) {
		_, err := w.CallOut("aiko", fact.CallOut{Number: customer, Queue: "support"})
		w.must(err)
		w.settle()
		w.ringing("aiko").End(fact.EndRefused, "603 Decline")
		w.settle()
		w.agentIs("aiko", "available", "idle")
		if len(w.outTo(customer)) != 0 {
			t.Error("the customer was called")
		}
	})
}

func TestWhoMayCallOut(t *testing.T) {
	inWaysOut(t, func(w *world) {
		refused := func(want error, user string, o fact.CallOut) {
			t.Helper()
			if _, err := w.CallOut(user, o); !errors.Is(err, want) {
				t.Errorf("%s, %+v: %v, want %v", user, o, err, want)
			}
			w.settle()
			w.isQuiet(user)
		}
		refused(routing.ErrNotYourQueue, "ben", fact.CallOut{Number: customer, Queue: "sales"})
		refused(routing.ErrNotYourQueue, "chen", fact.CallOut{Number: customer})
		refused(routing.ErrNotYourNumber, "aiko", fact.CallOut{Number: customer, Queue: "support", From: "+81399999999"})
		refused(routing.ErrNoNumber, "aiko", fact.CallOut{Queue: "support"})
		refused(routing.Refusal("Numbers of this country may not be called."), "aiko", fact.CallOut{Number: "+442071838750", Queue: "support"})
		if look := w.LookOut("aiko", "12"); look.Refused == "" || len(look.Queues) == 0 {
			t.Errorf("what is no number: %+v", look)
		}
		w.callsOut("aiko", fact.CallOut{Number: customer, Queue: "sales"})
		refused(routing.ErrInOwnCall, "aiko", fact.CallOut{Number: "+81333333333", Queue: "support"})
		if to := w.dialer.Targets()[1]; to.Trunk != "sales" || w.dialer.Callers()[1].Number != salesNumber {
			t.Errorf("the way of the number shown: %+v", to)
		}
		w.calling(customer).Pickup()
		w.settle()
		refused(routing.Refusal("There is an open conversation with this customer, and it is Name of aiko's."), "ben", fact.CallOut{Number: customer, Queue: "support"})
		w.must(w.Hangup("aiko"))
		w.settle()
		refused(routing.ErrInWrapUp, "aiko", fact.CallOut{Number: "+81333333333", Queue: "support"})
		w.must(w.FinishWrapUp("aiko", fact.WrapUpResult{Disposition: "resolved"}))
		w.Reachable("aiko", 0)
		w.settle()
		refused(routing.ErrNoOwnPhone, "aiko", fact.CallOut{Number: "+81333333333", Queue: "support"})
	})
}

func TestOpenConversationIsOffered(t *testing.T) {
	inWaysOut(t, func(w *world) {
		w.only()
		c := w.call(customer, supportNumber)
		c.End(fact.EndCallerGone, "")
		w.settle()
		first := w.LookOut("aiko", "09011111111").Conversation
		if first == nil || first.Agent != "" || first.Queue != "support" {
			t.Fatalf("what could be gone on with: %+v", first)
		}
		call := func(fresh bool) fact.ConversationID {
			w.callsOut("aiko", fact.CallOut{Number: customer, Queue: "support", New: fresh})
			w.must(w.Hangup("aiko"))
			w.settle()
			w.must(w.FinishWrapUp("aiko", fact.WrapUpResult{}))
			return w.lastCall().Conversation
		}
		if got := call(false); got != first.ID {
			t.Errorf("another conversation: %s", got)
		}
		second := call(true)
		if second == first.ID {
			t.Error("no new conversation")
		}
		if own := w.Conversations("aiko", false); len(own) != 2 {
			t.Errorf("own conversations: %+v", own)
		}
		status, priority, tags := "closed", 7, []string{" vip ", "vip", ""}
		if _, err := w.ChangeConversation("ben", second, fact.ConversationForm{Status: &status}, false); !errors.Is(err, routing.ErrOthersConversation) {
			t.Errorf("another's: %v", err)
		}
		v, err := w.ChangeConversation("aiko", second, fact.ConversationForm{Priority: &priority, Tags: &tags}, false)
		if err != nil || v.Priority != 7 || len(v.Tags) != 1 || v.Tags[0] != "vip" {
			t.Errorf("%+v, %v", v, err)
		}
		w.call("+819022222222", plainNumber)
		w.call(customer, plainNumber)
		w.available("aiko")
		if v := w.view("aiko"); v.Call == nil || v.Call.Number != customer {
			t.Errorf("the customer's next call is behind others: %+v", v.Call)
		}
		if _, err := w.ChangeConversation("aiko", second, fact.ConversationForm{Status: &status}, false); err != nil {
			t.Error(err)
		}
		if _, err := w.ChangeConversation("aiko", second, fact.ConversationForm{Status: &status}, false); !errors.Is(err, routing.ErrNoConversation) {
			t.Errorf("closed twice: %v", err)
		}
	})
}

func TestDirectory(t *testing.T) {
	inWaysOut(t, func(w *world) {
		if all := w.Contacts(fact.ContactSearch{Text: "mori"}); len(all) != 1 || all[0].Numbers[0] != customer {
			t.Errorf("by name: %+v", all)
		}
		if all := w.Contacts(fact.ContactSearch{Text: "03-2222", External: true}); len(all) != 1 || all[0].Name != "Plumber" {
			t.Errorf("by number: %+v", all)
		}
		c, err := w.PutContact("aiko", fact.Contact{Name: "Ken", Numbers: []string{"03 4444 4444"}}, false)
		w.must(err)
		if _, err := w.PutContact("ben", c, false); !errors.Is(err, routing.ErrOthersContact) {
			t.Errorf("another's: %v", err)
		}
		if err := w.DropContact("ben", "file-1", true); !errors.Is(err, routing.ErrFileContact) {
			t.Errorf("the file's: %v", err)
		}
		w.callsOut("aiko", fact.CallOut{Number: "+81355555555", Queue: "support"})
		if all := w.Contacts(fact.ContactSearch{Text: "5555555"}); len(all) != 1 || all[0].By != "aiko" {
			t.Errorf("what was typed: %+v", all)
		}
		w.calling("+81355555555").Pickup()
		w.settle()
		if _, err := w.PutContact("aiko", fact.Contact{Name: "Yuki Abe", Numbers: []string{"+81355555555"}}, false); err != nil {
			t.Error(err)
		}
		if v := w.view("aiko"); v.Call == nil || v.Call.Name != "Yuki Abe" || w.Conversations("aiko", false)[0].Name != "Yuki Abe" {
			t.Errorf("the new name is not shown: %+v", v.Call)
		}
		if err := w.Transfer("aiko", fact.Destination{Number: "+81344444444"}); !errors.Is(err, routing.ErrTypedNumber) {
			t.Errorf("without the tag: %v", err)
		}
		w.must(w.Transfer("aiko", fact.Destination{Number: "0322222222"}))
		w.calling("+81322222222")
		w.must(w.DropContact("dana", c.ID, true))
		if len(w.Contacts(fact.ContactSearch{Text: "ken"})) != 0 {
			t.Error("it is still there")
		}
	})
}

// Who is erased is not written again by what the memory has, and nobody is erased whose call is wrapped up still.
func TestForgetCustomer(t *testing.T) {
	inWaysOut(t, func(w *world) {
		const number = "+81355555555"
		w.callsOut("aiko", fact.CallOut{Number: number, Queue: "support"})
		w.calling(number).Pickup()
		w.settle()
		if _, err := w.PutContact("aiko", fact.Contact{Name: "Yuki Abe", Numbers: []string{number}}, false); err != nil {
			t.Error(err)
		}
		w.must(w.Hangup("aiko"))
		w.settle()
		if w.CallsOf(number) != 1 {
			t.Error("the wrap-up is not seen")
		}
		w.must(w.FinishWrapUp("aiko", fact.WrapUpResult{Notes: "owes us", Status: "open"}))
		w.settle()
		if w.CallsOf(number) != 0 {
			t.Error("a call goes on that is over")
		}
		w.ForgetCustomer(number)
		if len(w.Contacts(fact.ContactSearch{Text: "5555555"})) != 0 {
			t.Error("the directory has the customer still")
		}
		conv := w.Conversations("aiko", false)[0]
		notes := "later"
		conv, err := w.ChangeConversation("aiko", conv.ID, fact.ConversationForm{Notes: &notes}, false)
		if err != nil || conv.Number != "" || conv.Name != "" || conv.Notes != notes {
			t.Errorf("it comes again: %+v %v", conv, err)
		}
	})
}
