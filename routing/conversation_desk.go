package routing

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"

	"mediasrv/routing/fact"
)

const (
	conversationMost   = 200 // that a list has
	conversationTags   = 20
	conversationTag    = 40 // characters
	conversationNotes  = 10_000
	conversationUrgent = 99
)

// Why a change of a conversation is refused.
const (
	ErrNoConversation     = Refusal("There is no such conversation, or it is closed.")
	ErrOthersConversation = Refusal("This conversation is another agent's.")
	ErrTags               = Refusal("There are at most 20 tags, each of at most 40 characters.")
	ErrNotes              = Refusal("Notes have at most 10000 characters.")
	ErrPriority           = Refusal("The priority must be between 0 and 99.")
)

// Conversations are those that are not closed: a user's own, and those of the user's queues that are nobody's. The urgent ones come first, then the
// latest. everywhere: all.
func (c *Centre) Conversations(user string, everywhere bool) []fact.ConversationView {
	all := []fact.ConversationView{}
	for _, conv := range c.conversations.all() {
		if everywhere || conv.Agent == user || conv.Agent == "" && c.worksIn(user, conv.Queue) {
			all = append(all, conv.View())
		}
	}
	slices.SortFunc(all, func(a, b fact.ConversationView) int {
		return cmp.Or(cmp.Compare(b.Priority, a.Priority), b.Changed.Compare(a.Changed), cmp.Compare(a.ID, b.ID))
	})
	return all[:min(len(all), conversationMost)]
}

// ChangeConversation takes what an agent says of a conversation. everywhere: also of another agent's. Errors are Refusals.
func (c *Centre) ChangeConversation(user string, id fact.ConversationID, form fact.ConversationForm, everywhere bool) (fact.ConversationView, error) {
	if err := readForm(&form); err != nil {
		return fact.ConversationView{}, err
	}
	conv, ok := c.conversations.get(id)
	own := conv.Agent == user || conv.Agent == "" && c.worksIn(user, conv.Queue) || c.desk.cardOf(user).call.Conversation == id
	switch {
	case !ok:
		return fact.ConversationView{}, ErrNoConversation
	case !own && !everywhere:
		return fact.ConversationView{}, ErrOthersConversation
	}
	now := c.clock.Now().UTC()
	conv, _ = c.conversations.change(id, func(conv *fact.Conversation) {
		fill(form, conv)
		conv.Changed = now
	})
	if conv.ID == "" {
		return fact.ConversationView{}, ErrNoConversation
	}
	c.opt.Store.Append(conv)
	c.opt.Store.Append(fact.Event{At: now, Conversation: id, Kind: fact.ConversationChanged, Agent: user, Queue: conv.Queue, Detail: changed(form)})
	if conv.Agent != "" {
		c.floor.Load(conv.Agent, c.conversations.load(conv.Agent))
	}
	return conv.View(), nil
}

// CustomerOf is the customer's number of the call that a user talks in or wraps up, and what is known without the database.
func (c *Centre) CustomerOf(user string) (string, fact.CustomerView) {
	view := fact.CustomerView{Past: []fact.PastContact{}}
	card := c.desk.cardOf(user)
	if conv, ok := c.conversations.get(card.call.Conversation); ok {
		v := conv.View()
		view.Conversation = &v
	}
	if contact, known := c.people.of(card.call.From); known {
		view.Contact = &contact
	}
	return card.call.From, view
}

// readForm checks what an agent says.
func readForm(form *fact.ConversationForm) error {
	switch {
	case form.Status != nil && !conversationStates[*form.Status]:
		return ErrUnknownOutcome
	case form.Priority != nil && (*form.Priority < 0 || *form.Priority > conversationUrgent):
		return ErrPriority
	case form.Notes != nil && utf8.RuneCountInString(*form.Notes) > conversationNotes:
		return ErrNotes
	case form.Tags == nil:
		return nil
	}
	var tags []string
	for _, tag := range *form.Tags {
		tag = strings.TrimSpace(tag)
		if utf8.RuneCountInString(tag) > conversationTag {
			return ErrTags
		}
		if tag != "" && !slices.Contains(tags, tag) {
			tags = append(tags, tag)
		}
	}
	if len(tags) > conversationTags {
		return ErrTags
	}
	form.Tags = &tags
	return nil
}

func fill(form fact.ConversationForm, conv *fact.Conversation) {
	if form.Status != nil {
		conv.Status = *form.Status
	}
	if form.Priority != nil {
		conv.Priority = *form.Priority
	}
	if form.Tags != nil {
		conv.Tags = *form.Tags
	}
	if form.Notes != nil {
		conv.Notes = *form.Notes
	}
}

// changed names what a form changes, for the time line.
func changed(form fact.ConversationForm) string {
	var what []string
	if form.Status != nil {
		what = append(what, "status: "+*form.Status)
	}
	if form.Priority != nil {
		what = append(what, "priority")
	}
	if form.Tags != nil {
		what = append(what, "tags: "+strings.Join(*form.Tags, ", "))
	}
	if form.Notes != nil {
		what = append(what, "notes")
	}
	return strings.Join(what, ", ")
}

// get is a conversation that is not closed; false: there is none of this name.
func (c *conversations) get(id fact.ConversationID) (fact.Conversation, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	conv, ok := c.byID[id]
	return conv, ok
}

// all are those that are not closed, in no order.
func (c *conversations) all() []fact.Conversation {
	c.mu.Lock()
	defer c.mu.Unlock()
	all := make([]fact.Conversation, 0, len(c.byID))
	for _, conv := range c.byID {
		all = append(all, conv)
	}
	return all
}

// urgency is the priority with which a call waits: at least its conversation's.
func (s *script) urgency(priority int) int {
	conv, _ := s.c.conversations.get(s.row.Conversation)
	return max(priority, conv.Priority)
}
