package routing

import (
	"maps"
	"slices"

	"mediasrv/config"
	"mediasrv/routing/fact"
)

// consent tells the caller that the call is recorded, if the file wants it and it is, and lets who doesn't want that say so. Nothing cuts it: neither a key nor an
// agent's answer. It is said once in a call. user is the agent who has answered; empty: nobody has yet. EndUnset: the call goes on.
func (s *script) consent(queue, user string) fact.EndReason {
	c := s.cfg.ConsentFor(queue)
	if s.informed || c.Message == nil || !s.recordable(s.cfg.RecordingFor(queue, user)) {
		return fact.EndUnset
	}
	s.informed = true
	s.event(fact.Event{Kind: fact.ConsentAsked, Queue: queue})
	q := question{prompt: s.prompts.For(c.Message)}
	if c.Decline != "" {
		q.keys, q.wait = map[string]config.Action{c.Decline: {}}, c.Wait
	}
	r := s.ask(q)
	if r.over != fact.EndUnset {
		return r.over
	}
	if r.key != "" {
		s.declined = true
		s.event(fact.Event{Kind: fact.ConsentDeclined, Queue: queue})
		s.log.Info("the caller doesn't want to be recorded", "queue", queue)
	}
	return fact.EndUnset
}

// recordable says whether a call of this direction is recorded.
func (s *script) recordable(want config.Recording) bool {
	out := s.row.Direction == fact.Outbound
	return (out && want.Outbound || !out && want.Inbound) && (want.PerLeg || want.Merged)
}

// consentTexts are all messages of this kind, in the order of names.
func consentTexts(cfg *config.Config) []*config.Audio {
	all := []*config.Audio{cfg.Company.Consent.Message}
	for _, name := range slices.Sorted(maps.Keys(cfg.Queues)) {
		all = append(all, cfg.Queues[name].Consent.Message)
	}
	return all
}
