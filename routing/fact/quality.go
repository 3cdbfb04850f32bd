package fact

import "time"

// Quality is how the line of a leg was over its whole life.
type Quality struct {
	Rated     time.Duration // of the leg's life, in whole seconds; 0: nothing came that could be rated
	MOS       float64       // mean of those seconds by the E-model (ITU-T G.107), 1 to 4.5
	LowestMOS float64       // of the worst of them
	Loss      float64       // % of the party's packets that never reached us
	Late      uint64        // packets that came after their time
	Discarded uint64        // packets that were left out: too many at once, or to shorten the delay
	Jitter    time.Duration // mean
	RoundTrip time.Duration // mean; 0: the party's reports (RTCP) didn't tell

	// What the party's reports said of what it heard; all 0: it sent none.
	FarMOS    float64
	FarLoss   float64 // %
	FarJitter time.Duration
}
