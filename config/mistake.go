package config

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Position is a place in the file.
type Position struct {
	File   string
	Line   int // from 1
	Column int // from 1, in characters
}

func (p Position) String() string { return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Column) }

// Mistake is one thing that is wrong with a file.
type Mistake struct {
	At     Position
	Key    string // path of the key: queues.support.ring_timeout; empty: the file as a whole
	Text   string // what is wrong and what is expected; never a secret
	Secret bool   // the line holds a secret in the clear: don't show it
}

func (m Mistake) String() string {
	if m.At.File == "" {
		return m.Text
	}
	if m.Key == "" {
		return m.At.String() + ": " + m.Text
	}
	return m.At.String() + ": " + m.Key + ": " + m.Text
}

// Mistakes is every mistake of a file, in the order of the file.
type Mistakes []Mistake

func (m Mistakes) Error() string {
	lines := make([]string, len(m))
	for i, one := range m {
		lines[i] = one.String()
	}
	return strings.Join(lines, "\n")
}

// inOrder sorts by place; mistakes at the same place stay in the order in which they were found.
func (m Mistakes) inOrder() Mistakes {
	slices.SortStableFunc(m, func(a, b Mistake) int {
		return cmp.Or(cmp.Compare(a.At.File, b.At.File), cmp.Compare(a.At.Line, b.At.Line), cmp.Compare(a.At.Column, b.At.Column))
	})
	return m
}
