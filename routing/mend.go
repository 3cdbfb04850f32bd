package routing

import (
	"context"
	"fmt"
	"maps"
	"os"
	"slices"
	"sync"
	"time"

	"mediasrv/config"
	"mediasrv/media/prompt"
	"mediasrv/routing/fact"
)

const (
	mendEvery  = 10 * time.Second // between looks at the files, and the first between tries to speak
	mendSlowly = 5 * time.Minute  // the last
	mendSpeaks = 40 * time.Second // an engine may take for one text
)

// missing is a text that could not be spoken.
type missing struct {
	audio *config.Audio
	err   error
}

// with is the same set with one text more.
func (p *Prompts) with(a *config.Audio, made *prompt.Prompt) *Prompts {
	next := *p
	next.made = maps.Clone(p.made)
	next.made[key(a)] = made
	next.missing = slices.DeleteFunc(slices.Clone(p.missing), func(m missing) bool { return key(m.audio) == key(a) })
	return &next
}

// mender speaks what could not be spoken as soon as the engine can, and looks after the audio files that the file names: those that are gone are
// heard from memory, but a restart would need them.
type mender struct {
	c *Centre

	// Owned by Mend.
	wait time.Duration
	next time.Time // when the engine is tried again

	mu     sync.Mutex
	files  map[string]trouble // by path
	speech trouble
	texts  int // that can't be spoken
}

// trouble is something that doesn't work.
type trouble struct {
	since time.Time
	err   string
}

// Mend looks, and speaks what is missing, until ctx ends. It blocks; call it once.
func (c *Centre) Mend(ctx context.Context) error {
	m := &c.mender
	tick := time.NewTicker(mendEvery)
	defer tick.Stop()
	for {
		m.lookAtFiles()
		m.lookAtTexts(ctx)
		select {
		case <-tick.C:
		case <-ctx.Done():
			return nil
		}
	}
}

func (m *mender) lookAtFiles() {
	lost := make(map[string]trouble)
	now := time.Now().UTC()
	for path := range m.c.Prompts().files {
		if err := readable(path); err != nil {
			lost[path] = trouble{now, err.Error()}
		}
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	for path, t := range lost {
		if before, ok := m.files[path]; ok {
			t.since = before.since
			lost[path] = t
		}
	}
	m.files = lost
}

func readable(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	return f.Close()
}

// lookAtTexts tries to speak what is missing, first soon, then less and less often.
func (m *mender) lookAtTexts(ctx context.Context) {
	m.note()
	if m.texts == 0 {
		m.wait, m.next = 0, time.Time{}
		return
	}
	now := time.Now()
	if m.next.IsZero() {
		m.next = now.Add(mendEvery)
	}
	if now.Before(m.next) {
		return
	}
	m.mend(ctx)
	m.wait = min(max(2*m.wait, mendEvery), mendSlowly)
	m.next = time.Now().Add(m.wait)
	m.note()
}

// mend goes on until the engine fails.
func (m *mender) mend(ctx context.Context) {
	speak := func(do func(context.Context) error) bool {
		ctx, cancel := context.WithTimeout(ctx, mendSpeaks)
		defer cancel()
		return do(ctx) == nil
	}
	for _, miss := range m.c.Prompts().missing {
		if !speak(func(ctx context.Context) error { return m.c.mendText(ctx, miss.audio) }) {
			return
		}
	}
	if !speak(m.c.Prompts().live.again) {
		return
	}
	for _, n := range m.c.notices.silent(time.Now()) {
		if !speak(func(ctx context.Context) error { return m.c.mendNotice(ctx, n) }) {
			return
		}
	}
}

// note counts what can't be spoken now.
func (m *mender) note() {
	p, now := m.c.Prompts(), time.Now().UTC()
	why, back := p.live.failing()
	silent := m.c.notices.silent(now)
	m.mu.Lock()
	defer m.mu.Unlock()
	m.texts = len(p.missing) + len(silent)
	if why != "" {
		m.texts++
	}
	if back {
		m.next = now // others are spoken: the engine is there
	}
	if i := slices.IndexFunc(p.missing, func(m missing) bool { return m.audio.At.File != "" }); i >= 0 {
		why = p.missing[i].audio.At.String() + ": " + p.missing[i].err.Error()
	} else if len(p.missing) > 0 {
		why = p.missing[0].err.Error()
	}
	switch {
	case m.texts == 0:
		m.speech = trouble{}
		return
	case m.speech.since.IsZero():
		m.speech.since = now
	}
	if why != "" {
		m.speech.err = why
	}
}

// Alarms are what is wrong with what callers are to hear. It waits for nobody.
func (c *Centre) Alarms() (all []fact.Alarm) {
	m := &c.mender
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.texts > 0 {
		all = append(all, fact.Alarm{
			Kind: fact.AlarmSpeech, Since: m.speech.since,
			What: fmt.Sprintf("%d texts can't be spoken: %s. Callers hear music or a tone in their place; announcements are left out.", m.texts, m.speech.err),
			Do:   "Mend the speech engine (company.speech in the file); `mediasrv say` tries it. The texts are spoken by themselves as soon as it works.",
		})
	}
	for path, t := range m.files {
		all = append(all, fact.Alarm{
			Kind: fact.AlarmPrompt, Subject: path, Since: t.since,
			What: "An audio file of the configuration can't be read any more: " + t.err + ". Callers still hear it, from memory.",
			Do:   "Put it back, or take it out of the file: without it the file is refused at the next start.",
		})
	}
	return all
}

// mendText makes a text of the file heard by all calls that begin from now on.
func (c *Centre) mendText(ctx context.Context, a *config.Audio) error {
	now := c.now.Load()
	made, err := render(ctx, now.cfg, a, now.speaker)
	if err != nil {
		return err
	}
	next := &edition{cfg: now.cfg, prompts: now.prompts.with(a, made), speaker: now.speaker}
	if c.now.CompareAndSwap(now, next) { // else a reload came between: it has looked itself
		c.opt.Log.Info("a text that could not be spoken is heard now", "name", made.Name(), "at", a.At.String())
	}
	return nil
}

// mendNotice makes the message of what a supervisor has set.
func (c *Centre) mendNotice(ctx context.Context, n fact.QueueNotice) error {
	made, err := c.noticeMessage(ctx, n)
	if err == nil {
		c.notices.speak(n, made)
	}
	return err
}
