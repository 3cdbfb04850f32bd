package routing

import (
	"time"

	"mediasrv/config"
	"mediasrv/media"
	"mediasrv/media/prompt"
	"mediasrv/routing/fact"
)

// question is something that the caller hears and can answer by keys.
type question struct {
	prompt  *prompt.Prompt // nil: nothing is heard
	keys    map[string]config.Action
	bargeIn bool          // a key cuts the prompt
	wait    time.Duration // for a key after the prompt, and for each further digit of a code
}

// reply is what became of a question: a key, a wrong one, none, or the call is over.
type reply struct {
	key   string
	wrong bool
	over  fact.EndReason // EndUnset: it is not
}

// asker is a question that is being asked.
type asker struct {
	*script
	q       question
	playing uint32 // the prompt's token
	talking bool   // the prompt plays
	until   time.Time
}

// ask lets the caller hear a prompt and waits for a key. Without keys it only plays: what is typed meanwhile stays for the next question.
func (s *script) ask(q question) reply {
	a := &asker{script: s, q: q}
	a.begin()
	for {
		if r, done := a.heardKey(false); done {
			return r
		}
		switch e := s.await(a.until); e.kind {
		case over:
			return reply{over: e.why}
		case pressed:
			a.waitOn()
		case played:
			if a.talking && e.token == a.playing {
				a.quiet()
			}
		case timeUp:
			if a.talking {
				s.log.Warn("prompt did not end", "prompt", q.prompt.Name())
				a.quiet()
				continue
			}
			r, _ := a.heardKey(true)
			return r
		default:
		}
	}
}

func (a *asker) begin() {
	if a.q.prompt == nil {
		a.quiet()
		return
	}
	a.playing = a.nextToken()
	a.talking, a.until = true, a.c.clock.Now().Add(a.q.prompt.Length()+playSlack)
	a.toCaller(media.Row{Prompt: media.Play{Token: a.playing, Audio: a.q.prompt}, Digits: true})
}

// quiet begins the wait after the prompt.
func (a *asker) quiet() {
	a.talking, a.until = false, a.c.clock.Now().Add(a.q.wait)
	a.toCaller(media.Row{Digits: true})
}

// waitOn gives the caller time for the next digit, and cuts the prompt if a key may.
func (a *asker) waitOn() {
	if len(a.q.keys) == 0 || a.talking && !a.q.bargeIn {
		return
	}
	a.quiet()
}

// heardKey looks at what the caller has typed; last: no more digits are waited for.
func (a *asker) heardKey(last bool) (reply, bool) {
	if len(a.q.keys) == 0 || a.talking && !a.q.bargeIn {
		return reply{}, false
	}
	key, wrong := a.takeKey(a.q.keys, last)
	return reply{key: key, wrong: wrong}, key != "" || wrong
}

// toCaller sets what the caller alone hears.
func (s *script) toCaller(row media.Row) {
	var plan media.Plan
	plan.Rows[s.customer.leg.Endpoint()] = row
	s.room.Set(plan)
}
