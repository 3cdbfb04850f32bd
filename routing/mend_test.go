package routing_test

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"mediasrv/config"
	"mediasrv/media/prompt"
	"mediasrv/media/wav"
	"mediasrv/routing"
	"mediasrv/routing/fact"
)

// voice is an engine that can be away.
type voice struct{ away atomic.Bool }

func (v *voice) Speak(_ context.Context, what routing.Speech) (*prompt.Prompt, error) {
	if v.away.Load() {
		return nil, errors.New("the engine takes too long")
	}
	return prompt.New(what.Text, make([]int16, prompt.Rate), prompt.Rate)
}

// inVoicedWorld is inWorld with an engine that is away at first, and all that the file says prepared with it.
func inVoicedWorld(t *testing.T, cfg *config.Config, do func(w *world, v *voice)) {
	t.Helper()
	v := &voice{}
	v.away.Store(true)
	prompts, _ := routing.Prepare(t.Context(), cfg, v, slog.New(slog.DiscardHandler))
	made := testPrompts(t)
	prompts.Ringback, prompts.Music = made.Ringback, made.Music
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, cfg, prompts, fact.Resume{})
		w.Apply(cfg, prompts, v)
		ctx, stop := context.WithCancel(context.Background())
		go func() { _ = w.Mend(ctx) }()
		defer func() { stop(); w.stop(); <-w.ended }()
		w.settle()
		do(w, v)
		w.shutDown()
	})
}

func alarmOf(w *world, kind fact.AlarmKind) *fact.Alarm {
	for _, a := range w.Alarms() {
		if a.Kind == kind {
			return &a
		}
	}
	return nil
}

// An engine that is away at the start: the callers of a closed queue and of a menu hear a tone, the operators know, and the texts are heard as soon as it
// is back.
func TestTextsAreSpokenWhenTheEngineIsBack(t *testing.T) {
	cfg := testConfig()
	at := config.Position{File: "mediasrv.yml", Line: 7, Column: 3}
	cfg.Menus = map[string]*config.Menu{"main": {
		Name: "main", Prompt: &config.Audio{Say: "press one", At: at}, Wait: 5 * time.Second, Repeat: 3, Keys: map[string]config.Action{"1": {Queue: "support"}},
	}}
	cfg.Numbers[supportNumber] = &config.Number{Number: supportNumber, Menu: "main"}
	inVoicedWorld(t, cfg, func(w *world, v *voice) {
		w.after(time.Second)
		a := alarmOf(w, fact.AlarmSpeech)
		if a == nil || !strings.Contains(a.What, "mediasrv.yml:7:3") || !strings.Contains(a.What, "takes too long") || a.Do == "" {
			t.Fatalf("with the engine away: %+v", w.Alarms())
		}
		lost := w.call("+819012345678", supportNumber)
		if lost.hears() != "special information tone" {
			t.Errorf("in a menu that can't be spoken: hears %q", lost.hears())
		}
		w.after(10 * time.Second)
		w.endedAs(lost, fact.EndNoKey)
		knows := w.call("+819012345679", supportNumber)
		knows.Digit('1')
		w.after(time.Second)
		w.happened(fact.Queued)
		v.away.Store(false)
		w.after(40 * time.Second)
		if a := alarmOf(w, fact.AlarmSpeech); a != nil {
			t.Errorf("with the engine back: %+v", a)
		}
		if c := w.call("+819012345670", supportNumber); c.hears() != "press one" {
			t.Errorf("with the engine back: hears %q", c.hears())
		}
	})
}

// A file that vanishes is heard from memory; operators are told, and told when it is back.
func TestVanishedFile(t *testing.T) {
	cfg := testConfig()
	music := filepath.Join(t.TempDir(), "ours.wav")
	write := func() {
		f, err := os.Create(music)
		if err != nil {
			t.Fatal(err)
		}
		w := wav.NewWriter(f, prompt.Rate, 1)
		_, err = w.Write(make([]int16, 3*prompt.Rate))
		if err = errors.Join(err, w.Close(), f.Close()); err != nil {
			t.Fatal(err)
		}
	}
	write()
	cfg.Waiting["calm"].Music = &config.Audio{File: music}
	inVoicedWorld(t, cfg, func(w *world, v *voice) {
		v.away.Store(false)
		w.after(time.Minute)
		if all := w.Alarms(); len(all) != 0 {
			t.Errorf("all is well, but: %+v", all)
		}
		if err := os.Remove(music); err != nil {
			t.Fatal(err)
		}
		w.after(time.Minute)
		a := alarmOf(w, fact.AlarmPrompt)
		if a == nil || a.Subject != music || !strings.Contains(a.What, "no such file") || time.Since(a.Since) < 45*time.Second {
			t.Fatalf("the file is gone: %+v", w.Alarms())
		}
		c := w.call("+819012345678", supportNumber)
		if w.after(4 * time.Second); c.hears() != music {
			t.Errorf("hears %q, want the music from memory", c.hears())
		}
		write()
		w.after(time.Minute)
		if all := w.Alarms(); len(all) != 0 {
			t.Errorf("the file is back, but: %+v", all)
		}
	})
}

// An engine that dies while announcements vary by caller: they are left out, operators know, and an engine that is back ends it without a caller.
func TestAnnouncementsOfAnEngineThatDies(t *testing.T) {
	cfg := testConfig()
	cfg.Waiting["calm"].Announcements = []config.Announcement{{Every: 20 * time.Second, Message: &config.Audio{Say: "you are {position}"}}}
	inVoicedWorld(t, cfg, func(w *world, v *voice) {
		v.away.Store(false)
		w.after(time.Minute)
		v.away.Store(true)
		c := w.call("+819012345678", supportNumber)
		w.after(25 * time.Second)
		if c.hears() != "music" {
			t.Errorf("hears %q", c.hears())
		}
		w.after(20 * time.Second)
		if a := alarmOf(w, fact.AlarmSpeech); a == nil || !strings.Contains(a.What, "takes too long") {
			t.Fatalf("with a dead engine: %+v", w.Alarms())
		}
		c.End(fact.EndCallerHungUp, "")
		v.away.Store(false)
		w.after(11 * time.Minute)
		if all := w.Alarms(); len(all) != 0 {
			t.Errorf("with the engine back: %+v", all)
		}
	})
}

// A menu whose prompt can't be spoken and that says nothing of callers without a key doesn't hang up on them where there is a default queue.
func TestUnheardMenuLeadsToTheDefaultQueue(t *testing.T) {
	cfg := testConfig()
	cfg.Company.DefaultQueue = "support"
	cfg.Menus = map[string]*config.Menu{"main": {
		Name: "main", Prompt: &config.Audio{Say: "press one"}, Wait: 5 * time.Second, Repeat: 3, Keys: map[string]config.Action{"1": {Queue: "sales"}},
	}}
	cfg.Numbers[supportNumber] = &config.Number{Number: supportNumber, Menu: "main"}
	inVoicedWorld(t, cfg, func(w *world, _ *voice) {
		c := w.call("+819012345678", supportNumber)
		w.after(10 * time.Second)
		if q := w.lastCall().Queue; q != "support" || c.Ended() {
			t.Errorf("is in queue %q, ended %v", q, c.Ended())
		}
	})
}
