package wav

import "io"

// Damaged is a file that can be repaired.
type Damaged interface {
	io.ReaderAt
	File
}

// Repair makes a file whole that was cut off while it was written: it drops a torn sample frame at the end and writes the true sizes into
// the header. size is how long it is. It returns what the file holds, in sample frames. ErrFormat: there is no whole header.
func Repair(f Damaged, size int64) (Format, int64, error) {
	r, err := NewReader(io.NewSectionReader(f, 0, size))
	if err != nil {
		return Format{}, 0, err
	}
	block := int64(r.format.Channels * r.format.Bits / 8)
	frames := max(0, min(size, maxFile)-r.pos) / block
	return r.format, frames, seal(f, r.pos+frames*block, r.pos, int(block))
}
