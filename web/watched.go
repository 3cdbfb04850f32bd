package web

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"github.com/coder/websocket"
)

// watched streams what look sees to a page until the page, the session or the server ends.
func watched[T any](s *Server, w http.ResponseWriter, r *http.Request, every time.Duration, look func() T, date func(*T)) {
	s.socket(w, r, func(conn *websocket.Conn, v visitor) (websocket.StatusCode, string) {
		ctx, stop := context.WithCancel(context.Background())
		defer stop()
		return stream(s, conn, changes(ctx, every, look, date), v.live.ended)
	})
}

// changes delivers what look sees, now and after every change, until ctx ends. date writes what is no change by itself into what is
// delivered, such as the time; nil: nothing.
func changes[T any](ctx context.Context, every time.Duration, look func() T, date func(*T)) <-chan T {
	out := make(chan T)
	go func() {
		tick := time.NewTicker(every)
		defer tick.Stop()
		last := ""
		for {
			now := look()
			if text, err := json.Marshal(now); err == nil && string(text) != last {
				last = string(text)
				if date != nil {
					date(&now)
				}
				select {
				case out <- now:
				case <-ctx.Done():
					return
				}
			}
			select {
			case <-tick.C:
			case <-ctx.Done():
				return
			}
		}
	}()
	return out
}
