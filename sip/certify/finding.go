package certify

import "fmt"

// Level says how good a finding is.
type Level string

// The levels, from good to bad.
const (
	OK        Level = "ok"
	NotTested Level = "not tested" // there was no occasion to, or the peer says that it can't do it
	Odd       Level = "odd"        // allowed, or harmless, but it has to be known
	Wrong     Level = "wrong"      // against the RFC that is named
)

// rank orders levels.
func (l Level) rank() int {
	switch l {
	case OK:
		return 0
	case NotTested:
		return 1
	case Odd:
		return 2
	case Wrong:
	}
	return 3
}

// Finding is one thing that a step saw.
type Finding struct {
	Level Level  `json:"level"`
	Text  string `json:"text"`
	RFC   string `json:"rfc,omitempty"` // with its section
	Keys  []Key  `json:"keys,omitempty"`
}

// Key is a key of the trunk that suits a quirk.
type Key struct {
	Path  string `json:"path"`  // below the trunk, such as login.username
	Value string `json:"value"` // as it is written in YAML
	Why   string `json:"why"`
}

// findings collects what a step sees; the same sentence only once.
type findings []Finding

func (f *findings) add(level Level, rfc, text string, args ...any) *Finding {
	if len(args) > 0 {
		text = fmt.Sprintf(text, args...)
	}
	for i := range *f {
		if (*f)[i].Text == text {
			return &(*f)[i]
		}
	}
	*f = append(*f, Finding{Level: level, Text: text, RFC: rfc})
	return &(*f)[len(*f)-1]
}

func (f *findings) ok(rfc, text string, args ...any)       { f.add(OK, rfc, text, args...) }
func (f *findings) untested(rfc, text string, args ...any) { f.add(NotTested, rfc, text, args...) }
func (f *findings) odd(rfc, text string, args ...any) *Finding {
	return f.add(Odd, rfc, text, args...)
}

func (f *findings) wrong(rfc, text string, args ...any) *Finding {
	return f.add(Wrong, rfc, text, args...)
}

// check is ok or wrong.
func (f *findings) check(good bool, rfc, ok, wrong string) *Finding {
	if good {
		return f.add(OK, rfc, ok)
	}
	return f.add(Wrong, rfc, wrong)
}

// advise proposes a key; the ones in advice.go are held against the schema by a test.
func (f *Finding) advise(k Key) { f.Keys = append(f.Keys, k) }

// worst is the worst level of all.
func (f findings) worst() Level {
	worst := NotTested
	if len(f) == 0 {
		return worst
	}
	for _, x := range f {
		if x.Level == OK && worst == NotTested || x.Level.rank() > worst.rank() {
			worst = x.Level
		}
	}
	return worst
}
