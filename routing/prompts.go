package routing

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"os"
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
	Sorry    *prompt.Prompt // in place of a sentence without which a caller would hear nothing
	builtIn  func() *prompt.Prompt
	made     map[config.Audio]*prompt.Prompt
	missing  []missing // texts that could not be spoken
	files    map[string]fileStamp
	company  config.Company // whose voice and country they have
	live     *live
}

// Fault is a prompt that can't be made. Callers hear music in its place, or a tone.
type Fault struct {
	At    config.Position
	File  bool // an audio file; else a text
	Known bool // it could not be made of the file that held before, either
	Err   error
}

func (f *Fault) Error() string {
	if f.At.File == "" {
		return "routing: built-in sentence: " + f.Err.Error()
	}
	return "routing: prompt at " + f.At.String() + ": " + f.Err.Error()
}

func (f *Fault) Unwrap() error { return f.Err }

// NewPrompts makes a set without any text or file of a configuration.
func NewPrompts(ringback, music *prompt.Prompt) *Prompts {
	return &Prompts{Ringback: ringback, Beep: prompt.Tone(beepHz, beepLength), Sorry: prompt.Sorry(), Music: music, builtIn: sync.OnceValue(prompt.Music), made: make(map[config.Audio]*prompt.Prompt), live: newLive(nil, slog.New(slog.DiscardHandler))}
}

// Prepare makes every text and file of a configuration, which may take seconds. What can't be made is a *Fault, and is not heard: callers
// hear music instead. The set is usable in any case.
func Prepare(ctx context.Context, cfg *config.Config, speaker Speaker, log *slog.Logger) (*Prompts, []error) {
	return PrepareAfter(ctx, nil, cfg, speaker, log)
}

// PrepareAfter is Prepare for a reload: what sounds as it did is taken from the set that is in use.
func PrepareAfter(ctx context.Context, old *Prompts, cfg *config.Config, speaker Speaker, log *slog.Logger) (*Prompts, []error) {
	p := after(old, cfg, speaker, log)
	var faults []error
	for _, a := range audioOf(cfg) {
		k := key(a)
		if _, tried := p.made[k]; tried {
			continue
		}
		stamp := stampOf(a.File)
		if a.File != "" {
			p.files[a.File] = stamp
		}
		if p.made[k] = old.same(a, stamp, cfg); p.made[k] != nil {
			continue
		}
		made, err := render(ctx, cfg, a, speaker)
		if err != nil {
			faults = append(faults, &Fault{At: a.At, File: a.File != "", Known: old.lacks(k), Err: err})
			if a.File == "" {
				p.missing = append(p.missing, missing{a, err})
			}
			continue
		}
		p.made[k] = made
		log.Debug("prompt made", "name", made.Name(), "length", made.Length())
	}
	return p, faults
}

// after is an empty set with what costs most and stays.
func after(old *Prompts, cfg *config.Config, speaker Speaker, log *slog.Logger) *Prompts {
	var p *Prompts
	if old != nil && old.company.Country == cfg.Company.Country {
		p = NewPrompts(old.Ringback, old.Music)
	} else {
		p = NewPrompts(prompt.Ringback(cfg.Company.Country), nil)
	}
	p.company, p.files, p.live = cfg.Company, make(map[string]fileStamp), newLive(speaker, log)
	if old != nil {
		p.builtIn = old.builtIn
		if config.Same(old.company.Speech, cfg.Company.Speech) {
			p.live = old.live
		}
	}
	return p
}

// same is the prompt of an older set that sounds as a would; nil: there is none.
func (p *Prompts) same(a *config.Audio, stamp fileStamp, cfg *config.Config) *prompt.Prompt {
	switch {
	case p == nil:
	case a.File != "" && p.files[a.File] == stamp, a.File == "" && config.Same(p.company.Speech, cfg.Company.Speech):
		return p.made[key(a)]
	}
	return nil
}

// lacks says that the set was to have it, and could not.
func (p *Prompts) lacks(k config.Audio) bool {
	return p != nil && slices.ContainsFunc(p.missing, func(m missing) bool { return key(m.audio) == k })
}

// fileStamp tells one content of a file from another.
type fileStamp struct {
	size    int64
	changed time.Time
}

func stampOf(path string) fileStamp {
	if path == "" {
		return fileStamp{}
	}
	info, err := os.Stat(path)
	if err != nil {
		return fileStamp{}
	}
	return fileStamp{info.Size(), info.ModTime()}
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

// Heard is For, with a tone in place of what could not be made: for sentences without which the caller would hear nothing.
func (p *Prompts) Heard(a *config.Audio) *prompt.Prompt {
	if made := p.For(a); made != nil || a == nil {
		return made
	}
	return p.Sorry
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
	add(cfg.Company.Hold.Music, cfg.Company.Hold.Message, cfg.Company.Transfer.Music, cfg.Company.Transfer.Message)
	for _, name := range slices.Sorted(maps.Keys(cfg.Queues)) {
		q := cfg.Queues[name]
		add(q.Hold.Music, q.Hold.Message, q.Transfer.Music, q.Transfer.Message)
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
		if m.Ask != nil {
			add(m.Ask.Fallback.Message)
		}
	}
	add(consentTexts(cfg)...)
	add(refusalTexts(cfg)...)
	add(voicemailTexts(cfg)...)
	for _, name := range slices.Sorted(maps.Keys(cfg.Queues)) {
		add(cfg.Queues[name].MaxWaiting.Then.Message, cfg.Queues[name].NoAgents.Then.Message)
	}
	for _, name := range slices.Sorted(maps.Keys(cfg.Callbacks)) {
		add(audioOfCallbacks(cfg, cfg.Callbacks[name])...)
	}
	for _, name := range slices.Sorted(maps.Keys(cfg.Hours)) {
		if a := cfg.Hours[name].Away; a != nil {
			add(a.Message)
			actions(a.Replies.Keys)
		}
	}
	add(builtInAway(cfg.Company.Speech)) // a supervisor can close every queue
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

// Replaced names the audio files that an older set has, too, with another content.
func (p *Prompts) Replaced(old *Prompts) []string {
	var all []string
	for path, stamp := range p.files {
		if before, ok := old.files[path]; ok && before != stamp {
			all = append(all, "the content of "+path)
		}
	}
	slices.Sort(all)
	return all
}
