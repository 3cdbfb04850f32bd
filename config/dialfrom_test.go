package config

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const callingOut = `
company: {country: JP, dispositions: {list: [done]}}
trunks: {carrier: {servers: [192.0.2.1]}, in: {accept: {addresses: [192.0.2.2]}}}
numbers:
  "+81312345678": {to: {queue: sales}}
  "+81312345679": {to: {queue: support}, trunk: carrier}
  "+81312345680": {to: {queue: support}}
queues:
  sales: {agents: [aiko], dispositions: {required: true}}
  support: {dial_from: ["03-1234-5680", "+81312345678"], dispositions: {list: [a, b]}}
users: {aiko:, ben: {queues: [support]}, chen: {queues: [sales], dial_from: ["+81312345679"]}}
`

func TestNumbersShown(t *testing.T) {
	cfg := mustRead(t, callingOut)
	for _, c := range []struct{ queue, user, want string }{
		{"sales", "aiko", "+81312345678 +81312345679 +81312345680"},
		{"support", "aiko", "+81312345680 +81312345678"},
		{"support", "chen", "+81312345679"},
		{"none", "aiko", "+81312345678 +81312345679 +81312345680"},
	} {
		if got := strings.Join(cfg.NumbersShown(c.queue, c.user), " "); got != c.want {
			t.Errorf("%s of %s: %s, want %s", c.queue, c.user, got, c.want)
		}
	}
	if cfg.WayShowing("+81312345679") != "carrier" || cfg.WayShowing("+81312345678") != "" || cfg.WayShowing("") != "" {
		t.Error("the ways of the numbers are wrong")
	}
}

func TestUsersNameTheirQueues(t *testing.T) {
	cfg := mustRead(t, callingOut)
	if got := cfg.Queues["sales"].Agents; !slices.Equal(got, []string{"aiko", "chen"}) {
		t.Errorf("sales: %v", got)
	}
	if got := cfg.Queues["support"].Agents; !slices.Equal(got, []string{"aiko", "ben"}) {
		t.Errorf("support: %v", got)
	}
}

func TestDispositionsOfAQueue(t *testing.T) {
	cfg := mustRead(t, callingOut)
	if d := cfg.DispositionsFor("sales"); !d.Required || len(d.List) != 1 {
		t.Errorf("sales: %+v", d)
	}
	if d := cfg.DispositionsFor("support"); d.Required || len(d.List) != 2 {
		t.Errorf("support: %+v", d)
	}
	if d := cfg.DispositionsFor("none"); d.Required || len(d.List) != 1 {
		t.Errorf("the company's: %+v", d)
	}
}

func TestCallingOutMistakes(t *testing.T) {
	for name, c := range map[string]struct{ old, changed, want string }{
		"no number of ours":  {`dial_from: ["+81312345679"]`, `dial_from: ["+81399999999"]`, "users.chen.dial_from[0]: is none of numbers"},
		"twice":              {`"03-1234-5680", "+81312345678"`, `"03-1234-5680", "+81312345680"`, "queues.support.dial_from[1]: +81312345680 is in the list twice"},
		"way of no calls":    {"trunk: carrier}", "trunk: in}", "numbers.+81312345679.trunk: the trunk in carries no calls out"},
		"way of a pattern":   {`"+81312345680": {to: {queue: support}}`, `"+8131*": {to: {queue: support}, trunk: carrier}`, "numbers.+8131*.trunk: is for a number that can be shown"},
		"unknown queue":      {"queues: [sales]", "queues: [slaes]", `users.chen.queues[0]: there is no queue "slaes"; did you mean sales?`},
		"takes no calls":     {"ben: {queues: [support]}", "ben: {role: admin, queues: [support]}", "users.ben.queues: ben takes no calls"},
		"nothing to choose":  {"dispositions: {list: [a, b]}", "dispositions: {required: true, list: []}", "queues.support.dispositions.required: is true, but list has none"},
		"required, inherits": {"dispositions: {list: [done]}", "dispositions: {required: true, list: []}", "company.dispositions.required: is true, but list has none"},
	} {
		t.Run(name, func(t *testing.T) {
			text := strings.Replace(callingOut, c.old, c.changed, 1)
			got := strings.Join(mistakesOf(t, text), "\n")
			if text == callingOut || !strings.Contains(got, c.want) {
				t.Errorf("got %s\nwant %s", got, c.want)
			}
		})
	}
}

func TestDirectoryOfTheFile(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "m.yml")
	write(t, path, callingOut+"directory: people.csv\n")
	people := filepath.Join(dir, "people.csv")
	for name, c := range map[string]struct{ text, want string }{
		"unknown column":   {"name,phone\nx,1", people + `:1:6: directory: there is no column "phone"`},
		"no numbers":       {"name,email\n", people + ":1:1: directory: has no column numbers"},
		"empty":            {"", people + ":1:1: directory: is empty"},
		"no number":        {"name,number\n\"A, B\",\n", people + ":2:1: directory: A, B has no number"},
		"bad number":       {"name,numbers\nMori,090-1111-2222 12\n", people + ":2:6: directory: 12 "},
		"too many":         {"name,number\nMori,09011112222,x\n", people + ":2:18: directory: has more fields"},
		"broken quotation": {"name,number\nMo\"ri,1\n", people + ":2:3: directory: is no CSV"},
	} {
		t.Run(name, func(t *testing.T) {
			write(t, people, c.text)
			if _, err := Load(path); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v\nwant %s", err, c.want)
			}
		})
	}
	write(t, people, "\ufeffName, Numbers, Tags, Number, Email\nHana Mori,090-1111-2222 +81322223333,external_number vip,03-2222-3333,h@example.com\n\nKen,03 4444 4444\n")
	if _, err := Load(path); err == nil {
		t.Error("a number with spaces is read as several")
	}
	write(t, people, "\ufeffName, Numbers, Tags, Number, Email\nHana Mori,090-1111-2222 +81322223333,external_number vip,03-2222-3333,h@example.com\n\nKen,,,03 4444 4444\n")
	cfg, err := Load(path)
	if err != nil {
		t.Fatal(err)
	}
	if d := cfg.Directory; len(d) != 2 || !slices.Equal(d[0].Numbers, []string{"+819011112222", "+81322223333"}) || !slices.Equal(d[0].Tags, []string{"external_number", "vip"}) ||
		d[1].Name != "Ken" || d[1].Numbers[0] != "+81344444444" {
		t.Errorf("%+v", d)
	}
	if !slices.Contains(cfg.Files, people) {
		t.Errorf("not watched: %v", cfg.Files)
	}
}
