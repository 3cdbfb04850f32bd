package main

import (
	"context"
	"os"
	"syscall"
	"testing"
	"testing/synctest"
)

func TestFirstSignalIsSoftSecondHard(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		signals := make(chan os.Signal, 2)
		soft, hard := twoStages(t.Context(), signals)
		synctest.Wait()
		expect(t, "before", soft, hard, false, false)
		signals <- syscall.SIGTERM
		synctest.Wait()
		expect(t, "after one signal", soft, hard, true, false)
		signals <- syscall.SIGINT
		synctest.Wait()
		expect(t, "after two signals", soft, hard, true, true)
	})
}

func TestBothEndWithTheContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		soft, hard := twoStages(ctx, make(chan os.Signal))
		cancel()
		synctest.Wait()
		expect(t, "after the context", soft, hard, true, true)
	})
}

func expect(t *testing.T, when string, soft, hard context.Context, wantSoft, wantHard bool) {
	t.Helper()
	if (soft.Err() != nil) != wantSoft || (hard.Err() != nil) != wantHard {
		t.Errorf("%s: soft ended %v, hard ended %v; want %v, %v", when, soft.Err() != nil, hard.Err() != nil, wantSoft, wantHard)
	}
}
