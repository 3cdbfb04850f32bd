// Package clock is the time that a contact centre lives by: the machine's, or one that a simulation makes pass as fast as there is anything to do.
package clock

import (
	"context"
	"time"
)

// Clock tells the time and waits for it. Nil is the machine's clock; New makes one of a simulation.
//
// In a simulation only one goroutine runs at a time, and each goes on until it waits. When all of them wait, the time goes on to what is due next. So a
// simulation of the same events always comes to the same end. Its goroutines are those begun with Go and AfterFunc; whoever else calls a method but
// Run, or blocks without one, stops it.
type Clock struct{ sim *simulation }

// Now is the time.
func (c *Clock) Now() time.Time {
	if c == nil {
		return time.Now()
	}
	return c.sim.now
}

// Since is how long ago a time was.
func (c *Clock) Since(t time.Time) time.Duration { return c.Now().Sub(t) }

// Until is how far ahead a time is.
func (c *Clock) Until(t time.Time) time.Duration {
	if c == nil {
		return time.Until(t)
	}
	return t.Sub(c.sim.now)
}

// Go runs f in a goroutine of its own.
func (c *Clock) Go(f func()) {
	if c == nil {
		go f()
		return
	}
	c.sim.begin(f)
}

// Timer is a call that AfterFunc has put off.
type Timer struct {
	real *time.Timer
	due  *due
}

// Stop takes the call back, if it has not begun.
func (t *Timer) Stop() {
	if t.real != nil {
		t.real.Stop()
		return
	}
	t.due.do = nil
}

// AfterFunc runs f in a goroutine of its own once a while has passed.
func (c *Clock) AfterFunc(d time.Duration, f func()) *Timer {
	if c == nil {
		return &Timer{real: time.AfterFunc(d, f)}
	}
	return &Timer{due: c.sim.after(d, f)}
}

// Sleep waits until a time.
func (c *Clock) Sleep(until time.Time) { c.Wait(context.Background(), nil, until) }

// Wait waits until signal delivers. false: the time until (zero: never) has come before, or ctx has ended.
func (c *Clock) Wait(ctx context.Context, signal <-chan struct{}, until time.Time) bool {
	if c != nil {
		c.sim.park(func() bool { return len(signal) > 0 || ctx.Err() != nil }, until)
		select {
		case <-signal:
			return true
		default:
			return false
		}
	}
	var alarm <-chan time.Time
	if !until.IsZero() {
		left := time.Until(until)
		if left <= 0 {
			return false
		}
		timer := time.NewTimer(left)
		defer timer.Stop()
		alarm = timer.C
	}
	select {
	case <-signal:
		return true
	case <-alarm:
	case <-ctx.Done():
	}
	return false
}

// Receive waits for the one value that comes through a channel with room for it; false: done was closed before.
func Receive[T any](c *Clock, from <-chan T, done <-chan struct{}) (T, bool) {
	if c != nil {
		c.sim.park(func() bool { return len(from) > 0 || closed(done) }, time.Time{})
	}
	select {
	case v := <-from:
		return v, true
	case <-done:
		var zero T
		return zero, false
	}
}

func closed(done <-chan struct{}) bool {
	select {
	case <-done:
		return true
	default:
		return false
	}
}

// Await waits until a channel is closed.
func (c *Clock) Await(done <-chan struct{}) {
	if c != nil {
		c.sim.park(func() bool { return closed(done) }, time.Time{})
	}
	<-done
}

// AwaitThat gives way in a simulation until something is so. The machine's clock doesn't wait.
func (c *Clock) AwaitThat(so func() bool) {
	if c != nil {
		c.sim.park(so, time.Time{})
	}
}
