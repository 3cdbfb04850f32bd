package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/term"

	"mediasrv/config"
)

type passwdCmd struct {
	Name string `arg:"" help:"Login of a user of the file."`
	File string `required:"" placeholder:"FILE" help:"The operator's file."`
}

// Help is shown by `mediasrv passwd --help`.
func (passwdCmd) Help() string {
	return `Asks for the new password twice, or reads it from standard input (one line) if that is no terminal. It may be used beside a running
server: the user's logins end, and the new password holds at once.

Examples:
  mediasrv passwd aiko --file mediasrv.yml
  pwgen 20 1 | mediasrv passwd aiko --file mediasrv.yml`
}

// Run sets the password.
func (c *passwdCmd) Run(ctx context.Context, tty terminal) error {
	cfg, err := config.Load(c.File)
	if err != nil {
		return err
	}
	if cfg.Users[c.Name] == nil {
		known := slices.Sorted(maps.Keys(cfg.Users))
		if near := config.Nearest(c.Name, known); near != "" {
			return fmt.Errorf("passwd: %s has no user %q; did you mean %s?", c.File, c.Name, near)
		}
		return fmt.Errorf("passwd: %s has no user %q; there is: %s", c.File, c.Name, strings.Join(known, ", "))
	}
	password, err := newPassword(tty)
	if err != nil {
		return fmt.Errorf("passwd: %w", err)
	}
	if err := storePassword(ctx, cfg, c.Name, password); err != nil {
		return err
	}
	_, err = fmt.Fprintf(tty.out, "%s has a new password\n", c.Name)
	return err
}

// newPassword asks at a terminal, without showing it; otherwise it reads a line.
func newPassword(tty terminal) (string, error) {
	f, ok := tty.in.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return readPassword(tty.in)
	}
	ask := func(prompt string) (string, error) {
		fmt.Fprint(tty.err, prompt)
		text, err := term.ReadPassword(int(f.Fd()))
		fmt.Fprintln(tty.err)
		return string(text), err
	}
	first, err := ask("New password: ")
	if err != nil {
		return "", err
	}
	second, err := ask("Again: ")
	if err != nil {
		return "", err
	}
	if first != second {
		return "", errors.New("the two are not the same")
	}
	return good(first)
}

func readPassword(in io.Reader) (string, error) {
	const most = 4096
	line, err := bufio.NewReader(io.LimitReader(in, most)).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", err
	}
	return good(strings.TrimRight(line, "\r\n"))
}

// good refuses what can't be typed into a page; how long it must be is the pages' matter.
func good(password string) (string, error) {
	switch {
	case password == "":
		return "", errors.New("the password is empty")
	case !utf8.ValidString(password):
		return "", errors.New("the password is not UTF-8")
	case strings.ContainsFunc(password, func(r rune) bool { return r < ' ' || r == 0x7f }):
		return "", errors.New("the password has a control character")
	}
	return password, nil
}
