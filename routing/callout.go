package routing

import (
	"errors"
	"slices"
	"time"

	"github.com/nyaruka/phonenumbers"

	"mediasrv/config"
	"mediasrv/routing/dialout"
	"mediasrv/routing/fact"
	"mediasrv/routing/floor"
)

// Why an agent can't call out.
const (
	ErrNotYourQueue  = Refusal("You can call out only in the name of one of your queues.")
	ErrNotYourNumber = Refusal("This number of ours can't be shown for this queue.")
	ErrInOwnCall     = Refusal("You are in a call: end it first.")
	ErrInWrapUp      = Refusal("Finish your wrap-up first.")
	ErrNoOwnPhone    = Refusal("Your phone is not connected.")
)

// outward is a call that an agent makes.
type outward struct {
	user  string
	fresh bool // a conversation of its own
	pass  *dialout.Pass
	told  fact.EventKind // the latest of how far it has got
	phone Leg            // that has made the call; nil: it is rung first
	offer floor.Offer    // of a phone that has made the call
}

// CallOut calls somebody for an agent: the agent's phone rings first, whatever the agent's status; when it is picked up, the number is called. It returns
// the call's name at once. Errors are Refusals: then nothing has happened.
func (c *Centre) CallOut(user string, o fact.CallOut) (fact.CallID, error) {
	look, pass, err := c.mayCallOut(user, &o)
	if err != nil {
		return "", err
	}
	room, err := c.openRoom()
	if err != nil {
		pass.Done()
		return "", ErrNoRoom
	}
	s, err := c.newOutward(user, o, look, room)
	if err != nil {
		pass.Done()
		return "", err
	}
	s.out.pass = pass
	s.passes = append(s.passes, pass)
	offer, err := c.floor.Direct(floor.Direct{Call: s.row.ID, User: user, Queue: o.Queue, Summon: true})
	if err != nil {
		c.giveUpOutward(s)
		return "", ofOneself(err)
	}
	c.people.note(look.Number, user, nil)
	s.box.Put(fromFloor(floor.Notice{Kind: floor.Offered, At: offer.At, Call: s.row.ID, Offer: offer}))
	c.goOn(s)
	return s.row.ID, nil
}

// LookOut says what is known of a call that an agent may want to make. An empty number: only in whose name.
func (c *Centre) LookOut(user, number string) fact.CallOutLook {
	cfg := c.now.Load().cfg
	look := fact.CallOutLook{Queues: []fact.QueueNumbers{}}
	for _, queue := range c.desk.queuesOf(user) {
		look.Queues = append(look.Queues, fact.QueueNumbers{Queue: queue, Numbers: append([]string{}, cfg.NumbersShown(queue, user)...)})
	}
	if number == "" {
		return look
	}
	read, err := c.readCalled(cfg, number)
	if err != nil {
		look.Refused = err.Error()
		return look
	}
	read.Queues = look.Queues
	if conv, ok := c.conversations.ofCustomer(read.Number); ok && !read.Emergency {
		read.Conversation = &fact.OpenConversation{ID: conv.ID, Queue: conv.Queue, Agent: conv.Agent, Status: conv.Status, Opened: conv.Opened, Notes: conv.Notes}
	}
	if why := c.blocked(cfg, user, read.Number); why != nil {
		read.Refused = why.Error()
	} else if why := c.gate.May(dialout.Who{User: user}, read.Number); why != "" {
		read.Refused = why.Text()
	}
	return read
}

// named fills in what an agent has left out, and reads the number.
func (c *Centre) named(cfg *config.Config, user string, o *fact.CallOut) (fact.CallOutLook, error) {
	if o.Queue == "" {
		for _, queue := range c.desk.queuesOf(user) {
			if o.Queue == "" {
				o.Queue = queue
			}
		}
	}
	if cfg.Queues[o.Queue] == nil || !c.worksIn(user, o.Queue) {
		return fact.CallOutLook{}, ErrNotYourQueue
	}
	shown := cfg.NumbersShown(o.Queue, user)
	switch {
	case o.From == "" && len(shown) > 0:
		o.From = shown[0]
	case o.From != "" && !slices.Contains(shown, o.From):
		return fact.CallOutLook{}, ErrNotYourNumber
	}
	return c.readCalled(cfg, o.Number)
}

// readCalled reads a number as people of the company's country write it.
func (c *Centre) readCalled(cfg *config.Config, number string) (fact.CallOutLook, error) {
	if number == "" {
		return fact.CallOutLook{}, ErrNoNumber
	}
	if cfg.IsEmergency(number) {
		return fact.CallOutLook{Number: number, Country: cfg.Company.Country, Emergency: true}, nil
	}
	read, err := config.ReadNumber(number, cfg.Company.Country)
	if err != nil {
		return fact.CallOutLook{}, Refusal("The number " + err.Error() + ".")
	}
	look := fact.CallOutLook{Number: read, Name: c.people.name(read)}
	if n, err := phonenumbers.Parse(read, ""); err == nil {
		look.Country = phonenumbers.GetRegionCodeForNumber(n)
	}
	return look, nil
}

// wayFor is the trunk by which a call goes out; empty: as routes say.
func wayFor(cfg *config.Config, look fact.CallOutLook, from string) string {
	if look.Emergency {
		return ""
	}
	return cfg.WayShowing(from)
}

// blocked says that somebody else has the customer's conversation; nil: nobody has.
func (c *Centre) blocked(cfg *config.Config, user, customer string) error {
	conv, ok := c.conversations.ofCustomer(customer)
	if !ok || conv.Agent == "" || conv.Agent == user || cfg.Users[conv.Agent] == nil || cfg.IsEmergency(customer) {
		return nil
	}
	return Refusal("There is an open conversation with this customer, and it is " + cfg.Users[conv.Agent].Name + "'s.")
}

// ofOneself words why the own phone can't ring.
func ofOneself(err error) error {
	switch {
	case errors.Is(err, floor.ErrInCall):
		return ErrInOwnCall
	case errors.Is(err, floor.ErrNotFree):
		return ErrInWrapUp
	case errors.Is(err, floor.ErrNoPhone):
		return ErrNoOwnPhone
	}
	return err
}

// openRoom opens the room of a call that we begin.
func (c *Centre) openRoom() (Room, error) {
	if c.opt.Rooms == nil {
		return nil, ErrNoRoom
	}
	room, err := c.opt.Rooms(c.opt.Log)
	if err != nil {
		c.opt.Log.Error("a call out could not be begun: no room for its media", "error", err)
	}
	return room, err
}

// newOutward makes the script of an agent's call, which has the room from now on; goOn lets it begin.
func (c *Centre) newOutward(user string, o fact.CallOut, look fact.CallOutLook, room Room) (*script, error) {
	s := newScript(c, nil, room, fact.Invite{From: fact.Party{Number: look.Number, Name: look.Name}, To: o.From, Dialled: o.From, At: c.clock.Now().UTC()})
	s.out = &outward{user: user, fresh: o.New}
	s.row.Direction, s.row.Queue, s.row.Agent = fact.Outbound, o.Queue, user
	c.desk.change(s.row.ID, func(k *card) { k.call, k.name, k.kind = s.row, look.Name, kindOutbound })
	if err := c.register(s); err != nil {
		c.forgetCard(s.row.ID)
		return nil, err
	}
	return s, nil
}

// register takes a call that we begin among those that run.
func (c *Centre) register(s *script) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed || c.draining {
		s.room.Close()
		return ErrClosed
	}
	c.calls[s.row.ID] = s
	c.scripts.Add(1)
	return nil
}

// giveUpOutward forgets a call that never began.
func (c *Centre) giveUpOutward(s *script) {
	s.givePasses(0)
	c.giveUp(s)
	c.forgetCard(s.row.ID)
}

func (c *Centre) forgetCard(id fact.CallID) {
	c.desk.amend(id, func(k *card) { k.over = true })
	c.desk.sweep(id)
}

// openOutward finds what a call out is about, and gives it to the agent who calls.
func (s *script) openOutward(now time.Time) fact.Conversation {
	conv := s.c.conversations.joinOutward(s.row.From, s.in.From.Name, s.row.Queue, s.out.user, s.out.fresh, now)
	s.c.floor.Load(s.out.user, s.c.conversations.load(s.out.user))
	return conv
}
