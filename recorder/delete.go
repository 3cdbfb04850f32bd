package recorder

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"mediasrv/recorder/ledger"
	"mediasrv/recorder/upload"
	"mediasrv/routing/fact"
)

// Delete removes a finished recording: its day's ledger says so, then sound, metadata and what it was waiting for go. It waits for the disk. After
// an error or a crash it may be called again; what has gone already is no error. Copies elsewhere stay.
func (r *Recorder) Delete(v fact.RecordingView) error {
	name, ok := strings.CutSuffix(v.Path, wavDone)
	if !ok || len(name) <= len(dayLayout) || name[len(dayLayout)] != '/' {
		return fmt.Errorf("recorder: %q is no recording", v.Path)
	}
	line := ledger.Line{What: ledger.Deleted, Segment: string(v.Segment), Part: v.Part, Leg: string(v.Leg)}
	if err := r.ledger.Append(name[:len(dayLayout)], func(ledger.Link) (ledger.Line, error) { return line, nil }); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("recorder: %w", err)
	}
	gone := []string{name + wavDone, name + jsonDone}
	for _, q := range r.uploads {
		kind, _ := q.Target()
		gone = append(gone, name+"."+kind+upload.Mark)
	}
	if err := r.store.remove(gone...); err != nil {
		return err
	}
	r.store.syncDir(name)
	return nil
}
