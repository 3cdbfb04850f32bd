package rtp

import "time"

// Course is how a line was over the life of a leg: its seconds, summed up. It is plain data.
type Course struct {
	Seconds   uint32  // that could be rated: something came in them, or should have
	LowestMOS float64 // of the worst of them; 0: there is none
	Expected  uint64  // packets that the peer sent, by their numbers
	Received  uint64  // of them, those that came
	Late      uint64  // packets that came after their time
	Discarded uint64  // packets that were left out
	Concealed uint64  // pieces of 20 ms that were made up
	Reports   uint32  // that the peer has sent about what it hears

	mos          float64 // sums, over Seconds
	jitter       time.Duration
	trip         time.Duration // over the reports that the peer sent
	trips        uint32
	reports      uint32 // seconds in which there were any
	remoteLoss   float64
	remoteJitter time.Duration
	remoteMOS    float64
}

// Add takes a second.
func (c *Course) Add(q Quality) {
	c.Expected += uint64(q.Expected)
	c.Received += uint64(q.Received)
	c.Late += uint64(q.Late)
	c.Discarded += uint64(q.Discarded)
	c.Concealed += uint64(q.Concealed)
	if q.MOS > 0 {
		c.Seconds++
		c.mos += q.MOS
		c.jitter += q.Jitter
		if c.LowestMOS == 0 || q.MOS < c.LowestMOS {
			c.LowestMOS = q.MOS
		}
	}
	if q.Reports == c.Reports {
		return
	}
	c.Reports = q.Reports
	c.reports++
	c.remoteLoss += q.RemoteLoss
	c.remoteJitter += q.RemoteJitter
	c.remoteMOS += q.RemoteMOS
	if q.RTT > 0 {
		c.trips++
		c.trip += q.RTT
	}
}

// MOS is the mean of the rated seconds; 0: there is none.
func (c *Course) MOS() float64 { return max(c.mos/float64(max(c.Seconds, 1)), c.LowestMOS) } // a sum of many is rounded

// Loss is the percentage of the peer's packets that never came.
func (c *Course) Loss() float64 {
	if c.Received >= c.Expected {
		return 0
	}
	return float64(c.Expected-c.Received) * 100 / float64(c.Expected)
}

// Jitter is the mean of the rated seconds.
func (c *Course) Jitter() time.Duration { return c.jitter / time.Duration(max(c.Seconds, 1)) }

// RTT is the mean of those that the peer's reports told; 0: none did.
func (c *Course) RTT() time.Duration { return c.trip / time.Duration(max(c.trips, 1)) }

// Remote is the mean of what the peer's reports say of what it hears: loss in percent, jitter, MOS; false if it sent none.
func (c *Course) Remote() (loss float64, jitter time.Duration, mos float64, ok bool) {
	n := max(c.reports, 1)
	return c.remoteLoss / float64(n), c.remoteJitter / time.Duration(n), c.remoteMOS / float64(n), c.reports > 0
}
