package testcall

import (
	"errors"
	"fmt"
	"net"
	"os"
	"time"

	"mediasrv/media"
	"mediasrv/media/wav"
)

const (
	earRate = 8000
	// earJump is how far RTP time and arrival may be apart before the arrival is believed.
	earJump = 5 * time.Second
)

// ear writes what is heard to a file, on a time line that begins when listening began: where nothing came there is silence. A nil ear does
// nothing.
type ear struct {
	tap   *media.Tap
	file  *os.File
	out   *wav.Writer
	start time.Time // zero: not yet

	stream uint32
	known  bool
	rtp    uint32 // of the stream's first frame
	base   int64  // its place, in samples
}

func newEar(path string) (*ear, error) {
	f, err := os.Create(path) //nolint:gosec // the user names it
	if err != nil {
		return nil, err
	}
	return &ear{tap: media.NewTap(1, 5*time.Second), file: f, out: wav.NewWriter(f, earRate, 1)}, nil
}

func (e *ear) begin() {
	if e.start.IsZero() {
		e.start = time.Now()
	}
}

// listen writes what has come.
func (e *ear) listen() {
	if e == nil {
		return
	}
	var f media.TapFrame
	for e.tap.Read(&f) {
		e.place(&f)
	}
}

// place puts a frame where its RTP time says, counted from the stream's first one, whose place its arrival says.
func (e *ear) place(f *media.TapFrame) {
	if f.Rate != earRate || f.ClockRate == 0 {
		return
	}
	arrived := max(int64(f.At.Sub(e.start)*earRate/time.Second), 0)
	at := e.base + int64(int32(f.RTP-e.rtp))*earRate/int64(f.ClockRate) //nolint:gosec // RTP time wraps
	jump := int64(earJump/time.Second) * earRate
	if !e.known || f.Stream != e.stream || at-arrived > jump || arrived-at > jump {
		e.known, e.stream, e.rtp, e.base = true, f.Stream, f.RTP, arrived
		at = arrived
	}
	pcm := f.PCM[:f.N]
	switch gap := at - e.out.Frames(); {
	case gap > 0:
		_, _ = e.out.Silence(int(gap))
	case gap < 0:
		pcm = pcm[min(int(-gap), len(pcm)):]
	}
	_, _ = e.out.Write(pcm)
}

// close completes the file, with the silence at its end.
func (e *ear) close() error {
	if e == nil {
		return nil
	}
	e.listen()
	if !e.start.IsZero() {
		if rest := int64(time.Since(e.start)*earRate/time.Second) - e.out.Frames(); rest > 0 {
			_, _ = e.out.Silence(int(rest)) // what is lost is said by Close
		}
	}
	if err := errors.Join(e.out.Close(), e.file.Close()); err != nil {
		return fmt.Errorf("testcall: the file with what was heard is not complete: %w", err)
	}
	return nil
}

func isClosed(err error) bool { return errors.Is(err, net.ErrClosed) }
