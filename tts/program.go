package tts

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strings"
	"time"

	"mediasrv/media/prompt"
	"mediasrv/media/wav"
)

// program runs a program that reads text and writes a WAV file. The text goes by standard input, so that no text can be an option.
func program(ctx context.Context, limit time.Duration, text, name string, args ...string) (pcm []int16, rate int, err error) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Stdin = strings.NewReader(text)
	cmd.WaitDelay = time.Second
	var complaint bytes.Buffer
	cmd.Stderr = &complaint
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, 0, fmt.Errorf("%w: %w", ErrEngine, err)
	}
	switch err := cmd.Start(); {
	case errors.Is(err, context.DeadlineExceeded): // so busy is the machine
		return nil, 0, fmt.Errorf("%w: %s, %v", ErrTimeout, name, limit)
	case err != nil:
		return nil, 0, fmt.Errorf("%w: %w", ErrEngine, err)
	}
	pcm, rate, readErr := readAll(out)
	if errors.Is(readErr, wav.ErrTooLong) || readErr != nil && !ends(out) {
		cancel() // what more it writes is of no use
	}
	err = cmd.Wait()
	switch {
	case errors.Is(readErr, wav.ErrTooLong):
		return nil, 0, fmt.Errorf("%w: it speaks for more than %v", ErrTooLong, prompt.MaxLength)
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return nil, 0, fmt.Errorf("%w: %s, %v", ErrTimeout, name, limit)
	case err != nil && !errors.Is(ctx.Err(), context.Canceled):
		return nil, 0, fmt.Errorf("%w: %s: %s", ErrEngine, name, firstLine(complaint.String(), err))
	case readErr != nil:
		return nil, 0, fmt.Errorf("%w: %s: %w", ErrEngine, name, readErr)
	}
	return pcm, rate, nil
}

// ends says whether there is not much more of an output that is of no use.
func ends(out io.Reader) bool {
	const most = 1 << 20
	n, err := io.CopyN(io.Discard, out, most)
	return n < most || err != nil
}
