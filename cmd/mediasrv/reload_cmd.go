package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"mediasrv/config"
)

type reloadCmd struct {
	File string `arg:"" optional:"" default:"mediasrv.yml" help:"The operator's file. Default: ${default}."`
}

// Help is shown by `mediasrv reload --help`.
func (reloadCmd) Help() string {
	return `The running server reads its file again: it is checked as a whole, with its audio files and texts, and then applied at once, or refused with
all as before. Calls in progress keep what they began with; agents keep their states. SIGHUP does the same, and so does a change of the file or of
a file that it names. Listen addresses, data_dir, public_address, nameservers, tls, demo and recordings.upload need a restart: all else is applied, and they are named.

The server is found by the control socket in the file's data_dir, which its own user can open. Exit code 0: applied; 1: refused.

Example:
  $ mediasrv reload mediasrv.yml
  applied: queues.support, users.ben is new`
}

// reloadVerdict is the server's answer.
type reloadVerdict struct {
	Applied bool
	Changes []string
	Restart []string
	Wrong   []struct {
		File, Key, Text string
		Line, Column    int
		Secret          bool
	}
}

// Run asks the server.
func (c *reloadCmd) Run(ctx context.Context, tty terminal) error {
	a, err := controlOf(c.File)
	if err != nil {
		return err
	}
	var v reloadVerdict
	if err := a.ask(ctx, http.MethodPost, "/api/reload", nil, &v); err != nil {
		return fmt.Errorf("reload: %w", unwrapURL(err))
	}
	if !v.Applied {
		fmt.Fprintln(tty.err, "refused: all is as before")
		var mistakes config.Mistakes
		for _, m := range v.Wrong {
			mistakes = append(mistakes, config.Mistake{At: config.Position{File: m.File, Line: m.Line, Column: m.Column}, Key: m.Key, Text: m.Text, Secret: m.Secret})
		}
		printMistakes(tty.err, mistakes)
		return errSaid
	}
	text := "applied: nothing has changed"
	if len(v.Changes) > 0 {
		text = "applied: " + strings.Join(v.Changes, ", ")
	}
	if len(v.Restart) > 0 {
		text += "\nneeds a restart, and is as before until then: " + strings.Join(v.Restart, ", ")
	}
	_, err = fmt.Fprintln(tty.out, text)
	return err
}

// unwrapURL drops the name of the request, which says nothing to people.
func unwrapURL(err error) error {
	if e := (*url.Error)(nil); errors.As(err, &e) {
		return e.Err
	}
	return err
}
