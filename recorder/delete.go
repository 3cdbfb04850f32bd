package recorder

import (
	"errors"
	"fmt"
	"io/fs"

	"mediasrv/recorder/ledger"
	"mediasrv/recorder/upload"
	"mediasrv/routing/fact"
)

// Delete removes a finished recording: its day's ledger says so, then sound, metadata and what it was waiting for go. It waits for the disk. After
// an error or a crash it may be called again; what has gone already is no error. Copies elsewhere stay; their ledger is told.
func (r *Recorder) Delete(v fact.RecordingView) error {
	name, suffix, ok := cutSound(v.Path)
	if !ok || len(name) <= len(dayLayout) || name[len(dayLayout)] != '/' {
		return fmt.Errorf("recorder: %q is no recording", v.Path)
	}
	if err := r.withReserve(func() error { return r.noteDeleted(name, v) }); err != nil && !errors.Is(err, fs.ErrNotExist) { // its day's directory is gone
		return fmt.Errorf("recorder: %w", err)
	}
	gone := []string{name + suffix, name + jsonDone}
	for _, q := range r.uploads {
		kind, _ := q.Target()
		gone = append(gone, name+"."+kind+upload.Mark)
	}
	if err := r.store.remove(gone...); err != nil {
		return err
	}
	r.store.syncDir(name)
	r.reserve.keep(&r.store)
	return nil
}

// noteDeleted puts the deletion into the day's ledger, and sees to its copies: the next day's ledger names that line.
func (r *Recorder) noteDeleted(name string, v fact.RecordingView) error {
	line := ledger.Line{What: ledger.Deleted, Segment: string(v.Segment), Part: v.Part, Leg: string(v.Leg)}
	if err := r.markUploads(ledgerOf(name)); err != nil {
		return err
	}
	if err := r.ledger.Append(name[:len(dayLayout)], func(ledger.Link) (ledger.Line, error) { return line, nil }); err != nil {
		return err
	}
	r.addUploads(ledgerOf(name))
	return nil
}
