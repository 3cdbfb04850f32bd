package tts

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"mediasrv/config"
	"mediasrv/media/wav"
)

// engine is something that speaks.
type engine interface {
	// id names all of the engine that decides how a text sounds, for the cache.
	id() string
	// speak says an utterance. It is killed when ctx ends; limit is what ctx grants, for the message.
	speak(ctx context.Context, u utterance, limit time.Duration) (pcm []int16, rate int, err error)
}

// engineOf is the engine that the file asks for.
func engineOf(cfg config.Speech) (engine, error) {
	switch cfg.Engine {
	case "", espeak:
		return espeakNG{}, nil
	case "command":
		if len(cfg.Command) > 0 {
			return command{args: cfg.Command}, nil
		}
	case "http":
		if cfg.URL != "" {
			return service{url: cfg.URL, key: cfg.Key, model: cfg.Model, client: newClient()}, nil
		}
	}
	return nil, fmt.Errorf("%w: %q: must be %s, command with its command, or http with its url", ErrNoEngine, cfg.Engine, espeak)
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
