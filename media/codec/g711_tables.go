package codec

// The two laws. They are computed once, and nobody writes to them.
var ulaw, alaw = newLaw(ulawByte, ulawSample), newLaw(alawByte, alawSample)
