package sdp

import (
	"fmt"
	"strconv"
	"strings"
)

const (
	maxSize  = 64 << 10 // bytes of a description
	maxMedia = 32       // m-lines
)

// description is a peer's, split into lines but not yet understood.
type description struct {
	origin  string // of o=, fields joined by one blank: user, session, version, network, family, address
	session section
	media   []*section
}

// section is the session level, or one m-line and what belongs to it.
type section struct {
	kind    string // audio, video, image …
	port    int
	proto   string // in upper case
	spelled string // proto as it was written
	formats []string
	conn    string // value of c=
	attrs   []attribute
}

type attribute struct{ key, value string }

// get returns the first value of an attribute.
func (s *section) get(key string) (string, bool) {
	for _, a := range s.attrs {
		if a.key == key {
			return a.value, true
		}
	}
	return "", false
}

func (s *section) has(key string) bool {
	_, ok := s.get(key)
	return ok
}

// get looks on the media level, then on the session's.
func (d *description) get(m *section, key string) string {
	v, ok := m.get(key)
	if !ok {
		v, _ = d.session.get(key)
	}
	return v
}

// parse reads a description. It insists on what is needed to understand it (v=, o=, readable m-lines) and forgives the rest: order, blank lines, bare
// line feeds, missing s= and t=, unknown lines.
func parse(b []byte) (*description, error) {
	if len(b) > maxSize {
		return nil, fmt.Errorf("%w: %d bytes, at most %d are read", ErrMalformed, len(b), maxSize)
	}
	d := &description{}
	at := &d.session
	begun := false
	text := strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(string(b))
	for n, line := range strings.Split(text, "\n") {
		line = strings.TrimRight(line, " \t")
		if line == "" {
			continue
		}
		if len(line) < 2 || line[1] != '=' {
			return nil, fmt.Errorf("%w: line %d is no \"x=value\": %.40q", ErrMalformed, n+1, line)
		}
		if !begun && line != "v=0" {
			return nil, fmt.Errorf("%w: it begins with %.40q, not with v=0", ErrMalformed, line)
		}
		begun = true
		next, err := d.line(at, line[0], strings.TrimSpace(line[2:]))
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", n+1, err)
		}
		at = next
	}
	switch {
	case !begun:
		return nil, fmt.Errorf("%w: it is empty", ErrMalformed)
	case d.origin == "":
		return nil, fmt.Errorf("%w: no o= line", ErrMalformed)
	}
	return d, nil
}

// line takes in one line, and returns the section that the next one belongs to.
func (d *description) line(at *section, letter byte, value string) (*section, error) {
	switch letter {
	case 'o':
		f := strings.Fields(value)
		if len(f) == 5 { // without a user name
			f = append([]string{"-"}, f...)
		}
		if len(f) != 6 {
			return nil, fmt.Errorf("%w: o= has %d fields, not 6: %.60q", ErrMalformed, len(f), value)
		}
		d.origin = strings.Join(f, " ")
	case 'c':
		if at.conn == "" {
			at.conn = value
		}
	case 'a':
		key, v, _ := strings.Cut(value, ":")
		at.attrs = append(at.attrs, attribute{strings.TrimSpace(key), strings.TrimSpace(v)})
	case 'm':
		m, err := parseMedia(value)
		if err != nil {
			return nil, err
		}
		if d.media = append(d.media, m); len(d.media) > maxMedia {
			return nil, fmt.Errorf("%w: more than %d m-lines", ErrMalformed, maxMedia)
		}
		return m, nil
	}
	return at, nil
}

// parseMedia reads the value of an m-line: "audio 4000[/n] RTP/AVP 0 8".
func parseMedia(value string) (*section, error) {
	f := strings.Fields(value)
	if len(f) < 3 {
		return nil, fmt.Errorf("%w: m= needs media, port, profile and formats: %.60q", ErrMalformed, value)
	}
	first, _, _ := strings.Cut(f[1], "/")
	port, err := strconv.ParseUint(first, 10, 16)
	if err != nil {
		return nil, fmt.Errorf("%w: port %.20q of m=%s is no number to 65535", ErrMalformed, f[1], f[0])
	}
	return &section{kind: strings.ToLower(f[0]), port: int(port), proto: strings.ToUpper(f[2]), spelled: f[2], formats: f[3:]}, nil
}
