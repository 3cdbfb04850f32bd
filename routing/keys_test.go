package routing

import (
	"testing"

	"mediasrv/config"
)

func TestMatchKeys(t *testing.T) {
	keys := map[string]config.Action{"1": {}, "2": {}, "22": {}, "4711": {}, "*": {}}
	for _, c := range []struct {
		typed, key string
		how        match
	}{
		{"1", "1", matchWhole},
		{"12", "1", matchWhole}, // type-ahead: 2 is for the next menu
		{"2", "2", matchPerhaps},
		{"22", "22", matchWhole},
		{"221", "22", matchWhole},
		{"21", "2", matchWhole},
		{"4", "", matchPart},
		{"471", "", matchPart},
		{"4711", "4711", matchWhole},
		{"48", "", matchNone},
		{"3", "", matchNone},
		{"*", "*", matchWhole},
	} {
		if key, how := matchKeys(keys, c.typed); key != c.key || how != c.how {
			t.Errorf("%s: %q %d, want %q %d", c.typed, key, how, c.key, c.how)
		}
	}
}
