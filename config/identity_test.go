package config

import (
	"slices"
	"strings"
	"testing"
	"time"
)

const outward = `
company: {country: JP, dial_out: {countries: [JP, GB], deny: ["+8190*"], calls: 20, longest: 2h, emergency: ["1717"]}}
trunks:
  b: {servers: [b.example], numbers_as: national, identity: {from: account, uri: tel, trust: false, called: X-Called}, login: {username: me, password: env:HOME},
      headers: {remove: [X-A], add: {X-B: "1 2"}, replace: {User-Agent: x}}}
  a: {servers: [a.example], accept: {addresses: [192.0.2.1]}, dial_out: {countries: [], calls: 3}, international_prefix: "00", numbers_as: national}
  in: {accept: {addresses: [192.0.2.2]}}
routes: {"+81*": {trunks: [a, b]}, "+8150*": {trunks: [b]}, "9*":}
queues: {support:}
users: {aiko: {dial_out: {prefixes: ["+1"], premium: true, longest: 5m}}, ben:}
numbers:
  "+815012345678": {to: {queue: support}}
  "+81*": {to: {number: dialled}}
  "9*": {to: {number: "03-1234-5678"}}
  "090*": {to: {trunk: b}}
`

func TestIdentityOfTrunks(t *testing.T) {
	cfg := mustRead(t, outward)
	b := cfg.Trunks["b"]
	if b.Identity != (Identity{From: "account", Asserted: "asserted", Diversion: "none", URI: "tel", Called: "X-Called"}) || b.NumbersAs != "national" ||
		!slices.Equal(b.Headers.Remove, []string{"X-A"}) || !slices.Equal(b.Headers.Add, []Header{{"X-B", "1 2"}}) || !slices.Equal(b.Headers.Replace, []Header{{"User-Agent", "x"}}) {
		t.Errorf("%+v", b)
	}
	if a := cfg.Trunks["a"]; a.Identity != usualIdentity() || a.International != "00" {
		t.Errorf("%+v", a)
	}
}

func TestDialOut(t *testing.T) {
	cfg := mustRead(t, outward)
	if d := cfg.Company.DialOut; !slices.Equal(d.Countries, []string{"JP", "GB"}) || !slices.Equal(d.Deny, []string{"+8190"}) || d.Calls != 20 || d.Longest != 2*time.Hour {
		t.Errorf("%+v", d)
	}
	if d := cfg.DialOutOf("aiko", ""); !slices.Equal(d.Countries, []string{"JP", "GB"}) || !slices.Equal(d.Prefixes, []string{"+1"}) || !d.Premium || d.Calls != 2 || d.Longest != 5*time.Minute {
		t.Errorf("aiko: %+v", d)
	}
	if d := cfg.DialOutOf("", "a"); len(d.Countries) != 0 || d.Calls != 3 || d.Longest != 2*time.Hour {
		t.Errorf("trunk a: %+v", d)
	}
	if d := cfg.DialOutOf("", ""); len(d.Countries) != 2 || d.Calls != 0 {
		t.Errorf("nobody: %+v", d)
	}
	silent := mustRead(t, smallest)
	if d := silent.Company.DialOut; len(d.Countries) != 0 || d.Premium || d.Longest != 4*time.Hour {
		t.Errorf("without a country nothing may be dialled: %+v", d)
	}
	if d := mustRead(t, "company: {country: JP}\n"+smallest).Company.DialOut; !slices.Equal(d.Countries, []string{"JP"}) {
		t.Errorf("the company's country: %+v", d)
	}
}

func TestEmergencyNumbers(t *testing.T) {
	cfg := mustRead(t, outward)
	for number, want := range map[string]bool{
		"110": true, "119": true, "1717": true, "+81110": false, "112": false, "": false, "1190": false, "0312345678": false, "911": false,
	} {
		if got := cfg.IsEmergency(number); got != want {
			t.Errorf("%q: %v", number, got)
		}
	}
	if got := cfg.WaysTo("119"); !slices.Equal(got, []string{"b", "a"}) {
		t.Errorf("an emergency call goes by any trunk: %q", got)
	}
}

func TestRoutes(t *testing.T) {
	cfg := mustRead(t, outward)
	for number, want := range map[string][]string{
		"+81312345678": {"a", "b"}, "+815012345678": {"b"}, "900": {"b", "a"}, "+442071838750": nil, "": nil,
	} {
		if got := cfg.WaysTo(number); !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", number, got, want)
		}
	}
	if n := cfg.Entry("+81399999999"); n.Bridge == nil || n.Bridge.Trunk != "" || n.Bridge.Number != "" || !n.E164 {
		t.Errorf("%+v", n)
	}
	if n := cfg.Entry("900"); n.Bridge.Trunk != "" || n.Bridge.Number != "+81312345678" || n.E164 {
		t.Errorf("%+v", n)
	}
	if n := cfg.Entry("09012345678"); n.Bridge.Trunk != "b" || !n.E164 {
		t.Errorf("a national pattern has its country's code: %+v", n)
	}
	usual := mustRead(t, smallest+"trunks: {z: {servers: [x]}, a: {servers: [y]}}\n")
	if got := usual.WaysTo("+1"); !slices.Equal(got, []string{"z", "a"}) {
		t.Errorf("without routes: %q", got)
	}
}

func TestMistakesOfIdentity(t *testing.T) {
	for trunk, want := range map[string]string{
		`identity: {from: account}`:                                 `4:45: trunks.a.identity.from: account needs login`,
		`identity: {called: "a b"}`:                                 `4:47: trunks.a.identity.called: "a b" is no name of a header`,
		`identity: {domain: "a b"}`:                                 `4:47: trunks.a.identity.domain: "a b" is neither an address`,
		`identity: {asserted: pai}`:                                 `4:49: trunks.a.identity.asserted: "pai" is not known`,
		`numbers_as: national`:                                      `4:40: trunks.a.numbers_as: national needs company.country`,
		`international_prefix: "00"`:                                `4:50: trunks.a.international_prefix: is only for numbers_as: national`,
		`international_prefix: "0a"`:                                `4:50: trunks.a.international_prefix: "0a" has other than digits`,
		`headers: {add: {Via: x}}`:                                  `4:44: trunks.a.headers.add.Via: "Via" can't be changed: messages find their way by it`,
		`headers: {add: {v: x}}`:                                    `4:44: trunks.a.headers.add.v: "v" can't be changed: messages find their way by it`,
		`headers: {remove: [cseq]}`:                                 `4:47: trunks.a.headers.remove[0]: "cseq" can't be changed: the dialog is known by it`,
		`headers: {replace: {contact: x}}`:                          `4:48: trunks.a.headers.replace.contact: "contact" can't be changed`,
		`headers: {add: {P-Asserted-Identity: x}}`:                  `4:44: trunks.a.headers.add.P-Asserted-Identity: "P-Asserted-Identity" can't be changed: identity says`,
		`headers: {add: {X-A: "a\r\nVia: b"}}`:                      `4:49: trunks.a.headers.add.X-A:`,
		`headers: {add: {"X A": b}}`:                                `4:44: trunks.a.headers.add.X A: "X A" is no name of a header`,
		`headers: {add: {X-A: b}, remove: [x-a]}`:                   `4:44: trunks.a.headers.add.X-A: has a rule already, in line 4`,
		`headers: {add: {X-A: "` + strings.Repeat("x", 257) + `"}}`: `4:49: trunks.a.headers.add.X-A: is longer than 256 letters`,
		`dial_out: {prefixes: ["81"]}`:                              `4:50: trunks.a.dial_out.prefixes[0]: "81" does not begin with +`,
		`dial_out: {countries: [XX]}`:                               `4:51: trunks.a.dial_out.countries[0]: "XX" is no country code`,
		`dial_out: {longest: 1s}`:                                   `4:48: trunks.a.dial_out.longest: 1s is out of range`,
		"}}\nroutes: {\"81\": {trunks: [a]":                         `5:10: routes.81: "81" is no beginning of a number`,
		"}}\nroutes: {\"+81*\": {trunks: [b]":                       `5:28: routes.+81*.trunks[0]: there is no trunk "b"`,
		"}}\nroutes: {\"+81*\": {trunks: []":                        `5:27: routes.+81*.trunks: is empty`,
		"}}\ncompany: {dial_out: {emergency: [\"1\"]":               `5:34: company.dial_out.emergency[0]: "1" has other than two to eight digits`,
		"}}\ncompany: {country: JP, dial_out: {countries: [JP, JP]": `5:51: company.dial_out.countries[1]: JP is in the list twice`,
	} {
		got := mistakesOf(t, smallest+"trunks: {a: {servers: [x], "+trunk+"}}\n")
		if len(got) == 0 || !strings.HasPrefix(got[0], want) {
			t.Errorf("%s:\n got %q\nwant %q", trunk, got, want)
		}
	}
}
