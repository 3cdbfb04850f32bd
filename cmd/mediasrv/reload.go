package main

import (
	"cmp"
	"context"
	"errors"
	"os"
	"os/signal"
	"slices"
	"sync/atomic"
	"syscall"
	"time"

	"mediasrv/config"
	"mediasrv/routing"
	"mediasrv/routing/fact"
)

// reloadBound is how long the prompts of a new file may take to be made.
const reloadBound = 2 * time.Minute

// reloader reads the file again: one at a time, checked as a whole, then applied at once or refused with all as before.
type reloader struct {
	s    *server
	file *config.Watch // nil: it can't be watched
	asks chan reloadAsk
	done chan struct{} // closed when run has ended

	last             atomic.Pointer[fact.Reload]
	applied, refused atomic.Uint64
}

type reloadAsk struct {
	by     string
	answer chan fact.Reload
}

// newReloader knows the files as they are now: what changes while the server starts is not missed. run must follow, or close.
func newReloader(s *server) *reloader {
	r := &reloader{s: s, asks: make(chan reloadAsk), done: make(chan struct{})}
	var err error
	r.file, err = config.NewWatch(func() []string {
		cfg := s.cfg()
		return append([]string{cfg.Path}, cfg.Files...)
	})
	if err != nil {
		s.log.Warn("the file can't be watched: after a change send SIGHUP, or use mediasrv reload", "error", err)
	}
	return r
}

// close is for a reloader that is not run.
func (r *reloader) close() {
	if r.file != nil {
		r.file.Close()
	}
}

// run reloads when it is asked to, at SIGHUP, and when the file or one that it names changes, until ctx ends.
func (r *reloader) run(ctx context.Context) error {
	defer close(r.done)
	hangups := make(chan os.Signal, 1)
	signal.Notify(hangups, syscall.SIGHUP)
	defer signal.Stop(hangups)
	changed := make(chan struct{}, 1)
	stop := r.watch(ctx, changed)
	defer stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-hangups:
			r.reload(ctx, "SIGHUP")
		case <-changed:
			r.reload(ctx, "the file has changed")
		case ask := <-r.asks:
			ask.answer <- r.reload(ctx, ask.by)
		}
	}
}

// watch tells of changed files; without it there are still the other ways.
func (r *reloader) watch(ctx context.Context, changed chan<- struct{}) (stop func()) {
	if r.file == nil {
		return func() {}
	}
	ctx, cancel := context.WithCancel(ctx)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		r.file.Run(ctx, func() {
			select {
			case changed <- struct{}{}:
			default: // one is to come
			}
		})
	}()
	return func() { cancel(); <-ended }
}

// Reload asks for a reload and waits for the verdict, until ctx ends.
func (r *reloader) Reload(ctx context.Context, by string) (fact.Reload, bool) {
	ask := reloadAsk{by: by, answer: make(chan fact.Reload, 1)}
	select {
	case r.asks <- ask:
	case <-r.done:
		return refusal(by, config.Mistake{Text: "the server is shutting down"}), true
	case <-ctx.Done():
		return fact.Reload{}, false
	}
	select {
	case verdict := <-ask.answer:
		return verdict, true
	case <-ctx.Done():
		return fact.Reload{}, false
	}
}

// Reloads are the last one, and how many there were of each kind.
func (r *reloader) Reloads() (last fact.Reload, applied, refused uint64) {
	if v := r.last.Load(); v != nil {
		last = *v
	}
	return last, r.applied.Load(), r.refused.Load()
}

func (r *reloader) reload(ctx context.Context, by string) fact.Reload {
	began := time.Now()
	verdict := r.try(ctx, by)
	verdict.At, verdict.By, verdict.Took = began.UTC(), by, time.Since(began)
	r.last.Store(&verdict)
	if verdict.Applied {
		r.applied.Add(1)
		r.s.log.Info("the file was read again", "by", by, "verdict", verdict.Sentence(), "took", verdict.Took)
	} else {
		r.refused.Add(1)
		r.s.log.Error("the file was read again, but has mistakes: all is as before", "by", by, "verdict", verdict.Sentence())
	}
	r.s.centre.Reloaded(verdict)
	return verdict
}

// try is the reload itself: what can fail first, and then what can't.
func (r *reloader) try(ctx context.Context, by string) fact.Reload {
	s, running := r.s, r.s.cfg()
	file, err := config.Load(running.Path)
	if err != nil {
		return refusedBy(by, err)
	}
	next, restart := file.After(running)
	ctx, cancel := context.WithTimeout(ctx, reloadBound)
	defer cancel()
	speaker, err := s.speakerOf(next)
	if err != nil {
		return refusedBy(by, err)
	}
	old := s.centre.Prompts()
	prompts, faults := routing.PrepareAfter(ctx, old, next, speaker, s.log)
	if wrong := unheard(next, faults, func(f *routing.Fault) bool { return f.File || !f.Known }); len(wrong) > 0 {
		return refusedBy(by, wrong)
	}
	commit, err := s.stack.Prepare(next)
	if err != nil {
		return refusedBy(by, err)
	}
	if s.draining.Load() {
		return refusal(by, config.Mistake{Text: "the server is shutting down"})
	}
	s.speaker = speaker
	s.current.Store(next)
	s.centre.Apply(next, prompts, speaker)
	commit()
	return fact.Reload{Applied: true, Changes: append(next.Changes(running), prompts.Replaced(old)...), Restart: restart}
}

// unheard are the prompts that can't be made and matter, as mistakes of the file. What is built in stands nowhere in it: there the engine is at fault, and
// that is said once.
func unheard(cfg *config.Config, faults []error, matters func(*routing.Fault) bool) config.Mistakes {
	var all config.Mistakes
	said := false
	for _, err := range faults {
		f := (*routing.Fault)(nil)
		if !errors.As(err, &f) || !matters(f) {
			continue
		}
		m := config.Mistake{At: f.At, Text: f.Err.Error()}
		if f.At.File == "" {
			if said {
				continue
			}
			said, m.At, m.Key = true, cfg.Company.Speech.At, "company.speech"
		}
		all = append(all, m)
	}
	slices.SortStableFunc(all, func(a, b config.Mistake) int { return cmp.Compare(a.At.Line, b.At.Line) })
	return all
}

func refusedBy(by string, err error) fact.Reload {
	var mistakes config.Mistakes
	if !errors.As(err, &mistakes) {
		mistakes = config.Mistakes{{Text: err.Error()}}
	}
	return refusal(by, mistakes...)
}

func refusal(by string, mistakes ...config.Mistake) fact.Reload {
	verdict := fact.Reload{At: time.Now().UTC(), By: by}
	for _, m := range mistakes {
		verdict.Wrong = append(verdict.Wrong, fact.ReloadMistake{File: m.At.File, Line: m.At.Line, Column: m.At.Column, Key: m.Key, Text: m.Text, Secret: m.Secret})
	}
	return verdict
}
