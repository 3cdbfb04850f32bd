package routing

import (
	"time"

	"mediasrv/config"
	"mediasrv/media"
	"mediasrv/media/prompt"
)

// meanwhile is what those hear who are not talked to: music, and the caller a message besides, again and again.
type meanwhile struct {
	s       *script
	music   *prompt.Prompt
	message *prompt.Prompt // nil: none
	every   time.Duration

	loop  media.Play // no token: nothing is heard
	say   media.Play
	next  time.Time // when the message begins; zero: never, or it plays
	until time.Time // when it must be over
}

func (s *script) newMeanwhile(m config.Meanwhile) *meanwhile {
	p := s.prompts
	w := &meanwhile{s: s, music: p.For(m.Music), message: p.For(m.Message), every: m.Every}
	if w.music == nil {
		w.music = p.Hold()
	}
	return w
}

// play begins the music, or ends it. Saying it again changes nothing.
func (w *meanwhile) play(on bool) {
	switch {
	case !on:
		w.loop, w.say, w.next, w.until = media.Play{}, media.Play{}, time.Time{}, time.Time{}
	case w.loop.Token == 0:
		w.loop = media.Play{Token: w.s.nextToken(), Audio: w.music, Loop: true}
		w.wait()
	}
}

func (w *meanwhile) wait() {
	w.say, w.until, w.next = media.Play{}, time.Time{}, time.Time{}
	if w.message != nil {
		w.next = w.s.c.clock.Now().Add(w.every)
	}
}

// row is what the caller hears.
func (w *meanwhile) row() media.Row { return media.Row{Music: w.loop, Prompt: w.say} }

// wake is when there is something to do; zero: never.
func (w *meanwhile) wake() time.Time { return sooner(w.next, w.until) }

// played says that a prompt is over; true: what is heard has changed.
func (w *meanwhile) played(token uint32) bool {
	if token == 0 || token != w.say.Token {
		return false
	}
	w.wait()
	return true
}

// due does what the clock says; true: what is heard has changed.
func (w *meanwhile) due(now time.Time) bool {
	switch {
	case !w.next.IsZero() && !now.Before(w.next):
		w.say = media.Play{Token: w.s.nextToken(), Audio: w.message}
		w.next, w.until = time.Time{}, now.Add(w.message.Length()+playSlack)
		return true
	case !w.until.IsZero() && !now.Before(w.until):
		w.s.log.Warn("prompt did not end", "prompt", w.message.Name())
		w.wait()
		return true
	}
	return false
}

// sooner is the first of some times; zero ones don't count.
func sooner(times ...time.Time) time.Time {
	var first time.Time
	for _, t := range times {
		if !t.IsZero() && (first.IsZero() || t.Before(first)) {
			first = t
		}
	}
	return first
}
