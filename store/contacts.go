package store

import (
	"encoding/json"
	"fmt"

	"mediasrv/routing/fact"
)

const (
	putContact = `INSERT INTO contacts (id, name, numbers, email, tags, by, changed) VALUES (?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (id) DO UPDATE SET name = excluded.name, numbers = excluded.numbers, email = excluded.email, tags = excluded.tags,
		by = excluded.by, changed = excluded.changed`
	dropContact = `DELETE FROM contacts WHERE id = ?`
)

func (w *rowWriter) putContact(c fact.Contact) error {
	if c.Gone {
		return w.exec(dropContact, c.ID)
	}
	return w.exec(putContact, c.ID, c.Name, list(c.Numbers), c.Email, list(c.Tags), c.By, stamp(c.Changed))
}

// Contacts returns what users have added to the directory.
func (s *Store) Contacts() ([]fact.Contact, error) {
	rows, err := s.read.Query(`SELECT id, name, numbers, email, tags, by, changed FROM contacts ORDER BY id`)
	if err != nil {
		return nil, fmt.Errorf("store: contacts: %w", err)
	}
	return collect(rows, "contacts", func(c *fact.Contact) []any {
		return []any{&c.ID, &c.Name, texts{&c.Numbers}, &c.Email, texts{&c.Tags}, &c.By, moment{&c.Changed}}
	})
}

// list is a list of texts as it is stored.
func list(all []string) string {
	if len(all) == 0 {
		return "[]"
	}
	text, err := json.Marshal(all)
	if err != nil { // no list of texts has it
		return "[]"
	}
	return string(text)
}

// texts reads what list wrote.
type texts struct{ into *[]string }

// Scan implements sql.Scanner.
func (t texts) Scan(from any) error {
	text, ok := from.(string)
	if !ok {
		return fmt.Errorf("store: %T is no list of texts", from)
	}
	return json.Unmarshal([]byte(text), t.into)
}
