package config

import (
	"errors"
	"time"
)

// Action is what a key, or pressing none, leads to: a message, then a place. With a message alone the caller is where they were before.
type Action struct {
	Message *Audio // nil: none
	Queue   string
	Skills  []SkillNeed // with Queue: besides the queue's
	Menu    string
	// Voicemail is where the caller leaves a message; the call ends.
	Voicemail string
	Number    string // E.164: the caller is connected with whoever answers there
	// Callback names how the caller is called back; the call ends.
	Callback string
	HangUp   bool
}

// Leads says whether the caller goes somewhere else.
func (a Action) Leads() bool {
	return a.Queue != "" || a.Menu != "" || a.Voicemail != "" || a.Number != "" || a.Callback != "" || a.HangUp
}

// Empty is true where the file says nothing.
func (a Action) Empty() bool { return a.Message == nil && !a.Leads() }

// Replies is what callers can press after a message.
type Replies struct {
	Keys map[string]Action
	Wait time.Duration // for the next key
}

// actionKeys is the one shape of all actions. Documentation has it once.
func actionKeys() *shape {
	s := of(append([]field{
		{key: "queue", what: ref("a queue"), or: "none", about: "The caller goes into this queue."},
		needsField("With `queue`: which skills the agent must have, besides those of the queue; of a skill in both these hold."),
		{key: "menu", what: ref("a menu"), or: "none", about: "Or hears this menu."},
		{key: "number", what: words(`a quoted number such as "+81312345678"`, 64), or: "none", about: "Or is connected with this number."},
		{key: "hang_up", what: yesNo(), std: "false", about: "Or the call ends."},
		{key: "voicemail", what: ref("an entry of voicemails"), or: "none", about: "Or leaves a message, as this entry of `voicemails` says."},
		{key: "callback", what: ref("an entry of callbacks"), or: "none", about: "Or is called back, as this entry of `callbacks` says: the call ends."},
		later("agent"),
	}, audioFields()...)...)
	s.shared = "ACTION"
	s.expects = "where to go, such as {queue: support}, or a message such as {say: …}"
	return s
}

func keysOf(what string) field {
	return field{
		key: "keys", what: &shape{
			expects: "a map of keys such as 1: {queue: sales}",
			names:   &names{are: "DIGITS", check: keyCode, hint: `one to eight of 0-9, "*" and "#"`, each: actionKeys()},
		},
		or: "none", about: what,
	}
}

// keyCode checks what a caller may be asked to press.
func keyCode(text string) error {
	if text == "" || len(text) > 8 {
		return errors.New("is no key")
	}
	for _, r := range text {
		if (r < '0' || r > '9') && r != '*' && r != '#' {
			return errors.New("is no key of a telephone")
		}
	}
	return nil
}

func (b *builder) action(n *node) Action {
	if n == nil || !n.isMap() {
		return Action{}
	}
	a := Action{Message: b.audio(n, false), HangUp: val(n.get("hang_up"), false)}
	places := 0
	named := func(key string, of section) string {
		at := n.get(key)
		if at == nil {
			return ""
		}
		places++
		if !b.exists(at, of) {
			return ""
		}
		return at.text
	}
	a.Queue, a.Menu, a.Voicemail = named("queue", b.queueNames), named("menu", b.menuNames), named("voicemail", b.voicemailNames)
	a.Callback = named("callback", b.callbackNames)
	if at := n.get("number"); at != nil && at.value != nil {
		places++
		a.Number = b.callable(at)
	}
	if a.HangUp {
		places++
	}
	b.needsOf(&a, n)
	switch {
	case places > 1:
		b.wrong(n, "leads to more than one place: expected one of queue, menu, voicemail, number, callback, hang_up")
	case places == 0 && a.Message == nil && !b.mistaken(n):
		b.wrong(n, "leads nowhere: expected "+actionKeys().expects)
	}
	return a
}

// callable reads a number that somebody is to be connected with.
func (b *builder) callable(at *node) string {
	number, err := ReadNumber(val(at, ""), b.cfg.Company.Country)
	if err != nil {
		b.wrong(at, b.complain(at, err, `a number such as "+81312345678"`))
		return ""
	}
	if !b.leads(number) {
		b.wrong(at, "leads nowhere: no route has a trunk that carries calls to it")
	}
	return number
}

func (b *builder) actions(n *node) map[string]Action {
	var all map[string]Action
	each(n, func(key, value *node) {
		if all == nil {
			all = map[string]Action{}
		}
		all[key.text] = b.action(value)
	})
	return all
}
