package main

import (
	"context"
	"io"
	"os"
	"os/signal"
	"regexp"
	"syscall"
	"time"
)

// callCmd is a test caller.
type callCmd struct {
	Number   string        `arg:"" help:"Number to call, for example +815012345678."`
	Server   string        `default:"127.0.0.1:5060" placeholder:"HOST:PORT" help:"SIP server. Default: ${default}."`
	From     string        `default:"+815011112222" placeholder:"NUMBER" help:"Number that is shown. Default: ${default}."`
	Play     string        `type:"existingfile" placeholder:"FILE.wav" xor:"sound" help:"Say this, again and again."`
	Tone     float64       `placeholder:"HZ" xor:"sound" help:"Say a tone of this frequency."`
	Digits   string        `placeholder:"1w2" help:"Press these keys after the answer; w waits a second."`
	Listen   string        `type:"path" placeholder:"FILE.wav" help:"Write what is heard."`
	For      time.Duration `default:"10s" placeholder:"10s" help:"Hang up so long after the answer. Default: ${default}."`
	User     string        `placeholder:"NAME" help:"User name of a digest login; with --trunk or --api a supervisor's or admin's login."`
	Password string        `env:"MEDIASRV_CALL_PASSWORD" placeholder:"SECRET" help:"Its password; better in the environment as MEDIASRV_CALL_PASSWORD."`

	Trunk    string `placeholder:"NAME" help:"Have the running server call out by this trunk."`
	API      string `placeholder:"URL" help:"Of the running server; alone: it calls as its routes say. With --trunk: https://127.0.0.1:8443."`
	Insecure bool   `help:"Don't check the server's certificate. (On this machine it is never checked.)"`
	Say      string `placeholder:"TEXT" xor:"sound" help:"With --trunk or --api: speak this to who answers, again and again."`
	Shown    string `placeholder:"NUMBER" help:"With --trunk or --api: number that is shown."`
}

// Help is shown by `mediasrv call --help`.
func (callCmd) Help() string {
	return `Calls a number over SIP, as a trunk on this machine would, and says what happens: ringing, answered, ended and why. It works against any
SIP server. Ctrl-C hangs up. Exit code 0: the call was answered and ended properly; 1: it was not.

With --trunk the running server places the call, out over that trunk, and the same is said: a test of a carrier, or of routes with --api alone.
Who answers hears a tone, or a text. The password comes from MEDIASRV_CALL_PASSWORD, else it is asked for.

Examples:
  mediasrv call +815012345678                                    to the contact centre on this machine
  mediasrv call +815012345678 --tone 440 --for 30s --listen heard.wav
  mediasrv call 100 --server 192.0.2.10:5060 --user test --digits 1w2
  mediasrv call +81312345678 --trunk carrier-a --user dana --say "This is a test."`
}

// Run places the call.
func (c *callCmd) Run(ctx context.Context, tty terminal) error {
	if err := c.check(); err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	if c.byServer() {
		return placeByTrunk(ctx, *c, tty)
	}
	return c.place(ctx, tty.out)
}

func (c *callCmd) place(ctx context.Context, out io.Writer) error { return placeCall(ctx, *c, out) }

// byServer says that a running server places the call.
func (c *callCmd) byServer() bool { return c.Trunk != "" || c.API != "" }

// checkByServer refuses what doesn't go with a call that the server places, and fills in where it is.
func (c *callCmd) checkByServer() error {
	if c.API == "" {
		c.API = "https://127.0.0.1:8443"
	}
	switch {
	case c.User == "":
		return usageError{"call: --trunk and --api need --user: a supervisor's or admin's login"}
	case c.Password != os.Getenv(apiPassword):
		return usageError{"call: with --trunk the password is not taken from the command line, where others can see it: set MEDIASRV_CALL_PASSWORD, or wait to be asked"}
	case c.Play != "" || c.Listen != "" || c.Digits != "":
		return usageError{"call: --play, --listen and --digits are of calls that this program makes itself, not with --trunk or --api"}
	case c.Tone > 3800:
		return usageError{"call: --tone must be 50 to 3800 Hz with --trunk"}
	case c.For > time.Hour:
		return usageError{"call: --for must be at most 1h with --trunk"}
	}
	return nil
}

// check refuses what the flags' types can't.
func (c *callCmd) check() error {
	switch {
	case !regexp.MustCompile(`^[0-9A-Za-z+*#._-]{1,64}$`).MatchString(c.Number):
		return usageError{"call: " + c.Number + " is no number: expected digits, or a name of the server"}
	case !regexp.MustCompile(`^[0-9A-Da-d*#wW]*$`).MatchString(c.Digits):
		return usageError{"call: --digits has other than 0-9, *, #, A-D and w"}
	case c.Tone != 0 && (c.Tone < 50 || c.Tone > 3900):
		return usageError{"call: --tone must be 50 to 3900 Hz"}
	case c.For <= 0 || c.For > 24*time.Hour:
		return usageError{"call: --for must be more than 0s and at most 24h"}
	case c.Password != "" && c.User == "":
		return usageError{"call: --password needs --user"}
	case c.byServer():
		return c.checkByServer()
	case c.Say != "" || c.Shown != "" || c.Insecure:
		return usageError{"call: --say, --shown and --insecure need --trunk or --api"}
	}
	return nil
}
