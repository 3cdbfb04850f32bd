package config

import (
	"fmt"
	"strings"
	"time"
)

// Menu asks callers to press a key.
type Menu struct {
	Name     string
	Prompt   *Audio // nil: silence, for keys that are known
	Wait     time.Duration
	Repeat   int // how often it is asked in all
	BargeIn  bool
	Keys     map[string]Action
	NoKey    Action   // after the last time; empty: the call ends
	WrongKey Action   // empty: it is asked again
	Ask      *Ask     // who decides instead of keys; nil: the keys
	Collect  *Collect // what callers type for Ask; nil: nothing
}

func menuKeys() *shape {
	return of(append(audioFields(),
		field{key: "wait", what: durationIn(time.Second, time.Minute), std: "5s", about: "How long to wait for a key after the prompt, and for each further digit."},
		field{key: "repeat", what: integer(1, 10), std: "3", about: "How often the menu is asked in all."},
		field{key: "barge_in", what: yesNo(), std: "true", about: "May a key cut the prompt? `false`: keys that are pressed meanwhile count after it."},
		keysOf("What each key leads to; several digits are a code."),
		field{key: "no_key", what: actionKeys(), or: "the call ends", about: "After the last time without a key."},
		field{key: "wrong_key", what: actionKeys(), or: "the menu is asked again", about: "A key that `keys` doesn't know; it counts as one time of `repeat`."},
		field{key: "collect", what: collectKeys(), or: "none", about: "With `ask`: callers type digits for the service, such as a customer's number. Too few of them are a wrong key."},
		field{key: "ask", what: askKeys(), or: "none", about: "In place of `keys`: an HTTP service says where callers go next, by an action in JSON such as {\"queue\": \"support\"}: one of queue, menu, number, voicemail, callback, hang_up, and before it say."},
	)...)
}

func (b *builder) menus(n *node) {
	each(n, func(key, m *node) {
		menu := &Menu{
			Name: key.text, Prompt: b.audio(m, false), Wait: val(m.get("wait"), 5*time.Second), Repeat: val(m.get("repeat"), 3),
			BargeIn: val(m.get("barge_in"), true), Keys: b.actions(m.get("keys")), NoKey: b.action(m.get("no_key")), WrongKey: b.action(m.get("wrong_key")),
			Ask: b.ask(m.get("ask")), Collect: b.collect(m.get("collect")),
		}
		b.asking(key, m, menu)
		b.cfg.Menus[key.text] = menu
	})
	b.rounds(n)
}

// rounds refuses menus between which callers who press nothing go round for ever.
func (b *builder) rounds(n *node) {
	told := map[string]bool{}
	each(n, func(key, m *node) {
		way := []string{key.text}
		for next := b.cfg.Menus[key.text].NoKey.Menu; next != "" && !told[next]; next = b.cfg.Menus[next].NoKey.Menu {
			for i, seen := range way {
				if seen != next {
					continue
				}
				for _, name := range way[i:] {
					told[name] = true
				}
				b.wrong(m.get("no_key", "menu"), fmt.Sprintf("callers who press nothing go round for ever: %s", strings.Join(append(way[i:], next), ", then ")))
				return
			}
			way = append(way, next)
		}
	})
}
