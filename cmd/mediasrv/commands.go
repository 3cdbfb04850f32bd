package main

import (
	"context"
	"fmt"
	"runtime"
	"runtime/debug"

	"mediasrv/config"
)

type runCmd struct {
	File    string `arg:"" help:"The operator's file, for example examples/mediasrv.yml."`
	Profile string `help:"Serve profiles (go tool pprof) at this address of this machine, for example 127.0.0.1:6060." placeholder:"HOST:PORT"`
}

// Help is shown by `mediasrv run --help`.
func (runCmd) Help() string {
	return `Runs until SIGTERM or SIGINT. The first one refuses new calls and lets running ones go on for the time that the file's "drain" says; the
second ends them at once. Calls are ended properly and recordings closed either way, and the exit code is 0.

Logs go to standard error, one line per change of a call's state: text on a terminal, JSON otherwise.

Example:
  mediasrv run examples/mediasrv.yml`
}

// Run starts the server.
func (c *runCmd) Run(ctx context.Context, tty terminal) error {
	if c.Profile != "" {
		stop, err := profiles(c.Profile)
		if err != nil {
			return err
		}
		defer stop()
	}
	soft, hard := withSignals(ctx)
	return run(soft, hard, c.File, tty.out, logger(tty.err))
}

type schemaCmd struct{}

// Help is shown by `mediasrv schema --help`.
func (schemaCmd) Help() string {
	return `Editors check and complete the file with it.

Example:
  mediasrv schema > mediasrv.schema.json
  and in the first line of the file:  # yaml-language-server: $schema=mediasrv.schema.json`
}

// Run prints the schema.
func (schemaCmd) Run(tty terminal) error {
	text, err := config.Schema()
	if err != nil {
		return err
	}
	_, err = tty.out.Write(text)
	return err
}

type versionCmd struct{}

// Run prints what was built, from what, with what.
func (versionCmd) Run(tty terminal) error {
	_, err := fmt.Fprintln(tty.out, "mediasrv "+version())
	return err
}

// version is the module's version or the commit, and the Go that built it.
func version() string {
	built := runtime.Version() + " " + runtime.GOOS + "/" + runtime.GOARCH
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown, " + built
	}
	v := info.Main.Version // has the commit in it, and +dirty
	if v == "" || v == "(devel)" {
		v = "devel"
	}
	return v + ", " + built
}
