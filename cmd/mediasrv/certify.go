package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"regexp"
	"syscall"

	"mediasrv/config"
	"mediasrv/sip/certify"
)

// certifyCmd tries a trunk.
type certifyCmd struct {
	Trunk   string   `arg:"" help:"The trunk's name in the file."`
	Config  string   `required:"" type:"existingfile" placeholder:"FILE" help:"The operator's file."`
	Number  string   `required:"" placeholder:"NUMBER" help:"A number that answers by itself, as the trunk is dialled: an echo or a test number."`
	Busy    string   `placeholder:"NUMBER" help:"A number that is busy; without it that isn't tried."`
	Unknown string   `placeholder:"NUMBER" help:"A number that doesn't exist; without it that isn't tried."`
	From    string   `placeholder:"NUMBER" help:"The number that is shown. Default: the trunk's login, else the file's first number."`
	Only    []string `placeholder:"STEPS" help:"Only these steps, such as hold,100rel."`
	Out     string   `type:"path" placeholder:"DIR" help:"Write certify.html and certify.json there, with the SIP messages of each step."`
}

// Help is shown by `mediasrv certify --help`.
func (certifyCmd) Help() string {
	return `Tries on a live trunk what carriers test before a trunk goes live, and says what the other side does right, oddly or wrongly, with the RFC.
For its quirks it proposes keys of the file. It makes some 25 short calls to the number, one after the other, and calls no other one than those that
are given. It runs for two to three minutes. Ctrl-C hangs up and ends it. Exit code 0: nothing is wrong; 1: something is, or it couldn't run.

If the trunk takes calls only from the file's SIP port, stop the server first: only one of both can have it.

Examples:
  mediasrv certify carrier-a --config mediasrv.yml --number +81312340000 --out report
  mediasrv certify carrier-a --config mediasrv.yml --number 9196 --only hold,update,timer`
}

// check refuses what the flags' types can't.
func (c *certifyCmd) check() error {
	number := regexp.MustCompile(`^[0-9A-Za-z+*#._-]{1,64}$`)
	for flag, n := range map[string]string{"--number": c.Number, "--busy": c.Busy, "--unknown": c.Unknown, "--from": c.From} {
		if n != "" && !number.MatchString(n) {
			return usageError{"certify: " + flag + " " + n + " is no number: expected digits, or a name of the server"}
		}
	}
	return nil
}

// Run tries the trunk.
func (c *certifyCmd) Run(ctx context.Context, tty terminal) error {
	if err := c.check(); err != nil {
		return err
	}
	file, err := config.Load(c.Config)
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	report, err := certify.Run(ctx, certify.Options{
		File: file, Trunk: c.Trunk, Number: c.Number, Busy: c.Busy, Unknown: c.Unknown, From: c.From, Only: c.Only,
	}, tty.out)
	if errors.Is(err, certify.ErrStep) {
		return usageError{err.Error()}
	}
	if report == nil {
		return err
	}
	if c.Out != "" {
		paths, werr := report.Write(c.Out)
		if werr != nil {
			return errors.Join(err, werr)
		}
		fmt.Fprintf(tty.out, "\nReport: %s and %s\n", paths[0], paths[1])
	}
	if err == nil && report.Wrong() > 0 {
		return errSaid
	}
	return err
}
