package routing

import (
	"slices"

	"mediasrv/config"
	"mediasrv/routing/fact"
	"mediasrv/routing/floor"
)

// goal is a destination that has been looked at: it may be called.
type goal struct {
	fact.Destination
	name string // for people
}

// look says whether an agent's call may be connected with somebody, as far as the file tells.
func (s *script) look(by floor.Offer, to fact.Destination) (goal, error) {
	switch given := []bool{to.User != "", to.Queue != "", to.Number != ""}; {
	case to.User != "" && !given[1] && !given[2]:
		return s.lookAgent(by, to)
	case to.Queue != "" && !given[0] && !given[2]:
		return s.lookQueue(to)
	case to.Number != "" && !given[0] && !given[1]:
		return s.lookNumber(by, to)
	}
	return goal{}, ErrNobody
}

func (s *script) lookAgent(by floor.Offer, to fact.Destination) (goal, error) {
	u := s.cfg.Users[to.User]
	switch {
	case to.User == by.User:
		return goal{}, ErrOneself
	case u == nil || !u.Agent:
		return goal{}, ErrUnknownAgent
	case s.holdsSeat(to.User):
		return goal{}, ErrInThisCall
	case !s.cfg.TransferFor(by.Queue).AnyAgent && !worksIn(s.cfg, by.Queue, to.User):
		return goal{}, ErrOtherQueue
	}
	return goal{to, u.Name}, nil
}

// holdsSeat says that a user is in the call.
func (s *script) holdsSeat(user string) bool {
	return s.agent != nil && s.agent.row.Party.User == user ||
		slices.ContainsFunc(s.guests, func(p *party) bool { return p.row.Party.User == user })
}

func worksIn(cfg *config.Config, queue, user string) bool {
	q := cfg.Queues[queue]
	return q == nil || slices.Contains(q.Agents, user)
}

func (s *script) lookQueue(to fact.Destination) (goal, error) {
	q := s.cfg.Queues[to.Queue]
	if q == nil {
		return goal{}, ErrUnknownQueue
	}
	if open, _ := s.takesNow(q); !open {
		return goal{}, ErrQueueClosed
	}
	return goal{to, q.Name}, nil
}

// lookNumber reads a number as people of the company's country write it.
func (s *script) lookNumber(by floor.Offer, to fact.Destination) (goal, error) {
	if s.cfg.IsEmergency(to.Number) {
		return goal{to, to.Number}, nil
	}
	number, err := config.ReadNumber(to.Number, s.cfg.Company.Country)
	if err != nil {
		return goal{}, Refusal("The number " + err.Error() + ".")
	}
	if !s.cfg.TransferFor(by.Queue).AnyNumber && !s.c.people.may(number) {
		return goal{}, ErrTypedNumber
	}
	to.Number = number
	return goal{to, orText(s.c.people.name(number), number)}, nil
}
