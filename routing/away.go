package routing

import (
	"mediasrv/config"
	"mediasrv/media/prompt"
	"mediasrv/routing/fact"
)

// away tells the caller that nobody works now, listens to keys, and ends the call. Without keys it is not answered where its queue would not
// answer it either: the message is early media, and the carrier charges nothing.
func (s *script) away(sit Situation) Situation {
	queue := s.cfg.Queues[sit.Target.Queue]
	_, why := s.takesNow(queue)
	a, message := s.awayOf(queue)
	if end := s.answerAway(queue, a); end != fact.EndUnset {
		return sit.over(end)
	}
	s.event(fact.Event{Kind: fact.AwayPlayed, Queue: queue.Name, Detail: why})
	s.log.Info("queue is closed", "queue", queue.Name, "why", why)
	q := question{prompt: message, keys: a.Replies.Keys, bargeIn: true, wait: a.Replies.Wait}
	if len(q.keys) == 0 {
		q.wait = 0
	}
	for range a.Times {
		r := s.ask(q)
		for r.key != "" {
			s.event(fact.Event{Kind: fact.KeyChosen, Queue: queue.Name, Detail: r.key})
			var next Situation
			if next, r = s.follow(sit, a.Replies.Keys[r.key], q); next.Stage != "" {
				return next
			}
		}
		if r.over != fact.EndUnset {
			return sit.over(r.over)
		}
	}
	return sit.over(fact.EndClosed)
}

// awayOf is what callers of a closed queue hear and can press: what the hours say, with the message of the supervisor who has closed it, if there is one.
func (s *script) awayOf(queue *config.Queue) (*config.Away, *prompt.Prompt) {
	a := &config.Away{Message: builtInAway(s.cfg.Company.Speech), Times: 1}
	if queue.Hours != nil && queue.Hours.Away != nil {
		a = queue.Hours.Away
	}
	if n := s.c.notices.of(queue.Name, fact.QueueClosed, s.c.clock.Now()); n != nil && n.message != nil {
		return a, n.message
	}
	return a, s.prompts.Heard(a.Message)
}

func (s *script) answerAway(queue *config.Queue, a *config.Away) fact.EndReason {
	if !s.row.Answered.IsZero() || !s.rings(queue) || len(a.Replies.Keys) > 0 {
		return s.pickUp()
	}
	if err := s.customer.leg.Ring(true); err != nil {
		s.log.Error("ring", "error", err)
		return fact.EndInternal
	}
	return fact.EndUnset
}

// builtInAway is what callers hear of a closed queue whose hours have no message, in the company's language if it is among these.
func builtInAway(speech config.Speech) *config.Audio {
	return builtIn(speech, map[string]string{
		"en": "We are closed at the moment. Please call again during our working hours. Goodbye.",
		"de": "Wir haben zurzeit geschlossen. Bitte rufen Sie während unserer Geschäftszeiten wieder an. Auf Wiederhören.",
		"fr": "Nous sommes fermés pour le moment. Merci de rappeler pendant nos heures d'ouverture. Au revoir.",
		"es": "En este momento estamos cerrados. Por favor, llame de nuevo en nuestro horario de atención. Adiós.",
		"ja": "ただいまの じかんは えいぎょうじかんがいです。えいぎょうじかんないに おかけなおしください。",
	})
}

// builtIn is a text that the file doesn't have, in the company's language if there is one in it, else in English.
func builtIn(speech config.Speech, texts map[string]string) *config.Audio {
	a := &config.Audio{Say: texts[speech.Language], Language: speech.Language, Voice: speech.Voice, Rate: speech.Rate}
	if a.Say == "" {
		a.Say, a.Language, a.Voice = texts["en"], "en", ""
	}
	return a
}

// takesNow says whether a queue takes callers, and if not, why.
func (s *script) takesNow(q *config.Queue) (open bool, why string) {
	return s.c.takes(q, s.c.clock.Now(), s.cfg.Company.TimeZone)
}
