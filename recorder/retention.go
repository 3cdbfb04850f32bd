package recorder

import (
	"context"
	"log/slog"
	"time"

	"mediasrv/routing/fact"
)

// sweepEvery is how often recordings are looked for whose time is over.
const sweepEvery = time.Hour

// Archive has the rows of recordings.
type Archive interface {
	// OldRecordings returns some that began before a time and are under no hold, the oldest first, behind another one; none: that was all.
	OldRecordings(ctx context.Context, before time.Time, after *fact.RecordingView) ([]fact.RecordingView, error)
	// Recording is one as it is now. false: it is gone.
	Recording(ctx context.Context, id string) (fact.RecordingView, bool, error)
	// RecordingDeleted takes a row away and keeps who deleted it. It never blocks.
	RecordingDeleted(d fact.RecordingDeleted)
}

// Retention deletes recordings when the time is over for which they are kept.
type Retention struct {
	Archive Archive
	Delete  func(fact.RecordingView) error
	Keep    func(fact.RecordingView) time.Duration // 0: for ever. Asked for each one, so that a changed file holds at once.
	Least   func() time.Duration                   // the shortest time that any is kept; 0: all are kept for ever
	Log     *slog.Logger
}

// Run looks every hour until ctx ends. It blocks.
func (r Retention) Run(ctx context.Context) error {
	tick := time.NewTicker(sweepEvery)
	defer tick.Stop()
	for {
		if n, err := r.sweep(ctx, time.Now()); err != nil && ctx.Err() == nil {
			r.Log.Error("recordings whose time is over can't be deleted; it is tried again in an hour", "error", err)
		} else if n > 0 {
			r.Log.Info("recordings were deleted: the time that they are kept is over", "recordings", n)
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return nil
		}
	}
}

// sweep deletes what is over at a time. One that can't be deleted holds up no other; the last error is returned.
func (r Retention) sweep(ctx context.Context, now time.Time) (deleted int, failed error) {
	least := r.Least()
	if least == 0 {
		return 0, nil
	}
	var after *fact.RecordingView // rows go behind our back, so the place in the list is kept here
	for {
		page, err := r.Archive.OldRecordings(ctx, now.Add(-least), after)
		if err != nil || len(page) == 0 {
			if failed == nil {
				failed = err
			}
			return deleted, failed
		}
		for _, v := range page {
			after = &v
			keep := r.Keep(v)
			if keep == 0 || v.Began.Add(keep).After(now) {
				continue
			}
			gone, err := r.delete(ctx, v)
			switch {
			case err != nil:
				failed = err
			case gone:
				deleted++
				r.Archive.RecordingDeleted(v.Deleted(now, "", "kept for "+keep.String()))
			}
		}
	}
}

// delete deletes a recording, unless somebody has put it under a hold, or deleted it, since the list was read: a page may take the disk a while.
func (r Retention) delete(ctx context.Context, v fact.RecordingView) (gone bool, err error) {
	if at, found, err := r.Archive.Recording(ctx, v.ID); err != nil || !found || at.Held != nil {
		return false, err
	}
	return true, r.Delete(v)
}
