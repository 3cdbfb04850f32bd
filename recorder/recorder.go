package recorder

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"time"

	"mediasrv/media"
	"mediasrv/recorder/ledger"
	"mediasrv/recorder/seal"
	"mediasrv/recorder/upload"
	"mediasrv/routing/fact"
)

const (
	rate = 8000 // Hz, of every file

	drainEvery = 100 * time.Millisecond
	flushEvery = 500 * time.Millisecond
	// horizon is how late a frame may come and still find its place. With drainEvery and flushEvery it makes less than the second that a
	// crash may cost.
	horizon    = 300 * time.Millisecond
	tapHolds   = 4 * time.Second // of a slow disk that costs nothing
	retryEvery = 5 * time.Second // closing files on a full disk
	closeBound = 10 * time.Second
)

var (
	// ErrClosed means that the recorder is shutting down.
	ErrClosed = errors.New("recorder: closed")
	// ErrSegment means that a segment asks for nothing, or for something impossible.
	ErrSegment = errors.New("recorder: bad segment")
)

// Index is told of recordings when they are complete. It must not block. After a crash it may be told of the same path again.
type Index interface {
	RecordingClosed(fact.Recording)
}

// Options are what a recorder needs.
type Options struct {
	Dir   string          // recordings are kept here, in a directory per day; it is made if need be
	Key   string          // file of the key that signs them; it is made if need be
	To    []upload.Target // where closed recordings are copied to; at most one of a kind. They are the recorder's from now on.
	Keys  seal.Keys       // to whom they are encrypted; the zero value: they aren't
	Index Index           // nil: none
	Log   *slog.Logger
}

// Recorder writes recordings. One goroutine drains all taps and writes; a second one closes, hashes and indexes files.
type Recorder struct {
	index   Index
	log     *slog.Logger
	store   store
	keys    seal.Keys
	ledger  *ledger.Ledger
	uploads []*upload.Queue
	// now is the time on the clock that workers have: UTC, read once at the start of the process, which then goes on with the monotonic
	// clock and never jumps. A seam for tests.
	now func() time.Time

	mu       sync.Mutex
	closed   bool
	segments []*segment // all that the writer still has to do with
	running  map[fact.SegmentID]*segment

	reserve reserve

	sick *sickness // of the disk
	disk health    // owned by the writer
	done queue     // from the writer to the closer
}

// source is the reading side of a media.Tap.
type source interface {
	Read(f *media.TapFrame) bool
	Lost(channel int) uint64
}

// New opens the directory; it starts nothing. No name, whatever is in it, leads out of the directory.
func New(opt Options) (*Recorder, error) {
	if err := os.MkdirAll(opt.Dir, 0o750); err != nil {
		return nil, fmt.Errorf("recorder: %w", err)
	}
	root, err := os.OpenRoot(opt.Dir)
	if err != nil {
		return nil, fmt.Errorf("recorder: %w", err)
	}
	log := opt.Log
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	chain, err := openLedger(root, opt.Key)
	if err != nil {
		return nil, errors.Join(err, root.Close())
	}
	log.Info("recordings are signed", "key", chain.Key().ID())
	files := newStore(root)
	var uploads []*upload.Queue
	for _, to := range opt.To {
		uploads = append(uploads, upload.New(root, files.uploaded, to, log))
	}
	began, sick := time.Now(), &sickness{}
	return &Recorder{
		index: opt.Index, log: log, store: files, keys: opt.Keys, ledger: chain, uploads: uploads, now: func() time.Time { return began.Round(0).Add(time.Since(began)) }, running: make(map[fact.SegmentID]*segment),
		sick: sick, disk: health{log: log, sick: sick}, done: queue{wake: make(chan struct{}, 1)},
	}, nil
}

func openLedger(root *os.Root, path string) (*ledger.Ledger, error) {
	key, err := ledger.OpenKey(path)
	if err != nil {
		return nil, fmt.Errorf("recorder: %w", err)
	}
	l, err := ledger.Open(root, key)
	if err != nil {
		return nil, fmt.Errorf("recorder: %w", err)
	}
	return l, nil
}

// Start opens a segment: what the tap hears from now on is recorded until Stop. It may be called from any goroutine, also before Run,
// and doesn't wait for the disk. The errors are ErrClosed and ErrSegment.
func (r *Recorder) Start(s fact.Segment) (*media.Tap, error) {
	if err := valid(s); err != nil {
		return nil, err
	}
	tap := media.NewTap(len(s.Channels), tapHolds)
	if err := r.add(s, tap); err != nil {
		return nil, err
	}
	return tap, nil
}

// Stop ends a segment and returns at once; what is still in the tap is written, the files are closed and indexed behind it. A segment
// that is unknown, or stopped already, is ignored.
func (r *Recorder) Stop(id fact.SegmentID) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if s := r.running[id]; s != nil {
		s.stop = r.now()
		delete(r.running, id)
	}
}

func valid(s fact.Segment) error {
	switch {
	case s.ID == "":
		return fmt.Errorf("%w: no id", ErrSegment)
	case len(s.Channels) == 0 || len(s.Channels) > media.MaxTaps:
		return fmt.Errorf("%w: %s has %d channels, must be 1 to %d", ErrSegment, s.ID, len(s.Channels), media.MaxTaps)
	case !s.PerLeg && !s.Merged:
		return fmt.Errorf("%w: %s asks for no file", ErrSegment, s.ID)
	}
	return nil
}

func (r *Recorder) add(f fact.Segment, tap source) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return ErrClosed
	}
	if r.running[f.ID] != nil {
		return fmt.Errorf("%w: %s is being recorded already", ErrSegment, f.ID)
	}
	s := newSegment(f, tap, r.now())
	if r.keys.On() {
		for _, o := range s.outputs {
			o.kind = o.kind.sealed()
		}
	}
	r.running[f.ID] = s
	r.segments = append(r.segments, s)
	return nil
}

// Run writes until ctx ends; then it ends all segments, drains and closes them. It blocks, and is called once. What can't be closed
// within 10 s stays unfinished on the disk for Recover at the next start, and is an error.
func (r *Recorder) Run(ctx context.Context) error {
	r.reserve.keep(&r.store)
	finished := make(chan int, 1)
	uploading := make(chan struct{})
	go func() { defer close(uploading); r.runUploads(ctx) }()
	go r.write(ctx)
	go func() { finished <- r.finishAll() }()
	<-ctx.Done()
	bound := time.NewTimer(closeBound)
	defer bound.Stop()
	select {
	case left := <-finished:
		if left > 0 {
			return fmt.Errorf("recorder: %d files could not be closed; they are repaired at the next start", left)
		}
		<-uploading
		return r.store.Close()
	case <-bound.C:
		return fmt.Errorf("recorder: files could not be closed within %v; they are repaired at the next start", closeBound)
	}
}

// stopAll ends all segments and takes no more.
func (r *Recorder) stopAll() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.closed = true
	for id, s := range r.running {
		s.stop = r.now()
		delete(r.running, id)
	}
}
