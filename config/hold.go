package config

import "time"

// Meanwhile is what a caller hears who is not talked to for a while: music, and a message at an interval.
type Meanwhile struct {
	Music   *Audio // nil: the built-in
	Message *Audio // nil: none
	Every   time.Duration
}

// Transfer is how calls go on to somebody else.
type Transfer struct {
	Meanwhile
	EarlyMedia bool // the caller hears the far end's network before its answer
	AnyNumber  bool // agents may type numbers
	AnyAgent   bool // and pick agents who don't work in the call's queue
}

// meanwhileEvery is the pause between two messages, if the file doesn't say another.
const meanwhileEvery = 10 * time.Second

func holdKeys(from string) *shape { return of(meanwhileFields(from)...) }

func onwardKeys(early, number, agent, from string) *shape {
	return of(append(meanwhileFields(from),
		field{key: "early_media", what: yesNo(), std: early, or: from, about: "Does the caller hear the network of an external number before it answers? Else the music goes on until then."},
		field{key: "any_number", what: yesNo(), std: number, or: from, about: "May agents type a number? What may be dialled is up to `dial_out` all the same."},
		field{key: "any_agent", what: yesNo(), std: agent, or: from, about: "May a call go to agents who don't work in its queue?"},
	)...)
}

func meanwhileFields(from string) []field {
	return []field{
		{key: "music", what: audioKeys(), or: orElse(from, "the built-in music"), about: "Repeated meanwhile."},
		{key: "message", what: of(append([]field{
			{key: "every", what: durationIn(time.Second, time.Hour), std: "10s", about: "From the beginning to the first one, and from the end of one to the beginning of the next."},
		}, audioFields()...)...), or: orElse(from, "none"), about: "Said over the music, again and again."},
	}
}

func orElse(text, standard string) string {
	if text == "" {
		return standard
	}
	return text
}

// meanwhile reads what a file says, over what holds if it says nothing.
func (b *builder) meanwhile(n *node, base Meanwhile) Meanwhile {
	if n == nil {
		return base
	}
	if music := b.audio(n.get("music"), true); music != nil {
		base.Music = music
	}
	if of := n.get("message"); of != nil {
		if message := b.audio(of, false); message != nil {
			base.Message = message
		}
		base.Every = val(of.get("every"), meanwhileEvery)
	}
	return base
}

func (b *builder) transfer(n *node, base Transfer) Transfer {
	if n == nil {
		return base
	}
	base.Meanwhile = b.meanwhile(n, base.Meanwhile)
	base.EarlyMedia = val(n.get("early_media"), base.EarlyMedia)
	base.AnyNumber = val(n.get("any_number"), base.AnyNumber)
	base.AnyAgent = val(n.get("any_agent"), base.AnyAgent)
	return base
}

// HoldFor is what callers of a queue hear on hold. A queue that isn't there is the company.
func (c *Config) HoldFor(queue string) Meanwhile {
	if q := c.Queues[queue]; q != nil {
		return q.Hold
	}
	return c.Company.Hold
}

// ReconnectFor is how long an agent who has lost the line to a caller of a queue is waited for; 0: not at all. A queue that isn't there is the company.
func (c *Config) ReconnectFor(queue string) time.Duration {
	if q := c.Queues[queue]; q != nil {
		return q.Reconnect
	}
	return c.Company.Reconnect
}

// TransferFor is how calls of a queue go on to somebody else. A queue that isn't there is the company.
func (c *Config) TransferFor(queue string) Transfer {
	if q := c.Queues[queue]; q != nil {
		return q.Transfer
	}
	return c.Company.Transfer
}
