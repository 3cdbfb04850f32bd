package dialout

import (
	"testing"
	"time"

	"mediasrv/config"
)

func TestDecide(t *testing.T) {
	rules := config.DialOut{
		Countries: []string{"JP", "GB"}, Prefixes: []string{"+1415"}, Deny: []string{"+8190", "+14155550"}, Calls: 2, Longest: time.Hour,
	}
	premium := rules
	premium.Premium = true
	for name, c := range map[string]struct {
		rules config.DialOut
		ask   Ask
		want  Reason
	}{
		"own country":              {rules, Ask{Number: "+81312345678"}, ""},
		"another that is allowed":  {rules, Ask{Number: "+442071838750"}, ""},
		"one that isn't":           {rules, Ask{Number: "+33123456789"}, Country},
		"same code, other country": {rules, Ask{Number: "+18765551234"}, Country}, // Jamaica, as fraud likes it
		"allowed beginning":        {rules, Ask{Number: "+14155552671"}, ""},
		"denied beginning":         {rules, Ask{Number: "+819012345678"}, Denied},
		"denied within allowed":    {rules, Ask{Number: "+14155550123"}, Denied},
		"premium":                  {rules, Ask{Number: "+449098790879"}, Premium},
		"premium allowed":          {premium, Ask{Number: "+449098790879"}, ""},
		"satellite":                {rules, Ask{Number: "+881612345678"}, Country},
		"extension":                {rules, Ask{Number: "100"}, NotANumber},
		"national":                 {rules, Ask{Number: "0312345678"}, NotANumber},
		"nothing":                  {rules, Ask{}, NotANumber},
		"a name":                   {rules, Ask{Number: "+81alice"}, NotANumber},
		"the file's own":           {rules, Ask{Number: "900001", Given: true}, ""},
		"the file's own, denied":   {rules, Ask{Number: "+819012345678", Given: true}, ""},
		"own limit":                {rules, Ask{Number: "+81312345678", Own: 2}, OwnLimit},
		"own limit, given":         {rules, Ask{Number: "900001", Given: true, Own: 2}, OwnLimit},
		"company's limit":          {rules, Ask{Number: "+81312345678", Own: 1, All: 10}, AllLimit},
		"nothing allowed":          {config.DialOut{}, Ask{Number: "+81312345678"}, Country},
		"emergency":                {config.DialOut{Calls: 1}, Ask{Number: "110", Emergency: true, Own: 5, All: 50}, ""},
	} {
		v := Decide(c.rules, 10, c.ask)
		if v.Why != c.want || v.Emergency != c.ask.Emergency {
			t.Errorf("%s: %+v, want %q", name, v, c.want)
		}
		if c.ask.Emergency != (v.Longest == 0) && c.rules.Longest != 0 {
			t.Errorf("%s: longest %v: an emergency call is never cut off, others are", name, v.Longest)
		}
	}
	for _, r := range Reasons() {
		if r.Text() == "" {
			t.Errorf("%s has no sentence", r)
		}
	}
}

func TestGate(t *testing.T) {
	cfg := &config.Config{
		Company: config.Company{Country: "JP", DialOut: config.DialOut{Countries: []string{"JP"}, Calls: 2}},
		Routes:  []config.Route{{Prefix: "+81", Trunks: []string{"a", "b"}}},
	}
	g := New(cfg)
	ask := func(user, number, trunk string, given bool, want Reason) *Pass {
		t.Helper()
		p, why := g.Ask(Who{User: user}, number, trunk, given)
		if why != want || (p == nil) != (want != "") {
			t.Fatalf("%s: %q, want %q", number, why, want)
		}
		return p
	}
	first := ask("aiko", "+81312345678", "", false, "")
	if len(first.Ways) != 2 || first.Ways[0] != "a" {
		t.Error(first.Ways)
	}
	ask("aiko", "900", "", true, NoRoute)
	second := ask("aiko", "900", "c", true, "")
	if len(second.Ways) != 1 || second.Ways[0] != "c" {
		t.Error(second.Ways)
	}
	ask("ben", "+81312345678", "", false, AllLimit)
	emergency := ask("ben", "110", "", false, "")
	if !emergency.Emergency || len(emergency.Ways) != 2 {
		t.Errorf("%+v: by any trunk, past every limit", emergency)
	}
	emergency.Done()
	emergency.Done() // once only
	ask("ben", "+81312345678", "", false, AllLimit)
	first.Done()
	ask("ben", "+81312345678", "", false, "").Done()
	second.Done()
	if s := g.Stats(); s.Calls != 0 || s.Refused[AllLimit] != 2 || s.Refused[NoRoute] != 1 || s.Emergency != 1 || len(g.own) != 0 {
		t.Errorf("%+v %v", s, g.own)
	}
}
