package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"mediasrv/config"
	"mediasrv/media/prompt"
	"mediasrv/media/wav"
	"mediasrv/tts"
)

// sayCmd is a preview of speech.
type sayCmd struct {
	Text     string  `arg:"" help:"Text to speak; - reads it from standard input."`
	File     string  `default:"mediasrv.yml" placeholder:"FILE" help:"The operator's file, for its engine and voice. Default: ${default}."`
	Language string  `placeholder:"CODE" help:"Language of the text. Default: the file's."`
	Voice    string  `placeholder:"NAME" help:"Voice. Default: the file's, or the language's."`
	Rate     float64 `placeholder:"1.0" help:"Speed, 0.5 to 2. Default: the file's."`
	Out      string  `default:"said.wav" placeholder:"FILE.wav" help:"Where to write it; - is standard output. Default: ${default}."`
}

// Help is shown by `mediasrv say --help`.
func (sayCmd) Help() string {
	return `Speaks a text with the engine of the file, as loud as callers hear it, and writes a WAV file. What was spoken is kept in the cache of the file's
data_dir, as when the server speaks it.

Examples:
  mediasrv say "Thank you for calling." --file mediasrv.yml
  mediasrv say "Guten Tag." --language de --out - | aplay`
}

const maxSpoken = 64 << 10 // bytes read from standard input

// Run speaks.
func (c *sayCmd) Run(ctx context.Context, tty terminal) error {
	if c.Rate != 0 && (c.Rate < 0.5 || c.Rate > 2) {
		return usageError{"say: --rate must be from 0.5 to 2"}
	}
	cfg, err := config.Load(c.File)
	if err != nil {
		return err
	}
	if c.Text == "-" {
		text, err := io.ReadAll(io.LimitReader(tty.in, maxSpoken))
		if err != nil {
			return fmt.Errorf("say: standard input: %w", err)
		}
		c.Text = string(text)
	}
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	speaker, err := tts.New(cfg.Company.Speech, filepath.Join(cfg.DataDir, "speech"), nil)
	if err != nil {
		return err
	}
	p, err := speaker.Speak(ctx, prompt.Speech{Text: c.Text, Language: c.Language, Voice: c.Voice, Rate: c.Rate})
	if err != nil {
		return err
	}
	return c.write(p, tty)
}

func (c *sayCmd) write(p *prompt.Prompt, tty terminal) error {
	file := wav.Encode(p.PCM(), prompt.Rate)
	if c.Out == "-" {
		_, err := tty.out.Write(file)
		return err
	}
	if err := os.WriteFile(c.Out, file, 0o666); err != nil { //nolint:gosec // as any program's output
		if e := (*fs.PathError)(nil); errors.As(err, &e) {
			err = e.Err
		}
		return fmt.Errorf("say: write %s: %w", c.Out, err)
	}
	_, err := fmt.Fprintf(tty.out, "%s: %s of %s\n", c.Out, p.Length().Round(10*time.Millisecond), p.Name())
	return err
}
