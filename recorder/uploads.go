package recorder

import (
	"context"
	"path"
	"sync"

	"mediasrv/recorder/ledger"
	"mediasrv/recorder/upload"
)

// Upload is how the uploads to one place are going.
type Upload struct {
	Kind string // sftp, s3
	To   string // without secrets
	upload.Stats
}

// Uploads says how the uploads are going; empty: there are none.
func (r *Recorder) Uploads() []Upload {
	var all []Upload
	for _, q := range r.uploads {
		kind, name := q.Target()
		all = append(all, Upload{Kind: kind, To: name, Stats: q.Stats()})
	}
	return all
}

// uploaded are the suffixes of what belongs to a name: sound first, so that whoever finds the metadata finds the sound.
func (st *store) uploaded(name string) []string {
	switch path.Base(name) {
	case ledger.FileBase:
		return []string{ledger.FileSuffix}
	case ledger.KeysBase:
		return []string{ledger.KeysSuffix}
	}
	for _, suffix := range suffixes() {
		if _, err := st.root.Lstat(name + suffix); err == nil {
			return []string{suffix, jsonDone}
		}
	}
	return []string{suffixWAV, jsonDone} // it is gone, or being written
}

// ledgerOf is the name of the ledger that a recording is in.
func ledgerOf(name string) string { return path.Join(path.Dir(name), ledger.FileBase) }

// markUploads notes on the disk that files which are about to change have to be uploaded.
func (r *Recorder) markUploads(names ...string) error {
	for _, q := range r.uploads {
		for _, n := range names {
			if err := q.Mark(n); err != nil {
				return err
			}
		}
	}
	return nil
}

// addUploads says that they are complete.
func (r *Recorder) addUploads(names ...string) {
	for _, q := range r.uploads {
		for _, n := range names {
			q.Add(n)
		}
	}
}

// runUploads uploads until ctx ends; the public keys at each start.
func (r *Recorder) runUploads(ctx context.Context) {
	var all sync.WaitGroup
	for _, q := range r.uploads {
		all.Go(func() {
			if err := q.Mark(ledger.KeysBase); err != nil {
				r.log.Warn("the public keys are not uploaded", "error", err)
			}
			q.Add(ledger.KeysBase)
			if err := q.Run(ctx); err != nil {
				r.log.Error("recordings are not uploaded until the next start", "error", err)
			}
		})
	}
	all.Wait()
}
