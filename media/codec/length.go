package codec

// Units is how much audio a payload holds, in units of the RTP clock, without decoding it; 0 if it is empty or malformed. A byte of G.722 is two
// samples, and one unit all the same (RFC 3551, 4.5.2).
func Units(t Type, payload []byte) int {
	switch t {
	case PCMU, PCMA, G722:
		return len(payload)
	case Opus:
		return opusUnits(payload)
	case None, CN:
	}
	return 0
}

// Samples is how much audio a payload holds, in samples at rate (one of Rates), without decoding it; 0 if it is empty or malformed.
func Samples(t Type, payload []byte, rate int) int {
	n := Units(t, payload)
	if n == 0 {
		return 0
	}
	return n * (rate / 1000) / (t.ClockRate() / 1000)
}

// Silent says whether a payload holds no sound: an empty one, or Opus whose sender pauses (DTX): a packet of nothing but its header.
func Silent(t Type, payload []byte) bool {
	if t == Opus {
		return opusSilent(payload)
	}
	return len(payload) == 0
}

// Ptime is the packet length in ms that is sent where ms was agreed: 20 if nothing sensible was, and what the codec can do.
func Ptime(t Type, ms int) int {
	if ms < 10 || ms > 60 {
		return 20
	}
	ms -= ms % 10
	if t == Opus && (ms == 30 || ms == 50) {
		ms -= 10
	}
	return ms
}
