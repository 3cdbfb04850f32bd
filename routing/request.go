package routing

import (
	"cmp"
	"strings"
	"time"

	"mediasrv/config"
	"mediasrv/media/prompt"
	"mediasrv/routing/callback"
	"mediasrv/routing/fact"
)

const (
	numberTries = 3                // that a caller has to type a number
	numberWait  = 7 * time.Second  // for each digit; then the number is complete, as with #
	numberMost  = 20               // digits
	speechWait  = 10 * time.Second // for an engine to speak the number
	speechLook  = 200 * time.Millisecond
)

// request keeps the wish of a caller to be called back, says so, and ends the call. Whoever has waited keeps the place, if the file says so.
func (s *script) request(sit Situation) Situation {
	if why := s.pickUp(); why != fact.EndUnset {
		return sit.over(why)
	}
	plan, number := s.cfg.Callbacks[sit.Target.Callback], s.row.From
	if !s.c.mayCallBack(number) {
		var why fact.EndReason
		if number, why = s.askNumber(plan); why != fact.EndUnset {
			return sit.over(why)
		}
	}
	queue := s.queueOf(plan)
	row, err := s.c.back.Ask(callback.Request{
		Plan: plan.Name, Queue: queue, Number: number, Name: s.in.From.Name, Entry: s.row.Entry, Conversation: s.row.Conversation, Call: s.row.ID,
		Priority: sit.Priority, Front: sit.Front, Since: sit.Since,
	})
	if err != nil {
		return sit.over(fact.EndShutdown)
	}
	s.asked = true
	s.log.Info("caller is called back", "callback", row.ID, "queue", queue, "number", number)
	confirmation := plan.Confirmation
	if confirmation == nil {
		confirmation = builtInText(s.cfg.Company.Speech, callbackConfirmed)
	}
	if p := s.prompts.For(confirmation); p != nil {
		_ = s.ask(question{prompt: p}) // whoever hangs up meanwhile is called back as well
	}
	return sit.over(fact.EndCallback)
}

// queueOf is whose agents call back: those of the plan, else of the caller's queue, else of the company's default one; empty: nobody's.
func (s *script) queueOf(plan *config.Callback) string {
	return cmp.Or(plan.Queue, s.row.Queue, s.cfg.Company.DefaultQueue)
}

// askNumber asks for a number that can be called. EndUnset: the caller has typed and confirmed one.
func (s *script) askNumber(plan *config.Callback) (string, fact.EndReason) {
	asks := plan.AskNumber
	if asks == nil {
		asks = builtInText(s.cfg.Company.Speech, callbackNumber)
	}
	s.typed = ""
	for range numberTries {
		typed, why := s.collect(&config.Menu{Prompt: asks, Wait: numberWait, BargeIn: true, Collect: &config.Collect{End: "#", Max: numberMost}})
		s.typed = ""
		if why != fact.EndUnset {
			return "", why
		}
		number, err := config.ReadNumber(typed, s.cfg.Company.Country)
		if err != nil || !s.c.mayCallBack(number) {
			s.log.Info("a caller's number can't be called back", "digits", len(typed))
			asks = builtInText(s.cfg.Company.Speech, callbackWrong)
			continue
		}
		sure, why := s.isSure(typed)
		if why != fact.EndUnset || sure {
			return number, why
		}
	}
	return "", fact.EndNoKey
}

// isSure says the digits again and asks whether they are right. Where nothing can be spoken they are taken.
func (s *script) isSure(typed string) (bool, fact.EndReason) {
	a := builtInText(s.cfg.Company.Speech, callbackRight)
	text := strings.ReplaceAll(a.Say, "{number}", strings.Join(strings.Split(typed, ""), " "))
	p, why := s.spoken(a, text)
	if why != fact.EndUnset || p == nil {
		return p == nil, why
	}
	r := s.ask(question{prompt: p, keys: map[string]config.Action{"1": {}, "2": {}}, bargeIn: true, wait: numberWait})
	return r.key == "1", r.over
}

// spoken waits until a text that is this caller's alone has been spoken; nil: it can't be.
func (s *script) spoken(a *config.Audio, text string) (*prompt.Prompt, fact.EndReason) {
	for until := s.c.clock.Now().Add(speechWait); ; {
		p, coming := s.prompts.Spoken(s.cfg, a, text)
		if !coming || s.c.clock.Now().After(until) {
			return p, fact.EndUnset
		}
		if e := s.await(s.c.clock.Now().Add(speechLook)); e.kind == over {
			return nil, e.why
		}
	}
}

// sentence is one of those that are built in.
type sentence uint8

const (
	callbackConfirmed sentence = iota
	callbackNumber
	callbackWrong
	callbackRight
)

// builtInText is a sentence in the company's language, if it is among these.
func builtInText(speech config.Speech, what sentence) *config.Audio {
	a := &config.Audio{Language: speech.Language, Voice: speech.Voice, Rate: speech.Rate}
	texts := callbackTexts[base(speech.Language)]
	if texts == nil {
		texts, a.Language, a.Voice = callbackTexts["en"], "en", ""
	}
	a.Say = texts[what]
	return a
}

var callbackTexts = map[string][]string{
	"en": {
		"Thank you. We will call you back. Goodbye.",
		"Please enter the number at which we can call you back, and then the hash key.",
		"We can't call this number. Please enter another one, and then the hash key.",
		"You have entered {number}. If this is right, press 1. To enter it again, press 2.",
	},
	"de": {
		"Vielen Dank. Wir rufen Sie zurück. Auf Wiederhören.",
		"Bitte geben Sie die Nummer ein, unter der wir Sie zurückrufen können, und danach die Rautetaste.",
		"Diese Nummer können wir nicht anrufen. Bitte geben Sie eine andere ein, und danach die Rautetaste.",
		"Sie haben {number} eingegeben. Wenn das stimmt, drücken Sie die 1, für eine neue Eingabe die 2.",
	},
	"fr": {
		"Merci. Nous vous rappellerons. Au revoir.",
		"Veuillez saisir le numéro auquel nous pouvons vous rappeler, puis la touche dièse.",
		"Nous ne pouvons pas appeler ce numéro. Veuillez en saisir un autre, puis la touche dièse.",
		"Vous avez saisi {number}. Si c'est exact, tapez 1. Pour recommencer, tapez 2.",
	},
	"es": {
		"Gracias. Le devolveremos la llamada. Adiós.",
		"Introduzca el número en el que podemos llamarle y después la tecla almohadilla.",
		"No podemos llamar a este número. Introduzca otro y después la tecla almohadilla.",
		"Ha introducido {number}. Si es correcto, pulse 1. Para repetirlo, pulse 2.",
	},
	"ja": {
		"ありがとうございます。おりかえし おでんわ いたします。",
		"おりかえしさきの おでんわばんごうを おして、さいごに シャープを おしてください。",
		"このばんごうには おかけできません。べつの ばんごうを おして、さいごに シャープを おしてください。",
		"{number} ですね。よろしければ 1 を、やりなおすには 2 を おしてください。",
	},
}

// audioOfCallbacks lists what callers hear who ask to be called back.
func audioOfCallbacks(cfg *config.Config, plan *config.Callback) []*config.Audio {
	all := []*config.Audio{plan.Confirmation, plan.AskNumber, builtInText(cfg.Company.Speech, callbackWrong)}
	if plan.Confirmation == nil {
		all = append(all, builtInText(cfg.Company.Speech, callbackConfirmed))
	}
	if plan.AskNumber == nil {
		all = append(all, builtInText(cfg.Company.Speech, callbackNumber))
	}
	return all
}
