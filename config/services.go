package config

import (
	"errors"
	"fmt"
	"net/textproto"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Ask is an HTTP service of the company's that says where a caller goes next.
type Ask struct {
	URL      string
	Timeout  time.Duration
	Headers  map[string]string // canonical names; the values are secrets, already read; never logged
	Fallback Action            // when there is no good answer in time; empty: the call ends
}

// Collect is how many digits a caller types for a service.
type Collect struct {
	Min, Max int
	End      string // the key that ends them: #, *; empty: only their number, or a pause
	Masked   bool   // they appear nowhere: not in logs, events, history or recordings
}

// digitCount is a range of how many.
type digitCount struct{ min, max int }

const mostDigits = 32

func askKeys() *shape {
	return of(
		field{key: "url", what: reads("an address such as https://crm.example.com/route", httpURL), or: "required", about: "Is sent JSON by POST: `call`, `conversation`, `menu`, `from`, `to`, `digits`, `language`."},
		field{key: "timeout", what: durationIn(time.Second, 30*time.Second), std: "3s", about: "How long it may take; callers hear music meanwhile."},
		field{key: "headers", what: &shape{
			expects: "a map of headers such as Authorization: env:CRM_TOKEN",
			names:   &names{are: "HEADER", hint: "a header of HTTP such as Authorization", check: httpHeader, each: secret()},
		}, or: "none", about: "What the request has besides."},
		field{key: "fallback", what: actionKeys(), or: "the call ends", about: "Where callers go when there is no good answer in time."},
	)
}

func collectKeys() *shape {
	return of(
		field{key: "digits", what: reads(fmt.Sprintf("a number of digits such as 4 or 12-19 (at most %d)", mostDigits), digitRange), std: "1-20", about: "How many."},
		field{key: "end", what: oneOf([]string{`#`, `*`, "none"}), std: `"#"`, about: "The key that ends them; `none`: only their number does, or `wait` without another."},
		field{key: "masked", what: yesNo(), std: "false", about: "Are they secret, such as a card's number? Then they appear in no log, time line, history or recording; only the service gets them."},
	)
}

var httpHeaderForm = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9-]{0,63}$`)

func httpHeader(text string) error {
	switch {
	case !httpHeaderForm.MatchString(text):
		return errors.New("is no header of HTTP")
	case strings.EqualFold(text, "Host") || strings.EqualFold(text, "Content-Length") || strings.EqualFold(text, "Content-Type") || strings.EqualFold(text, "Transfer-Encoding"):
		return errors.New("is set by us")
	}
	return nil
}

func digitRange(text string) (digitCount, error) {
	low, high, isRange := strings.Cut(text, "-")
	if !isRange {
		high = low
	}
	from, err := strconv.Atoi(low)
	to, err2 := strconv.Atoi(high)
	switch {
	case err != nil || err2 != nil || from < 1:
		return digitCount{}, errors.New("is no number of digits")
	case to > mostDigits:
		return digitCount{}, fmt.Errorf("is more than %d digits", mostDigits)
	case to < from:
		return digitCount{}, errors.New("ends before it begins")
	}
	return digitCount{from, to}, nil
}

func (b *builder) ask(n *node) *Ask {
	if n == nil || !n.isMap() {
		return nil
	}
	a := &Ask{URL: val(n.get("url"), ""), Timeout: val(n.get("timeout"), 3*time.Second), Fallback: b.action(n.get("fallback"))}
	if n.get("url") == nil && !b.mistaken(n) {
		b.wrong(n, "asks nobody: expected url")
	}
	each(n.get("headers"), func(key, value *node) {
		if a.Headers == nil {
			a.Headers = map[string]string{}
		}
		a.Headers[textproto.CanonicalMIMEHeaderKey(key.text)] = val(value, "")
	})
	return a
}

func (b *builder) collect(n *node) *Collect {
	if n == nil || !n.isMap() {
		return nil
	}
	count := val(n.get("digits"), digitCount{1, 20})
	c := &Collect{Min: count.min, Max: count.max, End: val(n.get("end"), "#"), Masked: val(n.get("masked"), false)}
	if c.End == "none" {
		c.End = ""
	}
	return c
}

// asking refuses menus that can't make up their mind who decides.
func (b *builder) asking(key, m *node, menu *Menu) {
	switch {
	case m.get("ask") == nil && m.get("collect") != nil:
		b.wrong(m.get("collect"), "collects digits for nobody: expected ask beside it")
	case m.get("ask") == nil && len(menu.Keys) == 0 && !b.mistaken(m):
		b.wrong(key, "has no keys: a message alone is an action, such as {say: …, hang_up: true}")
	case m.get("ask") != nil && m.get("keys") != nil:
		b.wrong(m.get("keys"), "stands beside ask: either the keys or the service decide")
	}
}
