package bench

import (
	"runtime"
	"testing"
)

// stackOfCall is what a bridged call may take of stacks while it goes on: one goroutine, which waits with less than a quarter of 16 KB in use, so that the
// collector has halved its stack.
const stackOfCall = 12 << 10

// A call that is up keeps a small stack. It is easily lost: a function that is inlined into one of those in which a call waits brings its room along.
func TestStackOfACall(t *testing.T) {
	const few, many = 50, 150 // goroutines that set calls up have stacks as well, and stay for the next
	w := &wire{in: make(chan packet, 4*atOnce+64), closed: make(chan struct{}), done: make(chan struct{}, many), failed: make(chan string, many), up: make(chan struct{}, many)}
	start(t, w)
	begun, up := 0, 0
	stacks := func(calls int) int64 {
		for up < calls {
			for ; begun < calls && begun-up < atOnce; begun++ {
				w.call(begun)
			}
			select {
			case <-w.up:
				up++
			case why := <-w.failed:
				t.Fatal("a call failed: ", why)
			}
		}
		var m runtime.MemStats
		for range 4 { // each collection halves once
			runtime.GC()
		}
		runtime.ReadMemStats(&m)
		return int64(m.StackInuse)
	}
	before := stacks(few)
	if each := (stacks(many) - before) / (many - few); each > stackOfCall {
		t.Errorf("%d bytes of stack for a call, %d at most", each, stackOfCall)
	} else {
		t.Logf("%d bytes of stack for a call", each)
	}
}
