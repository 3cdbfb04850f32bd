package routing

import (
	"context"
	"errors"
	"fmt"
	"time"

	"mediasrv/config"
	"mediasrv/media"
	"mediasrv/media/prompt"
	"mediasrv/routing/fact"
)

// sayWithin is how long the text of a service's answer may take to be spoken.
const sayWithin = 5 * time.Second

// Asker asks a company's own HTTP service where a call goes next. It blocks until there is an answer or ctx ends. Its errors are for the time line and
// name no digit.
type Asker interface {
	Ask(ctx context.Context, of *config.Ask, what Inquiry) (Advice, error)
}

// Inquiry is what a service is asked.
type Inquiry struct {
	Call         fact.CallID
	Conversation fact.ConversationID
	Menu         string
	From         string // E.164; empty: withheld
	To           string // the number dialled
	Digits       string // that the caller has typed for it; they may be secret
	Language     string
}

// Advice is what a service answers: at most one place, and what is said before it.
type Advice struct {
	Queue     string
	Menu      string
	Voicemail string
	Callback  string // an entry of callbacks
	Number    string
	HangUp    bool
	Say       string
	Language  string // of Say; empty: the company's
}

// Why a service does not say where a call goes. They are matched with errors.Is.
var (
	ErrAskTimeout = errors.New("no answer in time")
	ErrBadAdvice  = errors.New("bad answer") // Asker: the answer can't be read
)

// advised is what became of a question to a service.
type advised struct {
	token  uint32
	advice Advice
	said   *prompt.Prompt // the advice's text; nil: there is none, or it can't be spoken
	err    error
	took   time.Duration
}

func (advised) input() {}

// consult is a menu whose service decides: the caller hears the prompt, types what the menu collects, and goes where the service says.
func (s *script) consult(sit Situation, m *config.Menu) Situation {
	digits := ""
	if m.Collect != nil {
		s.mask(m.Collect.Masked)
		defer s.mask(false)
		var next Situation
		if digits, next = s.collectEnough(sit, m); next.Stage != "" {
			return next
		}
	} else if r := s.ask(question{prompt: s.prompts.For(m.Prompt)}); r.over != fact.EndUnset {
		return sit.over(r.over)
	}
	got, why := s.inquire(m, digits)
	if why != fact.EndUnset {
		return sit.over(why)
	}
	a, err := s.adviceOf(got)
	s.c.asks.count(err)
	if err != nil {
		s.event(fact.Event{Kind: fact.AskFailed, Detail: m.Name + ": " + err.Error()})
		s.log.Error("the service does not say where the call goes: the fallback does", "menu", m.Name, "error", err)
		return s.fallBack(sit, m)
	}
	s.event(fact.Event{Kind: fact.Asked, Detail: fmt.Sprintf("%s: %s (%d ms)", m.Name, got.advice.place(), got.took.Milliseconds())})
	if got.said != nil {
		if r := s.ask(question{prompt: got.said}); r.over != fact.EndUnset {
			return sit.over(r.over)
		}
	}
	if !a.Leads() { // a message alone
		return sit.over(fact.EndCompleted)
	}
	next := s.toward(sit, a)
	next.Target.Given = false // a number that the file doesn't name must be one that may be dialled
	return next
}

// collectEnough asks for digits until they are enough, as often as the menu says. A stage: the caller goes elsewhere.
func (s *script) collectEnough(sit Situation, m *config.Menu) (string, Situation) {
	for range m.Repeat {
		digits, why := s.collect(m)
		switch {
		case why != fact.EndUnset:
			return "", sit.over(why)
		case len(digits) >= m.Collect.Min:
			s.event(fact.Event{Kind: fact.DigitsCollected, Detail: fmt.Sprintf("%s: %d digits", m.Name, len(digits))})
			s.typed = ""
			return digits, Situation{}
		}
		s.typed = ""
		if digits == "" { // no key at all: the prompt again
			continue
		}
		next, r := s.follow(sit, m.WrongKey, question{})
		switch {
		case next.Stage != "":
			return "", next
		case r.over != fact.EndUnset:
			return "", sit.over(r.over)
		}
	}
	return "", s.noKey(sit, m)
}

// inquire asks the service while the caller hears music. EndUnset: there is an outcome. Who hangs up ends the request.
func (s *script) inquire(m *config.Menu, digits string) (got advised, why fact.EndReason) {
	ctx, cancel := context.WithTimeout(context.Background(), m.Ask.Timeout)
	defer cancel()
	token := s.nextToken()
	s.toCaller(media.Row{Music: media.Play{Token: s.nextToken(), Audio: s.prompts.Hold(), Loop: true}, Digits: true})
	what := Inquiry{
		Call: s.row.ID, Conversation: s.row.Conversation, Menu: m.Name, From: s.row.From, To: s.row.Entry, Digits: digits, Language: s.cfg.Company.Speech.Language,
	}
	s.c.scripts.Add(1)
	s.c.clock.Go(func() {
		defer s.c.scripts.Done()
		s.box.Put(s.advise(ctx, token, m.Ask, what))
	})
	for {
		switch e := s.await(time.Time{}); e.kind { //nolint:exhaustive // nothing else is of interest
		case over:
			return got, e.why
		case adviceCame:
			if e.advised.token == token {
				return *e.advised, fact.EndUnset
			}
		}
	}
}

// advise asks, and has what is to be said spoken. It runs beside the script.
func (s *script) advise(ctx context.Context, token uint32, of *config.Ask, what Inquiry) advised {
	began := s.c.clock.Now()
	got := advised{token: token}
	if s.c.opt.Asker == nil {
		got.err = errors.New("this server asks no services")
		return got
	}
	if got.advice, got.err = s.c.opt.Asker.Ask(ctx, of, what); got.err != nil {
		if errors.Is(ctx.Err(), context.DeadlineExceeded) {
			got.err = fmt.Errorf("%w: %v", ErrAskTimeout, of.Timeout)
		}
		return got
	}
	got.took = s.c.clock.Since(began)
	if got.advice.Say == "" {
		return got
	}
	speaking, cancel := context.WithTimeout(context.WithoutCancel(ctx), sayWithin)
	defer cancel()
	var err error
	got.said, err = s.prompts.say(speaking, speechOf(s.cfg, &config.Audio{Language: got.advice.Language}, got.advice.Say))
	if err != nil {
		s.log.Error("what a service wants said can't be spoken", "menu", what.Menu, "error", err)
	}
	return got
}

// place is where an advice leads, for the time line.
func (a Advice) place() string {
	switch {
	case a.Queue != "":
		return "queue " + a.Queue
	case a.Menu != "":
		return "menu " + a.Menu
	case a.Voicemail != "":
		return "voicemail " + a.Voicemail
	case a.Callback != "":
		return "callback " + a.Callback
	case a.Number != "":
		return "number " + a.Number
	}
	return "hang up"
}

// adviceOf holds an answer against the file: a service may name only what there is.
func (s *script) adviceOf(got advised) (config.Action, error) {
	if got.err != nil {
		return config.Action{}, got.err
	}
	a, places := got.advice, 0
	for _, there := range []struct {
		what, name string
		exists     bool
	}{
		{"queue", a.Queue, s.cfg.Queues[a.Queue] != nil},
		{"menu", a.Menu, s.cfg.Menus[a.Menu] != nil},
		{"entry of voicemails", a.Voicemail, s.cfg.Voicemails[a.Voicemail] != nil},
		{"entry of callbacks", a.Callback, s.cfg.Callbacks[a.Callback] != nil},
	} {
		if there.name == "" {
			continue
		}
		places++
		if !there.exists {
			return config.Action{}, fmt.Errorf("%w: there is no %s %q", ErrBadAdvice, there.what, there.name)
		}
	}
	act := config.Action{Queue: a.Queue, Menu: a.Menu, Voicemail: a.Voicemail, Callback: a.Callback, HangUp: a.HangUp}
	if plan := s.cfg.Callbacks[a.Callback]; plan != nil && s.queueOf(plan) == "" {
		return config.Action{}, fmt.Errorf("%w: the callback %q has no queue, and the call has none yet", ErrBadAdvice, a.Callback)
	}
	if a.Number != "" {
		places++
		var err error
		if act.Number, err = config.ReadNumber(a.Number, s.cfg.Company.Country); err != nil {
			return config.Action{}, fmt.Errorf("%w: the number %q %w", ErrBadAdvice, a.Number, err)
		}
	}
	if a.HangUp {
		places++
	}
	switch {
	case places > 1:
		return config.Action{}, fmt.Errorf("%w: it leads to more than one place", ErrBadAdvice)
	case places == 0 && a.Say == "":
		return config.Action{}, fmt.Errorf("%w: it leads nowhere", ErrBadAdvice)
	}
	return act, nil
}

// fallBack goes where the file says for when there is no good answer.
func (s *script) fallBack(sit Situation, m *config.Menu) Situation {
	if m.Ask.Fallback.Empty() {
		return sit.over(fact.EndNoKey)
	}
	next, r := s.follow(sit, m.Ask.Fallback, question{})
	switch {
	case next.Stage != "":
		return next
	case r.over != fact.EndUnset:
		return sit.over(r.over)
	}
	return sit.over(fact.EndCompleted)
}
