package recorder

// The causes of gaps.
const (
	causeOverflow = "overflow" // the disk was so slow that the tap was full
	causeNoMedia  = "no-media" // nothing came for more than a second
	causeDisk     = "disk"     // the file couldn't be written
)

const longHole = rate // a hole that is longer is a gap

// gap is a stretch without audio.
type gap struct {
	from, to int64
	cause    string
}

// track is one channel's audio on the time line: what is laid but not written yet, and where nothing came.
type track struct {
	base    int64   // position of pending[0]
	pending []int16 // holes are zero
	hole    int64   // where the hole at the end began; -1: there is none
	lost    uint64  // frames that the tap lost and for which no hole was found yet
	gaps    []gap
}

func (t *track) end() int64 { return t.base + int64(len(t.pending)) }

// lay puts audio at its place: what is covered already is trimmed, what is missing before it is a hole. pcm is borrowed.
func (t *track) lay(pos int64, pcm []int16) {
	if over := t.end() - pos; over > 0 {
		if over >= int64(len(pcm)) {
			return
		}
		pcm, pos = pcm[over:], pos+over
	}
	t.leave(pos)
	t.closeHole()
	t.pending = append(t.pending, pcm...)
}

// leave leaves a hole up to a position.
func (t *track) leave(to int64) {
	n := to - t.end()
	if n <= 0 {
		return
	}
	if t.hole < 0 {
		t.hole = t.end()
	}
	t.pending = append(t.pending, make([]int16, n)...)
}

// closeHole decides whether the hole at the end, if there is one, is a gap.
func (t *track) closeHole() {
	if t.hole >= 0 {
		switch to := t.end(); {
		case t.lost > 0 && to-t.hole >= int64(t.lost)*rate/100: // a frame has 10 ms at least
			t.gaps = append(t.gaps, gap{t.hole, to, causeOverflow})
			t.lost = 0
		case to-t.hole > longHole:
			t.gaps = append(t.gaps, gap{t.hole, to, causeNoMedia})
		}
	}
	t.hole = -1
}

// next returns the n samples from base on, valid until drop.
func (t *track) next(n int) []int16 {
	t.leave(t.base + int64(n))
	return t.pending[:n]
}

// drop forgets the n samples that next returned.
func (t *track) drop(n int) {
	t.base += int64(n)
	t.pending = t.pending[:copy(t.pending, t.pending[n:])]
}
