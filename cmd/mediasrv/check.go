package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"

	"mediasrv/config"
	"mediasrv/routing"
	"mediasrv/tts"
)

type checkCmd struct {
	File string `arg:"" help:"The operator's file."`
}

// Help is shown by `mediasrv check --help`.
func (checkCmd) Help() string {
	return `Reads the file as "run" does, with the secrets that it names, makes every prompt from its audio file or text, and lists every mistake with line
and column, what is wrong and what is expected. Exit code 0: the file is good; 1: it is not.

Example:
  $ mediasrv check mediasrv.yml
  mediasrv.yml:3:3: company.ring_timout: unknown key; did you mean ring_timeout?
    3 |   ring_timout: 20s
      |   ^`
}

// Run checks the file.
func (c *checkCmd) Run(ctx context.Context, tty terminal) error {
	cfg, err := config.Load(c.File)
	if err != nil {
		return err
	}
	if err := audible(ctx, cfg); err != nil {
		return err
	}
	_, err = fmt.Fprintf(tty.out, "%s is good: %s, %s, %s, %s\n", c.File, count(len(cfg.Numbers), "number"), count(len(cfg.Queues), "queue"),
		count(len(cfg.Users), "user"), count(len(cfg.Trunks), "trunk"))
	return err
}

// audible makes every prompt, as a start and a reload do. What is made is kept where the server keeps it, once it has run.
func audible(ctx context.Context, cfg *config.Config) error {
	kept := *cfg
	if _, err := os.Stat(cfg.DataDir); err != nil {
		dir, err := os.MkdirTemp("", "mediasrv-check-")
		if err != nil {
			return fmt.Errorf("check: %w", err)
		}
		defer os.RemoveAll(dir) //nolint:errcheck // a folder for temporary files
		kept.DataDir = dir
	}
	log := slog.New(slog.DiscardHandler)
	speaker, err := tts.New(kept.Company.Speech, filepath.Join(kept.DataDir, "speech"), log)
	if err != nil {
		return err
	}
	_, faults := routing.Prepare(ctx, &kept, speaker, log)
	if wrong := unheard(&kept, faults, func(*routing.Fault) bool { return true }); len(wrong) > 0 {
		return wrong
	}
	return nil
}

func count(n int, what string) string {
	if n != 1 {
		what += "s"
	}
	return fmt.Sprintf("%d %s", n, what)
}

// printMistakes writes each with its line of the file and a mark below its place; lines with a secret are not shown.
func printMistakes(w io.Writer, mistakes config.Mistakes) {
	type place struct {
		file string
		line int
	}
	secret, files := map[place]bool{}, map[string][]string{}
	for _, m := range mistakes {
		at := place{m.At.File, m.At.Line}
		secret[at] = secret[at] || m.Secret
	}
	for _, m := range mistakes {
		lines, read := files[m.At.File]
		if !read {
			lines = linesOf(m.At.File)
			files[m.At.File] = lines
		}
		fmt.Fprintln(w, m)
		if m.At.Line < 1 || m.At.Line > len(lines) || secret[place{m.At.File, m.At.Line}] {
			continue
		}
		line, column := clip([]rune(lines[m.At.Line-1]), m.At.Column-1)
		number := fmt.Sprintf("%5d", m.At.Line)
		fmt.Fprintf(w, "%s | %s\n%s | %s^\n", number, string(line), strings.Repeat(" ", len(number)), blank(line, column))
	}
	fmt.Fprintln(w, count(len(mistakes), "mistake"))
}

// linesOf is the file as text, or nothing where there is none.
func linesOf(path string) []string {
	const most = 1 << 20
	f, err := os.Open(path)
	if err != nil {
		return []string{}
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, most))
	if err != nil || bytes.IndexByte(text, 0) >= 0 {
		return []string{}
	}
	return strings.Split(strings.ToValidUTF8(strings.ReplaceAll(string(text), "\r\n", "\n"), "�"), "\n")
}

// clip cuts a long line around a column.
func clip(line []rune, column int) ([]rune, int) {
	const wide = 120
	column = min(column, len(line))
	from := max(0, column-wide/2)
	return line[from:min(len(line), from+wide)], column - from
}

// blank is as wide as a line's beginning: tabs stay, wide letters (CJK) take two.
func blank(line []rune, column int) string {
	var b strings.Builder
	for _, r := range line[:column] {
		switch {
		case r == '\t':
			b.WriteRune(r)
		case r >= 0x1100 && r <= 0xffdc:
			b.WriteString("  ")
		default:
			b.WriteByte(' ')
		}
	}
	return b.String()
}
