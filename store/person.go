package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"mediasrv/routing/fact"
)

// What of a person is where. Each statement has the number as often as it has question marks.
const (
	personConversations = `SELECT * FROM conversations WHERE customer = ?1`
	personCallsOf       = `(SELECT id FROM calls WHERE caller = ?1 OR direction = 'outbound' AND entry = ?1
		OR conversation IN (SELECT id FROM conversations WHERE customer = ?1))`
	personCalls      = `SELECT * FROM calls WHERE id IN ` + personCallsOf
	personLegs       = `SELECT * FROM legs WHERE number = ?1 AND call IN ` + personCallsOf
	personEvents     = `SELECT * FROM events WHERE call IN ` + personCallsOf + ` ORDER BY at`
	personCallbacks  = `SELECT * FROM callbacks WHERE number = ?1`
	personVoicemails = `SELECT * FROM voicemails WHERE number = ?1`
	personContacts   = `SELECT * FROM contacts WHERE EXISTS (SELECT 1 FROM json_each(contacts.numbers) WHERE value = ?1)`

	personGoesOn = `SELECT (SELECT count(*) FROM callbacks WHERE number = ?1 AND state NOT IN ('completed', 'exhausted', 'cancelled')),
		(SELECT count(*) FROM calls WHERE ended IS NULL AND id IN ` + personCallsOf + `)`
)

// erasures take a person out of the rows. The calls go last, since the others find theirs by them.
func erasures() []string {
	return []string{
		`UPDATE events SET detail = replace(detail, ?1, '') WHERE call IN ` + personCallsOf,
		`UPDATE webhook_events SET detail = replace(detail, ?1, '') WHERE call IN ` + personCallsOf,
		`UPDATE recordings SET marks = replace(marks, ?1, '') WHERE call IN ` + personCallsOf,
		`UPDATE legs SET number = '', name = '' WHERE number = ?1`,
		`UPDATE callbacks SET number = '', name = '' WHERE number = ?1`,
		`UPDATE voicemails SET number = '', name = '' WHERE number = ?1`,
		`UPDATE recordings SET end_number = '', end_user = '' WHERE end_number = ?1`,
		`UPDATE calls SET caller = '' WHERE caller = ?1`,
		`UPDATE calls SET entry = '' WHERE direction = 'outbound' AND entry = ?1`,
		`UPDATE conversations SET customer = '', name = '', notes = '', tags = '[]' WHERE customer = ?1`,
	}
}

func (w *rowWriter) erasePerson(p fact.PersonErased) error {
	for _, statement := range erasures() {
		if err := w.exec(statement, p.Number); err != nil {
			return err
		}
	}
	return nil
}

// Person returns all that is kept of a number. It reads the database.
func (s *Store) Person(ctx context.Context, number string) (fact.Person, error) {
	p := fact.Person{Number: number}
	for _, of := range []struct {
		rows      *[]map[string]any
		statement string
	}{
		{&p.Conversations, personConversations},
		{&p.Calls, personCalls},
		{&p.Legs, personLegs},
		{&p.Events, personEvents},
		{&p.Callbacks, personCallbacks},
		{&p.Voicemails, personVoicemails},
		{&p.Contacts, personContacts},
	} {
		var err error
		if *of.rows, err = s.wholeRows(ctx, of.statement, number); err != nil {
			return p, err
		}
	}
	var err error
	p.Recordings, err = s.recordings(ctx, "WHERE r.end_number = ? ORDER BY r.began, r.id", number)
	return p, err
}

// PersonGoesOn says how many open callbacks and calls somebody has who is to be erased.
func (s *Store) PersonGoesOn(ctx context.Context, number string) (callbacks, calls int, err error) {
	if err := s.read.QueryRowContext(ctx, personGoesOn, number).Scan(&callbacks, &calls); err != nil {
		return 0, 0, fmt.Errorf("store: person: %w", err)
	}
	return callbacks, calls, nil
}

// wholeRows reads rows with all their columns, whichever these are.
func (s *Store) wholeRows(ctx context.Context, statement string, args ...any) (all []map[string]any, err error) {
	rows, err := s.read.QueryContext(ctx, statement, args...)
	if err != nil {
		return nil, fmt.Errorf("store: person: %w", err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	columns, err := rows.Columns()
	if err != nil {
		return nil, fmt.Errorf("store: person: %w", err)
	}
	all = []map[string]any{}
	for rows.Next() {
		row, err := wholeRow(rows, columns)
		if err != nil {
			return nil, err
		}
		all = append(all, row)
	}
	return all, rows.Err()
}

func wholeRow(rows *sql.Rows, columns []string) (map[string]any, error) {
	values, to := make([]any, len(columns)), make([]any, len(columns))
	for i := range values {
		to[i] = &values[i]
	}
	if err := rows.Scan(to...); err != nil {
		return nil, fmt.Errorf("store: person: %w", err)
	}
	row := make(map[string]any, len(columns))
	for i, column := range columns {
		row[column] = values[i]
	}
	return row, nil
}
