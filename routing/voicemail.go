package routing

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"mediasrv/config"
	"mediasrv/media"
	"mediasrv/routing/callback"
	"mediasrv/routing/fact"
)

// endOfVoice ends a message, and skips the greeting.
const endOfVoice = "#"

// voicemail lets the caller leave a message: greeting, tone, and what is said until #, silence, the longest length or hanging up.
func (s *script) voicemail(sit Situation) Situation {
	box := s.cfg.Voicemails[sit.Target.Voicemail]
	if why := s.pickUp(); why != fact.EndUnset {
		return sit.over(why)
	}
	s.goesTo(s.cfg.Queues[box.Queue])
	s.event(fact.Event{Kind: fact.VoicemailBegan, Queue: box.Queue, Detail: box.Name})
	greeting := box.Greeting
	if greeting == nil {
		greeting = builtInVoicemail(s.cfg.Company.Speech)
	}
	if r := s.ask(question{prompt: s.prompts.For(greeting), keys: map[string]config.Action{endOfVoice: {}}, bargeIn: true}); r.over != fact.EndUnset {
		return sit.over(r.over)
	}
	if r := s.ask(question{prompt: s.prompts.Beep}); r.over != fact.EndUnset {
		return sit.over(r.over)
	}
	if why := s.takeMessage(box); why != fact.EndUnset {
		return sit.over(why)
	}
	return sit.over(s.ask(question{prompt: s.prompts.For(box.Thanks)}).orCompleted())
}

// orCompleted is how a call ends in which nothing more was to be said.
func (r reply) orCompleted() fact.EndReason {
	if r.over != fact.EndUnset {
		return r.over
	}
	return fact.EndCompleted
}

// takeMessage records the caller alone. EndUnset: the message is over, and the call is not.
func (s *script) takeMessage(box *config.Voicemail) fact.EndReason {
	tap := s.begins(fact.Segment{
		Queue: box.Queue, Voicemail: box.Name, PerLeg: true, Format: s.cfg.RecordingFor(box.Queue, "").Format, Channels: []fact.Channel{{Leg: s.customer.row.ID, Seat: fact.SeatCustomer}},
	})
	if tap == nil { // nobody would ever hear it
		return fact.EndInternal
	}
	var plan media.Plan
	at := s.customer.leg.Endpoint()
	plan.Rows[at] = media.Row{Digits: true, Talk: true}
	plan.Taps[0] = media.TapRow{Tap: tap, Of: at}
	s.room.Set(plan)
	m := fact.Voicemail{
		ID: fact.VoicemailID(newID()), Conversation: s.row.Conversation, Call: s.row.ID, Segment: s.segment, Box: box.Name, Queue: box.Queue,
		Number: s.row.From, Name: s.in.From.Name, Entry: s.row.Entry, Began: s.c.clock.Now().UTC(),
	}
	spoke, why := s.untilMessageEnds(box, m)
	s.room.Set(media.Plan{})
	s.stopRecording()
	if !spoke {
		s.event(fact.Event{Kind: fact.VoicemailEmpty, Queue: box.Queue, Detail: box.Name})
		return why
	}
	m.Length = s.c.clock.Since(m.Began)
	s.c.opt.Store.Append(m)
	s.event(fact.Event{Kind: fact.VoicemailLeft, Queue: box.Queue, Detail: box.Name + ": " + m.Length.Round(time.Second).String()})
	s.log.Info("message left", "voicemail", box.Name, "queue", box.Queue, "length", m.Length)
	s.c.desk.messageChanged(box.Queue)
	s.callbackFor(box)
	return why
}

// callbackFor has a caller called back who has left a message where that is its task. Of a number that can't be called the message is all that is left.
func (s *script) callbackFor(box *config.Voicemail) {
	plan := s.cfg.Callbacks[box.Callback]
	if plan == nil || !s.c.mayCallBack(s.row.From) {
		return
	}
	row, err := s.c.back.Ask(callback.Request{
		Plan: plan.Name, Queue: cmp.Or(plan.Queue, box.Queue), Number: s.row.From, Name: s.in.From.Name, Entry: s.row.Entry, Conversation: s.row.Conversation,
		Call: s.row.ID, Since: s.c.clock.Now().UTC(),
	})
	if err != nil {
		s.log.Warn("who has left a message is not called back: the server ends", "voicemail", box.Name)
		return
	}
	s.asked = true
	s.log.Info("caller is called back for a message", "callback", row.ID, "voicemail", box.Name, "queue", row.Queue)
}

// untilMessageEnds waits for the end of a message, and says whether anything was said in it. From the first word on it is
// kept, so that a crash doesn't take it.
func (s *script) untilMessageEnds(box *config.Voicemail, m fact.Voicemail) (spoke bool, why fact.EndReason) {
	s.typed = ""
	longest := m.Began.Add(box.Longest)
	for silent := m.Began.Add(box.Silence); ; {
		until := longest
		if !silent.IsZero() && silent.Before(until) {
			until = silent
		}
		switch e := s.await(until); e.kind { //nolint:exhaustive // nothing else is of interest
		case over:
			return spoke, e.why
		case timeUp:
			return spoke, fact.EndUnset
		case pressed:
			if strings.Contains(s.typed, endOfVoice) {
				return spoke, fact.EndUnset
			}
		case voice:
			if e.talks && !spoke {
				spoke = true
				s.c.opt.Store.Append(m)
			}
			silent = time.Time{}
			if !e.talks {
				silent = s.c.clock.Now().Add(box.Silence)
			}
		}
	}
}

// builtInVoicemail is what callers hear of a voicemail without a greeting, in the company's language if it is among these.
func builtInVoicemail(speech config.Speech) *config.Audio {
	return builtIn(speech, map[string]string{
		"en": "Please leave a message after the tone. Press the hash key when you are done.",
		"de": "Bitte hinterlassen Sie nach dem Signalton eine Nachricht. Zum Beenden drücken Sie die Rautetaste.",
		"fr": "Laissez un message après le bip. Appuyez sur dièse pour terminer.",
		"es": "Deje un mensaje después de la señal. Pulse almohadilla para terminar.",
		"ja": "はっしんおんの あとに メッセージを おはなしください。おわりましたら シャープを おしてください。",
	})
}

// VoicemailMarked keeps that an agent has heard a message or has dealt with it. It never blocks.
func (c *Centre) VoicemailMarked(of fact.VoicemailView, mark fact.VoicemailMark) {
	kind := fact.VoicemailHeard
	switch {
	case mark.Again:
		kind = fact.VoicemailAgain
	case mark.Done:
		kind = fact.VoicemailDone
	}
	c.opt.Store.Append(mark)
	c.record(fact.Event{At: mark.At, Conversation: of.Conversation, Call: of.Call, Kind: kind, Queue: of.Queue, Agent: mark.User})
	c.desk.messageChanged(of.Queue)
}

// voicemailTexts are all that callers hear who leave messages, in the order of names.
func voicemailTexts(cfg *config.Config) []*config.Audio {
	var all []*config.Audio
	for _, name := range slices.Sorted(maps.Keys(cfg.Voicemails)) {
		box := cfg.Voicemails[name]
		greeting := box.Greeting
		if greeting == nil {
			greeting = builtInVoicemail(cfg.Company.Speech)
		}
		all = append(all, greeting, box.Thanks)
	}
	return all
}
