package routing

import (
	"strings"

	"mediasrv/config"
)

// typedMost bounds what is kept of a caller who plays with the keys.
const typedMost = 64

// match says what the digits that a caller has typed mean to a set of keys.
type match uint8

const (
	matchNone    match = iota // nothing begins so
	matchPart                 // more digits make a key of it
	matchWhole                // a key, and no longer one begins so
	matchPerhaps              // a key, but more digits would make a longer one
)

// matchKeys looks which key the typed digits begin with, and how far: "12" of {1, 2} is the key 1, and 2 stays typed.
func matchKeys(keys map[string]config.Action, typed string) (string, match) {
	found := ""
	for key := range keys {
		switch {
		case strings.HasPrefix(key, typed) && key != typed:
			if _, whole := keys[typed]; whole {
				return typed, matchPerhaps
			}
			return "", matchPart
		case strings.HasPrefix(typed, key) && len(key) > len(found):
			found = key
		}
	}
	if found == "" {
		return "", matchNone
	}
	return found, matchWhole
}

// press keeps a digit of the caller for the stage that asks for keys, now or next.
func (s *script) press(digit byte) {
	if len(s.typed) < typedMost {
		s.typed += string(rune(digit))
	}
}

// takeKey is the key that the caller has typed, if it is complete; hasty: no further digit is waited for. wrong: what was typed is no key; it is
// forgotten then.
func (s *script) takeKey(keys map[string]config.Action, hasty bool) (key string, wrong bool) {
	if s.typed == "" {
		return "", false
	}
	key, how := matchKeys(keys, s.typed)
	switch how {
	case matchWhole:
	case matchPerhaps:
		if !hasty {
			return "", false
		}
	case matchPart:
		if !hasty {
			return "", false
		}
		s.typed = ""
		return "", true
	case matchNone:
		s.typed = ""
		return "", true
	}
	s.typed = s.typed[len(key):]
	return key, false
}
