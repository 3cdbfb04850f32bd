package config

import (
	"errors"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
)

// checker holds the file's tree against its shape: it notes every mistake and leaves in each scalar the value that was read.
type checker struct {
	file     string
	dir      string // where relative paths start
	mistakes Mistakes
	silent   bool            // the schema's default values are read without looking at the disk
	seen     map[string]bool // paths of shapes that were visited, for tests of the example
	files    map[string]bool // that were looked at
}

// uses notes a file whose content counts.
func (c *checker) uses(path string) {
	if c.files == nil {
		c.files = map[string]bool{}
	}
	c.files[path] = true
}

func (c *checker) wrong(n *node, text string) {
	c.mistakes = append(c.mistakes, Mistake{At: n.at, Key: n.path, Text: text})
}

// path makes a path absolute; relative ones start at the file's folder.
func (c *checker) path(text string) string {
	if filepath.IsAbs(text) {
		return filepath.Clean(text)
	}
	return filepath.Join(c.dir, text)
}

// join adds a key to a path; a key that can't be one is cut.
func join(path, key string) string {
	if r := []rune(key); len(r) > 70 {
		key = string(r[:70]) + "…"
	}
	if path == "" {
		return key
	}
	return path + "." + key
}

// walk checks a value. kind is the path of its shape: names are replaced by what they are (queues.QUEUE.waiting).
func (c *checker) walk(n *node, path, kind string, s *shape) {
	n.path = path
	c.seen[kind] = true
	if s.shared != "" {
		kind = s.shared
	}
	switch {
	case n.kind == refused:
	case n.kind == scalar && s.scalar != nil:
		c.scalar(n, s)
	case s.fields != nil && n.isMap():
		c.fields(n, kind, s)
	case s.names != nil && n.isMap():
		c.names(n, kind, s.names)
	case s.items != nil && n.kind == list:
		for i, item := range n.items {
			c.walk(item, fmt.Sprintf("%s[%d]", path, i), kind, s.items)
		}
	default:
		c.mismatch(n, s)
	}
}

// mismatch notes that another kind of thing stands there.
func (c *checker) mismatch(n *node, s *shape) {
	if n.kind == nothing {
		c.wrong(n, "has no value: expected "+s.expects+", or leave the key out")
		return
	}
	got := n.kind.String()
	if n.kind == scalar && !s.secret && len(n.text) < 60 {
		got = strconv.Quote(n.text)
	}
	c.mistakes = append(c.mistakes, Mistake{At: n.at, Key: n.path, Text: "expected " + s.expects + ", got " + got, Secret: s.secret})
}

func (c *checker) scalar(n *node, s *shape) {
	if n.boolean && !s.yesOrNo {
		c.wrong(n, fmt.Sprintf(`%s means yes or no to YAML: expected %s; quote it if it is meant as a text ("%s")`, n.text, s.expects, n.text))
		return
	}
	v, err := s.scalar(c, n)
	switch {
	case err == nil:
		n.value = v
	case s.secret:
		c.mistakes = append(c.mistakes, Mistake{At: n.at, Key: n.path, Text: err.Error(), Secret: errors.Is(err, errBareSecret)})
	default:
		c.wrong(n, c.complain(n, err, s.expects))
	}
}

// complain names what stands there, unless the error does, then what is wrong, then what is expected.
func (c *checker) complain(n *node, err error, expects string) string {
	text := err.Error()
	if len(n.text) < 60 && !strings.Contains(text, n.text) {
		text = strconv.Quote(n.text) + " " + text
	}
	return text + ": expected " + expects
}

func (c *checker) fields(n *node, kind string, s *shape) {
	first := map[string]*node{}
	for _, e := range n.entries {
		e.key.path = join(n.path, e.key.text)
		f := s.has(e.key.text)
		switch {
		case f == nil:
			c.wrong(e.key, "unknown key; "+suggest(e.key.text, s.keys()))
		case f.later:
			c.wrong(e.key, "is not in this version: leave it out")
		case c.twice(first, e.key):
		default:
			c.walk(e.value, e.key.path, join(kind, f.key), f.what)
		}
	}
}

func (c *checker) names(n *node, kind string, s *names) {
	first := map[string]*node{}
	for _, e := range n.entries {
		e.key.path = join(n.path, e.key.text)
		if s.quote && !e.key.quoted {
			c.wrong(e.key, `a telephone number must be quoted, or YAML reads it as a sum: write "`+e.key.text+`"`)
		}
		if s.check != nil {
			if err := s.check(e.key.text); err != nil {
				c.wrong(e.key, c.complain(e.key, err, s.hint))
			}
		}
		if !c.twice(first, e.key) {
			c.walk(e.value, e.key.path, join(kind, s.are), s.each)
		}
	}
}

// twice notes a key that the map has already.
func (c *checker) twice(first map[string]*node, key *node) bool {
	if before := first[key.text]; before != nil {
		c.wrong(key, fmt.Sprintf("is there twice, first in line %d", before.at.Line))
		return true
	}
	first[key.text] = key
	return false
}
