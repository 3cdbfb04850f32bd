package routing

import (
	"slices"

	"mediasrv/config"
	"mediasrv/media"
	"mediasrv/routing/dialout"
	"mediasrv/routing/fact"
)

// mayDial asks whether the call may go out to a target, and by which ways; nil and why if not. The pass has to be given back.
func (s *script) mayDial(who dialout.Who, to Target) (*dialout.Pass, fact.EndReason) {
	pass, why := s.c.gate.Ask(who, to.Number, to.Trunk, to.Given)
	if why != "" {
		s.event(fact.Event{Kind: fact.DialRefused, Agent: who.User, Detail: to.Number + ": " + why.Text()})
		s.log.Warn("call out refused", "number", to.Number, "why", why, "agent", who.User, "trunk", who.Trunk)
		return nil, endOf(why)
	}
	if pass.Emergency {
		s.event(fact.Event{Kind: fact.EmergencyDialled, Agent: who.User, Detail: to.Number})
		s.log.Warn("EMERGENCY call goes out", "number", to.Number, "agent", who.User, "trunk", who.Trunk, "from", s.row.From)
	}
	return pass, fact.EndUnset
}

// endOf is how a call ends that may not go out.
func endOf(why dialout.Reason) fact.EndReason {
	switch why {
	case dialout.OwnLimit, dialout.AllLimit:
		return fact.EndLimit
	case dialout.NoRoute:
		return fact.EndNoRoute
	case dialout.NotANumber, dialout.Denied, dialout.Premium, dialout.Country:
	}
	return fact.EndBarred
}

// reach calls a target by one way after the other, until somebody answers, or what failed is the call and not the way.
func (s *script) reach(pass *dialout.Pass, to Target) event {
	last := event{kind: guestGone, why: fact.EndUnreachable}
	for i, trunk := range pass.Ways {
		way := to
		way.Trunk, way.Emergency, way.Codecs = trunk, pass.Emergency, s.codecsFor(to.Codecs, trunk)
		if i > 0 {
			s.log.Warn("the next trunk is tried", "number", to.Number, "trunk", trunk, "why", last.why, "text", last.text)
			s.event(fact.Event{Kind: fact.NextTrunk, Detail: trunk + ": " + last.why.String() + " by " + pass.Ways[i-1]})
			if s.order != nil {
				s.c.orders.tell(s.row.ID, fact.OrderNextTrunk, trunk, last.text, last.status)
			}
			s.ringOn()
		}
		last = event{kind: guestGone, why: s.dialGuest(way)}
		if last.why == fact.EndUnset {
			last = s.untilGuestAnswers(s.longestRing(trunk))
		}
		if !otherWay(last) {
			break
		}
	}
	return last
}

// otherWay says that a call failed by the trunk's fault, so that another may do better: not by that of the number or of who has it.
func otherWay(e event) bool {
	if e.kind != guestGone {
		return false
	}
	return e.status >= 500 && e.status < 600 || e.status == 401 || e.status == 407 || slices.Contains([]fact.EndReason{
		fact.EndUnreachable, fact.EndLimit, fact.EndCongestion, fact.EndTimeout, fact.EndTransport, fact.EndLoop, fact.EndInternal,
	}, e.why)
}

// ringOn keeps a caller who has heard the network of one trunk from silence until the next one is heard.
func (s *script) ringOn() {
	switch {
	case !s.early:
	case s.customer == nil:
		s.ringAgent()
	default:
		s.ringTone()
	}
}

// ringTone lets the caller hear ours.
func (s *script) ringTone() {
	s.toCaller(media.Row{Music: media.Play{Token: s.nextToken(), Audio: s.prompts.Ringback, Loop: true}, Digits: true})
}

// codecsFor is what a trunk is offered: what the file says of the number, else of the trunk; the caller's own goes first, so that nothing has
// to be transcoded.
func (s *script) codecsFor(wanted []string, trunk string) []string {
	codecs := slices.Clone(wanted)
	if t := s.cfg.Trunks[trunk]; t != nil && len(codecs) == 0 {
		codecs = slices.Clone(t.Codecs)
	}
	if s.customer == nil {
		return codecs
	}
	own := s.customer.leg.Codec()
	if i := slices.Index(codecs, own); i > 0 {
		codecs = slices.Insert(slices.Delete(codecs, i, i+1), 0, own)
	}
	return codecs
}

// wayOut is where a bridge leads.
func (s *script) wayOut(b *config.Bridge, entry *config.Number) Target {
	to := Target{Trunk: b.Trunk, Number: b.Number, Codecs: b.Codecs, Given: b.Number != "" || !entry.E164}
	switch {
	case to.Number != "":
	case entry.E164:
		to.Number = s.in.To
	default:
		to.Number = s.in.Dialled
	}
	return to
}
