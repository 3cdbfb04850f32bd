package identity

import (
	"fmt"
	"strings"

	"mediasrv/config"

	"github.com/emiago/sipgo/sip"
)

// Caller is whom a call out is from.
type Caller struct {
	Number   string // E.164, or what it is known by; empty: unknown or withheld
	Name     string
	Withheld bool
	Via      string // the number of ours that passed the call on; empty: none
}

// Shown is what goes into the INVITE of a call out.
type Shown struct {
	Name    string  // display name of From, safe
	From    sip.Uri // without tag
	To      sip.Uri
	User    string // of the Request-URI
	Phone   bool   // the Request-URI has ;user=phone
	Headers []sip.Header
}

// view is one trunk's way to write.
type view struct {
	t       *config.Trunk
	country string
	domain  string
}

// Show is what a trunk is shown of a call to a number. host is our own address as the trunk reaches it, server the host that is called.
func Show(t *config.Trunk, country, host, server string, c Caller, number string) Shown {
	v := view{t: t, country: country, domain: host}
	if d := t.Identity.Domain; d != "" {
		v.domain = d
	}
	called := Spell(number, t, country)
	s := Shown{User: Escape(called), Phone: t.Identity.URI != "sip" && dialable(called), To: v.address(called, server)}
	s.Name, s.From = v.from(c)
	s.Headers = append(v.asserted(c), v.passedOn(c, called, server)...)
	return s
}

// from is the From header: the caller, our account, or nobody.
func (v view) from(c Caller) (string, sip.Uri) {
	account := v.t.Login.Username
	switch hidden := c.Withheld || c.Number == ""; {
	case v.t.Identity.From == "account" && hidden:
		return "Anonymous", v.address(account, v.domain)
	case v.t.Identity.From == "account":
		return Quote(c.Name), v.address(account, v.domain)
	case hidden && !c.Withheld && account != "": // nobody hides: a trunk that wants to know whose call it is gets our account
		return "Anonymous", v.address(account, v.domain)
	case hidden:
		return "Anonymous", sip.Uri{Scheme: "sip", User: "anonymous", Host: "anonymous.invalid"} // RFC 3323, 4.1.1.3
	}
	return Quote(c.Name), v.address(Spell(c.Number, v.t, v.country), v.domain)
}

// asserted is the header that names the caller to a trunk that must know, and Privacy for those who mustn't (RFC 3325, 9). Of a caller whose
// number we don't know it is our account that stands there.
func (v view) asserted(c Caller) []sip.Header {
	var all []sip.Header
	number, name := Spell(c.Number, v.t, v.country), Quote(c.Name)
	if number == "" || c.Withheld {
		number, name = v.t.Login.Username, ""
	}
	header := map[string]string{"asserted": "P-Asserted-Identity", "preferred": "P-Preferred-Identity"}[v.t.Identity.Asserted]
	if header != "" && number != "" {
		all = append(all, sip.NewHeader(header, named(name, v.address(number, v.domain))))
	}
	if c.Withheld {
		all = append(all, sip.NewHeader("Privacy", "id"))
	}
	return all
}

// passedOn says which number of ours passed the call on.
func (v view) passedOn(c Caller, called, server string) []sip.Header {
	if c.Via == "" {
		return nil
	}
	via := v.address(Spell(c.Via, v.t, v.country), v.domain)
	switch v.t.Identity.Diversion {
	case "diversion": // RFC 5806, 4
		return []sip.Header{sip.NewHeader("Diversion", named("", via)+";reason=unconditional;counter=1;privacy=off")}
	case "history-info": // RFC 7044, 5; the cause is that of RFC 4458
		to := v.address(called, server)
		text := to.String()
		if to.Scheme == "tel" {
			text = "sip:" + Escape(called) + "@" + server + ";user=phone"
		}
		return []sip.Header{
			sip.NewHeader("Supported", "histinfo"),
			sip.NewHeader("History-Info", fmt.Sprintf("%s;index=1, <%s;cause=302>;index=1.1;mp=1", named("", via), text)),
		}
	}
	return nil
}

// named is an address with its display name (name-addr of RFC 3261).
func named(name string, uri sip.Uri) string {
	text := "<" + uri.String() + ">"
	if name != "" {
		text = `"` + name + `" ` + text
	}
	return text
}

// address writes a number, or the name of an account, as the trunk wants it.
func (v view) address(number, host string) sip.Uri {
	uri := sip.Uri{Scheme: "sip", User: Escape(number), Host: host}
	if !dialable(number) {
		return uri
	}
	switch v.t.Identity.URI {
	case "tel":
		text := "tel:" + number
		if !strings.HasPrefix(number, "+") {
			text += ";phone-context=" + context(v.country, v.domain)
		}
		var tel sip.Uri
		if sip.ParseUri(text, &tel) == nil {
			return tel
		}
	case "phone":
		uri.UriParams = sip.HeaderParams{{K: "user", V: "phone"}}
	}
	return uri
}
