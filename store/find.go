package store

import (
	"fmt"
	"strings"

	"mediasrv/routing/fact"
)

// findMost is how many calls FindCalls returns.
const findMost = 20

// FindCalls returns the calls that a name may mean, the latest first, at most 20: an id or the end of one, a leg's Call-ID header, the number of a
// caller, or "last".
func (s *Store) FindCalls(name string) ([]fact.Call, error) {
	where, args := `WHERE id = ?1 OR (length(?1) >= 6 AND id LIKE '%' || ?2 ESCAPE '\') OR caller = ?1 OR id IN (SELECT call FROM legs WHERE sip_id = ?1)`, []any{name, like(name)}
	if name == "last" {
		where, args = "", nil
	}
	out, err := s.calls(where+fmt.Sprintf(" ORDER BY began DESC LIMIT %d", findMost), args...)
	if err != nil {
		return nil, err
	}
	if name == "last" && len(out) > 1 {
		out = out[:1]
	}
	return out, nil
}

// calls reads calls; where is what stands behind the table in the query.
func (s *Store) calls(where string, args ...any) ([]fact.Call, error) {
	rows, err := s.read.Query(`SELECT id, conversation, direction, entry, trunk, caller, queue, agent, disposition, began, answered, talked, ended, end_reason
		FROM calls `+where, args...)
	if err != nil {
		return nil, fmt.Errorf("store: find calls: %w", err)
	}
	calls, err := collect(rows, "calls", func(c *found) []any {
		return append(callFields(&c.Call), &c.end)
	})
	if err != nil {
		return nil, err
	}
	out := make([]fact.Call, 0, len(calls))
	for _, c := range calls {
		c.End = fact.ParseEndReason(c.end)
		out = append(out, c.Call)
	}
	return out, nil
}

// callFields are where the columns of a call go, from id to ended in the order of the table without node and end_reason.
func callFields(c *fact.Call) []any {
	return []any{
		&c.ID, &c.Conversation, &c.Direction, &c.Entry, &c.Trunk, &c.From, &c.Queue, &c.Agent, &c.Disposition,
		moment{&c.Began},
		moment{&c.Answered},
		moment{&c.Talked},
		moment{&c.Ended},
	}
}

// History is FindCalls with the time line of the call, if the name means a single one.
func (s *Store) History(name string) ([]fact.Call, []fact.Event, error) {
	calls, err := s.FindCalls(name)
	if err != nil || len(calls) != 1 {
		return calls, nil, err
	}
	events, err := s.Timeline(calls[0].ID)
	return calls, events, err
}

// found is a call as it is read.
type found struct {
	fact.Call
	end string
}

// like makes a text safe for LIKE with the escape \.
func like(text string) string {
	return strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(text)
}
