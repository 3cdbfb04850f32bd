package routing

import (
	"time"

	"mediasrv/config"
	"mediasrv/media"
	"mediasrv/media/prompt"
	"mediasrv/routing/fact"
	"mediasrv/routing/floor"
	"mediasrv/routing/waiting"
)

const (
	builtinRings   = 2
	builtinLongest = 30 * time.Minute
	playSlack      = 2 * time.Second // how much later than its length a prompt must have been played
)

// waiter is the stage in which a caller waits for an agent.
type waiter struct {
	*script
	sit      Situation
	queue    *config.Queue
	strategy waiting.Strategy
	sounds   map[waiting.Sound]*prompt.Prompt
	view     waiting.View
	closed   bool // wants no other agent
	offered  bool // an agent has been rung

	announcements []config.Announcement
	tries         int                      // looks for the text of an announcement that is due
	always        map[string]config.Action // keys that hold all the time
	asked         int                      // the announcement whose keys hold until askedUntil
	askedUntil    time.Time
	keyUntil      time.Time      // for the next digit of a code; zero: none is waited for
	chosen        config.Action  // by a key, or by an overflow
	turnedAway    fact.EndReason // the queue doesn't let the caller wait; EndUnset: it does
	reply         *prompt.Prompt

	front, behind sound
	inStep        bool // the music is at the same place for all
}

// sound is what plays.
type sound struct {
	what  waiting.Sound
	n     int // of an announcement
	play  media.Play
	until time.Time // when it must be over; zero: a loop
}

// wait keeps the caller entertained while one agent after the other is rung.
func (s *script) wait(sit Situation) Situation {
	w := s.newWaiter(sit)
	s.event(fact.Event{Kind: fact.Queued, Queue: w.queue.Name})
	s.log.Info("call waits", "queue", w.queue.Name, "priority", sit.Priority, "front", sit.Front)
	s.isHere()
	w.enqueue()
	s.typed = "" // what was typed before was not meant for this
	for {
		step := w.next()
		switch {
		case step.End != fact.EndUnset:
			return sit.over(step.End)
		case w.leaves():
			return w.leave()
		}
		if next, done := w.take(s.await(w.wake(step), verbHangup, verbMove)); done {
			return next
		}
	}
}

func (s *script) newWaiter(sit Situation) *waiter {
	w := &waiter{script: s, sit: sit, queue: s.cfg.Queues[sit.Target.Queue], view: waiting.View{Began: s.c.clock.Now()}}
	w.strategy, w.sounds = s.strategy(sit, w.queue)
	if of := s.cfg.Waiting[strategyOf(sit, w.queue)]; of != nil {
		w.announcements, w.always, w.inStep = of.Announcements, of.Keys, of.MusicInStep
	}
	w.view.Announced = make([]time.Time, len(w.announcements))
	return w
}

// strategy is what callers of a queue hear: the number's strategy, else the queue's, else the built-in one.
func (e *edition) strategy(sit Situation, q *config.Queue) (waiting.Strategy, map[waiting.Sound]*prompt.Prompt) {
	p := e.prompts
	sounds := map[waiting.Sound]*prompt.Prompt{waiting.Ringback: p.Ringback, waiting.Music: p.Hold()}
	strategy := waiting.Plain{LongestWait: builtinLongest, RingFor: builtinRings * p.Ringback.Length()}
	if w := e.cfg.Waiting[strategyOf(sit, q)]; w != nil {
		strategy = waiting.Plain{Greeting: w.Greeting != nil, LongestWait: w.LongestWait, Message: w.LongestMessage != nil}
		for _, a := range w.Announcements {
			strategy.Announcements = append(strategy.Announcements, a.Every)
		}
		sounds[waiting.Greeting], sounds[waiting.Message] = p.For(w.Greeting), p.For(w.LongestMessage)
		if music := p.For(w.Music); music != nil {
			sounds[waiting.Music] = music
		}
	}
	if sit.Greeted {
		strategy.Greeting, strategy.RingFor = false, 0
	}
	return strategy, sounds
}

// strategyOf names the strategy; empty: the built-in one.
func strategyOf(sit Situation, q *config.Queue) string {
	if sit.Waiting != "" {
		return sit.Waiting
	}
	return q.Waiting
}

// next asks the strategy what to do, and does it. What can't be heard is skipped.
func (w *waiter) next() waiting.Step {
	for {
		w.view.Now, w.view.Ringing = w.c.clock.Now(), len(w.ringers) > 0
		step := w.strategy.Next(w.view)
		if step.Closed {
			w.close()
		}
		if step.End != fact.EndUnset || step.Front == waiting.Nothing {
			w.hear(step, nil)
			return step
		}
		if p := w.sound(step); p != nil {
			w.hear(step, p)
			return step
		}
		w.heard(step.Front, step.N)
	}
}

// enqueue asks the floor for an agent; saying it again does no harm.
func (w *waiter) enqueue() {
	w.c.floor.Enqueue(floor.Waiting{
		Call: w.row.ID, Queue: w.queue.Name, Priority: w.sit.Priority, Front: w.sit.Front, Since: w.sit.Since, Skills: w.sit.Skills,
		Again: w.offered || w.queue.MaxWaiting.Calls == 0, Stays: w.queue.NoAgents.Then.Empty(), Ghost: w.ghost(),
	})
}

// heard says that a prompt is over, was cut, or can't be played.
func (w *waiter) heard(what waiting.Sound, n int) {
	switch what {
	case waiting.Greeting:
		w.view.Greeted = true
	case waiting.Message:
		w.view.Said = true
	case waiting.Announcement:
		w.announced(n)
	case waiting.Reply:
		w.heardReply()
	case waiting.Nothing, waiting.Ringback, waiting.Music:
	}
}

// close takes the call out of the queue; phones that ring go on ringing.
func (w *waiter) close() {
	if !w.closed && len(w.ringers) == 0 {
		w.c.floor.Leave(w.row.ID)
	}
	w.closed = true
}

// hear makes the caller hear what a step says.
func (w *waiter) hear(step waiting.Step, front *prompt.Prompt) {
	if w.front.what == step.Front && w.front.n == step.N && w.front.play.Audio == front && w.behind.what == step.Behind {
		return
	}
	w.turn(&w.front, step.Front, step.N, front, false)
	w.turn(&w.behind, step.Behind, 0, w.sounds[step.Behind], true)
	w.behind.play.InStep = w.inStep && step.Behind == waiting.Music
	w.toCaller(media.Row{Music: w.behind.play, Prompt: w.front.play, Digits: true})
}

// turn changes what a sound is.
func (w *waiter) turn(s *sound, to waiting.Sound, n int, audio *prompt.Prompt, loop bool) {
	if s.what == to && s.n == n && s.play.Audio == audio {
		return
	}
	*s = sound{what: to, n: n}
	if to == waiting.Nothing {
		return
	}
	s.play = media.Play{Token: w.nextToken(), Audio: audio, Loop: loop}
	if !loop {
		s.until = w.c.clock.Now().Add(s.play.Audio.Length() + playSlack)
	}
	switch to { //nolint:exhaustive // the others are not told
	case waiting.Greeting:
		w.event(fact.Event{Kind: fact.GreetingPlayed, Queue: w.queue.Name, Detail: audio.Name()})
	case waiting.Announcement:
		w.view.Announcing = n + 1
		w.event(fact.Event{Kind: fact.Announced, Queue: w.queue.Name, Detail: audio.Name()})
	default:
	}
}

// wake is when the stage has something to do by itself.
func (w *waiter) wake(step waiting.Step) time.Time {
	first := step.Wake
	for _, t := range []time.Time{w.front.until, w.ringUntil(), w.keyUntil} {
		if !t.IsZero() && (first.IsZero() || t.Before(first)) {
			first = t
		}
	}
	return first
}

// take does what an event asks for; true: the stage is over.
func (w *waiter) take(e event) (next Situation, done bool) {
	switch e.kind {
	case over:
		return w.sit.over(e.why), true
	case noticed:
		return w.noticed(e.notice)
	case agentAnswered:
		w.claim(w.ringerOf(e.who))
	case agentGone:
		w.gone(e)
	case played:
		if e.token == w.front.play.Token {
			w.heard(w.front.what, w.front.n)
		}
	case pressed:
		w.pressKey(false)
	case commanded:
		return w.commanded(e.cmd)
	case timeUp:
		w.due(w.c.clock.Now())
	case callerAnswered, guestRings, guestEarly, guestAnswered, guestGone, transferAsked, moved, nextRings, nextAnswered, nextGone, voice, adviceCame, agentLost, agentFound, agentReturns, lineTurned:
	}
	return Situation{}, false
}

// due does what the clock says.
func (w *waiter) due(now time.Time) {
	if t := w.front.until; !t.IsZero() && !now.Before(t) {
		w.log.Warn("prompt did not end", "prompt", w.front.play.Audio.Name())
		w.heard(w.front.what, w.front.n)
	}
	if t := w.keyUntil; !t.IsZero() && !now.Before(t) {
		w.pressKey(true)
	}
	w.ringOut(now)
}
