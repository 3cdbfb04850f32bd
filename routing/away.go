package routing

import (
	"time"

	"mediasrv/config"
	"mediasrv/routing/fact"
	"mediasrv/routing/hours"
)

// away tells the caller that nobody works now, listens to keys, and ends the call. Without keys it is not answered where its queue would not
// answer it either: the message is early media, and the carrier charges nothing.
func (s *script) away(sit Situation) Situation {
	queue := s.cfg.Queues[sit.Target.Queue]
	a := queue.Hours.Away
	if a == nil {
		a = &config.Away{Message: builtInAway(s.cfg.Company.Speech), Times: 1}
	}
	if why := s.answerAway(queue, a); why != fact.EndUnset {
		return sit.over(why)
	}
	s.event(fact.Event{Kind: fact.AwayPlayed, Queue: queue.Name, Detail: queue.Hours.Name})
	s.log.Info("queue is closed", "queue", queue.Name, "hours", queue.Hours.Name)
	q := question{prompt: s.prompts.For(a.Message), keys: a.Replies.Keys, bargeIn: true, wait: a.Replies.Wait}
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

// openNow says whether a queue takes callers.
func (s *script) openNow(q *config.Queue) bool { return hours.Open(q.Hours, time.Now()) }
