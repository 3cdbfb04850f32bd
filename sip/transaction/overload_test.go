package transaction

import (
	"net"
	"net/netip"
	"testing"
	"time"
)

func TestShare(t *testing.T) {
	t0 := time.Unix(1_800_000_000, 0)
	ms := time.Millisecond
	type values []time.Duration
	many := func(of ...time.Duration) (all values) { // so many that they count
		for range few {
			all = append(all, of...)
		}
		return all
	}
	for name, c := range map[string]struct {
		lay, wait [2]values     // of a window, and of the next
		after     time.Duration // the next one's beginning
		waiting   int64
		want      float64
	}{
		"nothing yet":                   {want: 0},
		"short waits":                   {wait: [2]values{many(ms), many(ms, 90*ms)}, after: window, want: 0},
		"one late message of many":      {wait: [2]values{append(many(0), 500*ms), append(many(0), 500*ms)}, after: window, want: 0},
		"a late message alone":          {wait: [2]values{{500 * ms}, {500 * ms}}, after: window, want: 0},
		"all are late":                  {wait: [2]values{many(400 * ms), many(500 * ms)}, after: window, want: 1},
		"half way":                      {wait: [2]values{many(150*ms, 250*ms), many(250 * ms)}, after: window, want: 0.5},
		"in the socket's buffer":        {lay: [2]values{many(2 * time.Second), many(2 * time.Second)}, after: window, want: 1},
		"here and there":                {lay: [2]values{many(150 * ms), many(150 * ms)}, wait: [2]values{many(50 * ms), many(50 * ms)}, after: window, want: 0.5},
		"late after a pause of ours":    {wait: [2]values{many(ms), many(time.Second)}, after: window, want: 0},
		"late before it":                {wait: [2]values{many(time.Second), many(ms)}, after: window, want: 0},
		"the window isn't over":         {wait: [2]values{many(time.Second), many(time.Second)}, after: window - 1, want: 0},
		"a window ago":                  {wait: [2]values{many(time.Second), many(time.Second)}, after: 2 * window, want: 0},
		"long ago":                      {wait: [2]values{many(time.Second), many(time.Second)}, after: 10 * window, want: 0},
		"more than can be looked after": {waiting: backlog + 1, want: 1},
	} {
		t.Run(name, func(t *testing.T) {
			var l load
			l.wait(t0)
			for i, at := range []time.Time{t0, t0.Add(window)} {
				for _, d := range c.lay[i] {
					l.lay(at, d)
				}
				for _, d := range c.wait[i] {
					l.came()
					l.went(at, d)
				}
			}
			l.waiting.Add(c.waiting)
			if got := l.share(t0.Add(window + c.after)); got != c.want {
				t.Errorf("share %v, want %v", got, c.want)
			}
			if l.waiting.Load() != c.waiting {
				t.Errorf("%d wait", l.waiting.Load())
			}
			if c.after >= window && l.waiting.Load() <= backlog && l.share(t0.Add(c.after+3*window)) != 0 {
				t.Error("new calls are refused though nothing has waited for a whole window")
			}
		})
	}
}

// The kernel says when a datagram came, so that one that lay there is known to be old.
func TestArrival(t *testing.T) {
	c, err := net.ListenUDP("udp", net.UDPAddrFromAddrPort(netip.MustParseAddrPort("127.0.0.1:0")))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	before := time.Now()
	l := &Listener{table: &Table{}, packets: c}
	read := l.reader()
	if _, err := c.WriteTo([]byte("x"), c.LocalAddr()); err != nil {
		t.Fatal(err)
	}
	l.table.load.wait(before.Add(-window))
	n, from, ok, err := read(make([]byte, 10))
	if n != 1 || !ok || err != nil || from.String() != c.LocalAddr().String() {
		t.Fatal(n, from, ok, err)
	}
	m := l.table.load.unread
	if lay := time.Since(before); m.n != 1 || m.sum <= 0 || m.sum > lay {
		t.Errorf("%d datagrams lay %v, at most %v", m.n, m.sum, lay)
	}
}
