package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"mediasrv/routing/fact"
)

// PasswordHash returns the user's hash; empty: none was ever set.
func (s *Store) PasswordHash(ctx context.Context, user string) (string, error) {
	var hash string
	err := s.read.QueryRowContext(ctx, `SELECT hash FROM users WHERE login = ?`, user).Scan(&hash)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return "", fmt.Errorf("store: password of %s: %w", user, err)
	}
	return hash, nil
}

// SetPasswordHash sets the user's hash. It is on the disk when it returns.
func (s *Store) SetPasswordHash(ctx context.Context, user, hash string) error {
	return s.change(ctx, "set a password", func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO users (login, hash, changed) VALUES (?, ?, ?)
			ON CONFLICT (login) DO UPDATE SET hash = excluded.hash, changed = excluded.changed`, user, hash, stamp(time.Now()))
		return err
	})
}

// AddSession keeps a new session. Its user must have a password.
func (s *Store) AddSession(ctx context.Context, v fact.Session) error {
	return s.change(ctx, "add a session", func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO sessions (token_hash, user, created, expires) VALUES (?, ?, ?, ?)`,
			v.TokenHash, v.User, stamp(v.Created), stamp(v.Expires))
		return err
	})
}

// Session finds a session, expired or not; false: there is none.
func (s *Store) Session(ctx context.Context, tokenHash string) (fact.Session, bool, error) {
	found, err := s.sessions(ctx, s.read, `SELECT `+sessionColumns+` FROM sessions WHERE token_hash = ?`, tokenHash)
	if err != nil || len(found) == 0 {
		return fact.Session{}, false, err
	}
	return found[0], true, nil
}

// Sessions returns all sessions of a user, expired or not.
func (s *Store) Sessions(ctx context.Context, user string) ([]fact.Session, error) {
	return s.sessions(ctx, s.read, `SELECT `+sessionColumns+` FROM sessions WHERE user = ? ORDER BY created`, user)
}

// RenewSession lets a session live until expires. It never blocks: a crash within the next moments may lose it.
func (s *Store) RenewSession(tokenHash string, expires time.Time) {
	s.journal.append(item{rank: rankHint, what: renewal{tokenHash, expires}})
}

// DeleteSession ends a session; one that is not there is none already.
func (s *Store) DeleteSession(ctx context.Context, tokenHash string) error {
	return s.change(ctx, "delete a session", func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `DELETE FROM sessions WHERE token_hash = ?`, tokenHash)
		return err
	})
}

// DeleteSessionsOf ends all sessions of a user and returns them.
func (s *Store) DeleteSessionsOf(ctx context.Context, user string) ([]fact.Session, error) {
	return s.deleteSessions(ctx, `DELETE FROM sessions WHERE user = ? RETURNING `+sessionColumns, user)
}

// DeleteExpiredSessions deletes the sessions that expired at or before now and returns them.
func (s *Store) DeleteExpiredSessions(ctx context.Context, now time.Time) ([]fact.Session, error) {
	return s.deleteSessions(ctx, `DELETE FROM sessions WHERE expires <= ? RETURNING `+sessionColumns, stamp(now))
}

// SessionUsers returns the users that have any session.
func (s *Store) SessionUsers(ctx context.Context) ([]string, error) {
	rows, err := s.read.QueryContext(ctx, `SELECT DISTINCT user FROM sessions ORDER BY user`)
	if err != nil {
		return nil, fmt.Errorf("store: users with a session: %w", err)
	}
	return collect(rows, "users with a session", func(u *string) []any { return []any{u} })
}

const sessionColumns = `token_hash, user, created, expires`

type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

func (s *Store) sessions(ctx context.Context, q querier, query string, args ...any) ([]fact.Session, error) {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("store: sessions: %w", err)
	}
	return collect(rows, "sessions", func(v *fact.Session) []any {
		return []any{&v.TokenHash, &v.User, moment{&v.Created}, moment{&v.Expires}}
	})
}

func (s *Store) deleteSessions(ctx context.Context, query string, args ...any) (gone []fact.Session, err error) {
	err = s.change(ctx, "delete sessions", func(tx *sql.Tx) error {
		gone, err = s.sessions(ctx, tx, query, args...)
		return err
	})
	return gone, err
}

// change runs a write that somebody waits for.
func (s *Store) change(ctx context.Context, what string, f func(*sql.Tx) error) error {
	if err := s.inTx(ctx, f); err != nil {
		return fmt.Errorf("store: %s: %w", what, explain(err))
	}
	return nil
}
