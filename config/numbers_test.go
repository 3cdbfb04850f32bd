package config

import (
	"slices"
	"strings"
	"testing"
)

const bridging = `
company: {country: JP, recording: {calls: []}}
trunks:
  gen: {servers: ["127.0.0.1:5190"], transport: tcp, login: {username: me, password: env:HOME}}
  in: {accept: {addresses: [192.0.2.1]}}
queues: {support:}
users: {aiko:}
numbers:
  "+815012345678": {to: {queue: support}}
  "+8150*": {to: {trunk: gen}}
  "9*": {to: {trunk: gen, number: "03-1234-5678", codecs: [opus, G722]}, recording: {calls: [inbound], files: both}}
  "91*": {to: {queue: support}, priority: 3}
`

func TestEntry(t *testing.T) {
	cfg := mustRead(t, bridging)
	for _, c := range []struct {
		ways []string
		want string // what the entry begins with; empty: none
	}{
		{[]string{"+815012345678"}, "+815012345678"}, // exact before pattern
		{[]string{"+815012345679", "05012345679"}, "+8150"},
		{[]string{"05012345679", "+815012345679"}, "+8150"},
		{[]string{"+8150"}, "+8150"}, // no further digit is any further digits
		{[]string{"900001"}, "9"},
		{[]string{"910001"}, "91"}, // the longest wins
		{[]string{"+910001"}, ""},
		{[]string{"9x"}, ""},
		{[]string{"9;phone-context=x"}, ""},
		{[]string{"", "900001"}, "9"},
		{[]string{"8"}, ""},
		{[]string{"+", ""}, ""},
		{nil, ""},
	} {
		got := ""
		if n := cfg.Entry(c.ways...); n != nil {
			got = n.Number
		}
		if got != c.want {
			t.Errorf("%q: %q, want %q", c.ways, got, c.want)
		}
	}
}

func TestBridges(t *testing.T) {
	cfg := mustRead(t, bridging)
	n := cfg.Entry("900001")
	if n.Queue != "" || n.Bridge.Trunk != "gen" || n.Bridge.Number != "+81312345678" || !slices.Equal(n.Bridge.Codecs, []string{"opus", "G722"}) ||
		!n.Recording.Inbound || !n.Recording.Merged || !n.Recording.PerLeg || !n.Pattern {
		t.Errorf("%+v %+v", n, n.Bridge)
	}
	n = cfg.Entry("+815012345679")
	if n.Bridge.Number != "" || !slices.Equal(n.Bridge.Codecs, []string{"PCMU", "PCMA"}) || n.Recording.Inbound {
		t.Errorf("%+v %+v", n, n.Bridge)
	}
	if n = cfg.Entry("910001"); n.Bridge != nil || n.Queue != "support" || n.Priority != 3 {
		t.Errorf("%+v", n)
	}
	if tr := cfg.Trunks["gen"]; !tr.Outbound || tr.Inbound || tr.Transport != "tcp" || tr.Login.Username != "me" || tr.Login.Password == "" {
		t.Errorf("%+v", tr)
	}
	cfg = mustRead(t, smallest+"trunks: {a: {accept: {username: u, password: env:HOME}, servers: [x]}}\n")
	if tr := cfg.Trunks["a"]; tr.Login.Username != "u" || tr.Login.Password != tr.Password || tr.Transport != "udp" {
		t.Errorf("%+v", tr)
	}
}

func TestMistakesOfBridges(t *testing.T) {
	const head = "company: {country: JP}\nqueues: {q:}\nusers: {a:}\ntrunks: {in: {accept: {addresses: [192.0.2.1]}}, out: {servers: [x]}}\nnumbers:\n"
	for name, c := range map[string]struct {
		numbers string
		want    []string
	}{
		"same pattern":         {`  "9*": {}` + "\n" + `  "9*": {}`, []string{`7:3: numbers.9*: is there twice, first in line 6`}},
		"same, national":       {`  "+8150*": {}` + "\n" + `  "050*": {}`, []string{`7:3: numbers.050*: is the same pattern as +8150* in line 6: +8150*`}},
		"star inside":          {`  "9*1": {}`, []string{`6:3: numbers.9*1: "9*1" is no pattern`}},
		"letters":              {`  "9a*": {}`, []string{`6:3: numbers.9a*: "9a*" is no pattern`}},
		"not quoted":           {`  9*: {}`, []string{`6:3: numbers.9*: a telephone number must be quoted`}},
		"long":                 {`  "+1234567890123456*": {}`, []string{`6:3: numbers.+1234567890123456*: "+1234567890123456*" is longer than any number`}},
		"not E.164":            {`  "900001": {}`, []string{`6:3: numbers.900001: "900001" is too short`}},
		"no trunk":             {`  "9*": {to: {trunk: outt}}`, []string{`6:22: numbers.9*.to.trunk: there is no trunk "outt"; did you mean out?`}},
		"inbound trunk":        {`  "9*": {to: {trunk: in}}`, []string{`6:22: numbers.9*.to.trunk: the trunk in carries no calls out`}},
		"queue and trunk":      {`  "9*": {to: {queue: q, trunk: out}, priority: 1}`, []string{`6:22: numbers.9*.to.queue: is for callers who wait`, `6:48: numbers.9*.priority: is for callers who wait`}},
		"number without trunk": {`  "9*": {to: {queue: q, codecs: [opus]}, recording: {calls: []}}`, []string{`6:33: numbers.9*.to.codecs: is only for calls out`, `6:53: numbers.9*.recording: is only for calls out`}},
		"queue and number":     {`  "9*": {to: {queue: q, number: dialled}}`, []string{`6:22: numbers.9*.to.queue: is for callers who wait`}},
		"bad number":           {`  "9*": {to: {trunk: out, number: "12"}}`, []string{`6:35: numbers.9*.to.number: "12" is too short`}},
		"no codecs":            {`  "9*": {to: {trunk: out, codecs: []}}`, []string{`6:35: numbers.9*.to.codecs: is empty`}},
		"codec twice":          {`  "9*": {to: {trunk: out, codecs: [PCMU, PCMU, Opus]}}`, []string{`6:42: numbers.9*.to.codecs[1]: PCMU is in the list twice`, `6:48: numbers.9*.to.codecs[2]: "Opus" is not known; did you mean opus?`}},
	} {
		t.Run(name, func(t *testing.T) {
			got := mistakesOf(t, head+c.numbers+"\n")
			ok := len(got) == len(c.want)
			for i := range c.want {
				ok = ok && strings.HasPrefix(got[i], c.want[i])
			}
			if !ok {
				t.Errorf("got  %q\nwant %q", got, c.want)
			}
		})
	}
	got := mistakesOf(t, smallest+"trunks: {a: {servers: [x], transport: tls, login: {username: u}}}\n")
	if len(got) != 2 || !strings.HasPrefix(got[0], "4:39: trunks.a.transport: needs a listener") ||
		!strings.HasPrefix(got[1], "4:62: trunks.a.login.username: needs a password") && !strings.HasPrefix(got[1], "4:") {
		t.Errorf("%q", got)
	}
}
