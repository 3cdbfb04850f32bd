package trunk

import (
	"strings"

	"mediasrv/routing/fact"

	"github.com/emiago/sipgo/sip"
	"github.com/nyaruka/phonenumbers"
)

// usualHops is Max-Forwards where it isn't said (RFC 3261, 16.6).
const usualHops = 70

// Invite reads what an INVITE of a trunk asks for; Trunk and At are left to the caller.
func (s *Set) Invite(req *sip.Request) fact.Invite {
	in := fact.Invite{SIPID: req.CallID().Value(), Hops: usualHops, Dialled: user(&req.Recipient)}
	if mf := req.MaxForwards(); mf != nil {
		in.Hops = int(*mf)
	}
	if in.Dialled == "" && req.To() != nil {
		in.Dialled = user(&req.To().Address)
	}
	in.To = s.E164(in.Dialled)
	name, uri := caller(req)
	if withheld(req, name, uri) {
		in.Withheld = true
		return in
	}
	in.From = fact.Party{Number: s.E164(user(uri)), Name: display(name)}
	return in
}

// Also is the number of the To header, for trunks whose Request-URI names something else: as it is read, and as it was sent.
func (s *Set) Also(req *sip.Request) (number, dialled string) {
	if req.To() == nil {
		return "", ""
	}
	dialled = user(&req.To().Address)
	return s.E164(dialled), dialled
}

// E164 reads a number as people in the company's country dial it. What is no telephone number stays as it is.
func (s *Set) E164(text string) string {
	digits := strings.Map(func(r rune) rune {
		if strings.ContainsRune(" -.()/", r) {
			return -1
		}
		return r
	}, text)
	if digits == "" || strings.Trim(strings.TrimPrefix(digits, "+"), "0123456789") != "" {
		return text
	}
	n, err := phonenumbers.Parse(digits, s.country)
	if err != nil || !phonenumbers.IsPossibleNumber(n) {
		return digits
	}
	if !strings.HasPrefix(digits, "+") && !phonenumbers.IsValidNumber(n) {
		if plus, err := phonenumbers.Parse("+"+digits, s.country); err == nil && phonenumbers.IsValidNumber(plus) {
			n = plus // E.164 without its plus sign
		} else {
			return digits
		}
	}
	return phonenumbers.Format(n, phonenumbers.E164)
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

func unescape(s string) string {
	if !strings.ContainsRune(s, '%') {
		return s
	}
	return strings.NewReplacer("%2B", "+", "%2b", "+", "%20", "", "%23", "#").Replace(s)
}

// caller is who the trunk says is calling: P-Asserted-Identity (RFC 3325; trunks are trusted), else From.
func caller(req *sip.Request) (name string, uri *sip.Uri) {
	for _, h := range req.GetHeaders("P-Asserted-Identity") {
		var u sip.Uri
		if n, err := sip.ParseAddressValue(h.Value(), &u, nil); err == nil && user(&u) != "" {
			return n, &u
		}
	}
	from := req.From()
	return from.DisplayName, &from.Address
}

// withheld says that the caller hides the number (RFC 3323).
func withheld(req *sip.Request, name string, uri *sip.Uri) bool {
	for _, h := range req.GetHeaders("Privacy") {
		for _, v := range strings.FieldsFunc(strings.ToLower(h.Value()), func(r rune) bool { return strings.ContainsRune("; ,", r) }) {
			if v == "id" || v == "user" || v == "full" {
				return true
			}
		}
	}
	u := user(uri)
	return u == "" || strings.EqualFold(u, "anonymous") || strings.EqualFold(uri.Host, "anonymous.invalid") ||
		strings.EqualFold(name, "anonymous") && strings.Trim(u, "+0123456789") != ""
}

func display(name string) string {
	name = strings.ToValidUTF8(strings.TrimSpace(name), "")
	if len(name) > 200 {
		name = strings.ToValidUTF8(name[:200], "")
	}
	return name
}
