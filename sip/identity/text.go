package identity

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

const longestName = 200 // bytes of a display name

// Quote makes a name safe for a quoted string (RFC 3261, 25.1): sipgo writes it as it is. Quotes and backslashes are left out rather than
// escaped, since many carriers can't read them.
func Quote(name string) string {
	return clip(strings.Map(func(r rune) rune {
		if r < ' ' || r == '"' || r == '\\' || r == 0x7f || r == utf8.RuneError {
			return -1
		}
		return r
	}, name))
}

// Escape keeps what a user part may hold (RFC 3261, 25.1).
func Escape(user string) string {
	var b strings.Builder
	for i := range len(user) {
		c := user[i]
		if c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || strings.IndexByte("-_.!~*'()&=+$,;?/", c) >= 0 {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}

func unescape(s string) string {
	if !strings.ContainsRune(s, '%') {
		return s
	}
	return strings.NewReplacer("%2B", "+", "%2b", "+", "%20", "", "%23", "#").Replace(s)
}

// clip cuts a name that is too long, between letters.
func clip(name string) string {
	name = strings.ToValidUTF8(strings.TrimSpace(name), "")
	if len(name) > longestName {
		name = strings.ToValidUTF8(name[:longestName], "")
	}
	return name
}
