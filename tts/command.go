package tts

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strconv"
	"strings"
	"time"
)

// command is a program of the operator's: it reads the text from standard input and writes a WAV file to standard output. In its arguments
// {language}, {voice} and {rate} are filled in.
type command struct{ args []string }

func (c command) id() string { return "command\x00" + strings.Join(c.args, "\x00") }

func (c command) speak(ctx context.Context, u utterance, limit time.Duration) ([]int16, int, error) {
	bin, err := exec.LookPath(c.args[0])
	if err != nil {
		if e := (*exec.Error)(nil); errors.As(err, &e) {
			err = e.Err
		}
		return nil, 0, fmt.Errorf("%w: %s: %w", ErrNoEngine, c.args[0], err)
	}
	fill := strings.NewReplacer("{language}", u.language, "{voice}", u.voice, "{rate}", strconv.FormatFloat(u.rate, 'g', -1, 64))
	args := make([]string, 0, len(c.args))
	for _, a := range c.args[1:] {
		args = append(args, fill.Replace(a))
	}
	pcm, rate, err := program(ctx, limit, u.text+"\n", bin, args...)
	if err == nil && len(pcm) == 0 {
		return nil, 0, fmt.Errorf("%w: %s says nothing for %s", ErrEngine, bin, u.title())
	}
	return pcm, rate, err
}
