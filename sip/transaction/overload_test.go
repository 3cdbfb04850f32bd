package transaction

import (
	"net"
	"net/netip"
	"testing"
	"time"
)

func TestShare(t *testing.T) {
	t0 := time.Unix(1_800_000_000, 0)
	for name, c := range map[string]struct {
		lay, wait []time.Duration
		after     time.Duration // the last of them
		waiting   int64
		want      float64
	}{
		"nothing yet":                   {want: 0},
		"short waits":                   {wait: []time.Duration{time.Millisecond, 90 * time.Millisecond}, after: window, want: 0},
		"one late message of many":      {wait: []time.Duration{500 * time.Millisecond, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}, after: window, want: 0},
		"all are late":                  {wait: []time.Duration{400 * time.Millisecond, 500 * time.Millisecond}, after: window, want: 1},
		"half way":                      {wait: []time.Duration{150 * time.Millisecond, 250 * time.Millisecond}, after: window, want: 0.5},
		"in the socket's buffer":        {lay: []time.Duration{2 * time.Second}, after: window, want: 1},
		"here and there":                {lay: []time.Duration{150 * time.Millisecond}, wait: []time.Duration{50 * time.Millisecond}, after: window, want: 0.5},
		"the window isn't over":         {wait: []time.Duration{time.Second}, after: window - 1, want: 0},
		"a window ago":                  {wait: []time.Duration{time.Second}, after: 2 * window, want: 0},
		"long ago":                      {wait: []time.Duration{time.Second}, after: 10 * window, want: 0},
		"more than can be looked after": {waiting: backlog + 1, want: 1},
	} {
		t.Run(name, func(t *testing.T) {
			var l load
			l.wait(t0)
			for _, d := range c.lay {
				l.lay(t0, d)
			}
			for _, d := range c.wait {
				l.came()
				l.went(t0, d)
			}
			l.waiting.Add(c.waiting)
			if got := l.share(t0.Add(c.after)); got != c.want {
				t.Errorf("share %v, want %v", got, c.want)
			}
			if l.waiting.Load() != c.waiting {
				t.Errorf("%d wait", l.waiting.Load())
			}
			if c.after >= window && l.waiting.Load() <= backlog && l.share(t0.Add(c.after+2*window)) != 0 {
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
