package stats

import (
	"time"

	"mediasrv/routing/fact"
)

// sums is what one row is made of.
type sums struct {
	calls, closed                            int
	offered, answered, within                int
	abandoned, short                         int
	overflowed, timedOut, failed, waiting    int
	answerWait, longestWait, abandonWait     time.Duration
	talk, longestTalk, hold, wrapUp          time.Duration
	offers, missed, refused, lost, transfers int
	available, busy, away                    time.Duration
	ringing, talking, wrapping               time.Duration
	backsAsked, attempts, backsReached       int // callbacks
	backsFailed, backsCancelled, backsLost   int
}

func (s *sums) addVisit(v Visit, level fact.ServiceLevel, now time.Time) {
	s.offered++
	wait := v.Wait(now)
	switch v.Outcome {
	case Waiting:
		s.waiting++
	case Answered:
		s.answered++
		if wait <= level.Within {
			s.within++
		}
		s.answerWait += wait
		s.longestWait = max(s.longestWait, wait)
		s.addWork(v.Work)
	case Abandoned:
		if wait < level.Short {
			s.short++
			return
		}
		s.abandoned++
		s.abandonWait += wait
	case Overflowed:
		s.overflowed++
	case TimedOut:
		s.timedOut++
	case Failed:
		s.failed++
	}
}

func (s *sums) addWork(w Work) {
	s.talk += w.Talk
	s.longestTalk = max(s.longestTalk, w.Talk)
	s.hold += w.Hold
	s.wrapUp += w.WrapUp
	if w.Transferred {
		s.transfers++
	}
}

func (s *sums) addOffer(o Offer) {
	s.offers++
	switch o.Outcome {
	case Missed:
		s.missed++
	case Refused:
		s.refused++
	case Lost:
		s.lost++
	case Ringing, Taken:
	}
}

func (s *sums) addState(status, activity string, d time.Duration) {
	switch {
	case activity == "ringing":
		s.ringing += d
	case activity == "talking":
		s.talking += d
	case activity == "wrap-up":
		s.wrapping += d
	case status == "available":
		s.available += d
	case status == "busy":
		s.busy += d
	case status == "away":
		s.away += d
	}
}

func (s *sums) figures() fact.Figures {
	return fact.Figures{
		Calls: s.calls, Closed: s.closed, Offered: s.offered, Answered: s.answered, AnsweredWithin: s.within,
		Abandoned: s.abandoned, AbandonedShort: s.short, Overflowed: s.overflowed, TimedOut: s.timedOut, Failed: s.failed, Waiting: s.waiting,
		ServiceLevel: ratio(float64(s.within), float64(s.offered-s.short-s.waiting)),
		AnswerSpeed:  mean(s.answerWait, min(s.answered, s.offered)), LongestWait: s.longestWait.Seconds(), AbandonWait: mean(s.abandonWait, s.abandoned),
		Talk: s.talk.Seconds(), Hold: s.hold.Seconds(), WrapUp: s.wrapUp.Seconds(),
		TalkMean: mean(s.talk, s.answered), LongestTalk: s.longestTalk.Seconds(), HoldMean: mean(s.hold, s.answered), WrapUpMean: mean(s.wrapUp, s.answered),
		HandlingMean: mean(s.talk+s.hold+s.wrapUp, s.answered),
		Offers:       s.offers, Missed: s.missed, Refused: s.refused, OffersLost: s.lost, Transferred: s.transfers,
		CallbacksAsked: s.backsAsked, CallbackAttempts: s.attempts, CallbacksReached: s.backsReached, CallbacksFailed: s.backsFailed, CallbacksCancelled: s.backsCancelled,
		CallbacksAbandoned: s.backsLost,
	}
}

// times is how long an agent was in which state.
func (s *sums) times() *fact.AgentTimes {
	work := s.talking + s.wrapping
	return &fact.AgentTimes{
		LoggedIn:  (s.available + s.busy + s.away + s.ringing + work).Seconds(),
		Available: s.available.Seconds(), Busy: s.busy.Seconds(), Away: s.away.Seconds(),
		Ringing: s.ringing.Seconds(), Talking: s.talking.Seconds(), WrapUp: s.wrapping.Seconds(),
		Occupancy: ratio(work.Seconds(), (work + s.ringing + s.available).Seconds()),
	}
}

func mean(sum time.Duration, n int) *float64 { return ratio(sum.Seconds(), float64(n)) }

// ratio is part of whole; nil of nothing.
func ratio(part, whole float64) *float64 {
	if whole <= 0 {
		return nil
	}
	return new(part / whole)
}
