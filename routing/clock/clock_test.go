package clock_test

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"mediasrv/routing/clock"
	"mediasrv/routing/inbox"
)

var noon = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

// Goroutines of a simulation take turns, in the same order each time, and time passes only when all of them wait.
func TestSimulation(t *testing.T) {
	run := func() []string {
		var told []string
		c := clock.New(noon)
		tell := func(what string) { told = append(told, fmt.Sprintf("%s %s", c.Since(noon), what)) }
		c.Run(func() {
			box, answers := inbox.New[string](), make(chan int, 1)
			ctx, cancel := context.WithCancel(context.Background())
			over := make(chan struct{})
			c.Go(func() {
				defer close(over)
				for c.Wait(ctx, box.Signal(), time.Time{}) {
					for {
						what, ok := box.Take()
						if !ok {
							break
						}
						tell(what)
						answers <- 1
					}
				}
				tell("ends")
			})
			for i := range 3 {
				c.AfterFunc(time.Duration(3-i)*time.Hour, func() { box.Put(fmt.Sprint("from ", i)) })
			}
			c.AfterFunc(time.Hour, func() { t.Error("was taken back") }).Stop()
			for range 3 {
				if _, ok := clock.Receive(c, answers, nil); !ok {
					t.Error("no answer")
				}
			}
			if c.Wait(ctx, make(chan struct{}), c.Now().Add(time.Minute)) {
				t.Error("a signal that nobody has sent")
			}
			tell("a minute later")
			cancel()
			c.Await(over)
			if _, ok := clock.Receive(c, answers, over); ok {
				t.Error("an answer that nobody has given")
			}
			tell("all is over")
		})
		return told
	}
	want := []string{"1h0m0s from 2", "2h0m0s from 1", "3h0m0s from 0", "3h1m0s a minute later", "3h1m0s ends", "3h1m0s all is over"}
	for range 20 {
		if told := run(); !slices.Equal(told, want) {
			t.Fatalf("%q, want %q", told, want)
		}
	}
}

// A simulation sees only what goes by its clock: nothing of the contact centre asks the machine for the time.
func TestNobodyElseTellsTheTime(t *testing.T) {
	may := map[string]string{
		"../script.go": "time.Until time.NewTimer", // the wait of each call, of the machine's clock only
		// A running server only has what breaks and is mended; what is simulated is always whole.
		"../mend.go":        "time.Now time.NewTicker",
		"../alarm/board.go": "time.Now time.NewTicker",
	}
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") || strings.HasPrefix(path, "../clock/") || path == "clock.go" {
			return err
		}
		text, err := os.ReadFile(path)
		for _, call := range []string{"time.Now", "time.Since", "time.Until", "time.After", "time.AfterFunc", "time.NewTimer", "time.NewTicker", "time.Tick", "time.Sleep"} {
			if strings.Contains(string(text), call+"(") && !strings.Contains(may[path], call) {
				t.Errorf("%s calls %s: use the Clock of the contact centre", path, call)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
