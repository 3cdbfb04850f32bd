package media

import (
	"testing"
	"time"
)

// A worker looks at packets as they come while it relays and has little to do; not while all it has to do is the clock's, and not with much to do.
func TestPumpIsEager(t *testing.T) {
	const pass = int64(5 * time.Millisecond)
	var p pump
	now, relayed := int64(0), uint64(0)
	run := func(percent, packets int64) bool {
		for range 2 * int64(loadTime) / pass {
			relayed += uint64(packets)
			now += pass
			p.tally(now, now+pass*percent/100, relayed)
		}
		return p.eager()
	}
	for _, step := range []struct {
		name             string
		percent, packets int64
		want             bool
	}{
		{"nothing to do", 0, 0, false},
		{"few relayed calls", 5, 10, true},
		{"many", 12, 100, false},
		{"fewer again", 5, 50, false},
		{"few", 2, 10, true},
		{"only music", 5, 0, false},
	} {
		if got := run(step.percent, step.packets); got != step.want {
			t.Errorf("%s: %v", step.name, got)
		}
	}
}
