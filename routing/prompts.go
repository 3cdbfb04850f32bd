package routing

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"mediasrv/config"
	"mediasrv/media/prompt"
)

const (
	beepHz     = 1000
	beepLength = 400 * time.Millisecond
)

// Prompts is everything that a file makes callers hear, made before calls come. It is immutable and shared.
type Prompts struct {
	Ringback *prompt.Prompt // one ring and its pause
	Beep     *prompt.Prompt // before a message
	Music    *prompt.Prompt // in place of what is built in; nil: that
	builtIn  func() *prompt.Prompt
	made     map[config.Audio]*prompt.Prompt
	live     *live
}

// NewPrompts makes a set without any text or file of a configuration.
func NewPrompts(ringback, music *prompt.Prompt) *Prompts {
	return &Prompts{Ringback: ringback, Beep: prompt.Tone(beepHz, beepLength), Music: music, builtIn: sync.OnceValue(prompt.Music), made: make(map[config.Audio]*prompt.Prompt), live: newLive(nil, slog.New(slog.DiscardHandler))}
}

// Prepare makes every text and file of a configuration, which may take seconds. What can't be made is an error with its place in the file, and
// is not heard: callers hear music instead. The set is usable in any case.
func Prepare(ctx context.Context, cfg *config.Config, speaker Speaker, log *slog.Logger) (*Prompts, []error) {
	p := NewPrompts(prompt.Ringback(cfg.Company.Country), nil)
	p.live = newLive(speaker, log)
	var faults []error
	for _, a := range audioOf(cfg) {
		if _, tried := p.made[key(a)]; tried {
			continue
		}
		p.made[key(a)] = nil
		made, err := render(ctx, cfg, a, speaker)
		if err != nil {
			faults = append(faults, fmt.Errorf("routing: prompt at %s:%d:%d: %w", a.At.File, a.At.Line, a.At.Column, err))
			continue
		}
		p.made[key(a)] = made
		log.Debug("prompt made", "name", made.Name(), "length", made.Length())
	}
	return p, faults
}

// Hold is the music of those who have no other. Making it takes most of a second of CPU, once: Warm does it before somebody needs it.
func (p *Prompts) Hold() *prompt.Prompt {
	if p.Music != nil {
		return p.Music
	}
	return p.builtIn()
}

// Warm makes what is built in, unless it is made already. It blocks.
func (p *Prompts) Warm() { _ = p.Hold() }

// For is the prompt of a key of the file; nil: the key is not set, or the prompt could not be made.
func (p *Prompts) For(a *config.Audio) *prompt.Prompt {
	if a == nil {
		return nil
	}
	return p.made[key(a)]
}

// key is what makes two keys of the file sound the same: everything but the place.
func key(a *config.Audio) config.Audio {
	k := *a
	k.At = config.Position{}
	return k
}

// audioOf lists all audio of a file that is the same for every caller, in the order of names.
func audioOf(cfg *config.Config) []*config.Audio {
	var all []*config.Audio
	add := func(some ...*config.Audio) {
		for _, a := range some {
			if a != nil && !varies(a) {
				all = append(all, a)
			}
		}
	}
	actions := func(keys map[string]config.Action) {
		for _, key := range slices.Sorted(maps.Keys(keys)) {
			add(keys[key].Message)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(cfg.Waiting)) {
		w := cfg.Waiting[name]
		add(w.Greeting, w.Music, w.LongestMessage)
		actions(w.Keys)
		for _, a := range w.Announcements {
			add(a.Message)
			actions(a.Replies.Keys)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(cfg.Menus)) {
		m := cfg.Menus[name]
		add(m.Prompt, m.NoKey.Message, m.WrongKey.Message)
		actions(m.Keys)
	}
	for _, name := range slices.Sorted(maps.Keys(cfg.Voicemails)) {
		v := cfg.Voicemails[name]
		add(v.Greeting, v.Thanks)
		if v.Greeting == nil {
			add(builtInVoicemail(cfg.Company.Speech))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(cfg.Hours)) {
		if a := cfg.Hours[name].Away; a != nil {
			add(a.Message)
			actions(a.Replies.Keys)
		} else {
			add(builtInAway(cfg.Company.Speech))
		}
	}
	return all
}

var errNoSpeaker = errors.New("no speech engine")

func render(ctx context.Context, cfg *config.Config, a *config.Audio, speaker Speaker) (*prompt.Prompt, error) {
	if a.File != "" {
		files := prompt.Loader{Cache: filepath.Join(cfg.DataDir, "prompts")}
		return files.Load(ctx, a.File)
	}
	if speaker == nil {
		return nil, errNoSpeaker
	}
	return speaker.Speak(ctx, speechOf(cfg, a, a.Say))
}

// speechOf is how a text is to be said.
func speechOf(cfg *config.Config, a *config.Audio, text string) Speech {
	voice := cfg.Company.Speech
	what := Speech{Text: text, Language: a.Language, Voice: a.Voice, Rate: a.Rate}
	if what.Language == "" {
		what.Language = voice.Language
	}
	if what.Voice == "" {
		what.Voice = voice.Voice
	}
	if what.Rate == 0 {
		what.Rate = voice.Rate
	}
	return what
}
