package routing_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"testing"
	"time"

	"mediasrv/config"
	"mediasrv/media/prompt"
	"mediasrv/routing"
	"mediasrv/routing/fact"
)

// reloadWith makes a file hold, with prompts for its texts; spoken are those that have been made.
func (w *world) reloadWith(cfg *config.Config, spoken map[string]*prompt.Prompt) {
	w.t.Helper()
	say := speaker(func(_ context.Context, what routing.Speech) (*prompt.Prompt, error) {
		if p := spoken[what.Text]; p != nil {
			return p, nil
		}
		p, err := prompt.New(what.Text, make([]int16, 3*prompt.Rate), prompt.Rate)
		spoken[what.Text] = p
		return p, err
	})
	prompts, faults := routing.PrepareAfter(context.Background(), w.Prompts(), cfg, say, slog.New(slog.DiscardHandler))
	if len(faults) > 0 {
		w.t.Fatal(faults)
	}
	w.Apply(cfg, prompts, say)
}

// 500 reloads, with agents, queues and texts that come and go, while 200 calls ring, wait, talk and wrap up: every call goes on as if there had been
// none, and is answered by somebody in the end.
func Test500ReloadsDuring200CallsDropNothing(t *testing.T) {
	const calls, agents = 200, 40
	cfg := testConfig()
	cfg.Queues["support"].Agents, cfg.Queues["sales"].Agents = nil, nil
	for i := range agents {
		login := fmt.Sprintf("a%02d", i)
		cfg.Users[login] = &config.User{Login: login, Name: login, Role: "agent", Agent: true}
		for _, q := range []string{"support", "sales"} {
			cfg.Queues[q].Agents = append(cfg.Queues[q].Agents, login)
		}
	}
	inWorld(t, cfg, func(w *world) {
		for i := range calls {
			w.call(fmt.Sprintf("+81901234%04d", i), []string{supportNumber, salesNumber}[i%2])
		}
		talking, spoken := map[string]bool{}, map[string]*prompt.Prompt{}
		for i := range 500 {
			next := *cfg
			next.Company.WrapUp.Time = time.Duration(i) * time.Second
			next.Users, next.Queues, next.Waiting = map[string]*config.User{}, map[string]*config.Queue{}, map[string]*config.WaitingStrategy{}
			gone := fmt.Sprintf("a%02d", i%agents)
			for name, u := range cfg.Users {
				if name != gone {
					next.Users[name] = u
				}
			}
			for name, q := range cfg.Queues {
				kept := *q
				kept.Agents = slices.DeleteFunc(slices.Clone(q.Agents), func(user string) bool { return user == gone })
				next.Queues[name] = &kept
			}
			if i%3 == 0 {
				delete(next.Queues, "sales")
			}
			calm := *cfg.Waiting["calm"]
			calm.Greeting = &config.Audio{Say: fmt.Sprint("greeting ", i%7)}
			next.Waiting["calm"] = &calm
			w.reloadWith(&next, spoken)
			w.after(100 * time.Millisecond)
			for _, l := range w.dialer.Legs() {
				if l.Living() && !l.Answered() && len(talking) < agents/2 {
					talking[l.Party().User] = true
					l.Pickup()
				}
			}
			w.settle()
			if n := w.Calls(); n != calls {
				t.Fatalf("reload %d: %d calls, want %d", i, n, calls)
			}
			for _, c := range w.callers {
				if c.Ended() {
					t.Fatalf("reload %d: a caller was dropped", i)
				}
			}
			for _, l := range w.dialer.Legs() {
				if l.Answered() && l.Ended() {
					t.Fatalf("reload %d: an agent in a call was dropped: %s", i, l.Party().User)
				}
			}
		}
		if len(talking) < agents/2 {
			t.Fatalf("%d agents talked", len(talking))
		}
		w.reloadWith(cfg, spoken)
		for user := range cfg.Users { // those who were gone for a while have to say that they are back
			w.Reachable(user, 1)
			w.must(w.SetStatus(user, "available"))
		}
		for range 40 { // everybody is answered, talks for a minute, and is wrapped up
			w.after(time.Minute)
			for _, l := range w.dialer.Legs() {
				switch {
				case l.Living() && l.Answered():
					l.Hangup(fact.EndCompleted)
				case l.Living():
					l.Pickup()
				}
			}
			w.settle()
		}
		if n := w.Calls(); n != 0 {
			t.Errorf("%d calls are left", n)
		}
	})
}

// A call keeps what it began with, the next one has the new file.
func TestCallKeepsWhatItBeganWith(t *testing.T) {
	cfg := testConfig()
	inWorld(t, cfg, func(w *world) {
		w.only()
		before := w.call("+819012345678", supportNumber)
		next := *cfg
		calm := *cfg.Waiting["calm"]
		calm.Greeting, calm.LongestMessage = &config.Audio{Say: "new greeting"}, nil
		calm.LongestWait = time.Minute
		next.Waiting = map[string]*config.WaitingStrategy{"calm": &calm}
		w.reloadWith(&next, map[string]*prompt.Prompt{})
		after := w.call("+819012345679", supportNumber)
		if a, b := before.hears(), after.hears(); a != "greeting" || b != "new greeting" {
			t.Errorf("the call before hears %q, the call after %q", a, b)
		}
		w.after(2 * time.Minute)
		if before.Ended() || !after.Ended() {
			t.Error("the longest wait of the wrong file holds")
		}
		w.reloadWith(&next, map[string]*prompt.Prompt{})
		if w.Leaving("aiko") != nil {
			t.Error("aiko is not leaving")
		}
	})
}

// A user who is taken out of the file in a call is leaving until the wrap-up is over.
func TestLeavingAgent(t *testing.T) {
	cfg := testConfig()
	inWorld(t, cfg, func(w *world) {
		w.only("aiko")
		c := w.call("+819012345678", salesNumber)
		w.answers("aiko")
		next := *cfg
		next.Users = map[string]*config.User{"ben": cfg.Users["ben"]}
		w.reloadWith(&next, map[string]*prompt.Prompt{})
		w.settle()
		if u := w.Leaving("aiko"); u == nil || u.Login != "aiko" || w.Leaving("chen") != nil {
			t.Error("aiko, who talks, is leaving; chen, who doesn't, is gone")
		}
		if c.Ended() || c.hears() == "music" {
			t.Error("the call has ended")
		}
		w.must(w.Hangup("aiko"))
		w.settle()
		w.must(w.FinishWrapUp("aiko", fact.WrapUpResult{Disposition: "resolved", Status: "solved"}))
		w.settle()
		if w.Leaving("aiko") != nil {
			t.Error("aiko is still there after the wrap-up")
		}
		if got := w.lastCall().Disposition; got != "resolved" {
			t.Errorf("disposition %q", got)
		}
	})
}

func known(fault error) bool {
	f := (*routing.Fault)(nil)
	return errors.As(fault, &f) && f.Known
}

// A reload makes only what is new; what could not be spoken before either is known.
func TestPrepareAfterMakesOnlyWhatIsNew(t *testing.T) {
	ctx, log := context.Background(), slog.New(slog.DiscardHandler)
	var said []string
	fails := map[string]bool{"message": true}
	say := speaker(func(_ context.Context, what routing.Speech) (*prompt.Prompt, error) {
		said = append(said, what.Text)
		if fails[what.Text] {
			return nil, fmt.Errorf("no voice")
		}
		return prompt.New(what.Text, make([]int16, prompt.Rate), prompt.Rate)
	})
	cfg := testConfig()
	old, faults := routing.Prepare(ctx, cfg, say, log)
	if len(faults) != 1 || known(faults[0]) {
		t.Fatal(faults)
	}
	next := *cfg
	calm := *cfg.Waiting["calm"]
	calm.Keys = map[string]config.Action{"1": {Message: &config.Audio{Say: "hello"}}, "2": {Message: &config.Audio{Say: "no"}}}
	next.Waiting = map[string]*config.WaitingStrategy{"calm": &calm}
	said, fails["no"] = nil, true
	p, faults := routing.PrepareAfter(ctx, old, &next, say, log)
	if slices.Sort(said); !slices.Equal(said, []string{"hello", "message", "no"}) {
		t.Errorf("spoken: %q", said)
	}
	count := map[bool]int{}
	for _, f := range faults {
		count[known(f)]++
	}
	if count[true] != 1 || count[false] != 1 || p.For(calm.Greeting) == nil || p.For(calm.Greeting) != old.For(calm.Greeting) {
		t.Errorf("faults %v", faults)
	}
	next.Company.Speech.Voice, said = "other", nil
	if _, _ = routing.PrepareAfter(ctx, old, &next, say, log); len(said) != 5 {
		t.Errorf("another voice says %q", said)
	}
	// An engine that can say nothing of what the one before could is a mistake of the new file: callers would hear music instead.
	fails["hello"], fails["greeting"] = true, true
	next.Company.Speech.Engine, count = "dead", map[bool]int{}
	_, faults = routing.PrepareAfter(ctx, old, &next, say, log)
	for _, f := range faults {
		count[known(f)]++
	}
	if count[true] != 1 || count[false] != 3 {
		t.Errorf("faults of a dead engine: %v", faults)
	}
}
