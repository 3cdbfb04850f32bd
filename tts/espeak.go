package tts

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strconv"
	"strings"
	"time"

	"mediasrv/media/prompt"
	"mediasrv/media/wav"
)

const (
	espeak     = "espeak-ng"
	maxSamples = int(prompt.MaxLength/time.Second) * 48000
)

// speak lets espeak-ng say it. The text goes by standard input, so that no text can be an option.
func speak(ctx context.Context, u utterance, limit time.Duration) (pcm []int16, rate int, err error) {
	bin, err := exec.LookPath(espeak)
	if err != nil {
		return nil, 0, fmt.Errorf("%w: %s is not installed: apt-get install %s", ErrNoEngine, espeak, espeak)
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	cmd := exec.CommandContext(ctx, bin, "-v", u.voice, "-s", strconv.Itoa(u.wpm), "-b", "1", "--stdin", "--stdout")
	cmd.Stdin = strings.NewReader(u.text)
	cmd.WaitDelay = time.Second
	var complaint bytes.Buffer
	cmd.Stderr = &complaint
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, 0, fmt.Errorf("%w: %w", ErrEngine, err)
	}
	switch err := cmd.Start(); {
	case errors.Is(err, context.DeadlineExceeded): // so busy is the machine
		return nil, 0, fmt.Errorf("%w: %s, %v", ErrTimeout, espeak, limit)
	case err != nil:
		return nil, 0, fmt.Errorf("%w: %w", ErrEngine, err)
	}
	pcm, rate, readErr := readAll(out)
	if errors.Is(readErr, wav.ErrTooLong) {
		cancel()
	}
	err = cmd.Wait()
	switch {
	case errors.Is(readErr, wav.ErrTooLong):
		return nil, 0, fmt.Errorf("%w: it speaks for more than %v", ErrTooLong, prompt.MaxLength)
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return nil, 0, fmt.Errorf("%w: %s, %v", ErrTimeout, espeak, limit)
	case err != nil:
		return nil, 0, fmt.Errorf("%w: %s with voice %q: %s", ErrEngine, espeak, u.voice, firstLine(complaint.String(), err))
	case readErr != nil:
		return nil, 0, fmt.Errorf("%w: %s: %w", ErrEngine, espeak, readErr)
	case len(pcm) == 0:
		return nil, 0, fmt.Errorf("%w: %s says nothing for %s", ErrEngine, espeak, u.title())
	}
	return pcm, rate, nil
}

func readAll(r io.Reader) ([]int16, int, error) {
	w, err := wav.NewReader(r)
	if err != nil {
		return nil, 0, fmt.Errorf("tts: %w", err)
	}
	pcm, err := w.ReadMono(maxSamples)
	if err != nil {
		return nil, 0, fmt.Errorf("tts: %w", err)
	}
	return pcm, w.Format().Rate, nil
}

func firstLine(complaint string, err error) string {
	line, _, _ := strings.Cut(strings.TrimSpace(complaint), "\n")
	if line == "" {
		return err.Error()
	}
	return line
}
