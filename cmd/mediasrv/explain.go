package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"mediasrv/config"
	"mediasrv/routing/fact"
	"mediasrv/store"
)

// explainCmd says what happened in a call, and why.
type explainCmd struct {
	Call string `arg:"" help:"The call's id or its last letters, a leg's Call-ID header, a caller's number, or last."`
	File string `default:"mediasrv.yml" placeholder:"FILE" help:"The operator's file. Default: ${default}."`
}

// Help is shown by mediasrv explain --help.
func (explainCmd) Help() string {
	return `Prints everything that happened in a call with its time, and for each offer why the other agents were passed over. It reads the database of
the file's data_dir, beside a running server too.

Examples:
  mediasrv explain last --file mediasrv.yml
  mediasrv explain 3f9c01aa2b7e --file mediasrv.yml
  mediasrv explain +819012345678 --file mediasrv.yml`
}

// Run prints the call.
func (c *explainCmd) Run(_ context.Context, tty terminal) (err error) {
	cfg, err := config.Load(c.File)
	if err != nil {
		return err
	}
	db, err := openBooks(cfg)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	calls, events, err := settled(db, c.Call)
	switch {
	case err != nil:
		return err
	case len(calls) == 0:
		return fmt.Errorf("explain: no call is known as %q", c.Call)
	case len(calls) > 1:
		return several(tty.out, c.Call, calls, cfg.Company.TimeZone)
	}
	return story(tty.out, calls[0], events, cfg.Company.TimeZone)
}

// A running server commits in groups, so the end of a call may be some moments away.
const (
	settleTime = time.Second
	settleStep = 100 * time.Millisecond
)

// settled is a name's history; of a call that has not ended it looks again for a moment, so that one that has just ended doesn't seem to go on.
func settled(db *store.Store, name string) ([]fact.Call, []fact.Event, error) {
	for until := time.Now().Add(settleTime); ; {
		calls, events, err := db.History(name)
		if err != nil || len(calls) != 1 || !calls[0].Ended.IsZero() || time.Now().After(until) {
			return calls, events, err
		}
		<-time.After(settleStep)
	}
}

// openBooks opens the database of a server that has run already.
func openBooks(cfg *config.Config) (*store.Store, error) {
	path := filepath.Join(cfg.DataDir, databaseFile)
	switch _, err := os.Stat(path); {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("there is no database at %s: the server has not run yet", path)
	case errors.Is(err, fs.ErrPermission):
		return nil, fmt.Errorf("%s: only the server's own user may open it", path)
	case err != nil:
		return nil, err
	}
	return store.Open(path, "explain", slog.New(slog.DiscardHandler))
}

// several lists the calls that a name may mean.
func several(out io.Writer, name string, calls []fact.Call, zone *time.Location) error {
	_, err := fmt.Fprintf(out, "%s may be one of these; say which by its id or the end of it:\n", name)
	for _, c := range calls {
		if err == nil {
			_, err = fmt.Fprintf(out, "  %s  %s  from %s to %s  %s\n", c.ID, c.Began.In(zone).Format(time.DateTime), cmp.Or(c.From, "a withheld number"), c.Entry, c.End)
		}
	}
	return err
}

// story prints a call.
func story(out io.Writer, c fact.Call, events []fact.Event, zone *time.Location) error {
	var b strings.Builder
	fmt.Fprintf(&b, "Call %s\n%s, %s, from %s to %s by the trunk %s\n\n", c.ID, c.Began.In(zone).Format("2006-01-02 15:04:05 MST"), c.Direction,
		cmp.Or(c.From, "a withheld number"), c.Entry, cmp.Or(c.Trunk, "none"))
	for _, e := range events {
		line := e.At.In(zone).Format("15:04:05.000") + "  " + tell(e)
		b.WriteString(strings.TrimSpace(line) + "\n")
	}
	if c.Ended.IsZero() {
		b.WriteString("\nIt goes on.\n")
	} else {
		fmt.Fprintf(&b, "\nIt ended after %s: %s.\n", c.Ended.Sub(c.Began).Round(time.Second), c.End)
	}
	_, err := io.WriteString(out, b.String())
	return err
}

// tell is an event in words.
func tell(e fact.Event) string {
	if e.Kind == fact.Considered {
		if e.Agent == "" {
			return "nobody rings: " + e.Detail
		}
		return "next is " + e.Agent + ": " + e.Detail
	}
	said := string(e.Kind)
	if e.Agent != "" {
		said += " " + e.Agent
	}
	if e.Queue != "" {
		said += " (" + e.Queue + ")"
	}
	if e.Detail != "" {
		said += ": " + e.Detail
	}
	return said
}
