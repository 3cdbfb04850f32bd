package routing

import (
	"mediasrv/config"
	"mediasrv/routing/fact"
)

// menusMost is how many menus a call may pass: beyond it somebody plays with us, or two menus lead to each other.
const menusMost = 200

// menu asks the caller to press a key, as often as the file says, and goes where it leads.
func (s *script) menu(sit Situation) Situation {
	if why := s.pickUp(); why != fact.EndUnset {
		return sit.over(why)
	}
	m := s.cfg.Menus[sit.Target.Menu]
	if s.menus++; s.menus > menusMost {
		s.log.Warn("call ended: it has passed too many menus", "menu", m.Name)
		return sit.over(fact.EndLoop)
	}
	s.event(fact.Event{Kind: fact.MenuEntered, Detail: m.Name})
	if m.Ask != nil {
		return s.consult(sit, m)
	}
	q := question{prompt: s.prompts.Heard(m.Prompt), keys: m.Keys, bargeIn: m.BargeIn, wait: m.Wait}
	left := m.Repeat
	if s.unheard(m) { // who calls often knows the keys; nobody else can choose
		s.log.Error("the menu's prompt can't be played: callers hear a tone, and go where no key leads", "menu", m.Name)
		q.bargeIn, left = true, 1
	}
	var next Situation
	var r reply
	for left > 0 {
		if r == (reply{}) {
			r = s.ask(q)
		}
		switch {
		case r.over != fact.EndUnset:
			return sit.over(r.over)
		case r.key != "":
			s.event(fact.Event{Kind: fact.KeyChosen, Detail: m.Name + ": " + r.key})
			next, r = s.follow(sit, m.Keys[r.key], q)
		case r.wrong:
			left--
			next, r = s.follow(sit, m.WrongKey, q)
		default:
			left--
		}
		if next.Stage != "" {
			return next
		}
	}
	return s.noKey(sit, m)
}

// unheard says that callers of a menu can't know what to press.
func (s *script) unheard(m *config.Menu) bool {
	return m.Prompt != nil && s.prompts.For(m.Prompt) == nil
}

func (s *script) noKey(sit Situation, m *config.Menu) Situation {
	if m.NoKey.Empty() {
		if to := s.cfg.Company.DefaultQueue; to != "" && s.unheard(m) { // no fault of the caller's
			return s.toward(sit, config.Action{Queue: to})
		}
		return sit.over(fact.EndNoKey)
	}
	next, r := s.follow(sit, m.NoKey, question{})
	switch {
	case next.Stage != "":
		return next
	case r.over != fact.EndUnset:
		return sit.over(r.over)
	}
	return sit.over(fact.EndNoKey)
}

// follow does what an action says: the message, then where it leads. No stage: it leads nowhere, and the reply is what the caller pressed during
// the message, for the question that goes on.
func (s *script) follow(sit Situation, a config.Action, then question) (Situation, reply) {
	if a.Message != nil {
		if p := s.prompts.For(a.Message); p != nil {
			then.prompt, then.wait = p, 0
			if a.Leads() {
				then.keys = nil
			}
			if r := s.ask(then); r != (reply{}) {
				if r.over != fact.EndUnset {
					return sit.over(r.over), r
				}
				return Situation{}, r
			}
		}
	}
	if !a.Leads() {
		return Situation{}, reply{}
	}
	return s.toward(sit, a), reply{}
}

// toward is where an action leads.
func (s *script) toward(sit Situation, a config.Action) Situation {
	switch {
	case a.Queue != "":
		if s.row.Queue == "" {
			sit.Since = s.c.clock.Now().UTC() // what was spent in menus is no waiting
		}
		sit.Stage, sit.Target = StageAnswer, Target{Queue: a.Queue}
		sit.Skills = config.JoinNeeds(sit.Skills, a.Skills)
	case a.Menu != "":
		sit.Stage, sit.Target = StageMenu, Target{Menu: a.Menu}
	case a.Voicemail != "":
		sit.Stage, sit.Target = StageVoicemail, Target{Voicemail: a.Voicemail}
	case a.Callback != "":
		sit.Stage, sit.Target = StageRequest, Target{Callback: a.Callback}
	case a.Number != "":
		sit.Stage, sit.Target = StageBridge, Target{Number: a.Number, Given: true}
	default:
		return sit.over(fact.EndCompleted)
	}
	return sit
}
