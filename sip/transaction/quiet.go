package transaction

import (
	"context"
	"log/slog"
	"sync"
	"time"
)

// quietLogger is for sipgo, which logs a whole message at level Error for each one that it can't parse: only the error passes, once
// a second at most.
func quietLogger(log *slog.Logger) *slog.Logger {
	return slog.New(&quietHandler{next: log.Handler(), state: &quietState{}})
}

type quietState struct {
	mu   sync.Mutex
	last time.Time
	lost int
}

type quietHandler struct {
	next  slog.Handler
	state *quietState
}

func (h *quietHandler) Enabled(ctx context.Context, level slog.Level) bool {
	return level >= slog.LevelWarn && h.next.Enabled(ctx, slog.LevelInfo)
}

func (h *quietHandler) Handle(ctx context.Context, r slog.Record) error {
	h.state.mu.Lock()
	if r.Time.Sub(h.state.last) < time.Second && !h.state.last.IsZero() {
		h.state.lost++
		h.state.mu.Unlock()
		return nil
	}
	lost := h.state.lost
	h.state.last, h.state.lost = r.Time, 0
	h.state.mu.Unlock()

	out := slog.NewRecord(r.Time, slog.LevelInfo, "sip transport: "+r.Message, 0)
	r.Attrs(func(a slog.Attr) bool {
		if a.Key != "data" {
			out.AddAttrs(a)
		}
		return true
	})
	if lost > 0 {
		out.AddAttrs(slog.Int("more", lost))
	}
	return h.next.Handle(ctx, out)
}

func (h *quietHandler) WithAttrs([]slog.Attr) slog.Handler { return h }
func (h *quietHandler) WithGroup(string) slog.Handler      { return h }
