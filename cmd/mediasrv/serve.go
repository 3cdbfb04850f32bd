package main

import (
	"context"
	"errors"
	"io"
	"sync"
	"time"

	"mediasrv/routing/fact"
	"mediasrv/web"
)

// endBound is how long calls may take to end once they were told to.
const endBound = 8 * time.Second

// part is something that runs until it is told to end.
type part struct {
	name string
	run  func(context.Context) error
	stop context.CancelFunc
	done chan struct{}
}

// serve runs all parts until soft ends (then calls may go on for the drain time), hard ends, or a part fails; then it stops them in the
// order that loses nothing: SIP takes no more calls, scripts end theirs, taps are drained, workers stop, the store commits.
func (s *server) serve(soft, hard context.Context, out io.Writer) error {
	failed := make(chan error, 16)
	var parts sync.WaitGroup
	start := func(name string, run func(context.Context) error) *part {
		ctx, cancel := context.WithCancel(context.Background())
		p := &part{name: name, run: run, stop: cancel, done: make(chan struct{})}
		parts.Go(func() {
			defer close(p.done)
			if err := p.run(ctx); err != nil {
				failed <- err
			}
		})
		return p
	}
	start("store", s.store.Run)
	workers := start("media", s.engine.Run)
	taps := start("recorder", s.recorder.Run)
	recovery := start("recovery", s.recorder.Recover)
	scripts := start("routing", func(ctx context.Context) error { s.centre.Run(ctx); return nil })
	signalling := start("sip", s.stack.Run)
	pages := start("web", s.web.Run)
	start("music", func(context.Context) error { s.prompts.Warm(); return nil }) // no caller waits for it, nor do we
	control := start("control", s.serveControl)
	alarms, mending := start("alarms", s.alarms.Run), start("mending", s.centre.Mend)
	reloads := start("reload", s.reloader.run)
	memory := start("memory", s.tidy)
	keeping, measuring := start("retention", s.retention().Run), start("quota", s.quota.Run)
	telling := start("webhooks", s.teller.Run)

	err := s.ready(soft, out)
	if err == nil {
		err = s.wait(soft, hard, failed)
	}
	s.endCalls()
	for _, p := range []*part{alarms, mending, reloads, control, memory, keeping, measuring, telling, recovery, scripts, signalling, pages, taps, workers} {
		p.stop()
		<-p.done
	}
	err = errors.Join(err, s.store.Close())
	parts.Wait()
	close(failed)
	for e := range failed {
		err = errors.Join(err, e)
	}
	return err
}

// ready says where the server is to be found, once it is there.
func (s *server) ready(ctx context.Context, out io.Writer) error {
	if s.web.Addr() == nil {
		return nil // Run's error says why
	}
	logins, err := web.DemoLogins(ctx, s.cfg(), s.store, s.heavy)
	if err != nil {
		return err
	}
	return greet(out, s.cfg(), s.web.Addr(), s.stack.Addrs(), logins)
}

// wait returns when the server has to end: a part failed, or it was told to and no call is left or the drain time is over.
func (s *server) wait(soft, hard context.Context, failed <-chan error) error {
	select {
	case err := <-failed:
		s.log.Error("a part of the server failed: shutting down", "error", err)
		return err
	case <-hard.Done():
		return nil
	case <-soft.Done():
	}
	s.draining.Store(true)
	s.stack.Drain()
	s.centre.Drain()
	s.log.Info("shutting down: no new calls", "calls", s.centre.Calls(), "drain", s.cfg().Drain)
	drained, cancel := context.WithTimeout(hard, s.cfg().Drain)
	defer cancel()
	s.callsEnd(drained)
	return nil
}

// endCalls ends what still talks, properly, within a bound.
func (s *server) endCalls() {
	s.draining.Store(true)
	s.stack.Drain()
	s.centre.Drain()
	s.centre.HangupAll(fact.EndShutdown)
	ctx, cancel := context.WithTimeout(context.Background(), endBound)
	defer cancel()
	s.callsEnd(ctx)
	s.log.Info("server ends", "calls cut off", s.centre.Calls())
}

// callsEnd returns when no call is left, or ctx ends.
func (s *server) callsEnd(ctx context.Context) {
	look := time.NewTicker(50 * time.Millisecond)
	defer look.Stop()
	for s.centre.Calls() > 0 {
		select {
		case <-look.C:
		case <-ctx.Done():
			return
		}
	}
}
