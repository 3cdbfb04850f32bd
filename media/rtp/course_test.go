package rtp

import (
	"testing"
	"time"
)

func TestCourse(t *testing.T) {
	var c Course
	if c.MOS() != 0 || c.Loss() != 0 || c.Jitter() != 0 || c.RTT() != 0 {
		t.Errorf("nothing happened: %+v", c)
	}
	if _, _, _, ok := c.Remote(); ok {
		t.Error("a report of nobody")
	}
	ms := time.Millisecond
	report := Quality{Reports: 1, RemoteLoss: 2, RemoteJitter: 10 * ms, RemoteMOS: 4, RTT: 80 * ms}
	for _, q := range []Quality{
		{Expected: 50, Received: 50, MOS: 4.4, Jitter: 2 * ms},
		{}, // a pause
		{Expected: 50, Received: 40, Loss: 20, MOS: 2.2, Jitter: 6 * ms, Late: 3, Discarded: 2, Concealed: 13},
		report, report, // the second repeats the first: no news
		{Reports: 2, RemoteLoss: 4, RemoteJitter: 30 * ms, RemoteMOS: 3, RTT: 120 * ms},
		{Reports: 3, RemoteLoss: 0, RemoteJitter: 20 * ms, RemoteMOS: 3.5}, // it doesn't know the round trip
	} {
		c.Add(q)
	}
	near(t, "MOS", c.MOS(), 3.3, 1e-9)
	near(t, "lowest MOS", c.LowestMOS, 2.2, 0)
	near(t, "loss", c.Loss(), 10, 1e-9)
	if c.Seconds != 2 || c.Jitter() != 4*ms || c.RTT() != 100*ms || c.Late != 3 || c.Discarded != 2 || c.Concealed != 13 {
		t.Errorf("%+v", c)
	}
	loss, jitter, mos, ok := c.Remote()
	if !ok || jitter != 20*ms {
		t.Errorf("remote: %v %v", jitter, ok)
	}
	near(t, "remote loss", loss, 2, 1e-9)
	near(t, "remote MOS", mos, 3.5, 1e-9)
}

// A sum of equal ratings may be rounded below each of them; the average never is.
func TestCourseOfEqualSeconds(t *testing.T) {
	var c Course
	for range 25 {
		c.Add(Quality{MOS: 4.409285824})
		if c.MOS() < c.LowestMOS {
			t.Fatalf("after %d seconds the average %v is below the lowest %v", c.Seconds, c.MOS(), c.LowestMOS)
		}
	}
}
