package routing

import (
	"context"
	"log/slog"
	"slices"
	"sync"
	"time"

	"mediasrv/config"
	"mediasrv/media/prompt"
)

const (
	liveMost = 256              // texts that are kept
	liveFor  = 30 * time.Second // an engine may take for one
	liveBusy = 2                // texts that are being spoken at once
)

// live speaks texts that vary by caller, in the background, and keeps the latest.
type live struct {
	speaker Speaker
	log     *slog.Logger
	busy    chan struct{} // has room for those that are being spoken
	atOnce  bool          // get speaks by itself

	mu    sync.Mutex
	texts map[Speech]*livePrompt
	order []Speech // oldest first
	// Texts that could not be spoken: they are left out until the mender has spoken them.
	failed []Speech
	why    string // the latest of them could not
	back   bool   // another text was spoken since
}

// livePrompt is a text that is spoken, being spoken, or can't be.
type livePrompt struct {
	made *prompt.Prompt
	done bool
}

func newLive(speaker Speaker, log *slog.Logger) *live {
	return &live{speaker: speaker, log: log, busy: make(chan struct{}, liveBusy), texts: make(map[Speech]*livePrompt)}
}

// say speaks a text that only one caller is to hear. It blocks until it is spoken or ctx ends.
func (p *Prompts) say(ctx context.Context, what Speech) (*prompt.Prompt, error) {
	if p.live.speaker == nil {
		return nil, errNoSpeaker
	}
	return p.live.speaker.Speak(ctx, what)
}

// Spoken is the prompt of a text that varies, in the voice of a. coming: it is being made, and is to be asked for again in a
// moment. It never blocks.
func (p *Prompts) Spoken(cfg *config.Config, a *config.Audio, text string) (made *prompt.Prompt, coming bool) {
	return p.live.get(speechOf(cfg, a, text))
}

func (l *live) get(what Speech) (*prompt.Prompt, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if t := l.texts[what]; t != nil {
		return t.made, !t.done
	}
	if l.speaker == nil {
		return nil, false
	}
	l.texts[what] = &livePrompt{}
	l.order = append(l.order, what)
	if l.atOnce {
		made, err := l.speaker.Speak(context.Background(), what)
		l.texts[what].made, l.texts[what].done = made, true
		l.spoke(what, err)
		return made, false
	}
	go l.speak(what)
	return nil, true
}

// SpeakAtOnce lets Spoken wait for its text, as a simulation wants it, whose Speaker takes no time. It is for the time before the set is used.
func (p *Prompts) SpeakAtOnce() { p.live.atOnce = true }

func (l *live) speak(what Speech) {
	l.busy <- struct{}{}
	ctx, cancel := context.WithTimeout(context.Background(), liveFor)
	made, err := l.speaker.Speak(ctx, what)
	cancel()
	<-l.busy
	l.mu.Lock()
	defer l.mu.Unlock()
	l.texts[what].made, l.texts[what].done = made, true
	l.spoke(what, err)
}

// spoke keeps a text that was spoken, and only as many as may be. One that can't be is left out: whoever asks each second would only fill the log.
func (l *live) spoke(what Speech, err error) {
	l.back = l.back || err == nil
	if err != nil {
		if len(l.failed) == 0 {
			l.log.Error("an announcement can't be spoken, and is left out", "text", what.Text, "error", err)
		}
		l.failed, l.why, l.back = append(l.failed, what), err.Error(), false
	}
	for len(l.order) > liveMost && l.texts[l.order[0]].done {
		l.forget(l.order[0])
	}
}

// failing is why texts can't be spoken; empty: they can. back: others can again.
func (l *live) failing() (why string, back bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.failed) == 0 {
		return "", false
	}
	return l.why, l.back
}

// again tries the texts once more that could not be spoken, until one can't: no caller may come who needs one.
func (l *live) again(ctx context.Context) error {
	for {
		l.mu.Lock()
		if l.back = false; len(l.failed) == 0 {
			l.mu.Unlock()
			return nil
		}
		what := l.failed[0]
		l.mu.Unlock()
		made, err := l.speaker.Speak(ctx, what)
		l.mu.Lock()
		if err == nil {
			l.failed = slices.DeleteFunc(l.failed, func(f Speech) bool { return f == what })
			if t := l.texts[what]; t != nil {
				t.made = made
			}
		} else {
			l.why = err.Error()
		}
		l.mu.Unlock()
		if err != nil {
			return err
		}
	}
}

// forget drops a text.
func (l *live) forget(what Speech) {
	delete(l.texts, what)
	same := func(s Speech) bool { return s == what }
	l.order, l.failed = slices.DeleteFunc(l.order, same), slices.DeleteFunc(l.failed, same)
}
