package routing

import (
	"context"
	"time"

	"mediasrv/media"
	"mediasrv/media/prompt"
	"mediasrv/routing/dialout"
	"mediasrv/routing/fact"
)

const (
	orderLongest = time.Hour // that a call without a caller may talk
	orderTone    = 440       // Hz, if nothing else is to be heard
	toneLength   = 5 * time.Second
)

// Start places a call without an inbound leg: a number is called by a trunk, or as routes say; who answers hears a text or a tone, until
// the time is over or one side hangs up. It returns at once with the call's name; Order says how it goes. Errors are Refusals.
func (c *Centre) Start(o fact.Order) (fact.CallID, error) {
	if err := c.orderable(&o); err != nil {
		return "", err
	}
	audio, err := c.orderAudio(o)
	if err != nil {
		return "", err
	}
	room, err := c.opt.Rooms(c.opt.Log)
	if err != nil {
		c.opt.Log.Error("a call could not be placed: no room for its media", "error", err)
		return "", ErrNoRoom
	}
	s := newScript(c, nil, room, fact.Invite{To: o.Number, Dialled: o.Number, At: c.clock.Now().UTC()})
	s.order = &placed{Order: o, audio: audio}
	s.row.Direction, s.row.Agent = fact.Outbound, o.By
	s.row.From = o.From
	c.mu.Lock()
	if c.closed || c.draining {
		c.mu.Unlock()
		room.Close()
		return "", ErrClosed
	}
	c.calls[s.row.ID] = s
	c.scripts.Add(1)
	c.mu.Unlock()
	c.orders.begin(s.row.ID, o)
	c.clock.Go(func() {
		defer c.scripts.Done()
		s.run(false)
	})
	return s.row.ID, nil
}

// placed is a call that we began.
type placed struct {
	fact.Order
	audio *prompt.Prompt
}

// orderable refuses what can't be placed at all.
func (c *Centre) orderable(o *fact.Order) error {
	switch t := c.now.Load().cfg.Trunks[o.Trunk]; {
	case c.opt.Rooms == nil:
		return ErrNoRoom
	case o.Number == "":
		return ErrNoNumber
	case o.Trunk != "" && t == nil:
		return ErrUnknownTrunk
	case o.Trunk != "" && !t.Outbound:
		return ErrNoCallsOut
	case o.For < 0 || o.For > orderLongest:
		return ErrTooLong
	}
	return nil
}

// orderAudio makes what is to be heard. It may take seconds.
func (c *Centre) orderAudio(o fact.Order) (*prompt.Prompt, error) {
	if o.Say == "" {
		hz := o.Tone
		if hz == 0 {
			hz = orderTone
		}
		return prompt.Tone(hz, toneLength), nil
	}
	now := c.now.Load()
	if now.speaker == nil {
		return nil, ErrNoSpeech
	}
	voice := now.cfg.Company.Speech
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	p, err := now.speaker.Speak(ctx, Speech{Text: o.Say, Language: voice.Language, Voice: voice.Voice, Rate: voice.Rate})
	if err != nil {
		c.opt.Log.Error("a call could not be placed: its text can't be spoken", "error", err)
		return nil, ErrNoSpeech
	}
	return p, nil
}

// EndOrder hangs up a call that Start has placed.
func (c *Centre) EndOrder(id fact.CallID) error {
	s := c.call(id)
	if s == nil || s.order == nil {
		return ErrNoCall
	}
	s.box.Put(order{why: fact.EndAgentHungUp})
	return nil
}

// Order says how a call goes that Start has placed: as soon as more than after things have happened, or when ctx ends. false: there is no
// such call, or it ended long ago.
func (c *Centre) Order(ctx context.Context, id fact.CallID, after int) (fact.OrderView, bool) {
	return c.orders.wait(ctx, id, after)
}

// place dials the number of an order, says what there is to say, and ends.
func (s *script) place(sit Situation) Situation {
	pass, why := s.mayDial(dialout.Who{User: s.order.By}, sit.Target)
	if why != fact.EndUnset {
		return sit.over(why)
	}
	defer pass.Done()
	s.c.orders.tell(s.row.ID, fact.OrderDialling, pass.Ways[0], "", 0)
	if e := s.reach(pass, sit.Target); e.kind != guestAnswered {
		return sit.over(s.unanswered(e))
	}
	s.customer, s.guest = s.guest, nil // who has answered is whom the call is about
	s.customer.row.Seat = fact.SeatCustomer
	s.keep(s.customer)
	s.row.Answered = s.customer.row.Answered
	s.row.Talked, s.row.Trunk = s.row.Answered, s.customer.row.Party.Trunk
	s.c.save(s.row)
	s.c.orders.tell(s.row.ID, fact.OrderAnswered, s.row.Trunk, s.customer.row.Codec, 0)
	s.speak()
	return sit.over(s.untilOrderEnds(pass))
}

// unanswered is why nobody answered, and tells whoever placed the call.
func (s *script) unanswered(e event) fact.EndReason {
	why := e.why
	switch {
	case e.kind == timeUp:
		why = fact.EndNoAnswer
	case why == fact.EndCallerHungUp:
		why = fact.EndRefused
	}
	s.orderEnd = fact.OrderEvent{Status: e.status, Text: e.text}
	return why
}

// speak lets who has answered hear the text, again and again, or the tone.
func (s *script) speak() {
	var plan media.Plan
	row := &plan.Rows[s.customer.leg.Endpoint()]
	row.Digits = true
	row.Music = media.Play{Token: s.nextToken(), Audio: s.order.audio, Loop: true}
	s.room.Set(plan)
}

func (s *script) untilOrderEnds(pass *dialout.Pass) fact.EndReason {
	long := s.order.For
	if pass.Longest > 0 && (long == 0 || long > pass.Longest) {
		long = pass.Longest
	}
	for until := s.c.clock.Now().Add(long); ; {
		switch e := s.await(until); e.kind { //nolint:exhaustive // nothing else ends it
		case over:
			return e.why
		case timeUp:
			return fact.EndCompleted
		}
	}
}
