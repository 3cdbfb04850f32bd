package routing

import (
	"mediasrv/config"
	"mediasrv/routing/fact"
)

// edition is a file with all that was made of it. It is immutable: a reload makes another one, and running calls keep theirs.
type edition struct {
	cfg     *config.Config
	prompts *Prompts
	speaker Speaker
}

// Prompts are those that calls which begin now hear; a reload takes from them what has stayed the same.
func (c *Centre) Prompts() *Prompts { return c.now.Load().prompts }

// Apply makes a new file hold, which has been checked and whose prompts have been made, for all that begins from now on. Calls in progress keep
// what they began with, agents their states. An agent who is no longer in the file and in a call finishes it, with its wrap-up. It returns at once.
func (c *Centre) Apply(cfg *config.Config, prompts *Prompts, speaker Speaker) {
	c.gate.Apply(cfg)
	c.people.apply(cfg)
	c.leavers.apply(c.now.Load().cfg, cfg)
	c.floor.Apply(cfg) // before any call begins with the new file: the floor has to know its queues
	c.now.Store(&edition{cfg: cfg, prompts: prompts, speaker: speaker})
	c.back.Apply(cfg)
	for user, open := range c.conversations.loads() { // of those who are agents since now, too
		c.floor.Load(user, open)
	}
}

// Leaving is a user who is no longer in the file and still has a call to finish; nil: there is none of this name.
func (c *Centre) Leaving(user string) *config.User { return c.leavers.of(user) }

// Reloaded puts a reload into the books.
func (c *Centre) Reloaded(r fact.Reload) {
	kind := fact.Reloaded
	if !r.Applied {
		kind = fact.ReloadRefused
	}
	c.opt.Store.Append(fact.Event{At: r.At, Kind: kind, Agent: r.By, Detail: r.Sentence()})
	c.opt.Store.Append(fact.Audit{ID: newID(), At: r.At, Who: r.By, What: fact.AuditReload, Detail: r.Sentence()})
}
