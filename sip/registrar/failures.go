package registrar

import (
	"log/slog"
	"net/netip"
	"sync"
	"time"

	"mediasrv/sip/transaction"
)

// failures logs failed logins, one a second at most; the others are counted.
type failures struct {
	mu   sync.Mutex
	last time.Time
	more int
}

func (f *failures) note(log *slog.Logger, method, username string, from netip.AddrPort) {
	f.mu.Lock()
	now := time.Now()
	if now.Sub(f.last) < time.Second {
		f.more++
		f.mu.Unlock()
		return
	}
	more := f.more
	f.last, f.more = now, 0
	f.mu.Unlock()
	if len(username) > 64 {
		username = username[:64]
	}
	log.Warn("login failed", "method", method, "username", username, "from", from.String(), "more", more)
}

// Failed notes a login that was wrong.
func (r *Registrar) Failed(tx *transaction.Server, username string) {
	r.failures.note(r.log, string(tx.Request.Method), username, tx.Flow.Remote)
}
