package config

import (
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml/token"
)

// joinFlow repairs what the YAML library does to lists within maps, both in brackets: in {sip: [udp://:5060]} it takes the last colon for
// that of a key, though YAML has keys only before ": ". The pieces become one text again.
func joinFlow(tokens token.Tokens) token.Tokens {
	var (
		joined token.Tokens
		inside []token.Type // brackets that are open
	)
	for i := 0; i < len(tokens); i++ {
		tk := tokens[i]
		switch tk.Type { //nolint:exhaustive // only brackets and colons matter
		case token.MappingStartType, token.SequenceStartType:
			inside = append(inside, tk.Type)
		case token.MappingEndType, token.SequenceEndType:
			inside = inside[:max(0, len(inside)-1)]
		case token.MappingValueType:
			inList := len(inside) > 0 && inside[len(inside)-1] == token.SequenceStartType
			if !inList || i+1 == len(tokens) || !touches(tk, tokens[i+1]) {
				break
			}
			text, at := tk.Value+tokens[i+1].Value, tk.Position
			origin := tk.Origin + tokens[i+1].Origin
			if last := len(joined) - 1; last >= 0 && touches(joined[last], tk) {
				text, origin, at = joined[last].Value+text, joined[last].Origin+origin, joined[last].Position
				joined = joined[:last]
			}
			i++
			tk = token.String(text, origin, at)
		}
		joined.Add(tk)
	}
	for i, tk := range joined {
		tk.Prev, tk.Next = nil, nil
		if i > 0 {
			tk.Prev, joined[i-1].Next = joined[i-1], tk
		}
	}
	return joined
}

// touches is true if b follows a without a space, and both are plain.
func touches(a, b *token.Token) bool {
	plain := func(t *token.Token) bool {
		return !isQuote(t.Type) && t.Position != nil && !strings.ContainsAny(t.Value, "[]{},\n") && t.Value != ""
	}
	return plain(a) && plain(b) && a.Position.Line == b.Position.Line &&
		a.Position.Column+utf8.RuneCountInString(a.Value) == b.Position.Column
}
