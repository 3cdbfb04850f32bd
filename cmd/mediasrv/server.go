package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"sync/atomic"
	"time"

	"golang.org/x/sync/semaphore"

	"mediasrv/config"
	"mediasrv/media"
	"mediasrv/recorder"
	"mediasrv/routing"
	"mediasrv/routing/alarm"
	"mediasrv/routing/fact"
	"mediasrv/sip"
	"mediasrv/store"
	"mediasrv/tts"
	"mediasrv/web"
	"mediasrv/web/ask"
	"mediasrv/web/hook"
)

// server is every room of the house, wired.
type server struct {
	current  atomic.Pointer[config.Config] // the file that holds; see cfg
	log      *slog.Logger
	heavy    *semaphore.Weighted // bounds work that burns CPU beside the media workers
	store    *store.Store
	resume   fact.Resume
	engine   *media.Engine
	recorder *recorder.Recorder
	centre   *routing.Centre
	stack    *sip.Stack
	prompts  *routing.Prompts
	speaker  routing.Speaker // of the file that holds; the reloader's once the server runs
	reloader *reloader
	alarms   *alarm.Board
	quota    *quotaMeter
	teller   *hook.Teller
	control  net.Listener
	web      *web.Server
	draining atomic.Bool
}

// dialer gives routing the SIP stack, which is made after it.
type dialer struct{ stack *sip.Stack }

func (d *dialer) Dial(to routing.Target, from routing.Caller, in routing.Room, events routing.Sink) (routing.Leg, error) {
	return d.stack.Dial(to, from, in, events)
}

// build makes every part and binds the SIP ports. Nothing runs yet, but what crashed calls left behind is put in order.
func build(ctx context.Context, cfg *config.Config, log *slog.Logger) (_ *server, err error) {
	s := &server{log: log, heavy: semaphore.NewWeighted(int64(max(runtime.GOMAXPROCS(0)-1, 1)))}
	s.current.Store(cfg)
	s.reloader = newReloader(s)
	defer func() {
		if err != nil {
			s.reloader.close()
		}
	}()
	if err = s.buildStore(); err != nil {
		return nil, err
	}
	if err = s.buildParts(ctx); err != nil {
		return nil, errors.Join(err, s.store.Close())
	}
	control, err := listenControl(cfg.DataDir)
	if err != nil {
		return nil, errors.Join(err, s.store.Close())
	}
	s.control = control
	return s, nil
}

// buildStore opens the database, reads where it left off, and ends the calls of a crash.
func (s *server) buildStore() error {
	node, err := os.Hostname()
	if err != nil {
		return fmt.Errorf("host name: %w", err)
	}
	if s.store, err = store.Open(filepath.Join(s.cfg().DataDir, databaseFile), node, s.log); err != nil {
		return err
	}
	if s.resume, err = s.store.Resume(); err != nil {
		return errors.Join(err, s.store.Close())
	}
	return nil
}

func (s *server) buildParts(ctx context.Context) (err error) {
	cfg := s.cfg()
	workers := runtime.GOMAXPROCS(0)
	media.TuneScheduler(workers)
	if s.engine, err = media.New(media.Config{
		Workers: workers, PublicAddress: cfg.PublicAddress, PortMin: cfg.Listen.RTPMin, PortMax: cfg.Listen.RTPMax, PortRest: cfg.Listen.RTPRest, Log: s.log,
	}); err != nil {
		return err
	}
	to, err := uploadTargets(cfg)
	if err != nil {
		return err
	}
	keys, err := sealKeys(cfg)
	if err != nil {
		return err
	}
	if s.recorder, err = recorder.New(recorder.Options{
		Keys: keys,
		Dir:  filepath.Join(cfg.DataDir, "recordings"), Key: filepath.Join(cfg.DataDir, "recordings.key"), To: to, Index: s.store, Log: s.log,
	}); err != nil {
		return err
	}
	prompts, err := s.makePrompts(ctx)
	if err != nil {
		return err
	}
	s.prompts = prompts
	open, err := s.store.OpenConversations()
	if err != nil {
		return err
	}
	contacts, err := s.store.Contacts()
	if err != nil {
		return err
	}
	phones := &dialer{}
	s.centre = routing.New(routing.Options{
		Config: cfg, Dialer: phones, Recorder: s.recorder, Store: s.store, Prompts: prompts, Log: s.log, Open: open, Contacts: contacts, Resume: s.resume,
		Rooms: func(log *slog.Logger) (routing.Room, error) { return s.engine.Open(log) }, Speaker: s.speaker, Asker: ask.New(),
	})
	if s.stack, err = sip.New(sip.Config{File: cfg, Media: s.engine, Handler: s.centre, Log: s.log}); err != nil {
		return err
	}
	phones.stack = s.stack
	set, err := s.store.QueueNotices(time.Now())
	if err != nil {
		return err
	}
	s.centre.RestoreNotices(ctx, set)
	s.quota = &quotaMeter{cfg: s.cfg, recorded: s.store.RecordedSince, log: s.log}
	s.alarms = s.newBoard()
	s.teller = s.newTeller()
	s.web, err = web.New(web.Options{
		Config: s.cfg, Leaving: s.centre.Leaving, Logins: s.store, Centre: s.centre, Operations: operations{s.centre, s.stack, s.store, s.reloader}, Alarms: s.alarms, Books: s.store, Voicemails: voicemails{s.centre, s.store, s.recorder}, Callbacks: callbacks{s.centre, s.store}, Recordings: recordings{s.store, s.recorder}, Persons: persons{recordings{s.store, s.recorder}, s.centre}, Phones: s.stack, Heavy: s.heavy,
		Trail: trail{s.store}, Tokens: s.store,
		Figures: s.figures, Lines: s.lines, SIP: s.stack.WebSocket(), Draining: s.draining.Load, Log: s.log,
	})
	return err
}

// cfg is the file that holds now.
func (s *server) cfg() *config.Config { return s.current.Load() }

// speakerOf is who reads the texts of a file: the one who does already, if it asks for the same voice.
func (s *server) speakerOf(cfg *config.Config) (routing.Speaker, error) {
	if s.speaker != nil && config.Same(cfg.Company.Speech, s.cfg().Company.Speech) {
		return s.speaker, nil
	}
	return tts.New(cfg.Company.Speech, filepath.Join(cfg.DataDir, "speech"), s.log)
}

// makePrompts makes what callers hear. An audio file that can't be heard is a mistake of the file. A text that can't be spoken is logged, and
// callers hear music or a tone in its place: an engine may be away for a while, and the text is spoken as soon as it is back.
func (s *server) makePrompts(ctx context.Context) (*routing.Prompts, error) {
	speaker, err := s.speakerOf(s.cfg())
	if err != nil {
		return nil, err
	}
	s.speaker = speaker
	prompts, faults := routing.Prepare(ctx, s.cfg(), speaker, s.log)
	if wrong := unheard(s.cfg(), faults, func(f *routing.Fault) bool { return f.File }); len(wrong) > 0 && ctx.Err() == nil {
		return nil, wrong
	}
	for _, fault := range faults {
		s.log.Error("a prompt could not be made; callers hear music or a tone instead", "error", fault)
	}
	return prompts, ctx.Err()
}
