package identity

import (
	"strings"
	"testing"

	"mediasrv/config"

	"github.com/emiago/sipgo/sip"
)

// plainTrunk is one whose file says nothing of identity.
func plainTrunk() *config.Trunk {
	return &config.Trunk{Name: "a", NumbersAs: "e164", Identity: config.Identity{
		From: "caller", Asserted: "none", Diversion: "none", URI: "sip", Trust: true, Called: "request-uri",
	}}
}

func trunk(how func(*config.Trunk)) *config.Trunk {
	t := plainTrunk()
	how(t)
	return t
}

// text is what is shown, one line a header.
func (s Shown) text() string {
	lines := []string{"From: " + named(s.Name, s.From), "To: " + named("", s.To), "User: " + s.User}
	for _, h := range s.Headers {
		lines = append(lines, h.Name()+": "+h.Value())
	}
	return strings.Join(lines, "\n")
}

func TestShow(t *testing.T) {
	account := func(t *config.Trunk) {
		t.Identity.From, t.Identity.Asserted, t.Login.Username = "account", "asserted", "acct"
	}
	for name, c := range map[string]struct {
		t      *config.Trunk
		caller Caller
		number string
		want   string
	}{
		"as it is": {plainTrunk(), Caller{Number: "+819012345678", Name: "Bob"}, "+81312345678", `From: "Bob" <sip:+819012345678@us>
To: <sip:+81312345678@them>
User: +81312345678`},
		"national, asserted, phone": {
			trunk(func(t *config.Trunk) {
				t.NumbersAs, t.Identity.Asserted, t.Identity.URI = "national", "asserted", "phone"
			}),
			Caller{Number: "+819012345678", Name: `Bob "x" <sip:evil@x>` + "\r\nVia: y\\"},
			"+81312345678",
			`From: "Bob x <sip:evil@x>Via: y" <sip:09012345678@us;user=phone>
To: <sip:0312345678@them;user=phone>
User: 0312345678
P-Asserted-Identity: "Bob x <sip:evil@x>Via: y" <sip:09012345678@us;user=phone>`,
		},
		"account": {trunk(account), Caller{Number: "+819012345678", Name: "Bob"}, "+81312345678", `From: "Bob" <sip:acct@us>
To: <sip:+81312345678@them>
User: +81312345678
P-Asserted-Identity: "Bob" <sip:+819012345678@us>`},
		"account, withheld": {trunk(account), Caller{Withheld: true}, "+81312345678", `From: "Anonymous" <sip:acct@us>
To: <sip:+81312345678@them>
User: +81312345678
P-Asserted-Identity: <sip:acct@us>
Privacy: id`},
		"withheld": {trunk(func(t *config.Trunk) { t.Identity.Asserted = "asserted" }), Caller{Number: "+819012345678", Name: "Bob", Withheld: true}, "+81312345678", `From: "Anonymous" <sip:anonymous@anonymous.invalid>
To: <sip:+81312345678@them>
User: +81312345678
Privacy: id`},
		"withheld, our number is asserted": {trunk(func(t *config.Trunk) { t.Identity.Asserted, t.Login.Username = "preferred", "0312340000" }), Caller{Withheld: true}, "110", `From: "Anonymous" <sip:anonymous@anonymous.invalid>
To: <sip:110@them>
User: 110
P-Preferred-Identity: <sip:0312340000@us>
Privacy: id`},
		"unknown, with a login": {trunk(func(t *config.Trunk) { t.Login.Username = "0312340000" }), Caller{}, "110", `From: "Anonymous" <sip:0312340000@us>
To: <sip:110@them>
User: 110`},
		"tel, domain": {
			trunk(func(t *config.Trunk) {
				t.Identity.URI, t.Identity.Domain, t.Identity.Asserted, t.NumbersAs = "tel", "carrier.example", "preferred", "plus-less"
			}),
			Caller{Number: "+819012345678"},
			"+81312345678", `From: <tel:819012345678;phone-context=+81>
To: <tel:81312345678;phone-context=+81>
User: 81312345678
P-Preferred-Identity: <tel:819012345678;phone-context=+81>`,
		},
		"tel, global": {trunk(func(t *config.Trunk) { t.Identity.URI = "tel" }), Caller{Number: "+819012345678"}, "+81312345678", `From: <tel:+819012345678>
To: <tel:+81312345678>
User: +81312345678`},
		"a name that is no number": {trunk(func(t *config.Trunk) { t.Identity.URI, t.Identity.Domain = "tel", "d.example" }), Caller{Number: "alice>,<x"}, "bob@home", `From: <sip:alice%3E,%3Cx@d.example>
To: <sip:bob%40home@them>
User: bob%40home`},
		"diversion": {trunk(func(t *config.Trunk) { t.Identity.Diversion, t.NumbersAs = "diversion", "national" }), Caller{Number: "+819012345678", Via: "+81312340000"}, "+81312345678", `From: <sip:09012345678@us>
To: <sip:0312345678@them>
User: 0312345678
Diversion: <sip:0312340000@us>;reason=unconditional;counter=1;privacy=off`},
		"history-info": {trunk(func(t *config.Trunk) { t.Identity.Diversion = "history-info" }), Caller{Number: "+819012345678", Via: "+81312340000"}, "+81312345678", `From: <sip:+819012345678@us>
To: <sip:+81312345678@them>
User: +81312345678
Supported: histinfo
History-Info: <sip:+81312340000@us>;index=1, <sip:+81312345678@them;cause=302>;index=1.1;mp=1`},
	} {
		if got := Show(c.t, "JP", "us", "them", c.caller, c.number).text(); got != c.want {
			t.Errorf("%s:\n%s\nwant\n%s", name, got, c.want)
		}
	}
}

func TestSpell(t *testing.T) {
	for _, c := range []struct{ as, prefix, country, number, want string }{
		{"e164", "", "JP", "+81312345678", "+81312345678"},
		{"plus-less", "", "JP", "+81312345678", "81312345678"},
		{"national", "", "JP", "+81312345678", "0312345678"},
		{"national", "", "JP", "+442071838750", "010442071838750"},
		{"national", "00", "JP", "+442071838750", "00442071838750"},
		{"national", "+", "JP", "+442071838750", "+442071838750"},
		{"national", "", "US", "+14155552671", "4155552671"},
		{"national", "", "US", "+442071838750", "011442071838750"},
		{"national", "", "GB", "+442071838750", "02071838750"},
		{"national", "", "GB", "+81312345678", "0081312345678"},
		{"national", "", "IT", "+390612345678", "0612345678"},
		{"national", "", "DE", "+4930123456", "030123456"},
		{"national", "", "BR", "+81312345678", "+81312345678"}, // several carriers' prefixes: none is right for all
		// Never mangled: emergency numbers, extensions, names.
		{"national", "", "JP", "110", "110"},
		{"plus-less", "", "US", "911", "911"},
		{"national", "", "GB", "999", "999"},
		{"national", "", "JP", "900001", "900001"},
		{"plus-less", "", "JP", "+alice", "+alice"},
		{"national", "", "JP", "+", "+"},
		{"national", "", "JP", "", ""},
		{"national", "", "JP", "+999999", "+999999"},
	} {
		got := Spell(c.number, trunk(func(t *config.Trunk) { t.NumbersAs, t.International = c.as, c.prefix }), c.country)
		if got != c.want {
			t.Errorf("%s as %s in %s (%q): got %q, want %q", c.number, c.as, c.country, c.prefix, got, c.want)
		}
		if c.prefix == "" && !strings.HasPrefix(got, "+") && strings.HasPrefix(c.number, "+") && E164(got, c.country) != c.number {
			t.Errorf("%s is read back as %s", got, E164(got, c.country))
		}
	}
}

func TestReadByRule(t *testing.T) {
	trusting := func(called string) *config.Trunk { return trunk(func(t *config.Trunk) { t.Identity.Called = called }) }
	doubting := trunk(func(t *config.Trunk) { t.Identity.Trust = false })
	const from = `"Bob" <sip:09012345678@h>`
	for name, c := range map[string]struct {
		t                        *config.Trunk
		from, extra              string
		to, number, who, through string
	}{
		"to":                         {trusting("to"), from, "", "+81312345678", "+819012345678", "Bob", ""},
		"called party":               {trusting("P-Called-Party-ID"), from, "P-Called-Party-ID: <sip:0398765432@h>\r\n", "+81398765432", "+819012345678", "Bob", ""},
		"a bare number":              {trusting("X-DID"), from, "X-DID: 03-9876-5432\r\n", "+81398765432", "+819012345678", "Bob", ""},
		"not there":                  {trusting("X-DID"), from, "", "1", "+819012345678", "Bob", ""},
		"rubbish there":              {trusting("X-DID"), from, "X-DID: <x\r\n", "1", "+819012345678", "Bob", ""},
		"diversion":                  {trusting("request-uri"), from, "Diversion: <tel:+81398765432>;reason=no-answer\r\n", "1", "+819012345678", "Bob", "+81398765432"},
		"history":                    {trusting("request-uri"), from, `History-Info: "A, b" <sip:0311112222@h>;index=1, <sip:0398765432@h;cause=302>;index=1.1, <sip:1@h>;index=1.1.1` + "\r\n", "1", "+819012345678", "Bob", "+81398765432"},
		"history of one":             {trusting("request-uri"), from, "History-Info: <sip:1@h>;index=1\r\n", "1", "+819012345678", "Bob", ""},
		"asserted, two of them":      {plainTrunk(), from, "P-Asserted-Identity: \"A, x\" <sip:0398765432@h>, <tel:+8131>\r\n", "1", "+81398765432", "A, x", ""},
		"asserted, of no use":        {plainTrunk(), from, "P-Asserted-Identity: <urn:x>\r\n", "1", "+819012345678", "Bob", ""},
		"preferred":                  {plainTrunk(), from, "P-Preferred-Identity: <sip:0398765432@h>\r\n", "1", "+81398765432", "", ""},
		"not believed":               {doubting, from, "P-Asserted-Identity: <sip:0398765432@h>\r\nDiversion: <tel:+81398765432>\r\n", "1", "+819012345678", "Bob", ""},
		"privacy is always believed": {doubting, from, "Privacy: id\r\n", "1", "", "", ""},
		"asserted, but private":      {plainTrunk(), `"Anonymous" <sip:anonymous@anonymous.invalid>`, "P-Asserted-Identity: <sip:0398765432@h>\r\nPrivacy: id\r\n", "1", "", "", ""},
	} {
		in := Read(request(t, "sip:1@h", c.from, c.extra), c.t, "JP")
		if in.To != c.to || in.From.Number != c.number || in.From.Name != c.who || in.Diverted != c.through || in.Withheld != (c.number == "") {
			t.Errorf("%s: %+v", name, in)
		}
	}
}

func TestChange(t *testing.T) {
	req := request(t, "sip:1@h", "<sip:2@h>", "X-A: 1\r\nx-a: 2\r\nUser-Agent: us\r\n")
	Change(req, config.HeaderRules{
		Remove: []string{"X-a"}, Replace: []config.Header{{Name: "user-agent", Value: "PBX"}, {Name: "X-None", Value: "x"}},
		Add: []config.Header{{Name: "P-Charge-Info", Value: "<sip:{caller}@c;n={number}>"}},
	}, "0312345678", "+81>\r\nVia: evil;x")
	text := req.String()
	for _, has := range []string{"user-agent: PBX\r\n", "P-Charge-Info: <sip:+81Viaevilx@c;n=0312345678>\r\n"} {
		if !strings.Contains(text, has) {
			t.Errorf("lacks %q:\n%s", has, text)
		}
	}
	for _, not := range []string{"X-A", "x-a", ": us\r\n", "X-None", "evil;"} {
		if strings.Contains(text, not) {
			t.Errorf("has %q:\n%s", not, text)
		}
	}
}

// Whatever a caller is called, what we write is one header that reads as one address.
func FuzzNamesCantInject(f *testing.F) {
	f.Add("Bob\r\nVia: x", "+8190;x\" <sip:evil@x>")
	f.Add("\\", ">")
	f.Fuzz(func(t *testing.T, name, number string) {
		for _, uri := range []string{"sip", "phone", "tel"} {
			s := Show(trunk(func(t *config.Trunk) { t.Identity.URI, t.Identity.Asserted = uri, "asserted" }), "JP", "us", "them", Caller{Number: number, Name: name, Via: number}, number)
			for line := range strings.SplitSeq(s.text(), "\n") {
				_, rest, _ := strings.Cut(line, `" <`) // behind the name, if there is one
				if strings.ContainsAny(line, "\r\x00") || strings.ContainsAny(strings.TrimSuffix(rest, ">"), `<>"`) {
					t.Fatalf("%q", line)
				}
			}
			var back sip.Uri
			shown, err := sip.ParseAddressValue(named(s.Name, s.From), &back, nil)
			if err != nil || shown != s.Name || number != "" && back.User == "" && back.Raw() == "" {
				t.Fatalf("%q: %q %v %+v", named(s.Name, s.From), shown, err, back)
			}
		}
	})
}
