package routing_test

import (
	"testing"
	"time"

	"mediasrv/internal/fake"
	"mediasrv/routing/fact"
)

// phoneDials is an INVITE of an agent's phone.
func (w *world) phoneDials(user, number string) *caller {
	room := fake.NewRoom()
	p := &caller{Leg: fake.NewLeg(room, fact.Party{User: user}), room: room}
	w.mu.Lock()
	w.callers = append(w.callers, p)
	w.mu.Unlock()
	p.Connect(w.Handle(p.Leg, room, fact.Invite{User: user, Dialled: number, SIPID: "sip"}))
	w.settle()
	return p
}

// A desk phone calls out by itself: it hears ringing and then the network as early media, and is answered when the customer is.
func TestPhoneCallsOut(t *testing.T) {
	inWaysOut(t, func(w *world) {
		phone := w.phoneDials("aiko", "09011111111")
		far := w.calling(customer)
		if v := w.view("aiko"); v.Call == nil || v.Call.Kind != "outbound" || v.Call.Number != customer || v.Agent.Activity != "talking" {
			t.Fatalf("the card: %+v", v.Call)
		}
		if phone.Answered() || len(phone.Ringing()) != 1 || phone.hears() != "ringback" {
			t.Errorf("the phone: answered %v, rings %v, hears %q", phone.Answered(), phone.Ringing(), phone.hears())
		}
		far.Early()
		w.settle()
		if phone.hears() != "party" {
			t.Errorf("the phone hears %q, not the network", phone.hears())
		}
		far.Pickup()
		w.settle()
		if !phone.Answered() || phone.hears() != "party" || phone.room.Hears(far) != "party" {
			t.Errorf("answered %v, the phone hears %q, the customer %q", phone.Answered(), phone.hears(), phone.room.Hears(far))
		}
		phone.End(fact.EndCallerHungUp, "")
		w.settle()
		w.agentIs("aiko", "available", "wrap-up")
		if row := w.lastCall(); row.End != fact.EndAgentHungUp || row.Agent != "aiko" || row.Talked.IsZero() || row.Direction != fact.Outbound {
			t.Errorf("the row: %+v", row)
		}
		w.happened(fact.AgentAnswered, fact.OutwardBegan, fact.OutwardEarly, fact.CallAnswered, fact.CallEnded)
	})
}

func TestPhoneIsRefused(t *testing.T) {
	inWaysOut(t, func(w *world) {
		for number, want := range map[string]fact.EndReason{"+442071838750": fact.EndBarred, "12": fact.EndBarred} {
			if p := w.phoneDials("aiko", number); !p.Ended() || p.HungUp() != want || !p.room.Closed() {
				t.Errorf("%s: ended %v as %s", number, p.Ended(), p.HungUp())
			}
		}
		w.agentIs("aiko", "available", "idle")
		busy := w.phoneDials("aiko", customer)
		w.calling(customer).EndWith(fact.EndBusy, 486)
		w.settle()
		if !busy.Ended() || busy.HungUp() != fact.EndBusy {
			t.Errorf("a busy customer: ended %v as %s", busy.Ended(), busy.HungUp())
		}
		w.agentIs("aiko", "available", "wrap-up")
		if p := w.phoneDials("aiko", customer); p.HungUp() != fact.EndBusy {
			t.Errorf("in wrap-up: %s", p.HungUp())
		}
		w.must(w.FinishWrapUp("aiko", fact.WrapUpResult{}))
		gone := w.phoneDials("aiko", customer)
		gone.End(fact.EndCallerGone, "")
		w.after(time.Second)
		if far := w.outTo(customer); !far[len(far)-1].Ended() {
			t.Error("the customer's phone rings on")
		}
	})
}
