package ears

import (
	"testing"
	"time"

	"mediasrv/routing/fact"
)

// talk is a call whose states are looked at one by one; the files are, when it has ended.
type talk struct {
	*world
	now   look
	looks []look
}

// inTalk is a call that aiko has answered.
func inTalk(t *testing.T, do func(k *talk)) {
	t.Helper()
	inWorld(t, func(w *world) {
		for _, user := range []string{"ben", "chen", "dana"} {
			w.must(w.SetStatus(user, "busy"))
		}
		w.pass(0)
		w.call()
		k := &talk{world: w}
		k.sounds("the queue", heardBy{"customer": {}}, plays{"customer": of("queue")}, nil)
		k.picksUp("aiko")
		for _, user := range []string{"ben", "chen", "dana"} {
			w.must(w.SetStatus(user, "available"))
		}
		k.sounds("talking", heardBy{"customer": of("aiko"), "aiko": of("customer")}, nil, of("customer", "aiko"))
		do(k)
		w.caller.leg.End(fact.EndCallerHungUp, "")
		w.checkFiles(k.looks)
	})
}

type (
	heardBy map[string]set
	plays   map[string]set
)

// sounds checks that exactly this is to be heard, and that the page says the same of a talk.
func (k *talk) sounds(state string, ears heardBy, play plays, recorded set) {
	k.t.Helper()
	k.pass(0)
	now := look{ears: ears, plays: play, recorded: recorded}
	shown := k.permitted()
	for name, voices := range shown.ears {
		if voices.String() != ears[name].String() {
			k.t.Errorf("%s: the page says that %s hears %v, want %v", state, name, voices, ears[name])
		}
	}
	var still bool
	if k.now, still = k.listen(k.now, now); !still {
		k.t.Error("the call has moved on by itself")
	}
	k.looks = append(k.looks, k.now)
	if k.t.Failed() {
		k.t.Fatalf("in the state: %s; parties: %+v", state, k.Running())
	}
}

// does gives a command.
func (k *talk) does(err error) {
	k.t.Helper()
	k.must(err)
	k.pass(0)
}

func (k *talk) of(name string) *person {
	k.t.Helper()
	for _, p := range k.here() {
		if p.name == name && p.leg.Living() {
			return p
		}
	}
	k.t.Fatalf("%s has no leg", name)
	return nil
}

func (k *talk) picksUp(name string) { k.t.Helper(); k.of(name).leg.Pickup(); k.pass(0) }

func TestConsultation(t *testing.T) {
	held, two := plays{"customer": of("hold", "message")}, of("customer", "aiko")
	for _, end := range []string{"complete", "merge", "back"} {
		inTalk(t, func(k *talk) {
			k.does(k.Consult("aiko", fact.Destination{User: "ben"}))
			k.sounds("ringing", heardBy{"customer": {}, "aiko": {}, "ben": {}}, plays{"customer": held["customer"], "aiko": of("ringback")}, nil)
			k.picksUp("ben")
			asking := heardBy{"customer": {}, "aiko": of("ben"), "ben": of("aiko")}
			k.sounds("consulting", asking, held, nil)
			k.does(k.SwitchParty("aiko"))
			k.sounds("switched", heardBy{"customer": of("aiko"), "aiko": of("customer"), "ben": {}}, plays{"ben": of("hold")}, two)
			k.does(k.SwitchParty("aiko"))
			k.does(k.Supervise("dana", k.Running()[0].ID, fact.Whisper))
			k.picksUp("dana")
			asking = heardBy{"customer": {}, "aiko": of("ben", "dana"), "ben": of("aiko"), "dana": of("aiko", "ben")}
			k.sounds("switched back, and whispered to", asking, held, nil)
			k.does(k.Unsupervise("dana", k.Running()[0].ID))
			switch end {
			case "complete":
				k.does(k.Complete("aiko"))
				k.sounds("completed", heardBy{"customer": of("ben"), "ben": of("customer")}, nil, of("customer", "ben"))
			case "merge":
				all := heardBy{"customer": of("aiko", "ben"), "aiko": of("customer", "ben"), "ben": of("customer", "aiko")}
				k.does(k.Merge("aiko"))
				k.sounds("merged", all, nil, of("customer", "aiko", "ben"))
				k.of("aiko").leg.End(fact.EndRemote, "")
				k.sounds("ben alone", heardBy{"customer": of("ben"), "ben": of("customer")}, nil, of("customer", "ben"))
			case "back":
				k.does(k.BackToCaller("aiko"))
				k.sounds("back", heardBy{"customer": of("aiko"), "aiko": of("customer")}, nil, two)
			}
		})
	}
}

func TestHoldAndMute(t *testing.T) {
	inTalk(t, func(k *talk) {
		talking, two := heardBy{"customer": of("aiko"), "aiko": of("customer")}, of("customer", "aiko")
		k.does(k.Hold("aiko"))
		k.sounds("held", heardBy{"customer": {}, "aiko": {}}, plays{"customer": of("hold")}, nil)
		k.does(k.Resume("aiko"))
		k.sounds("resumed", talking, nil, two)
		k.does(k.Mute("aiko", true))
		k.sounds("muted", heardBy{"customer": {}, "aiko": of("customer")}, nil, of("customer"))
		k.does(k.Mute("aiko", false))
		k.does(k.PauseRecording("aiko"))
		k.sounds("paused", talking, nil, nil)
		k.does(k.ResumeRecording("aiko"))
		k.pass(time.Second) // the last words of the pause are on their way
		k.sounds("recorded again", talking, nil, two)
	})
}

func TestConferenceWithANumberOutside(t *testing.T) {
	inTalk(t, func(k *talk) {
		k.does(k.AddParty("aiko", fact.Destination{Number: outside}))
		two := of("customer", "aiko")
		k.sounds("ringing", heardBy{"customer": of("aiko"), "aiko": of("customer"), "outside": {}}, nil, two)
		k.picksUp("outside")
		all := heardBy{"customer": of("aiko", "outside"), "aiko": of("customer", "outside"), "outside": two}
		k.sounds("conference", all, nil, of("customer", "aiko", "outside"))
		k.does(k.AddParty("aiko", fact.Destination{User: "ben"}))
		k.picksUp("ben")
		k.does(k.AddParty("aiko", fact.Destination{User: "chen"}))
		k.picksUp("chen")
		k.does(k.Supervise("dana", k.Running()[0].ID, fact.Barge))
		k.picksUp("dana")
		everybody := of("customer", "aiko", "outside", "ben", "chen", "dana")
		k.sounds("all", everybody.hear(everybody), nil, everybody)
		k.does(k.Mute("aiko", true))
		k.sounds("one is muted", everybody.hear(everybody.but("aiko")), nil, everybody.but("aiko"))
	})
}

func TestSupervision(t *testing.T) {
	inTalk(t, func(k *talk) {
		two, id := of("customer", "aiko"), k.Running()[0].ID
		k.does(k.Supervise("dana", id, fact.Listen))
		k.sounds("ringing", heardBy{"customer": of("aiko"), "aiko": of("customer"), "dana": {}}, nil, two)
		k.picksUp("dana")
		k.sounds("listen", heardBy{"customer": of("aiko"), "aiko": of("customer"), "dana": two}, nil, two)
		k.does(k.Supervise("dana", id, fact.Whisper))
		k.sounds("whisper", heardBy{"customer": of("aiko"), "aiko": of("customer", "dana"), "dana": two}, nil, two)
		k.does(k.Hold("aiko"))
		k.sounds("whisper, held", heardBy{"customer": {}, "aiko": of("dana"), "dana": of("aiko")}, plays{"customer": of("hold")}, nil)
		k.does(k.Resume("aiko"))
		k.does(k.Supervise("dana", id, fact.Barge))
		k.sounds("barge", heardBy{"customer": of("aiko", "dana"), "aiko": of("customer", "dana"), "dana": two}, nil, of("customer", "aiko", "dana"))
		k.does(k.Supervise("dana", id, fact.TakeOver))
		k.sounds("taken over", heardBy{"customer": of("dana"), "dana": of("customer")}, nil, of("customer", "dana"))
	})
}

func TestTransfer(t *testing.T) {
	waits := plays{"customer": of("hold", "message")}
	inTalk(t, func(k *talk) {
		k.does(k.Transfer("aiko", fact.Destination{User: "ben"}))
		k.sounds("ben rings", heardBy{"customer": {}, "ben": {}}, waits, nil)
		k.picksUp("ben")
		k.sounds("to ben", heardBy{"customer": of("ben"), "ben": of("customer")}, nil, of("customer", "ben"))
		k.does(k.Transfer("ben", fact.Destination{Queue: "sales"}))
		k.sounds("dana rings", heardBy{"customer": {}, "dana": {}}, plays{"customer": of("queue")}, nil)
		k.picksUp("dana")
		k.sounds("to the queue", heardBy{"customer": of("dana"), "dana": of("customer")}, nil, of("customer", "dana"))
		k.does(k.Transfer("dana", fact.Destination{Number: outside}))
		k.sounds("outside rings", heardBy{"customer": {}, "outside": {}}, waits, nil)
		k.of("outside").speaksEarly()
		k.sounds("early media", heardBy{"customer": of("outside"), "outside": {}}, nil, nil)
		k.picksUp("outside")
		k.sounds("outside", heardBy{"customer": of("outside"), "outside": of("customer")}, nil, nil)
	})
}

// hear lets everybody of a set hear all voices but their own.
func (s set) hear(voices set) heardBy {
	all := heardBy{}
	for name := range s {
		all[name] = voices.but(name)
	}
	return all
}

// but is a set without some.
func (s set) but(names ...string) set {
	left := s.and(nil)
	for _, n := range names {
		delete(left, n)
	}
	return left
}
