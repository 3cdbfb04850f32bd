package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

// withSignals gives what shutting down waits for: soft ends at the first SIGTERM or SIGINT (no new calls, running ones may go on for the
// drain time), hard at the second (end them now). Both end with ctx, and soft with hard.
func withSignals(ctx context.Context) (soft, hard context.Context) {
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, syscall.SIGTERM, os.Interrupt)
	soft, hard = twoStages(ctx, signals)
	context.AfterFunc(hard, func() { signal.Stop(signals) })
	return soft, hard
}

func twoStages(ctx context.Context, signals <-chan os.Signal) (soft, hard context.Context) {
	hard, endHard := context.WithCancel(ctx)
	soft, endSoft := context.WithCancel(hard)
	go func() {
		defer endHard()
		for _, end := range []context.CancelFunc{endSoft, endHard} {
			select {
			case <-signals:
				end()
			case <-ctx.Done():
				return
			}
		}
	}()
	return soft, hard
}
