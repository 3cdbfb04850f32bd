package identity

import (
	"strings"

	"mediasrv/config"
	"mediasrv/routing/fact"

	"github.com/emiago/sipgo/sip"
)

// usualHops is Max-Forwards where it isn't said (RFC 3261, 16.6).
const usualHops = 70

// Read reads what an INVITE of a trunk asks for; Trunk and At are left to the caller.
func Read(req *sip.Request, t *config.Trunk, country string) fact.Invite {
	in := fact.Invite{SIPID: req.CallID().Value(), Hops: usualHops, Dialled: dialled(req, t.Identity.Called)}
	if mf := req.MaxForwards(); mf != nil {
		in.Hops = int(*mf)
	}
	in.To = E164(in.Dialled, country)
	if t.Identity.Trust {
		in.Diverted = E164(diverted(req), country)
	}
	name, uri := caller(req, t.Identity.Trust)
	if withheld(req, name, uri) {
		in.Withheld = true
		return in
	}
	in.From = fact.Party{Number: E164(user(uri), country), Name: clip(name)}
	return in
}

// Also is the number of the To header, for calls whose number is not known here: as it is read, and as it was sent.
func Also(req *sip.Request, country string) (number, asSent string) {
	if req.To() == nil {
		return "", ""
	}
	asSent = user(&req.To().Address)
	return E164(asSent, country), asSent
}

// dialled is the number called, from where the trunk's rule says; the Request-URI if it isn't there, and To if that has none either.
func dialled(req *sip.Request, from string) string {
	number := ""
	switch from {
	case "request-uri", "":
	case "to":
		if req.To() != nil {
			number = user(&req.To().Address)
		}
	default:
		number = fromHeader(req, from)
	}
	if number == "" {
		number = user(&req.Recipient)
	}
	if number == "" && req.To() != nil {
		number = user(&req.To().Address)
	}
	return number
}

// fromHeader is the number in a header: an address, or the bare number.
func fromHeader(req *sip.Request, header string) string {
	for _, h := range req.GetHeaders(header) {
		if u, _ := address(h.Value()); u != nil && user(u) != "" {
			return user(u)
		}
		bare, _, _ := strings.Cut(h.Value(), ";")
		bare = strings.TrimSpace(bare)
		if bare != "" && len(bare) <= 64 && strings.Trim(bare, "+*#0123456789-.() ") == "" {
			return bare
		}
	}
	return ""
}

// address is the first name-addr or addr-spec of a header's value; nil: there is none.
func address(value string) (uri *sip.Uri, name string) {
	var u sip.Uri
	name, err := sip.ParseAddressValue(first(value), &u, nil)
	if err != nil {
		return nil, ""
	}
	if s := strings.ToLower(u.Scheme); s != "sip" && s != "sips" && s != "tel" {
		return nil, ""
	}
	return &u, name
}

// first is what stands before the first comma that is neither in quotes nor in brackets.
func first(value string) string {
	quoted, bracket := false, false
	for i := 0; i < len(value); i++ {
		switch c := value[i]; {
		case c == '\\' && quoted:
			i++
		case c == '"' && !bracket:
			quoted = !quoted
		case c == '<' && !quoted:
			bracket = true
		case c == '>' && !quoted:
			bracket = false
		case c == ',' && !quoted && !bracket:
			return strings.TrimSpace(value[:i])
		}
	}
	return strings.TrimSpace(value)
}

// diverted is the number that passed the call on last: the first Diversion (RFC 5806, 4), or the last entry of History-Info but the one that
// names where the call is now (RFC 7044).
func diverted(req *sip.Request) string {
	for _, h := range req.GetHeaders("Diversion") {
		if u, _ := address(h.Value()); u != nil {
			return user(u)
		}
	}
	var all []string
	for _, h := range req.GetHeaders("History-Info") {
		for rest := h.Value(); rest != ""; {
			one := first(rest)
			if u, _ := address(one); u != nil {
				all = append(all, user(u))
			}
			_, rest, _ = strings.Cut(rest[strings.Index(rest, one)+len(one):], ",")
		}
	}
	if len(all) > 1 {
		return all[len(all)-2]
	}
	return ""
}

// user is the number or name of a sip: or tel: URI, without parameters (;phone-context, ;npdi).
func user(uri *sip.Uri) string {
	text := uri.User
	if raw := uri.Raw(); raw != "" {
		text = raw
	}
	text, _, _ = strings.Cut(text, ";")
	return unescape(text)
}

// caller is who is calling: of a trunk that is trusted P-Asserted-Identity, else what it prefers to be called (RFC 3325), else From.
func caller(req *sip.Request, trust bool) (name string, uri *sip.Uri) {
	if trust {
		for _, header := range []string{"P-Asserted-Identity", "P-Preferred-Identity"} {
			for _, h := range req.GetHeaders(header) {
				if u, n := address(h.Value()); u != nil && user(u) != "" {
					return n, u
				}
			}
		}
	}
	from := req.From()
	return from.DisplayName, &from.Address
}

// withheld says that the caller hides the number (RFC 3323). That is believed of everybody: it only takes away.
func withheld(req *sip.Request, name string, uri *sip.Uri) bool {
	for _, h := range req.GetHeaders("Privacy") {
		for _, v := range strings.FieldsFunc(strings.ToLower(h.Value()), func(r rune) bool { return strings.ContainsRune("; ,", r) }) {
			if v == "id" || v == "user" || v == "full" || v == "header" {
				return true
			}
		}
	}
	u := user(uri)
	return u == "" || strings.EqualFold(u, "anonymous") || strings.EqualFold(uri.Host, "anonymous.invalid") ||
		strings.EqualFold(name, "anonymous") && strings.Trim(u, "+0123456789") != ""
}
