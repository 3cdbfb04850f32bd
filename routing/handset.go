package routing

import (
	"slices"

	"mediasrv/routing/fact"
)

// directs is a phone's directing its media by itself (RFC 3264, 8.4). An agent's: any softphone's button for hold is the desk's, and a phone with two calls
// talks in the one that it doesn't hold.
func (s *script) directs(p *party, e LegEvent, takes []verb) (event, bool) {
	p.holds = !e.Sends || !e.Takes
	do := verbHold
	switch {
	case p == s.line && !p.holds:
		do = verbTurn
	case p == s.line, p == s.agent && s.line != nil: // it goes over to its other call, and says so there
		return event{}, false
	case p != s.agent:
		s.passHold(p, e)
		return event{}, false
	case !p.holds:
		do = verbResume
	}
	if !slices.Contains(takes, do) {
		return event{}, false
	}
	return event{kind: commanded, cmd: s.byPhone(p, do, wish{})}, true
}

// wantsTransfer is a phone's asking for a transfer (RFC 3515). An agent's: to a user, a queue or a number, or to whom its other call is with.
func (s *script) wantsTransfer(p *party, e LegEvent, takes []verb) (event, bool) {
	if p != s.agent && p != s.line || !slices.Contains(takes, verbTransfer) {
		return s.siftTransfer(p, e)
	}
	switch {
	case e.To == nil, e.To.Leg != "" && !s.isLine(e.To.Leg):
		s.progress(p, 603)
		return event{}, false
	case e.To.Leg != "":
		return event{kind: commanded, cmd: s.byPhone(p, verbComplete, wish{})}, true
	}
	return event{kind: commanded, cmd: s.byPhone(p, verbTransfer, wish{to: s.named(e.To.Number)})}, true
}

// isLine says that a leg is one of the two calls that the agent's phone has.
func (s *script) isLine(id fact.LegID) bool {
	return s.line != nil && s.agent != nil && (s.line.row.ID == id || s.agent.row.ID == id)
}

// named is whom a phone calls by a name of the file, or by a number.
func (s *script) named(name string) fact.Destination {
	switch {
	case s.cfg.Users[name] != nil:
		return fact.Destination{User: name}
	case s.cfg.Queues[name] != nil:
		return fact.Destination{Queue: name}
	}
	return fact.Destination{Number: name}
}

// byPhone is a command that comes by the agent's phone.
func (s *script) byPhone(p *party, do verb, w wish) *command {
	return &command{verb: do, user: p.row.Party.User, wish: w, phone: p, answer: make(chan error, 1)}
}

// reply answers a command. A phone is told what has become of the transfer that it asked for, and its call to somebody who can't be asked is refused; other
// refusals of its wishes are for the log. One that is granted has heard so, see granted.
func (s *script) reply(c *command, err error) {
	c.answer <- err
	if c.phone == nil || err == nil {
		return
	}
	c.phone.log.Info("the phone's wish is refused", "why", err)
	switch c.verb { //nolint:exhaustive // nobody waits for the others
	case verbTransfer, verbComplete:
		s.progress(c.phone, 603)
	case verbConsult:
		c.wish.line.Hangup(fact.EndRefused)
	}
}

// granted tells the agent's phone that the transfer it has asked for is done, before it is hung up: from here on the caller is ours, and a transfer that fails
// brings the call back as a new one.
func (s *script) granted() {
	for _, p := range []*party{s.agent, s.line} {
		if p != nil {
			s.progress(p, 200)
		}
	}
}
