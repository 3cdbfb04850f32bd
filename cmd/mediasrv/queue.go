package main

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"path/filepath"
	"time"

	"mediasrv/config"
)

// queueCmd is what a supervisor can do with queues, from the server's machine.
type queueCmd struct {
	List     queueListCmd     `cmd:"" help:"Say which queues take callers now, and why the others don't."`
	Close    queueCloseCmd    `cmd:"" help:"Close a queue until a time."`
	Open     queueOpenCmd     `cmd:"" help:"Take a closing back."`
	Incident queueIncidentCmd `cmd:"" help:"Tell callers of something before they wait, until a time."`
}

// Help is shown by `mediasrv queue --help`.
func (queueCmd) Help() string {
	return `Past the file, until a time, also over a restart. The server is found by the control socket in the file's data_dir, which its own user can open.

Examples:
  mediasrv queue close support --until 14:00 --message "We are at lunch until two."
  mediasrv queue incident support --until 2h --say "Our shop is down. We are working on it."
  mediasrv queue open support`
}

// serverFlag names the operator's file, by which the running server is found.
type serverFlag struct {
	ServerFile string `default:"mediasrv.yml" placeholder:"FILE" help:"The operator's file. Default: ${default}."`
}

// reach finds the running server, and the clock that the company goes by.
func (f serverFlag) reach() (*api, *time.Location, error) {
	zone, err := config.ZoneOf(f.ServerFile)
	if err != nil {
		return nil, nil, err
	}
	a, err := controlOf(f.ServerFile)
	return a, zone, err
}

type queueListCmd struct{ serverFlag }

// Run lists the queues.
func (c *queueListCmd) Run(ctx context.Context, tty terminal) error {
	a, zone, err := c.reach()
	if err != nil {
		return err
	}
	var all struct {
		Queues []struct {
			Name, Why string
			Open      bool
			Incident  *struct {
				Until     time.Time
				Say, File string
			}
		}
	}
	if err := a.ask(ctx, http.MethodGet, "/api/queues", nil, &all); err != nil {
		return fmt.Errorf("queue: %w", unwrapURL(err))
	}
	for _, q := range all.Queues {
		state := "open"
		if !q.Open {
			state = q.Why
		}
		if q.Incident != nil {
			state += "; incident until " + q.Incident.Until.In(zone).Format("Mon 2006-01-02 15:04") + ": " + q.Incident.Say + q.Incident.File
		}
		fmt.Fprintf(tty.out, "%-20s %s\n", q.Name, state)
	}
	return nil
}

type queueCloseCmd struct {
	serverFlag
	Queue   string `arg:"" help:"Name of the queue."`
	Until   string `required:"" placeholder:"TIME" help:"Until when: 14:00, \"2026-12-24 14:00\", or how long: 2h."`
	Message string `placeholder:"TEXT" help:"What callers hear; left out: what the queue's hours say."`
	File    string `placeholder:"FILE" help:"Or an audio file on this machine, which the server can read."`
}

// Run closes the queue.
func (c *queueCloseCmd) Run(ctx context.Context, tty terminal) error {
	return setNotice(ctx, tty, c.ServerFile, c.Queue, "closed", c.Until, c.Message, c.File)
}

type queueIncidentCmd struct {
	serverFlag
	Queue string `arg:"" help:"Name of the queue."`
	Until string `placeholder:"TIME" help:"Until when: 14:00, \"2026-12-24 14:00\", or how long: 2h."`
	Say   string `placeholder:"TEXT" help:"What callers hear before they wait."`
	File  string `placeholder:"FILE" help:"Or an audio file on this machine, which the server can read."`
	Off   bool   `help:"Take it back."`
}

// Run sets the incident, or takes it back.
func (c *queueIncidentCmd) Run(ctx context.Context, tty terminal) error {
	switch {
	case c.Off:
		return endNotice(ctx, tty, c.ServerFile, c.Queue, "incident")
	case c.Until == "":
		return usageError{"queue incident: --until is missing, or --off"}
	case c.Say == "" && c.File == "":
		return usageError{"queue incident: --say or --file is missing"}
	}
	return setNotice(ctx, tty, c.ServerFile, c.Queue, "incident", c.Until, c.Say, c.File)
}

type queueOpenCmd struct {
	serverFlag
	Queue string `arg:"" help:"Name of the queue."`
}

// Run takes the closing back.
func (c *queueOpenCmd) Run(ctx context.Context, tty terminal) error {
	return endNotice(ctx, tty, c.ServerFile, c.Queue, "closed")
}

func noticePath(queue, kind string) string {
	return "/api/queues/" + url.PathEscape(queue) + "/notices/" + kind
}

func setNotice(ctx context.Context, tty terminal, server, queue, kind, until, say, file string) error {
	if say != "" && file != "" {
		return usageError{"queue: the message is either a text or a file"}
	}
	zone, err := config.ZoneOf(server) // the running server may hold an older file: mistakes in this one are none of ours
	if err != nil {
		return err
	}
	at, err := timeAhead(until, time.Now(), zone)
	if err != nil {
		return usageError{"queue: --until " + until + ": " + err.Error()}
	}
	body := map[string]any{"until": at}
	if say != "" {
		body["say"] = say
	}
	if file != "" {
		if body["file"], err = filepath.Abs(file); err != nil {
			return err
		}
	}
	a, err := controlOf(server)
	if err != nil {
		return err
	}
	if err := a.ask(ctx, http.MethodPut, noticePath(queue, kind), body, nil); err != nil {
		return fmt.Errorf("queue: %w", unwrapURL(err))
	}
	_, err = fmt.Fprintf(tty.out, "%s: %s until %s\n", queue, kind, at.In(zone).Format("Mon 2006-01-02 15:04 MST"))
	return err
}

func endNotice(ctx context.Context, tty terminal, server, queue, kind string) error {
	a, err := controlOf(server)
	if err != nil {
		return err
	}
	if err := a.ask(ctx, http.MethodDelete, noticePath(queue, kind), nil, nil); err != nil {
		return fmt.Errorf("queue: %w", unwrapURL(err))
	}
	_, err = fmt.Fprintf(tty.out, "%s: no longer %s by a supervisor\n", queue, map[string]string{"closed": "closed", "incident": "told of an incident"}[kind])
	return err
}
