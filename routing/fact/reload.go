package fact

import (
	"fmt"
	"strings"
	"time"
)

// The kinds of events that belong to no call: of the server as a whole.
const (
	Reloaded      EventKind = "reloaded"       // a new file holds; Agent says by whom
	ReloadRefused EventKind = "reload-refused" // the file has mistakes, and all is as before
)

// Reload is what became of reading the file again.
type Reload struct {
	At      time.Time
	By      string // a user, or how it was asked for: SIGHUP, the file has changed, mediasrv reload
	Took    time.Duration
	Applied bool
	Changes []string        // what is another now, as paths of keys
	Restart []string        // keys that have changed, and hold from the next start on
	Wrong   []ReloadMistake // why it was refused, in the order of the file
}

// ReloadMistake is one thing that is wrong with the file.
type ReloadMistake struct {
	File   string // empty: no place
	Line   int
	Column int
	Key    string
	Text   string
	Secret bool // the line holds a secret in the clear: don't show it
}

func (m ReloadMistake) String() string {
	var parts []string
	if m.File != "" {
		parts = append(parts, fmt.Sprintf("%s:%d:%d", m.File, m.Line, m.Column))
	}
	if m.Key != "" {
		parts = append(parts, m.Key)
	}
	return strings.Join(append(parts, m.Text), ": ")
}

// Sentence says it in one line.
func (r Reload) Sentence() string {
	if !r.Applied {
		text := "refused, all is as before"
		for i, m := range r.Wrong {
			if i == 3 {
				return text + fmt.Sprintf("; and %d more", len(r.Wrong)-i)
			}
			text += "; " + m.String()
		}
		return text
	}
	text := "applied: nothing has changed"
	if len(r.Changes) > 0 {
		text = "applied: " + strings.Join(r.Changes, ", ")
	}
	if len(r.Restart) > 0 {
		text += "; needs a restart: " + strings.Join(r.Restart, ", ")
	}
	return text
}
