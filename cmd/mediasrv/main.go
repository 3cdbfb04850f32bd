// Command mediasrv is the contact centre's server and the tools beside it.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	_ "time/tzdata" // the file's time zones, on machines without them

	"github.com/alecthomas/kong"

	"mediasrv/config"
)

// Exit codes.
const (
	exitOK     = 0
	exitFailed = 1
	exitUsage  = 2
)

// commands is the command line.
type commands struct {
	Run      runCmd      `cmd:"" help:"Start the contact centre of a file."`
	Check    checkCmd    `cmd:"" help:"Say that a file is good, or list all its mistakes."`
	Reload   reloadCmd   `cmd:"" help:"Have the running server read its file again."`
	Token    tokenCmd    `cmd:"" help:"Let programs use the API of the running server."`
	Queue    queueCmd    `cmd:"" help:"Close and open queues of the running server, and tell callers of incidents."`
	Alarms   alarmsCmd   `cmd:"" help:"Say what is wrong with the running server, and what to do."`
	Call     callCmd     `cmd:"" help:"Be a caller: place a test call over SIP."`
	Say      sayCmd      `cmd:"" help:"Speak a text as callers would hear it."`
	Explain  explainCmd  `cmd:"" help:"Say what happened in a call, and why."`
	Decrypt  decryptCmd  `cmd:"" help:"Open sealed recordings with a private key."`
	Verify   verifyCmd   `cmd:"" help:"Prove that recordings are complete and unaltered."`
	Person   personCmd   `cmd:"" help:"Export all that is kept of a customer, or erase it."`
	Stats    statsCmd    `cmd:"" help:"Say what happened in queues and to agents, in figures."`
	Simulate simulateCmd `cmd:"" help:"Let a day of calls come upon a file, in seconds; or say what one caller would meet."`
	Certify  certifyCmd  `cmd:"" help:"Try a live trunk, and say what is wrong with it."`
	Passwd   passwdCmd   `cmd:"" help:"Give a user a new password."`
	Schema   schemaCmd   `cmd:"" help:"Print the JSON schema of the file, for editors."`
	Version  versionCmd  `cmd:"" help:"Print the version."`
}

// terminal is where a command reads and writes.
type terminal struct {
	in       io.Reader
	out, err io.Writer
}

const about = `A contact-centre media server: one program, one YAML file.

Callers reach it over SIP trunks, agents over WebRTC in a browser or with a desk phone. It answers, plays, queues, rings, bridges and records.

Examples:
  mediasrv check mediasrv.yml
  mediasrv run mediasrv.yml
  mediasrv reload mediasrv.yml
  mediasrv passwd aiko --file mediasrv.yml
  mediasrv call +815012345678 --for 20s --listen heard.wav

Exit codes: 0 done, 1 failed, 2 wrong usage. "mediasrv COMMAND --help" says more about a command; docs/cli.md and docs/configuration.md
say everything.`

func main() {
	os.Exit(start(os.Args[1:], terminal{in: os.Stdin, out: os.Stdout, err: os.Stderr}))
}

// start runs one command and returns the exit code. It ends the process itself only after --help.
func start(args []string, tty terminal) int {
	var cli commands
	parser, err := kong.New(&cli,
		kong.Name("mediasrv"),
		kong.Description(about),
		kong.Writers(tty.out, tty.err),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, WrapUpperBound: 120}),
		kong.BindTo(context.Background(), (*context.Context)(nil)),
		kong.Bind(tty),
	)
	if err != nil {
		fmt.Fprintln(tty.err, "mediasrv:", err)
		return exitFailed
	}
	if len(args) == 0 {
		args = []string{"--help"}
	}
	command, err := parser.Parse(args)
	if err != nil {
		fmt.Fprintf(tty.err, "mediasrv: %v\nTry: mediasrv --help\n", err)
		return exitUsage
	}
	err = command.Run()
	if err == nil {
		return exitOK
	}
	report(tty.err, err)
	if errors.As(err, new(usageError)) {
		return exitUsage
	}
	return exitFailed
}

// usageError is a wrong command line that only the command could see.
type usageError struct{ text string }

func (e usageError) Error() string { return e.text }

// errSaid fails a command that has already said why.
var errSaid = errors.New("said")

func report(w io.Writer, err error) {
	var mistakes config.Mistakes
	switch {
	case errors.Is(err, errSaid):
	case errors.As(err, &mistakes):
		printMistakes(w, mistakes)
	default:
		fmt.Fprintln(w, "mediasrv:", err)
	}
}
