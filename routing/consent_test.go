package routing_test

import (
	"testing"
	"time"

	"mediasrv/config"
	"mediasrv/routing/fact"
)

// count is how often something has happened.
func (w *world) count(kind fact.EventKind) (n int) {
	for _, k := range w.store.Kinds() {
		if k == kind {
			n++
		}
	}
	return n
}

func consentConfig() *config.Config {
	cfg := deskConfig()
	consent := config.Consent{Message: &config.Audio{Say: "This call is recorded. Press 9 if you don't want that.", Language: "en"}, Decline: "9", Wait: 3 * time.Second}
	for _, q := range cfg.Queues {
		q.Consent = consent
	}
	return cfg
}

// Callers are told before they wait; an agent rings only after that, and without the key everything is recorded.
func TestConsent(t *testing.T) {
	for name, c := range map[string]struct {
		keys     string
		recorded int
		happened []fact.EventKind
	}{
		"silent":      {"", 1, []fact.EventKind{fact.ConsentAsked, fact.RecordingBegan, fact.RecordingEnded}},
		"another key": {"1", 1, []fact.EventKind{fact.ConsentAsked, fact.RecordingBegan, fact.RecordingEnded}},
		"declined":    {"9", 0, []fact.EventKind{fact.ConsentAsked, fact.ConsentDeclined}},
	} {
		t.Run(name, func(t *testing.T) {
			inWorld(t, consentConfig(), func(w *world) {
				w.only("aiko")
				caller := w.call("+819012345678", supportNumber)
				w.settle()
				w.presses(caller, c.keys)
				w.after(8 * time.Second)
				w.answers("aiko")
				if n := len(w.recorder.Started()); n != c.recorded {
					t.Errorf("%d recordings, want %d", n, c.recorded)
				}
				w.must(w.Transfer("aiko", fact.Destination{Queue: "sales"}))
				w.after(10 * time.Second)
				caller.hangsUp()
				w.settle()
				w.happened(c.happened...)
				if w.count(fact.ConsentAsked) != 1 {
					t.Errorf("asked %d times", w.count(fact.ConsentAsked))
				}
			})
		})
	}
}

// Who is answered by an agent only then is told then; a call that isn't recorded is no call to ask in.
func TestConsentWithAgent(t *testing.T) {
	cfg := consentConfig()
	cfg.Queues["support"].Answer = "with-agent"
	inWorld(t, cfg, func(w *world) {
		w.only("aiko")
		caller := w.call("+819012345678", supportNumber)
		w.after(time.Second)
		w.answers("aiko")
		if n := len(w.recorder.Started()); n != 0 {
			t.Error("it is recorded before the message was heard")
		}
		w.after(20 * time.Second)
		if n := len(w.recorder.Started()); n != 1 {
			t.Errorf("%d recordings after the message", n)
		}
		caller.hangsUp()
		w.settle()
	})
	cfg = consentConfig()
	for _, q := range cfg.Queues {
		q.Recording = config.Recording{}
	}
	inWorld(t, cfg, func(w *world) {
		w.only("aiko")
		caller := w.call("+819012345678", supportNumber)
		w.after(time.Second)
		w.answers("aiko")
		if w.count(fact.ConsentAsked) != 0 {
			t.Error("asked without a recording")
		}
		caller.hangsUp()
		w.settle()
	})
}
