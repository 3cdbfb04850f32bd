// Package tts turns text into prompts: an engine speaks, a cache on disk remembers.
package tts

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"strings"
	"time"

	"golang.org/x/sync/singleflight"

	"mediasrv/config"
	"mediasrv/media/prompt"
)

const (
	maxText   = 10000 // characters
	speakTime = 30 * time.Second
)

var (
	// ErrEmpty means that there is nothing to say.
	ErrEmpty = errors.New("tts: no text")
	// ErrTooLong means that the text has more than 10,000 characters.
	ErrTooLong = errors.New("tts: text is too long")
	// ErrNoEngine means that the program which speaks is missing.
	ErrNoEngine = errors.New("tts: no speech engine")
	// ErrTimeout means that the program took too long; it was killed.
	ErrTimeout = errors.New("tts: speech engine takes too long")
	// ErrVoice means that the voice's or the language's name can't be one.
	ErrVoice = errors.New("tts: bad voice")
	// ErrEngine means that the program failed: the error says with what.
	ErrEngine = errors.New("tts: speech engine failed")
)

// Speaker speaks. It may be used from any goroutine.
type Speaker struct {
	cfg    config.Speech
	engine engine
	cache  cache
	limit  time.Duration // of one text
	hangs  hang
	making singleflight.Group
}

// New makes a speaker with the defaults of the file. cacheDir is made when something is kept in it. It starts nothing; whether the
// engine is there is seen by the first Speak. An engine that isn't known is an ErrNoEngine.
func New(cfg config.Speech, cacheDir string, log *slog.Logger) (*Speaker, error) {
	engine, err := engineOf(cfg)
	if err != nil {
		return nil, err
	}
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	return &Speaker{cfg: cfg, engine: engine, cache: cache{dir: cacheDir, log: log}, limit: speakTime}, nil
}

// Speak says a text, or takes it from the cache. It may take seconds. The same text asked for several times at once is made once. What
// is being made when ctx ends is finished (within 30 s), for the cache. After an engine took too long, what isn't in the cache is refused
// at once for a while: who loads a file with a hundred texts waits for the engine once.
func (s *Speaker) Speak(ctx context.Context, what prompt.Speech) (*prompt.Prompt, error) {
	u, err := s.utterance(what)
	if err != nil {
		return nil, err
	}
	made := s.making.DoChan(u.key(s.engine), func() (any, error) { return s.speak(context.WithoutCancel(ctx), u) })
	select {
	case <-ctx.Done():
		return nil, fmt.Errorf("tts: %w", ctx.Err())
	case r := <-made:
		if r.Err != nil {
			return nil, r.Err
		}
		p, ok := r.Val.(*prompt.Prompt)
		if !ok {
			return nil, ErrEngine
		}
		return p, nil
	}
}

func (s *Speaker) speak(ctx context.Context, u utterance) (*prompt.Prompt, error) {
	pcm, rate, ok := s.cache.get(u.key(s.engine))
	if !ok {
		if err := s.hangs.now(time.Now()); err != nil {
			return nil, err
		}
		var err error
		pcm, rate, err = s.engine.speak(ctx, u, s.limit)
		s.hangs.note(time.Now(), err)
		if err != nil {
			return nil, err
		}
		s.cache.put(u.key(s.engine), pcm, rate)
	}
	p, err := prompt.NewNormalised(u.title(), trim(pcm, rate), rate)
	if err != nil {
		return nil, fmt.Errorf("tts: %w", err)
	}
	return p, nil
}

// utterance is a text with all that decides how it sounds.
type utterance struct {
	text     string
	language string
	voice    string // as the engine names it; empty: the language's
	rate     float64
}

// utterance fills in the defaults. A text in another language than the file's isn't read by the file's voice, unless it is asked for.
func (s *Speaker) utterance(what prompt.Speech) (utterance, error) {
	u := utterance{text: clean(what.Text), voice: what.Voice}
	switch {
	case u.text == "":
		return u, ErrEmpty
	case len([]rune(u.text)) > maxText:
		return u, fmt.Errorf("%w: must be at most %d characters", ErrTooLong, maxText)
	}
	if u.voice == "" && (what.Language == "" || what.Language == s.cfg.Language) {
		u.voice = s.cfg.Voice
	}
	for _, v := range [...]string{what.Language, s.cfg.Language, "en"} {
		if u.language == "" {
			u.language = v
		}
	}
	for _, name := range [...]string{u.language, u.voice} {
		if strings.Trim(name, voiceChars) != "" || strings.HasPrefix(name, "-") || len(name) > 64 {
			return u, fmt.Errorf("%w: %q: `espeak-ng --voices` lists espeak-ng's", ErrVoice, name)
		}
	}
	u.rate = 1
	for _, r := range [...]float64{s.cfg.Rate, what.Rate} {
		if r > 0 && !math.IsInf(r, 0) {
			u.rate = r
		}
	}
	return u, nil
}

const voiceChars = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-_"

// clean drops what can't be spoken: control characters; white space becomes single blanks.
func clean(text string) string {
	text = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7F {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(text, " "))
	return strings.Join(strings.Fields(text), " ")
}

// title names the prompt in logs.
func (u utterance) title() string {
	const most = 40
	if r := []rune(u.text); len(r) > most {
		return fmt.Sprintf("%q…", string(r[:most]))
	}
	return fmt.Sprintf("%q", u.text)
}
