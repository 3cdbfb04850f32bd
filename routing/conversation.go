package routing

import (
	"maps"
	"sync"
	"time"

	"mediasrv/routing/fact"
)

// conversationStates are the statuses that an agent can give a conversation.
var conversationStates = map[string]bool{"open": true, "waiting": true, "solved": true, "closed": true}

// conversations is the index of the conversations that are not closed, and of each customer's last closed one.
type conversations struct {
	mu         sync.Mutex
	byID       map[fact.ConversationID]fact.Conversation
	byCustomer map[string]fact.ConversationID
	previous   map[string]fact.ConversationID // last closed one
	open       map[string]int                 // by agent: how many are not closed
}

func newConversations(open []fact.Conversation) *conversations {
	c := &conversations{
		byID:       make(map[fact.ConversationID]fact.Conversation),
		byCustomer: make(map[string]fact.ConversationID),
		previous:   make(map[string]fact.ConversationID),
		open:       make(map[string]int),
	}
	for _, conv := range open {
		if conv.Status == "closed" {
			if conv.Customer != "" {
				c.previous[conv.Customer] = conv.ID
			}
			continue
		}
		c.put(conv)
	}
	return c
}

// put keeps the index right. A closed conversation leaves it.
func (c *conversations) put(conv fact.Conversation) {
	if old, ok := c.byID[conv.ID]; ok && old.Agent != "" {
		c.open[old.Agent]--
	}
	if conv.Status == "closed" {
		delete(c.byID, conv.ID)
		if conv.Customer != "" && c.byCustomer[conv.Customer] == conv.ID {
			delete(c.byCustomer, conv.Customer)
			c.previous[conv.Customer] = conv.ID
		}
		return
	}
	c.byID[conv.ID] = conv
	if conv.Agent != "" {
		c.open[conv.Agent]++
	}
	if conv.Customer != "" {
		c.byCustomer[conv.Customer] = conv.ID
	}
}

// join is the conversation that a call belongs to: the customer's that is not closed, else a new one. A customer without a number
// always gets a new one.
func (c *conversations) join(customer, name, queue string, now time.Time) fact.Conversation {
	c.mu.Lock()
	defer c.mu.Unlock()
	conv, ok := c.byID[c.byCustomer[customer]]
	if customer == "" || !ok {
		conv = fact.Conversation{
			ID: fact.ConversationID(newID()), Customer: customer, Status: "open", Opened: now, Previous: c.previous[customer],
		}
	}
	if name != "" {
		conv.Name = name
	}
	conv.Queue, conv.Changed = queue, now
	c.put(conv)
	return conv
}

// joinOutward is join for a call that an agent makes, whose the conversation is from now on. fresh: a new one in any case, which knows the one before.
func (c *conversations) joinOutward(customer, name, queue, user string, fresh bool, now time.Time) fact.Conversation {
	c.mu.Lock()
	defer c.mu.Unlock()
	conv, ok := c.byID[c.byCustomer[customer]]
	if !ok || fresh {
		previous := c.previous[customer]
		if ok {
			previous = conv.ID
		}
		conv = fact.Conversation{ID: fact.ConversationID(newID()), Customer: customer, Status: "open", Opened: now, Previous: previous}
	}
	if name != "" {
		conv.Name = name
	}
	conv.Queue, conv.Agent, conv.Changed = queue, user, now
	c.put(conv)
	return conv
}

// ofCustomer is a customer's that is not closed; false: there is none.
func (c *conversations) ofCustomer(customer string) (fact.Conversation, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	conv, ok := c.byID[c.byCustomer[customer]]
	return conv, ok && customer != ""
}

// assign gives a conversation to the agent who has answered. The second result is who has had it before.
func (c *conversations) assign(id fact.ConversationID, user, queue string, now time.Time) (conv fact.Conversation, before string) {
	return c.change(id, func(conv *fact.Conversation) {
		conv.Agent, conv.Queue, conv.Status, conv.Changed = user, queue, "open", now
	})
}

// finish takes what the agent says at the end of a call.
func (c *conversations) finish(id fact.ConversationID, r fact.WrapUpResult, now time.Time) fact.Conversation {
	conv, _ := c.change(id, func(conv *fact.Conversation) {
		conv.Changed = now
		if r.Status != "" {
			conv.Status = r.Status
		}
		switch {
		case r.Notes == "":
		case conv.Notes == "":
			conv.Notes = r.Notes
		default:
			conv.Notes += "\n" + r.Notes
		}
	})
	return conv
}

// change changes a conversation that is not closed; of another, the ID of the result is empty.
func (c *conversations) change(id fact.ConversationID, how func(*fact.Conversation)) (conv fact.Conversation, before string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	conv, ok := c.byID[id]
	if !ok {
		return fact.Conversation{}, ""
	}
	before = conv.Agent
	how(&conv)
	c.put(conv)
	return conv, before
}

// name is the customer's, of a conversation that is not closed.
func (c *conversations) name(id fact.ConversationID) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.byID[id].Name
}

// isOpen says that a conversation is not closed.
func (c *conversations) isOpen(id fact.ConversationID) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	_, ok := c.byID[id]
	return ok
}

// load is how many conversations of an agent are not closed.
func (c *conversations) load(user string) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.open[user]
}

// loads is load for everybody.
func (c *conversations) loads() map[string]int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return maps.Clone(c.open)
}
