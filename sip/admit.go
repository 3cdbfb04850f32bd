package sip

import (
	"bytes"
	"net/netip"
	"strings"
	"time"

	"mediasrv/sip/transaction"
)

// Admit implements transaction.Handler: trunks and registered phones come in, unless their address is banned; of strangers only a REGISTER or INVITE
// that names somebody whom we know, so often.
func (s *Stack) Admit(_ string, from netip.AddrPort, data []byte) bool {
	if s.trunks.Allowed(from.Addr()) {
		return true
	}
	now := time.Now()
	if s.guard.bans.Banned(from.Addr(), now) {
		s.guard.dropped.Add(1)
		return false
	}
	if s.phones.Reached(from) {
		return true
	}
	if s.links.names(data) {
		return s.guard.allow(from.Addr(), now)
	}
	for _, name := range names(data) {
		if s.phones.Names(name) || s.trunks.Names(name) {
			return s.guard.allow(from.Addr(), now)
		}
	}
	if data != nil {
		s.guard.dropped.Add(1)
	}
	return false
}

// emergencyLength is that of the longest number of an emergency service.
const emergencyLength = 8

// Urgent implements transaction.Handler: the number is in the first line, in To, or where the trunk's rule for the called number has it.
func (s *Stack) Urgent(from transaction.Flow, data []byte) bool {
	rule := "to"
	if t := s.trunks.At(from.Remote.Addr()); t != nil && t.Identity.Called != "" {
		rule = t.Identity.Called
	}
	line, rest, _ := bytes.Cut(data, []byte("\r\n"))
	for _, line, _ = bytes.Cut(line, []byte(" ")); len(line) > 0; line, rest, _ = bytes.Cut(rest, []byte("\r\n")) {
		name, value, header := bytes.Cut(line, []byte(":"))
		switch name = bytes.TrimSpace(name); {
		case !header:
		case fold(name, "sip"), fold(name, "sips"), fold(name, "tel"), fold(name, "urn"):
			value = line // it is the first line's URI
		case fold(name, "to"), fold(name, "t"), fold(name, rule):
		default:
			continue
		}
		if n := number(value); n == sos || n != "" && s.file().IsEmergency(n) {
			return true
		}
	}
	return false
}

func fold(name []byte, as string) bool { return bytes.EqualFold(name, []byte(as)) }

// sos names every emergency service (RFC 5031, 4.1).
const sos = "sos"

// number is what a header's value calls, if it may be the number of an emergency service: the user of its URI, or itself, without the characters that people put
// between digits (RFC 3966, 5.1.1); sos if it names such a service.
func number(value []byte) string {
	low := bytes.ToLower(value)
	if _, service, ok := bytes.Cut(low, []byte("urn:service:sos")); ok && (len(service) == 0 || bytes.ContainsAny(service[:1], ".>;, \t")) {
		return sos
	}
	if uri, ok := afterScheme(value, "sip:", "sips:", "tel:"); ok {
		value = uri
	}
	value = bytes.TrimSpace(value)
	if i := bytes.IndexAny(value, "@;>? \t"); i >= 0 {
		value = value[:i]
	}
	if len(value) > 2*emergencyLength {
		return ""
	}
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune("-.()", r) {
			return -1
		}
		return r
	}, string(value))
}

// afterScheme is what follows the first of these schemes, in capitals or not (RFC 3986, 3.1).
func afterScheme(value []byte, schemes ...string) ([]byte, bool) {
	low := bytes.ToLower(value)
	for _, scheme := range schemes {
		if i := bytes.Index(low, []byte(scheme)); i >= 0 {
			return value[i+len(scheme):], true
		}
	}
	return nil, false
}

// names are the users that a REGISTER or INVITE, not yet parsed, is from.
func names(data []byte) []string {
	line, rest, _ := bytes.Cut(data, []byte("\r\n"))
	register := bytes.HasPrefix(line, []byte("REGISTER "))
	if !register && !bytes.HasPrefix(line, []byte("INVITE ")) {
		return nil
	}
	var out []string
	for len(rest) > 0 && len(out) < 8 {
		line, rest, _ = bytes.Cut(rest, []byte("\r\n"))
		if len(line) == 0 {
			break
		}
		key, value, ok := bytes.Cut(line, []byte(":"))
		if !ok {
			continue
		}
		switch string(bytes.ToLower(bytes.TrimSpace(key))) {
		case "to", "t":
			if register {
				out = append(out, uriUser(value))
			}
		case "from", "f", "contact", "m":
			if !register {
				out = append(out, uriUser(value))
			}
		case "authorization":
			out = append(out, loginUser(value))
		}
	}
	return out
}

// uriUser is the user of the first sip: URI in a header's value.
func uriUser(value []byte) string {
	uri, ok := afterScheme(value, "sip:", "sips:")
	if !ok {
		return ""
	}
	user, _, ok := bytes.Cut(uri, []byte("@"))
	if !ok || len(user) > 128 || bytes.ContainsAny(user, "<>\" ,") {
		return ""
	}
	return string(user)
}

// loginUser is the username of a digest.
func loginUser(value []byte) string {
	_, rest, ok := bytes.Cut(value, []byte(`username="`))
	if !ok {
		return ""
	}
	user, _, ok := bytes.Cut(rest, []byte(`"`))
	if !ok || len(user) > 128 {
		return ""
	}
	return string(user)
}
