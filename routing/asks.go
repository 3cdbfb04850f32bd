package routing

import (
	"errors"
	"sync/atomic"
)

// Asks counts questions to the HTTP services of menus since the start, by what became of them.
type Asks struct {
	Answered, Timeout, BadAnswer, Failed uint64
}

// asks counts Asks; the goroutines of all calls do.
type asks struct{ answered, timeout, bad, failed atomic.Uint64 }

func (a *asks) count(err error) {
	switch {
	case err == nil:
		a.answered.Add(1)
	case errors.Is(err, ErrAskTimeout):
		a.timeout.Add(1)
	case errors.Is(err, ErrBadAdvice):
		a.bad.Add(1)
	default:
		a.failed.Add(1)
	}
}

func (a *asks) stats() Asks {
	return Asks{Answered: a.answered.Load(), Timeout: a.timeout.Load(), BadAnswer: a.bad.Load(), Failed: a.failed.Load()}
}
