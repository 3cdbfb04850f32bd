package fact

import "time"

// Token lets a program use the API without a password.
type Token struct {
	ID        string    `json:"id"`
	Name      string    `json:"name" doc:"as the audit trail names it: token:NAME"`
	Hash      string    `json:"-"` // SHA-256 of the token, hex
	Role      string    `json:"role" doc:"supervisor or admin; empty: that of its user"`
	User      string    `json:"user" doc:"login as whom it acts; empty: as itself"`
	ReadOnly  bool      `json:"readOnly" doc:"it changes nothing"`
	Created   time.Time `json:"created"`
	CreatedBy string    `json:"createdBy"`
	Expires   time.Time `json:"-"` // zero: never
}

// Over says that a token has expired.
func (t Token) Over(now time.Time) bool { return !t.Expires.IsZero() && !now.Before(t.Expires) }
