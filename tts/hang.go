package tts

import (
	"errors"
	"sync"
	"time"
)

// hangFor is how long an engine that took too long is left alone.
const hangFor = 20 * time.Second

// hang remembers that the engine took too long.
type hang struct {
	mu    sync.Mutex
	until time.Time
	err   error
}

// now is why the engine isn't asked; nil: it can be.
func (h *hang) now(at time.Time) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if at.Before(h.until) {
		return h.err
	}
	return nil
}

// note takes what became of a text. A text that was spoken ends it: the engine answers.
func (h *hang) note(at time.Time, err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	switch {
	case errors.Is(err, ErrTimeout):
		h.until, h.err = at.Add(hangFor), err
	case err == nil:
		h.until, h.err = time.Time{}, nil
	}
}
