package config

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// shape is what may stand at a place of the file. Checking, the schema and the test of the documentation read the same shapes.
// A shape is a map of fields, a map of names that the operator chooses, a list, or a scalar; a map of fields may also be a word.
type shape struct {
	expects  string // in words: "a duration such as 30s"
	fields   []field
	names    *names
	items    *shape
	scalar   func(c *checker, n *node) (any, error)
	schema   map[string]any // of a scalar, beyond its type
	secret   bool           // never repeat what stands there
	yesOrNo  bool           // true and false are meant
	isNumber bool           // digits are meant, so quotes are not needed
	shared   string         // documentation has it once, under this name; empty: at each of its places
}

// field is a key that the file knows.
type field struct {
	key   string
	what  *shape
	std   string // the default, as one would write it
	or    string // the default in words, where it can't be written
	about string // one sentence
	later bool   // known, but not in this version
}

// names is a map whose keys the operator chooses.
type names struct {
	are   string // NAME, in documentation
	check func(string) error
	hint  string // what a name looks like
	each  *shape
	quote bool // keys are telephone numbers
}

func (s *shape) has(key string) *field {
	for i := range s.fields {
		if s.fields[i].key == key {
			return &s.fields[i]
		}
	}
	return nil
}

// keys are the known keys of this version.
func (s *shape) keys() []string {
	var all []string
	for _, f := range s.fields {
		if !f.later {
			all = append(all, f.key)
		}
	}
	return all
}

func of(fields ...field) *shape { return &shape{expects: "a map of keys", fields: fields} }

func listOf(items *shape) *shape {
	return &shape{expects: "a list, each " + items.expects, items: items}
}

// later is a key that the file will know, so that nobody looks for a typing mistake.
func later(key string) field { return field{key: key, later: true} }

// reads makes a scalar's shape of a function from its text.
func reads[T any](expects string, read func(string) (T, error)) *shape {
	return &shape{expects: expects, scalar: func(_ *checker, n *node) (any, error) { return read(n.text) }}
}

func yesNo() *shape {
	return &shape{
		expects: "true or false", yesOrNo: true, schema: map[string]any{"type": "boolean"},
		scalar: func(_ *checker, n *node) (any, error) {
			if !n.boolean {
				return nil, errNotBool
			}
			return strings.EqualFold(n.text, "true"), nil
		},
	}
}

func words(expects string, most int) *shape {
	return &shape{
		expects: fmt.Sprintf("%s of at most %d letters", expects, most),
		schema:  map[string]any{"maxLength": most},
		scalar: func(_ *checker, n *node) (any, error) {
			text := strings.TrimSpace(n.text)
			switch {
			case text == "":
				return nil, fmt.Errorf("is empty")
			case len([]rune(text)) > most:
				return nil, fmt.Errorf("has %d letters", len([]rune(text)))
			case !n.quoted && strings.HasPrefix(text, "+") && strings.Trim(text, "+0123456789") == "":
				return nil, errQuote
			case strings.ContainsFunc(text, func(r rune) bool { return r < ' ' && r != '\n' }):
				return nil, errControl
			}
			return text, nil
		},
	}
}

// oneOf is a choice; what comes with later versions is told apart from what is wrong.
func oneOf(choices []string, coming ...string) *shape {
	expects := "one of " + strings.Join(choices, ", ")
	if len(choices) == 1 {
		expects = choices[0]
	}
	return &shape{
		expects: expects, schema: map[string]any{"enum": choices},
		scalar: func(_ *checker, n *node) (any, error) {
			switch {
			case slices.Contains(choices, n.text):
				return n.text, nil
			case slices.Contains(coming, n.text):
				return nil, fmt.Errorf("%s is not in this version", n.text)
			}
			if near := Nearest(n.text, choices); near != "" {
				return nil, fmt.Errorf("%q is not known; did you mean %s?", n.text, near)
			}
			return nil, fmt.Errorf("%q is not known", n.text)
		},
	}
}

func durationIn(least, most time.Duration) *shape {
	return &shape{
		expects: fmt.Sprintf("a duration from %s to %s", spell(least), spell(most)),
		schema:  map[string]any{"pattern": `^([0-9]+d)?([0-9]+h)?([0-9]+m)?([0-9]+s)?$`},
		scalar: func(_ *checker, n *node) (any, error) {
			d, err := duration(n.text)
			if err == nil && (d < least || d > most) {
				return nil, fmt.Errorf("%s is out of range", n.text)
			}
			return d, err
		},
	}
}

func integer(least, most int) *shape {
	return &shape{
		expects: fmt.Sprintf("a whole number from %d to %d", least, most), isNumber: true,
		schema: map[string]any{"type": "integer", "minimum": least, "maximum": most},
		scalar: func(_ *checker, n *node) (any, error) {
			i, err := strconv.Atoi(n.text)
			switch {
			case err != nil || n.quoted:
				return nil, errNotNumber
			case i < least || i > most:
				return nil, fmt.Errorf("%d is out of range", i)
			}
			return i, nil
		},
	}
}

func decimal(least, most float64) *shape {
	return &shape{
		expects: fmt.Sprintf("a number from %g to %g", least, most), isNumber: true,
		schema: map[string]any{"type": "number", "minimum": least, "maximum": most},
		scalar: func(_ *checker, n *node) (any, error) {
			x, err := strconv.ParseFloat(n.text, 64)
			switch {
			case err != nil || n.quoted:
				return nil, fmt.Errorf("is no number")
			case !(x >= least && x <= most): // NaN too
				return nil, fmt.Errorf("%s is out of range", n.text)
			}
			return x, nil
		},
	}
}

// ref is the name of something that stands elsewhere in the file; whether it does is known only when all is read.
func ref(what string) *shape {
	return &shape{
		expects: "the name of " + what,
		scalar: func(_ *checker, n *node) (any, error) {
			if n.text == "" {
				return nil, fmt.Errorf("is empty")
			}
			return n.text, nil
		},
	}
}
