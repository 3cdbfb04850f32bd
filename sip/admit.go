package sip

import (
	"bytes"
	"net/netip"
	"time"
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
	_, uri, ok := bytes.Cut(value, []byte("sip:"))
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
