package main

import (
	"context"
	"io"
	"time"

	"mediasrv/recorder"
	"mediasrv/routing"
	"mediasrv/routing/fact"
	"mediasrv/store"
	"mediasrv/web"
)

var _ web.Voicemails = voicemails{}

// commitWait is how long a list of messages waits for what was just left to be in the database.
const commitWait = 2 * time.Second

// voicemails gives pages the messages of the database, with the sound of the recorder.
type voicemails struct {
	centre   *routing.Centre
	books    *store.Store
	recorder *recorder.Recorder
}

// Voicemails has what was left or marked before it was called, unless the database is slow.
func (v voicemails) Voicemails(ctx context.Context, queues []string, done bool) ([]fact.VoicemailView, error) {
	wait, cancel := context.WithTimeout(ctx, commitWait)
	defer cancel()
	_ = v.books.Flush(wait) // what isn't there yet is shown by the next reading
	return v.books.Voicemails(ctx, queues, done)
}

func (v voicemails) Voicemail(ctx context.Context, id fact.VoicemailID) (fact.VoicemailView, bool, error) {
	return v.books.Voicemail(ctx, id)
}

func (v voicemails) Sound(of fact.VoicemailView) (io.ReadSeekCloser, time.Time, error) {
	return v.recorder.Open(of.Path)
}

func (v voicemails) Mark(of fact.VoicemailView, mark fact.VoicemailMark) {
	v.centre.VoicemailMarked(of, mark)
}
