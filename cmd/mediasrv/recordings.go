package main

import (
	"context"
	"io"
	"time"

	"mediasrv/recorder"
	"mediasrv/routing/fact"
	"mediasrv/store"
	"mediasrv/web"
)

var (
	_ web.Recordings   = recordings{}
	_ web.Persons      = persons{}
	_ recorder.Archive = recordings{}
)

// recordings gives pages the rows of the database with the files of the recorder.
type recordings struct {
	books    *store.Store
	recorder *recorder.Recorder
}

// Recordings has what was closed or deleted before it was called, unless the database is slow.
func (r recordings) Recordings(ctx context.Context, f fact.RecordingFilter) ([]fact.RecordingView, error) {
	r.catchUp(ctx)
	return r.books.Recordings(ctx, f)
}

// catchUp waits until the database has what was said before: what isn't there in time is seen by the next reading. On a full disk that may be all, and
// recordings must still be deleted.
func (r recordings) catchUp(ctx context.Context) {
	wait, cancel := context.WithTimeout(ctx, commitWait)
	defer cancel()
	_ = r.books.Flush(wait)
}

// Recording knows of a hold that was put on it a moment ago: it may be asked for in order to be deleted.
func (r recordings) Recording(ctx context.Context, id string) (fact.RecordingView, bool, error) {
	r.catchUp(ctx)
	return r.books.Recording(ctx, id)
}

func (r recordings) OldRecordings(ctx context.Context, before time.Time, after *fact.RecordingView) ([]fact.RecordingView, error) {
	return r.books.OldRecordings(ctx, before, after)
}

func (r recordings) Deletions(ctx context.Context, since time.Time, most int) ([]fact.RecordingDeleted, error) {
	return r.books.Deletions(ctx, since, most)
}

func (r recordings) RecordingSound(views []fact.RecordingView) (io.ReadSeekCloser, time.Time, error) {
	if len(views) == 1 {
		return r.recorder.Open(views[0].Path)
	}
	return r.recorder.Together(views)
}

func (r recordings) RecordingWave(ctx context.Context, views []fact.RecordingView, points int) ([]fact.RecordingLane, error) {
	return r.recorder.Wave(ctx, views, points)
}

func (r recordings) RecordingText(v fact.RecordingView) ([]byte, error) {
	return r.recorder.Metadata(v.Path)
}

func (r recordings) DeleteRecording(v fact.RecordingView, user, reason string) error {
	if err := r.recorder.Delete(v); err != nil {
		return err
	}
	r.books.Append(v.Deleted(time.Now(), user, reason))
	return nil
}

func (r recordings) RecordingDeleted(d fact.RecordingDeleted) { r.books.Append(d) }

func (r recordings) HoldRecording(h fact.RecordingHeld) { r.books.Append(h) }

// retention deletes recordings by the file as it holds now.
func (s *server) retention() recorder.Retention {
	return recorder.Retention{
		Archive: recordings{s.store, s.recorder}, Delete: s.recorder.Delete, Log: s.log,
		Keep:  func(v fact.RecordingView) time.Duration { return s.cfg().KeepFor(v.Queue, v.Agent, v.Entry) },
		Least: func() time.Duration { return s.cfg().LeastKeep() },
	}
}
