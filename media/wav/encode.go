package wav

import "encoding/binary"

// Encode is a whole WAV file of mono samples, for where there is no file to write it to in pieces.
func Encode(pcm []int16, rate int) []byte {
	data := uint32(2 * len(pcm)) //nolint:gosec // of what fits into memory here
	b := appendHeader(make([]byte, 0, headerLen+int(data)), rate, 1, PCM, headerLen-8+data, data)
	for _, v := range pcm {
		b = binary.LittleEndian.AppendUint16(b, uint16(v))
	}
	return b
}
