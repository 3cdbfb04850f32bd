package certify

import (
	"context"
	"strings"
)

// reoffer sends a re-INVITE with a description and acknowledges its answer. The description is nil if it wasn't accepted; the findings then say so.
func (c *call) reoffer(ctx context.Context, f *findings, what string, o offer) (*message, *description) {
	t := c.ask("INVITE", c.describe(o.lines()))
	res := c.agent.answer(ctx, t, answerIn)
	switch {
	case res == nil:
		f.wrong("RFC 3261, 14.2", "doesn't answer a re-INVITE with %s", what)
		return nil, nil
	case res.code() >= 300:
		return res, nil
	}
	c.ack(t, "")
	d := res.description()
	if d.audio() == nil {
		f.wrong("RFC 3264, 6", "answers a re-INVITE with %s without a description", what)
		return res, nil
	}
	judgeShape(f, d, strings.Count(o.text(), "\nm=")) // every m-line keeps its place
	c.judgeVersion(f, d, what)
	c.talk(d)
	return res, d
}

func (o offer) text() string { return "\n" + strings.Join(o.lines(), "\n") }

// judgeVersion holds the o= line against the last one (RFC 3264, 8): the session's id stays, and the version rises by one when anything changes.
func (c *call) judgeVersion(f *findings, d *description, what string) {
	before := c.theirs
	if before == nil || len(d.origin) < 6 || len(before.origin) < 6 {
		return
	}
	same := body(before) == body(d)
	switch {
	case d.session != before.session:
		f.odd("RFC 3264, 8", "takes a new session id in o= with %s", what)
	case same:
	case d.version == before.version:
		f.wrong("RFC 3264, 8", "changes its description with %s without raising the version in o=: we could take it for unchanged", what)
	case d.version != before.version+1:
		f.odd("RFC 3264, 8", "raises the version in o= by %d with %s, not by one", int64(d.version-before.version), what) //nolint:gosec // for people
	}
}

// body is a description without its o= line.
func body(d *description) string {
	var out []string
	for line := range strings.SplitSeq(strings.ReplaceAll(d.text, "\r\n", "\n"), "\n") {
		if !strings.HasPrefix(line, "o=") {
			out = append(out, strings.TrimSpace(line))
		}
	}
	return strings.Join(out, "\n")
}

// refusedOffer says it of a re-INVITE that should be taken.
func refusedOffer(f *findings, what string, res *message) {
	if res != nil {
		f.wrong("RFC 3261, 14.2", "refuses a re-INVITE with %s: %s%s", what, status(res), cause(res))
	}
}
