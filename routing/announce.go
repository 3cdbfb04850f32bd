package routing

import (
	"maps"
	"strconv"
	"strings"
	"time"

	"mediasrv/config"
	"mediasrv/media/prompt"
	"mediasrv/routing/fact"
	"mediasrv/routing/waiting"
)

const (
	positionPart = "{position}"
	waitPart     = "{wait}"

	renderPause  = time.Second // between looks whether a text has been spoken
	rendersAwait = 10          // looks, then the announcement is left out once
	keyPause     = 3 * time.Second
)

// varies says that a text is another one for each caller.
func varies(a *config.Audio) bool {
	return a != nil && (strings.Contains(a.Say, positionPart) || strings.Contains(a.Say, waitPart))
}

// announcement is the prompt of an announcement; nil: it can't be played now. What varies is spoken in the background while the music goes on, so
// a slow engine delays an announcement, and a dead one leaves it out.
func (w *waiter) announcement(n int) *prompt.Prompt {
	a := w.announcements[n].Message
	if !varies(a) {
		w.tries = 0
		return w.prompts.For(a)
	}
	place, ok := w.c.floor.Place(w.row.ID)
	if !ok || place.Wait < 0 && strings.Contains(a.Say, waitPart) { // nothing true can be said
		w.tries = 0
		return nil
	}
	text := strings.NewReplacer(positionPart, strconv.Itoa(place.Position), waitPart, sayWait(place.Wait, a.Language)).Replace(a.Say)
	p, coming := w.prompts.Spoken(w.cfg, a, text)
	if w.tries++; coming && w.tries < rendersAwait {
		return nil
	}
	w.tries = 0
	return p
}

// announced notes that an announcement was heard, or left out; one whose text is still being spoken is tried again soon.
func (w *waiter) announced(n int) {
	now := w.c.clock.Now()
	w.view.Announcing = 0
	w.view.Announced[n] = now
	if w.tries > 0 {
		w.view.Announced[n] = now.Add(renderPause - w.announcements[n].Every)
		return
	}
	w.askedUntil, w.asked = now.Add(w.announcements[n].Replies.Wait), n
}

// sayWait is an estimated wait as people say it.
func sayWait(wait time.Duration, language string) string {
	minutes := int((wait + 30*time.Second) / time.Minute)
	f := waitForms[base(language)]
	if f == nil {
		f = waitForms["en"]
	}
	switch {
	case minutes < 1:
		return f[0]
	case minutes == 1:
		return f[1]
	case minutes > 10:
		minutes = (minutes + 4) / 5 * 5 // nobody can tell 13 from 14, and it is better to be early
	}
	return strings.ReplaceAll(f[2], "#", strconv.Itoa(minutes))
}

// base is the language without its region: de of de-at.
func base(language string) string {
	language, _, _ = strings.Cut(strings.ToLower(language), "-")
	return language
}

// waitForms are: under a minute, one minute, # minutes.
var waitForms = map[string][]string{
	"en": {"less than a minute", "one minute", "# minutes"},
	"de": {"weniger als eine Minute", "eine Minute", "# Minuten"},
	"fr": {"moins d'une minute", "une minute", "# minutes"},
	"es": {"menos de un minuto", "un minuto", "# minutos"},
	"it": {"meno di un minuto", "un minuto", "# minuti"},
	"pt": {"menos de um minuto", "um minuto", "# minutos"},
	"nl": {"minder dan een minuut", "een minuut", "# minuten"},
	"ja": {"いっぷんいない", "やく いっぷん", "やく #ふん"},
}

// keys are what the caller can press now.
func (w *waiter) keys(now time.Time) map[string]config.Action {
	n := -1
	switch {
	case w.view.Announcing > 0:
		n = w.view.Announcing - 1
	case now.Before(w.askedUntil):
		n = w.asked
	}
	if n < 0 || len(w.announcements[n].Replies.Keys) == 0 {
		return w.always
	}
	if len(w.always) == 0 {
		return w.announcements[n].Replies.Keys
	}
	all := make(map[string]config.Action, len(w.always)+len(w.announcements[n].Replies.Keys))
	for _, some := range []map[string]config.Action{w.always, w.announcements[n].Replies.Keys} {
		maps.Copy(all, some)
	}
	return all
}

// pressKey looks what the caller has typed; hasty: no further digit is waited for. A caller whom an agent has just answered stays.
func (w *waiter) pressKey(hasty bool) {
	now := w.c.clock.Now()
	keys := w.keys(now)
	if len(keys) == 0 || w.claimed() || w.going() {
		w.typed = ""
		return
	}
	key, _ := w.takeKey(keys, hasty)
	w.keyUntil = time.Time{}
	if key == "" {
		if w.typed != "" {
			w.keyUntil = now.Add(keyPause)
		}
		return
	}
	w.event(fact.Event{Kind: fact.KeyChosen, Queue: w.queue.Name, Detail: key})
	w.say(keys[key])
	if w.view.Announcing > 0 {
		w.tries = 0
		w.announced(w.view.Announcing - 1)
		w.askedUntil = time.Time{}
	}
}

// going says that the caller goes elsewhere, by choice or because of the queue.
func (w *waiter) going() bool { return w.chosen.Leads() || w.turnedAway != fact.EndUnset }

// leaves says that the caller goes elsewhere, and has heard what was to be said before.
func (w *waiter) leaves() bool { return w.going() && !w.view.Replying && !w.claimed() }

// leave takes the caller out of the queue; phones that ring stop.
func (w *waiter) leave() Situation {
	w.stopRinging("the caller goes elsewhere")
	w.c.floor.Leave(w.row.ID)
	w.event(fact.Event{Kind: fact.LeftQueue, Queue: w.queue.Name, Detail: w.chosen.Words()})
	w.log.Info("caller leaves the queue", "queue", w.queue.Name)
	if w.turnedAway != fact.EndUnset && (w.chosen.HangUp || !w.chosen.Leads()) {
		return w.sit.over(w.turnedAway)
	}
	return w.toward(w.sit, w.chosen)
}

// heardReply says that the answer to a key is over.
func (w *waiter) heardReply() { w.view.Replying, w.reply = false, nil }

// sound is the prompt of what a step says; nil: it can't be heard.
func (w *waiter) sound(step waiting.Step) *prompt.Prompt {
	switch step.Front {
	case waiting.Announcement:
		if w.view.Announcing == step.N+1 {
			return w.front.play.Audio
		}
		return w.announcement(step.N)
	case waiting.Reply:
		return w.reply
	default:
		return w.sounds[step.Front]
	}
}
