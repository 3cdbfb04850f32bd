package routing

import (
	"slices"

	"mediasrv/routing/fact"
)

// directs is a phone's directing its media by itself (RFC 3264, 8.4). An agent's: any softphone's button for hold is the desk's.
func (s *script) directs(p *party, e LegEvent, takes []verb) (event, bool) {
	if p != s.agent {
		s.passHold(p, e)
		return event{}, false
	}
	do := verbHold
	if e.Sends && e.Takes {
		do = verbResume
	}
	if !slices.Contains(takes, do) {
		return event{}, false
	}
	return event{kind: commanded, cmd: s.byPhone(p, do, wish{})}, true
}

// wantsTransfer is a phone's asking for a transfer (RFC 3515). An agent's: to a user, a queue or a number.
func (s *script) wantsTransfer(p *party, e LegEvent, takes []verb) (event, bool) {
	if p != s.agent || !slices.Contains(takes, verbTransfer) {
		return s.siftTransfer(p, e)
	}
	if e.To == nil {
		s.progress(p, 603)
		return event{}, false
	}
	to := fact.Destination{Number: e.To.Number}
	switch name := e.To.Number; {
	case s.cfg.Users[name] != nil:
		to = fact.Destination{User: name}
	case s.cfg.Queues[name] != nil:
		to = fact.Destination{Queue: name}
	}
	cmd := s.byPhone(p, verbTransfer, wish{to: to})
	return event{kind: commanded, cmd: cmd}, true
}

// byPhone is a command that comes by the agent's phone.
func (s *script) byPhone(p *party, do verb, w wish) *command {
	return &command{verb: do, user: p.row.Party.User, wish: w, phone: p, answer: make(chan error, 1)}
}

// reply answers a command. A phone is told what has become of the transfer that it asked for; other refusals of its wishes are for the log.
func (s *script) reply(c *command, err error) {
	c.answer <- err
	if c.phone == nil {
		return
	}
	if err != nil {
		c.phone.log.Info("the phone's wish is refused", "why", err)
	}
	switch {
	case c.verb != verbTransfer:
	case err != nil:
		s.progress(c.phone, 603)
	default:
		s.progress(c.phone, 200) // from here on the caller is ours: a transfer that fails brings the call back as a new one
	}
}
