package config

import (
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/nyaruka/phonenumbers"
)

// patternForm is what a number with any further digits looks like: "+8131*", "9*".
var patternForm = regexp.MustCompile(`^\+?[0-9]*\*$`)

// Entry is the entry point of a call: the number that was dialled, else the pattern that has the most of it. ways are the spellings of what
// was dialled: E.164 if it is a telephone number, and as it came. nil: there is none.
func (c *Config) Entry(ways ...string) *Number {
	for _, number := range ways {
		if n := c.Numbers[number]; n != nil {
			return n
		}
	}
	for _, p := range c.Patterns {
		if slices.ContainsFunc(ways, p.begins) {
			return p
		}
	}
	return nil
}

// begins says whether a pattern takes a number.
func (n *Number) begins(number string) bool {
	digits := strings.TrimPrefix(number, "+")
	return strings.HasPrefix(number, n.Number) && digits != "" && strings.Trim(digits, "0123456789") == ""
}

func (b *builder) numbers(n *node) {
	first := map[string]*node{}
	each(n, func(key, value *node) {
		number, err := b.entry(key.text)
		if err != nil {
			b.wrong(key, b.complain(key, err, `a number such as "+81312345678" or a pattern such as "+8131*"`))
			return
		}
		prefix, pattern := strings.CutSuffix(number, "*")
		if before := first[number]; before != nil {
			what := "number"
			if pattern {
				what = "pattern"
			}
			b.wrong(key, fmt.Sprintf("is the same %s as %s in line %d: %s", what, before.text, before.at.Line, number))
			return
		}
		first[number] = key
		entry := b.number(prefix, key, value)
		entry.E164 = strings.HasPrefix(number, "+")
		if entry.Pattern = pattern; pattern {
			entry.Number = strings.TrimSuffix(key.text, "*")
			b.cfg.Patterns = append(b.cfg.Patterns, entry)
		} else {
			b.cfg.Numbers[number] = entry
		}
		b.way(entry, value)
	})
	slices.SortStableFunc(b.cfg.Patterns, func(x, y *Number) int {
		return cmp.Or(cmp.Compare(len(y.Number), len(x.Number)), cmp.Compare(x.Number, y.Number))
	})
}

// entry reads a key of numbers: E.164, or a pattern. Of a national pattern it is the one with the country's code, so that the same one in two
// spellings is found.
func (b *builder) entry(text string) (string, error) {
	country := b.cfg.Company.Country
	switch {
	case !strings.Contains(text, "*"):
		return ReadNumber(text, country)
	case !patternForm.MatchString(text):
		return "", errors.New("is no pattern: only digits may stand before *, which is the last, and + before them")
	case len(text) > 1+15+1:
		return "", errors.New("is longer than any number")
	case country == "":
		return text, nil
	}
	national := phonenumbers.GetNddPrefixForRegion(country, true)
	if rest, ok := strings.CutPrefix(text, national); ok && national != "" && rest != "*" {
		return "+" + strconv.Itoa(phonenumbers.GetCountryCodeForRegion(country)) + rest, nil
	}
	return text, nil
}

func (b *builder) number(text string, key, n *node) *Number {
	number := &Number{Number: text, Queue: b.cfg.Company.DefaultQueue}
	to := n.get("to")
	if to.get("trunk") != nil || to.get("number") != nil {
		b.bridge(number, n)
		return number
	}
	for _, only := range []*node{to.get("codecs"), n.get("recording")} {
		if only != nil {
			b.wrong(only, `is only for calls out: expected to: {trunk: NAME} or {number: "+81312345678"}`)
		}
	}
	switch menu, box := to.get("menu"), to.get("voicemail"); {
	case menu != nil:
		b.menuEntry(number, n, menu)
		return number
	case box != nil:
		b.voicemailEntry(number, n, box)
		return number
	}
	b.queueEntry(number, key, n)
	return number
}

// queueEntry reads a number whose callers wait for agents.
func (b *builder) queueEntry(number *Number, key, n *node) {
	to := n.get("to")
	silent := number.Queue == "" && b.root.get("company", "default_queue") == nil && len(b.cfg.Queues) > 1
	switch queue := to.get("queue"); {
	case queue == nil && silent && !b.mistaken(n):
		b.wrong(key, "leads nowhere: expected to: {queue: NAME}, {menu: NAME}, {voicemail: NAME} or {trunk: NAME}, or company.default_queue")
	case b.exists(queue, b.queueNames):
		number.Queue = queue.text
	}
	if w := n.get("waiting"); b.exists(w, b.waitingNames) {
		number.Waiting = w.text
	}
	if skills := n.get("skills"); skills != nil {
		number.Skills = b.needs(skills)
		b.asked = append(b.asked, asked{skills, number.Skills, number.Queue})
	}
	standard := 0
	if q := b.cfg.Queues[number.Queue]; q != nil {
		standard = q.Priority
	}
	number.Priority = val(n.get("priority"), standard)
}

// menuEntry reads a number that leads to a menu. Its priority and waiting strategy hold for whatever queue the caller chooses.
func (b *builder) menuEntry(number *Number, n, menu *node) {
	for _, beside := range []*node{n.get("to", "queue"), n.get("to", "voicemail")} {
		if beside != nil {
			b.wrong(beside, "stands beside menu: expected one of them")
		}
	}
	number.Queue = ""
	if b.exists(menu, b.menuNames) {
		number.Menu = menu.text
	}
	if w := n.get("waiting"); b.exists(w, b.waitingNames) {
		number.Waiting = w.text
	}
	number.Priority = val(n.get("priority"), 0)
	number.Skills = b.needs(n.get("skills"))
}

// voicemailEntry reads a number where callers only leave a message: they wait for nobody.
func (b *builder) voicemailEntry(number *Number, n, box *node) {
	for _, not := range []*node{n.get("to", "queue"), n.get("priority"), n.get("waiting"), n.get("skills")} {
		if not != nil {
			b.wrong(not, "is for callers who wait in a queue, but these leave a message: leave it out")
		}
	}
	number.Queue = ""
	if b.exists(box, b.voicemailNames) {
		number.Voicemail = box.text
	}
}

// bridge reads a number that leads out by a trunk.
func (b *builder) bridge(number *Number, n *node) {
	to := n.get("to")
	for _, not := range []*node{to.get("queue"), to.get("menu"), to.get("voicemail"), n.get("priority"), n.get("waiting"), n.get("skills")} {
		if not != nil {
			b.wrong(not, "is for callers who wait in a queue, but these go out by a trunk: leave it out")
		}
	}
	number.Queue, number.Bridge = "", &Bridge{}
	number.Recording = recordingOf(n.get("recording")).over(b.cfg.Company.Recording)
	trunk := to.get("trunk")
	if trunk != nil && b.carriesOut(trunk) {
		number.Bridge.Trunk = trunk.text
		number.Bridge.Codecs = b.cfg.Trunks[trunk.text].Codecs
	}
	if codecs := to.get("codecs"); codecs != nil {
		number.Bridge.Codecs = b.codecs(codecs)
	}
	if at := to.get("number"); at != nil && at.value != nil && at.text != dialled {
		var err error
		if number.Bridge.Number, err = ReadNumber(val(at, ""), b.cfg.Company.Country); err != nil {
			b.wrong(at, b.complain(at, err, `a number such as "+81312345678", or dialled`))
		}
	}
	if trunk == nil && !b.leads(number.Bridge.Number) && !b.mistaken(n) {
		b.wrong(to.get("number"), "leads nowhere: no route has a trunk that carries calls to it")
	}
}

// dialled stands for the number that was dialled.
const dialled = "dialled"

// leads says whether a number has a way out; empty: any.
func (b *builder) leads(number string) bool {
	if number != "" {
		return len(b.cfg.WaysTo(number)) > 0
	}
	return slices.ContainsFunc(b.cfg.Routes, func(r Route) bool { return len(r.Trunks) > 0 })
}
