package prompt

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"mediasrv/media/wav"
)

// MaxFile is the largest audio file, bytes.
const MaxFile = 4 << 20

const (
	decodeTime  = 30 * time.Second
	maxDecoded  = int64(MaxLength/time.Second) * wideRate * 2
	ffmpegReads = "wav,w64,aiff,au,mp3,mov,mp4,m4a,3gp,3g2,mj2,ircam,voc,ogg,flac,aac"
)

var (
	// ErrTooBig means that the file is larger than MaxFile.
	ErrTooBig = errors.New("is larger than 4 MB")
	// ErrNotAudio means that the file can't be decoded.
	ErrNotAudio = errors.New("is not audio")
	// ErrNoProgram means that a program which decodes this kind of file is missing.
	ErrNoProgram = errors.New("is not installed")
	// ErrTimeout means that a decoder took too long.
	ErrTimeout = errors.New("takes too long to decode")
)

// Load reads an audio file (wav, mp2, mp3, ircam, m4a, m4r, voc, vox) of at most 4 MB, brings it to the level of speech (see
// NewNormalised) and encodes it. It blocks for up to 30 s and ends early with ctx. Errors begin with the path and say what to do; they
// match ErrTooBig, ErrNotAudio, ErrNoProgram, ErrTimeout, ErrEmpty, ErrTooLong and those of package os.
func Load(ctx context.Context, path string) (*Prompt, error) { return Loader{}.Load(ctx, path) }

// Loader loads audio files. The zero value is fine.
type Loader struct {
	// Cache is a directory in which files are kept as a program decoded them, by their content: the program doesn't run again for the same file. It is
	// made when something is kept in it; empty: nothing is kept. One that can't be written or read costs time, nothing else.
	Cache string
}

// Load is as the function Load.
func (l Loader) Load(ctx context.Context, path string) (*Prompt, error) {
	pcm, rate, err := l.decode(ctx, path)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	p, err := NewNormalised(path, pcm, rate)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, errors.Unwrap(err))
	}
	return p, nil
}

func (l Loader) decode(ctx context.Context, path string) (pcm []int16, rate int, err error) {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return nil, 0, bare(err)
	case !info.Mode().IsRegular():
		return nil, 0, fmt.Errorf("%w: not a regular file", ErrNotAudio)
	case info.Size() > MaxFile:
		return nil, 0, fmt.Errorf("%w (%.1f MB)", ErrTooBig, float64(info.Size())/(1<<20))
	case info.Size() == 0:
		return nil, 0, ErrEmpty
	}
	abs, err := filepath.Abs(path)
	if err != nil {
		return nil, 0, fmt.Errorf("prompt: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, decodeTime)
	defer cancel()
	switch strings.ToLower(filepath.Ext(path)) {
	case ".wav":
		if pcm, rate, err := readWAV(path); err == nil {
			return pcm, rate, nil
		}
	case ".vox": // Dialogic ADPCM has no header: only its name says what it is
		return l.kept(abs, ".vox", Rate, func() ([]int16, error) {
			return run(ctx, "sox", "-V1", "-t", "vox", "-r", "8000", "-c", "1", abs, "-t", "raw", "-e", "signed", "-b", "16", "-L", "-r", "8000", "-c", "1", "-")
		})
	}
	return l.kept(abs, "", wideRate, func() ([]int16, error) {
		// Only plain audio formats, and only this file: a play list could name others.
		return run(ctx, "ffmpeg", "-v", "error", "-nostdin", "-protocol_whitelist", "file", "-format_whitelist", ffmpegReads,
			"-i", "file:"+abs, "-map", "0:a:0", "-f", "s16le", "-ac", "1", "-ar", "16000", "-")
	})
}

// readWAV reads what needs no program; several channels are mixed.
func readWAV(path string) ([]int16, int, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, 0, bare(err)
	}
	defer func() { _ = f.Close() }()
	return mono(f, MaxFile)
}

// mono reads a WAV file of at most limit sample frames.
func mono(f io.ReadSeeker, limit int) ([]int16, int, error) {
	r, err := wav.NewReader(f)
	if err != nil {
		return nil, 0, err
	}
	pcm, err := r.ReadMono(limit)
	if err == nil && len(pcm) == 0 {
		err = ErrEmpty
	}
	return pcm, r.Format().Rate, err
}

// run lets a program decode to 16-bit PCM on its standard output.
func run(ctx context.Context, program string, args ...string) ([]int16, error) {
	bin, err := exec.LookPath(program)
	if err != nil {
		return nil, fmt.Errorf("%s %w: apt-get install %s", program, ErrNoProgram, program)
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	cmd := exec.CommandContext(ctx, bin, args...)
	cmd.WaitDelay = time.Second
	var complaint bytes.Buffer
	cmd.Stderr = &limited{w: &complaint, left: 4096}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", program, err)
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("%s: %w", program, err)
	}
	raw, readErr := io.ReadAll(io.LimitReader(out, maxDecoded+1))
	if int64(len(raw)) > maxDecoded {
		stop()
		_ = cmd.Wait()
		return nil, ErrTooLong
	}
	err = cmd.Wait()
	switch {
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return nil, fmt.Errorf("%w (%s, %v)", ErrTimeout, program, decodeTime)
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case err != nil || readErr != nil:
		return nil, fmt.Errorf("%w that %s can read: %s", ErrNotAudio, program, reason(complaint.String(), errors.Join(err, readErr)))
	}
	return toPCM(raw)
}

func toPCM(raw []byte) ([]int16, error) {
	pcm := make([]int16, len(raw)/2)
	for i := range pcm {
		pcm[i] = int16(binary.LittleEndian.Uint16(raw[2*i:]))
	}
	if len(pcm) == 0 {
		return nil, ErrEmpty
	}
	return pcm, nil
}

// reason is the first line that a program complained with, without its memory addresses.
func reason(complaint string, err error) string {
	for line := range strings.Lines(complaint) {
		if _, after, found := strings.Cut(line, "] "); found && strings.HasPrefix(line, "[") {
			line = after
		}
		if line = strings.TrimSpace(line); line != "" {
			return line
		}
	}
	return err.Error()
}

// bare drops the path of an os error, which the caller has said already.
func bare(err error) error {
	if pe := (*os.PathError)(nil); errors.As(err, &pe) {
		return pe.Err
	}
	return err
}

// limited takes everything and keeps the beginning.
type limited struct {
	w    io.Writer
	left int
}

func (l *limited) Write(p []byte) (int, error) {
	n := min(len(p), l.left)
	l.left -= n
	if _, err := l.w.Write(p[:n]); err != nil {
		return 0, fmt.Errorf("prompt: %w", err)
	}
	return len(p), nil
}
