package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"os"
	"path/filepath"

	"mediasrv/routing/fact"
)

// personCmd is what the law gives customers.
type personCmd struct {
	Export personExportCmd `cmd:"" help:"Write all that is kept of a customer into a new directory."`
	Erase  personEraseCmd  `cmd:"" help:"Delete a customer's recordings, and take number, name and notes out of the database."`
}

// Help is shown by `mediasrv person --help`.
func (personCmd) Help() string {
	return `A customer is a number, written as calls have it (E.164). The server is found by the control socket in the file's data_dir, which its own user can open.

Examples:
  mediasrv person export +819012345678 --to yamada
  mediasrv person erase +819012345678 --reason "asked for it by letter"
  mediasrv person erase +819012345678 --legs customer --reason "asked for it by letter"`
}

type personExportCmd struct {
	Number string `arg:"" help:"The customer's number."`
	To     string `required:"" placeholder:"DIR" help:"A directory that is made."`
	serverFlag
}

// Run exports: what the database has as person.json, and each recording with its signed metadata.
func (c *personExportCmd) Run(ctx context.Context, tty terminal) error {
	a, err := controlOf(c.ServerFile)
	if err != nil {
		return err
	}
	var text jsonText
	if err := a.fetch(ctx, "/api/person?number="+url.QueryEscape(c.Number), func(_ string, body io.Reader) (err error) {
		text, err = io.ReadAll(body)
		return err
	}); err != nil {
		return fmt.Errorf("person: %w", unwrapURL(err))
	}
	var p fact.Person
	if err := json.Unmarshal(text, &p); err != nil {
		return fmt.Errorf("person: %w", err)
	}
	if len(p.Conversations)+len(p.Calls)+len(p.Callbacks)+len(p.Voicemails)+len(p.Contacts)+len(p.Recordings) == 0 {
		return fmt.Errorf("person: nothing is kept of %s; write the number as calls have it, with + and country", c.Number)
	}
	if err := os.Mkdir(c.To, 0o700); err != nil {
		return fmt.Errorf("person: %w: name a directory that isn't there yet", err)
	}
	if err := text.write(filepath.Join(c.To, "person.json")); err != nil {
		return err
	}
	for _, v := range p.Recordings {
		for _, what := range []string{"sound", "metadata"} {
			if err := a.fetch(ctx, "/api/recordings/"+url.PathEscape(v.ID)+"/"+what+"?download=1", c.save); err != nil {
				return fmt.Errorf("person: the %s of the recording %s: %w", what, v.ID, unwrapURL(err))
			}
		}
	}
	fmt.Fprintf(tty.out, "%s: %s, %s, %s, %s, %s\n", c.To, count(len(p.Conversations), "conversation"), count(len(p.Calls), "call"), count(len(p.Callbacks), "callback"),
		count(len(p.Voicemails), "message"), count(len(p.Recordings), "recording"))
	return nil
}

// save writes a file under the name that the server gives it.
func (c *personExportCmd) save(disposition string, body io.Reader) (err error) {
	_, parameters, err := mime.ParseMediaType(disposition)
	if err != nil {
		return fmt.Errorf("it has no name: %w", err)
	}
	f, err := os.OpenFile(filepath.Join(c.To, filepath.Base(parameters["filename"])), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	_, err = io.Copy(f, body)
	return err
}

// jsonText is JSON as it came.
type jsonText []byte

// write writes it so that people can read it.
func (t jsonText) write(path string) error {
	var value any
	if err := json.Unmarshal(t, &value); err != nil {
		return err
	}
	pretty, err := json.MarshalIndent(value, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(path, append(pretty, '\n'), 0o600)
}

// fetch reads an answer of any length; read gets its Content-Disposition. An answer that refuses is an error with the server's sentence.
func (a *api) fetch(ctx context.Context, path string, read func(disposition string, body io.Reader) error) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, a.base+path, nil)
	if err != nil {
		return err
	}
	res, err := a.client.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = res.Body.Close() }()
	if res.StatusCode != http.StatusOK {
		said, err := io.ReadAll(io.LimitReader(res.Body, apiAnswer))
		return errors.Join(err, problemOf(res.Status, said))
	}
	return read(res.Header.Get("Content-Disposition"), res.Body)
}

type personEraseCmd struct {
	Number string `arg:"" help:"The customer's number."`
	Legs   string `enum:"all,customer" default:"all" placeholder:"WHICH" help:"Which recordings go: all; customer: those in which the customer is heard. Default: ${default}."`
	Reason string `required:"" placeholder:"TEXT" help:"Why. It is kept, so don't name the person."`
	serverFlag
}

// Run erases.
func (c *personEraseCmd) Run(ctx context.Context, tty terminal) error {
	a, err := controlOf(c.ServerFile)
	if err != nil {
		return err
	}
	var done struct {
		Deleted, Left, Held int
		Rows                bool
	}
	asked := map[string]string{"number": c.Number, "legs": c.Legs, "reason": c.Reason}
	if err := a.ask(ctx, http.MethodPost, "/api/person/erase", asked, &done); err != nil {
		return fmt.Errorf("person: %w", unwrapURL(err))
	}
	fmt.Fprintf(tty.out, "%s deleted, %d left, %d under legal hold\n", count(done.Deleted, "recording"), done.Left, done.Held)
	if !done.Rows {
		return errors.New("person: number, name and notes stay while a recording is under legal hold; end the hold and erase again")
	}
	fmt.Fprintln(tty.out, "number, name and notes are gone from the database")
	return nil
}
