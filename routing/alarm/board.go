package alarm

import (
	"cmp"
	"context"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"

	"mediasrv/routing/fact"
)

// lookEvery is how often the parts are looked at.
const lookEvery = time.Second

// Look says what is wrong now with a part. It must not block. It is called by the board's goroutine only, so it may remember.
type Look func(now time.Time) []fact.Alarm

// Board has the alarms that hold. Its methods may be called from any goroutine.
type Board struct {
	log   *slog.Logger
	keep  func(...fact.Record)
	looks []Look

	mu     sync.Mutex
	hold   []fact.Alarm
	raised map[fact.AlarmKind]uint64
}

// New makes a board; it starts nothing. keep takes the events of alarms, and must not block.
func New(log *slog.Logger, keep func(...fact.Record), looks ...Look) *Board {
	return &Board{log: log, keep: keep, looks: looks, raised: make(map[fact.AlarmKind]uint64)}
}

// Run looks until ctx ends. It blocks.
func (b *Board) Run(ctx context.Context) error {
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	for {
		b.look(time.Now().UTC())
		select {
		case <-tick.C:
		case <-ctx.Done():
			return nil
		}
	}
}

// Alarms are those that hold, in the order of their kinds and by subject.
func (b *Board) Alarms() []fact.Alarm {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.hold)
}

// Raised counts the alarms since the start, by kind.
func (b *Board) Raised() map[fact.AlarmKind]uint64 {
	b.mu.Lock()
	defer b.mu.Unlock()
	all := make(map[fact.AlarmKind]uint64)
	for _, kind := range fact.AlarmKinds() {
		all[kind] = b.raised[kind]
	}
	return all
}

func (b *Board) look(now time.Time) {
	var found []fact.Alarm
	for _, look := range b.looks {
		found = append(found, look(now)...)
	}
	kinds := fact.AlarmKinds()
	slices.SortStableFunc(found, func(x, y fact.Alarm) int {
		return cmp.Or(cmp.Compare(slices.Index(kinds, x.Kind), slices.Index(kinds, y.Kind)), strings.Compare(x.Subject, y.Subject))
	})
	fresh, over := b.replace(found, now)
	for _, a := range fresh {
		b.log.Error("alarm", "kind", a.Kind, "subject", a.Subject, "what", a.What, "do", a.Do)
		b.keep(fact.Event{At: now, Kind: fact.AlarmRaised, Detail: words(a)})
	}
	for _, a := range over {
		b.log.Info("alarm is over", "kind", a.Kind, "subject", a.Subject, "held", now.Sub(a.Since).Round(time.Second))
		b.keep(fact.Event{At: now, Kind: fact.AlarmOver, Detail: words(a)})
	}
}

// replace makes what was found hold, and says what is new and what is over.
func (b *Board) replace(found []fact.Alarm, now time.Time) (fresh, over []fact.Alarm) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for i := range found {
		if at := index(b.hold, found[i]); at >= 0 {
			found[i].Since = b.hold[at].Since
			continue
		}
		if found[i].Since.IsZero() {
			found[i].Since = now
		}
		b.raised[found[i].Kind]++
		fresh = append(fresh, found[i])
	}
	for _, a := range b.hold {
		if index(found, a) < 0 {
			over = append(over, a)
		}
	}
	b.hold = found
	return fresh, over
}

// index finds the same alarm; -1: it isn't there.
func index(all []fact.Alarm, a fact.Alarm) int {
	return slices.IndexFunc(all, func(b fact.Alarm) bool { return a.Kind == b.Kind && a.Subject == b.Subject })
}

func words(a fact.Alarm) string {
	if a.Subject == "" {
		return string(a.Kind) + ": " + a.What
	}
	return string(a.Kind) + " " + a.Subject + ": " + a.What
}
