package wav

import (
	"fmt"
	"io"
	"os"
)

// Repair makes a file whole that was cut off while it was written: it drops a torn sample frame at the end and writes the true sizes into
// the header. f is open for reading and writing. It returns what the file holds, in sample frames. ErrFormat: there is no whole header.
func Repair(f *os.File) (Format, int64, error) {
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return Format{}, 0, fmt.Errorf("wav: %w", err)
	}
	r, err := NewReader(f)
	if err != nil {
		return Format{}, 0, err
	}
	info, err := f.Stat()
	if err != nil {
		return Format{}, 0, fmt.Errorf("wav: %w", err)
	}
	block := int64(r.format.Channels * r.format.Bits / 8)
	frames := max(0, min(info.Size(), maxFile)-r.pos) / block
	return r.format, frames, seal(f, r.pos+frames*block, r.pos, int(block))
}
