package store

import (
	"context"
	"database/sql"
	"fmt"

	"mediasrv/routing/fact"
)

const tokenColumns = `id, name, hash, role, user, reads, created, created_by, expires`

// AddToken keeps a new token; false: there is one of this name. It is on the disk when it returns.
func (s *Store) AddToken(ctx context.Context, t fact.Token) (added bool, err error) {
	err = s.change(ctx, "add a token", func(tx *sql.Tx) error {
		done, err := tx.ExecContext(ctx, `INSERT INTO tokens (`+tokenColumns+`) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (name) DO NOTHING`,
			t.ID, t.Name, t.Hash, t.Role, t.User, t.ReadOnly, stamp(t.Created), t.CreatedBy, stamp(t.Expires))
		if err != nil {
			return err
		}
		n, err := done.RowsAffected()
		added = n > 0
		return err
	})
	return added, err
}

// Token finds a token by its hash, expired or not; false: there is none.
func (s *Store) Token(ctx context.Context, hash string) (fact.Token, bool, error) {
	found, err := s.tokens(ctx, `WHERE hash = ?`, hash)
	if err != nil || len(found) == 0 {
		return fact.Token{}, false, err
	}
	return found[0], true, nil
}

// Tokens returns all tokens by name.
func (s *Store) Tokens(ctx context.Context) ([]fact.Token, error) {
	return s.tokens(ctx, `ORDER BY name`)
}

func (s *Store) tokens(ctx context.Context, where string, args ...any) ([]fact.Token, error) {
	rows, err := s.read.QueryContext(ctx, `SELECT `+tokenColumns+` FROM tokens `+where, args...)
	if err != nil {
		return nil, fmt.Errorf("store: tokens: %w", err)
	}
	return collect(rows, "tokens", func(t *fact.Token) []any {
		return []any{&t.ID, &t.Name, &t.Hash, &t.Role, &t.User, &t.ReadOnly, moment{&t.Created}, &t.CreatedBy, moment{&t.Expires}}
	})
}

// DeleteToken revokes a token by its name and returns it; false: there is none. It is on the disk when it returns.
func (s *Store) DeleteToken(ctx context.Context, name string) (gone fact.Token, ok bool, err error) {
	found, err := s.tokens(ctx, `WHERE name = ?`, name)
	if err != nil || len(found) == 0 {
		return fact.Token{}, false, err
	}
	err = s.change(ctx, "delete a token", func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `DELETE FROM tokens WHERE id = ?`, found[0].ID)
		return err
	})
	return found[0], err == nil, err
}
