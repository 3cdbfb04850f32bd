package routing

import (
	"slices"

	"mediasrv/config"
	"mediasrv/routing/fact"
)

// notReached says to a caller who is answered already why the number can't be reached that a key has led to, and goes where the file says then. Who is
// not answered is refused by a status instead.
func (s *script) notReached(sit Situation, why fact.EndReason) Situation {
	gone := []fact.EndReason{fact.EndShutdown, fact.EndMediaLost, fact.EndCompleted} // the last: the carrier has taken the call back
	if s.row.Answered.IsZero() || s.customer.ended || slices.Contains(gone, why) {
		return sit.over(why)
	}
	if s.guest != nil { // rings still
		s.guest.leg.Hangup(why)
		s.guest = nil
	}
	s.early = false
	if s.menus++; s.menus > menusMost {
		return sit.over(fact.EndLoop)
	}
	s.event(fact.Event{Kind: fact.NotReached, Detail: sit.Target.Number + ": " + why.String()})
	text := refusalFor(s.cfg, why)
	if r := s.ask(question{prompt: s.prompts.Heard(text)}); r.over != fact.EndUnset {
		return sit.over(r.over)
	}
	next, r := s.follow(sit, s.cfg.Company.Refused.Then, question{})
	switch {
	case next.Stage != "":
		return next
	case r.over != fact.EndUnset:
		return sit.over(r.over)
	}
	return sit.over(why)
}

// refusalFor is what a caller hears of a reason.
func refusalFor(cfg *config.Config, why fact.EndReason) *config.Audio {
	of, texts := refusalsOf(cfg), []fact.EndReason{fact.EndBarred, fact.EndBusy, fact.EndNoAnswer, fact.EndRefused}
	switch i := slices.Index(texts, why); i {
	case 0:
		return of.NotAllowed
	case 1:
		return of.Busy
	case 2, 3:
		return of.NoAnswer
	}
	return of.NoLine
}

// refusalsOf are a file's texts, with the built-in ones where it has none.
func refusalsOf(cfg *config.Config) config.Refused {
	of := cfg.Company.Refused
	for _, text := range []struct {
		at *(*config.Audio)
		in map[string]string
	}{
		{&of.NotAllowed, map[string]string{
			"en": "Sorry, this number may not be dialled from here.", "de": "Diese Nummer darf von hier nicht angerufen werden.",
			"fr": "Désolé, ce numéro ne peut pas être appelé d'ici.", "es": "Lo sentimos, no se puede llamar a este número desde aquí.",
			"ja": "この ばんごうには おつなぎできません。",
		}},
		{&of.NoLine, map[string]string{
			"en": "Sorry, we cannot connect you at the moment. Please try again later.", "de": "Wir können Sie im Moment leider nicht verbinden. Bitte versuchen Sie es später.",
			"fr": "Désolé, nous ne pouvons pas vous mettre en relation pour le moment.", "es": "Lo sentimos, no podemos conectarle en este momento.",
			"ja": "ただいま おつなぎできません。しばらくしてから おかけなおしください。",
		}},
		{&of.Busy, map[string]string{
			"en": "The line is busy.", "de": "Die Leitung ist besetzt.", "fr": "La ligne est occupée.", "es": "La línea está ocupada.", "ja": "ただいま はなしちゅうです。",
		}},
		{&of.NoAnswer, map[string]string{
			"en": "There is no answer.", "de": "Es meldet sich niemand.", "fr": "Personne ne répond.", "es": "No contestan.", "ja": "おでになりません。",
		}},
	} {
		if *text.at == nil {
			*text.at = builtIn(cfg.Company.Speech, text.in)
		}
	}
	return of
}

// refusalTexts are all that may be said, if keys may lead to numbers.
func refusalTexts(cfg *config.Config) []*config.Audio {
	out := slices.ContainsFunc(cfg.Routes, func(r config.Route) bool { return len(r.Trunks) > 0 })
	if !out || len(cfg.Menus)+len(cfg.Hours)+len(cfg.Waiting) == 0 {
		return nil
	}
	of := refusalsOf(cfg)
	return []*config.Audio{of.NotAllowed, of.NoLine, of.Busy, of.NoAnswer, of.Then.Message}
}
