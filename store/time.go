package store

import (
	"database/sql"
	"fmt"
	"time"
)

// timeLayout has a fixed width, so that text order is time order.
const timeLayout = "2006-01-02T15:04:05.000Z"

// stamp is a time as it is stored; zero is NULL.
func stamp(t time.Time) sql.NullString {
	if t.IsZero() {
		return sql.NullString{}
	}
	return sql.NullString{String: t.UTC().Format(timeLayout), Valid: true}
}

// moment scans a stored time into a time.Time.
type moment struct{ at *time.Time }

// Scan implements sql.Scanner.
func (m moment) Scan(v any) error {
	switch v := v.(type) {
	case nil:
		*m.at = time.Time{}
		return nil
	case string:
		t, err := time.Parse(timeLayout, v)
		*m.at = t
		return err
	default:
		return fmt.Errorf("a time is stored as %T", v)
	}
}
