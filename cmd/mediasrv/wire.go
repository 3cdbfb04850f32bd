package main

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"path/filepath"

	"golang.org/x/sync/semaphore"

	"mediasrv/config"
	"mediasrv/sip/testcall"
	"mediasrv/store"
	"mediasrv/web"
)

// placeCall is what `mediasrv call` does.
func placeCall(ctx context.Context, c callCmd, out io.Writer) error {
	return testcall.Run(ctx, testcall.Options{
		Number: c.Number, Server: c.Server, From: c.From, PlayFile: c.Play, ToneHz: c.Tone, Digits: c.Digits, ListenFile: c.Listen,
		For: c.For, Username: c.User, Password: c.Password, Log: slog.New(slog.DiscardHandler),
	}, out)
}

// storePassword is what `mediasrv passwd` does with the new password. It may be used beside a running server.
func storePassword(ctx context.Context, cfg *config.Config, user, password string) (err error) {
	if err := makeDataDir(cfg); err != nil {
		return err
	}
	db, err := store.Open(filepath.Join(cfg.DataDir, databaseFile), "passwd", slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	return web.SetPassword(ctx, db, semaphore.NewWeighted(1), user, password)
}
