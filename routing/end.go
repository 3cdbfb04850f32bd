package routing

import (
	"time"

	"mediasrv/routing/fact"
)

// How long the script waits for its legs to say that they have ended. SIP gives up after 32 s (RFC 3261, 17.1.2.2) and says so.
const (
	goodbye      = 40 * time.Second
	hastyGoodbye = 5 * time.Second // when the server shuts down
)

// end closes the books: the agent is free, every leg is hung up, the room is closed.
func (s *script) end(sit Situation) {
	why := sit.End
	s.stopRecording() // a stage that failed has left it open
	s.row.Ended, s.row.End = s.c.clock.Now().UTC(), why
	for _, p := range s.parties {
		if !p.ended {
			p.leg.Hangup(why)
		}
	}
	s.room.Close()
	s.c.floor.End(s.row.ID, s.talked) // only now: the agent's phone must be told before it is offered the next call
	s.c.save(s.row)
	s.event(fact.Event{At: s.row.Ended, Kind: fact.CallEnded, Agent: s.row.Agent, Queue: s.row.Queue, Detail: why.String()})
	s.log.Info("call ended", "reason", why, "agent", s.row.Agent, "lasted", s.row.Ended.Sub(s.row.Began))
	if s.order != nil {
		s.c.orders.end(s.row.ID, why, s.orderEnd)
	}
	s.awaitLegs(why)
	s.endCallback(why)
	s.c.forget(s.row.ID)
	s.shut()
}

// shut closes the inbox; who waits for an answer gets it.
func (s *script) shut() {
	for _, in := range s.box.Close() {
		switch in := in.(type) {
		case command:
			in.answer <- ErrNoCall
		case fromLeg:
			LegEvent(in).decline()
		}
	}
}

// awaitLegs waits until every leg has ended, so that its row is complete and its BYE is out before the server exits.
func (s *script) awaitLegs(why fact.EndReason) {
	patience := goodbye
	if why == fact.EndShutdown {
		patience = hastyGoodbye
	}
	until := s.c.clock.Now().Add(patience)
	for s.living() {
		switch e := s.await(until); e.kind {
		case timeUp:
			s.log.Error("legs did not end", "patience", patience)
			return
		case over:
			if hasty := s.c.clock.Now().Add(hastyGoodbye); e.why == fact.EndShutdown && hasty.Before(until) {
				until = hasty
			}
		case callerAnswered, agentAnswered, agentGone, played, pressed, noticed, commanded, guestRings, guestEarly, guestAnswered, guestGone, transferAsked, moved, nextRings, nextAnswered, nextGone, voice, adviceCame, agentLost, agentFound, agentReturns, lineTurned:
		}
	}
}

func (s *script) living() bool {
	for _, p := range s.parties {
		if !p.ended {
			return true
		}
	}
	return false
}
