package routing

import (
	"cmp"
	"fmt"
	"maps"
	"net/mail"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"mediasrv/config"
	"mediasrv/routing/fact"
)

const (
	contactMost    = 50  // that a search finds, if it doesn't say
	contactNumbers = 10  // of one
	contactTags    = 20  // of one
	contactText    = 100 // characters
)

// Why a change of the directory is refused.
const (
	ErrUnknownContact = Refusal("There is no such entry in the directory.")
	ErrFileContact    = Refusal("This entry is in the operator's file, and can be changed only there.")
	ErrOthersContact  = Refusal("Only who has added an entry, or a supervisor, can change it.")
	ErrContactNumbers = Refusal("An entry needs a number, and has at most 10.")
	ErrContactText    = Refusal("Names, addresses and tags have at most 100 characters; there are at most 20 tags.")
	ErrContactEmail   = Refusal("The e-mail address is none.")
)

// people is the directory: what the file has, and what users have added.
type people struct {
	mu     sync.Mutex
	file   []fact.Contact
	kept   map[fact.ContactID]fact.Contact
	number map[string]fact.Contact // whose it is: the file's entries go first, but for those without a name
	save   func(fact.Contact)
	now    func() fact.Contact // a new one with id and time
}

func newPeople(kept []fact.Contact, save func(fact.Contact), fresh func() fact.Contact) *people {
	p := &people{kept: make(map[fact.ContactID]fact.Contact, len(kept)), save: save, now: fresh}
	for _, c := range kept {
		p.kept[c.ID] = c
	}
	return p
}

// apply takes the directory of a file.
func (p *people) apply(cfg *config.Config) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.file = p.file[:0:0]
	for i, of := range cfg.Directory {
		p.file = append(p.file, fact.Contact{
			ID: fact.ContactID(fmt.Sprintf("file-%d", i+1)), Name: of.Name, Numbers: of.Numbers, Email: of.Email, Tags: append([]string{}, of.Tags...),
		})
	}
	p.index()
}

// index says whose a number is. p.mu is held.
func (p *people) index() {
	p.number = make(map[string]fact.Contact)
	for _, c := range p.all() {
		for _, n := range c.Numbers {
			if old, taken := p.number[n]; !taken || old.Name == "" && c.Name != "" {
				p.number[n] = c
			}
		}
	}
}

// all are the file's, then those that users have added, by the time of that. p.mu is held.
func (p *people) all() []fact.Contact {
	return append(slices.Clone(p.file), slices.SortedFunc(maps.Values(p.kept), func(a, b fact.Contact) int { return cmp.Compare(a.ID, b.ID) })...)
}

// name is that of whom a number belongs to; empty: nobody is known by it.
func (p *people) name(number string) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.number[number].Name
}

// of is whose a number is; false: nobody is known by it.
func (p *people) of(number string) (fact.Contact, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	c, known := p.number[number]
	return c, known
}

// may says that calls may be given to a number.
func (p *people) may(number string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.ContainsFunc(p.all(), func(c fact.Contact) bool {
		return slices.Contains(c.Numbers, number) && slices.Contains(c.Tags, fact.ExternalNumber)
	})
}

// note adds a number that a user has typed, unless it is known.
func (p *people) note(number, user string, tags []string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if _, known := p.number[number]; known || !strings.HasPrefix(number, "+") {
		return
	}
	c := p.now()
	c.Numbers, c.Tags, c.By = []string{number}, append([]string{}, tags...), user
	p.put(c)
}

// put keeps an entry. p.mu is held.
func (p *people) put(c fact.Contact) {
	if c.Gone {
		delete(p.kept, c.ID)
	} else {
		p.kept[c.ID] = c
	}
	p.index()
	p.save(c)
}

// find is what a search chooses, by name; who has none comes last.
func (p *people) find(s fact.ContactSearch) []fact.Contact {
	p.mu.Lock()
	all := p.all()
	p.mu.Unlock()
	text := strings.ToLower(strings.TrimSpace(s.Text))
	digits := strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, text)
	found := slices.DeleteFunc(all, func(c fact.Contact) bool {
		return s.External && !slices.Contains(c.Tags, fact.ExternalNumber) || text != "" && !matches(c, text, strings.TrimLeft(digits, "0"))
	})
	slices.SortStableFunc(found, func(a, b fact.Contact) int {
		return cmp.Or(cmp.Compare(b2i(a.Name == ""), b2i(b.Name == "")), cmp.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)))
	})
	most := s.Most
	if most <= 0 || most > contactMost {
		most = contactMost
	}
	return found[:min(most, len(found))]
}

// matches says that an entry has the text, or a number the digits.
func matches(c fact.Contact, text, digits string) bool {
	has := func(s string) bool { return strings.Contains(strings.ToLower(s), text) }
	return has(c.Name) || has(c.Email) || slices.ContainsFunc(c.Tags, has) ||
		len(digits) > 1 && slices.ContainsFunc(c.Numbers, func(n string) bool { return strings.Contains(n, digits) })
}

// Contacts are entries of the directory.
func (c *Centre) Contacts(s fact.ContactSearch) []fact.Contact { return c.people.find(s) }

// PutContact adds an entry (without an id), or changes one. all: also one that another user has added. Errors are Refusals, here and below.
func (c *Centre) PutContact(user string, contact fact.Contact, all bool) (fact.Contact, error) {
	contact, err := c.readContact(contact)
	if err != nil {
		return fact.Contact{}, err
	}
	p := c.people
	p.mu.Lock()
	defer p.mu.Unlock()
	fresh := p.now()
	if contact.ID != "" {
		if err := p.mine(contact.ID, user, all); err != nil {
			return fact.Contact{}, err
		}
		fresh.ID = contact.ID
	}
	contact.ID, contact.Changed, contact.By = fresh.ID, fresh.Changed, user
	p.put(contact)
	for _, number := range contact.Numbers {
		c.renamed(number, contact.Name)
	}
	return contact, nil
}

// renamed shows a new name of a customer where the customer is known by now: in the conversation, and in the calls that run.
func (c *Centre) renamed(number, name string) {
	conv, ok := c.conversations.ofCustomer(number)
	if name == "" || !ok {
		return
	}
	if conv, _ = c.conversations.change(conv.ID, func(conv *fact.Conversation) { conv.Name = name }); conv.ID != "" {
		c.opt.Store.Append(conv)
	}
	c.desk.rename(number, name)
}

// DropContact deletes an entry.
func (c *Centre) DropContact(user string, id fact.ContactID, all bool) error {
	p := c.people
	p.mu.Lock()
	defer p.mu.Unlock()
	if err := p.mine(id, user, all); err != nil {
		return err
	}
	gone := p.kept[id]
	gone.Gone, gone.By, gone.Changed = true, user, p.now().Changed
	p.put(gone)
	return nil
}

// mine says why a user can't change an entry. p.mu is held.
func (p *people) mine(id fact.ContactID, user string, all bool) error {
	c, ok := p.kept[id]
	switch {
	case !ok && slices.ContainsFunc(p.file, func(c fact.Contact) bool { return c.ID == id }):
		return ErrFileContact
	case !ok:
		return ErrUnknownContact
	case !all && c.By != user:
		return ErrOthersContact
	}
	return nil
}

// readContact checks what a user says of an entry.
func (c *Centre) readContact(of fact.Contact) (fact.Contact, error) {
	country := c.now.Load().cfg.Company.Country
	var numbers []string
	for _, text := range of.Numbers {
		n, err := config.ReadNumber(text, country)
		if err != nil {
			return of, Refusal("The number " + text + " " + err.Error() + ".")
		}
		if !slices.Contains(numbers, n) {
			numbers = append(numbers, n)
		}
	}
	if len(numbers) == 0 || len(numbers) > contactNumbers {
		return of, ErrContactNumbers
	}
	if of.Email != "" {
		if _, err := mail.ParseAddress(of.Email); err != nil {
			return of, ErrContactEmail
		}
	}
	for _, text := range append([]string{of.Name, of.Email}, of.Tags...) {
		if utf8.RuneCountInString(text) > contactText {
			return of, ErrContactText
		}
	}
	if len(of.Tags) > contactTags {
		return of, ErrContactText
	}
	of.Numbers, of.Tags = numbers, append([]string{}, of.Tags...)
	return of, nil
}
