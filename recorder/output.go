package recorder

import (
	"errors"
	"slices"
	"strings"
	"time"

	"mediasrv/media/wav"
	"mediasrv/recorder/seal"
	"mediasrv/routing/fact"
)

// output is one file of a segment. Its sample position is the segment's, whether the disk takes it or not.
type output struct {
	kind  kind
	part  string     // customer, agent, external, merged
	leg   fact.LegID // empty: merged
	left  []int      // channels of the segment that are mixed
	right []int      // nil: mono

	fresh   bool   // the file has not been tried to be opened
	name    string // below the directory, without suffix; empty: there is no file yet
	f       file
	journal *seal.Journal // nil: the file isn't encrypted
	w       container     // nil: there is no file yet
	pos     int64
	pcm     []int16 // of write: the left side, the right one, both
	other   []int16
	both    []int16

	gaps  []gap // that the disk made
	from  int64 // of the gap that the disk is making; -1: none
	err   error // of writing, since takeErr
	full  bool  // it has 4 GB and takes no more
	lost  int64 // sample frames, since takeLost
	noted int   // gaps and marks that the note beside the file has
}

// outputsOf decides which files a segment has: customer left, all others right.
func outputsOf(f fact.Segment) (outs []*output) {
	var left, right []int
	for i, c := range f.Channels {
		if c.Seat == fact.SeatCustomer {
			left = append(left, i)
		} else {
			right = append(right, i)
		}
		if f.PerLeg {
			outs = append(outs, &output{part: partIn(f, c.Seat), leg: c.Leg, left: []int{i}})
		}
	}
	if f.Merged {
		if left == nil { // a call between agents: whoever is first
			left, right = right[:1], right[1:]
		}
		if right == nil {
			right = []int{} // stereo, though one side is silent
		}
		outs = append(outs, &output{part: "merged", left: left, right: right})
	}
	for _, o := range outs {
		o.fresh, o.from, o.kind = true, -1, kindOf(f)
	}
	return outs
}

// partIn is the suffix of a leg's own file.
func partIn(f fact.Segment, s fact.Seat) string {
	if f.Voicemail != "" {
		return "voicemail"
	}
	return partOf(s)
}

func partOf(s fact.Seat) string {
	switch s {
	case fact.SeatCustomer, fact.SeatAgent, fact.SeatSupervisor:
		return string(s)
	case fact.SeatGuest:
	}
	return "external"
}

func (o *output) width() int {
	if o.right == nil {
		return 1
	}
	return 2
}

// write appends the next n samples of the segment's channels.
func (o *output) write(channels []channel, n int) {
	pcm := o.blend(channels, n)
	o.pos += int64(n)
	if o.w == nil || o.full {
		o.drop(int64(n))
		return
	}
	lost, err := o.w.Write(pcm)
	if err != nil {
		o.err, o.full = err, errors.Is(err, wav.ErrFull)
		o.drop(int64(lost))
		return
	}
	o.back()
}

// blend is the file's next n samples, of both sides. They are borrowed until the tracks drop theirs.
func (o *output) blend(channels []channel, n int) []int16 {
	left := o.side(&o.pcm, o.left, channels, n)
	if o.right == nil {
		return left
	}
	right := o.side(&o.other, o.right, channels, n)
	out := slices.Grow(o.both[:0], 2*n)[:2*n]
	for i, l := range left {
		out[2*i], out[2*i+1] = l, right[i]
	}
	o.both = out
	return out
}

// side is what one side of the file has: as a rule one channel, whose samples are borrowed from its track; else their sum, made in room.
func (o *output) side(room *[]int16, sources []int, channels []channel, n int) []int16 {
	if len(sources) == 1 {
		return channels[sources[0]].track.next(n)
	}
	out := slices.Grow((*room)[:0], n)[:n]
	clear(out)
	for _, c := range sources {
		for i, s := range channels[c].track.next(n) {
			out[i] = int16(max(-32768, min(32767, int(out[i])+int(s))))
		}
	}
	*room = out
	return out
}

// drop notes that the last n samples are lost to the disk.
func (o *output) drop(n int64) {
	o.lost += n
	if o.from < 0 {
		o.from = o.pos - n
	}
}

// back notes that the disk takes audio again.
func (o *output) back() {
	if o.from >= 0 && !o.full {
		o.gaps = append(o.gaps, gap{o.from, o.pos, causeDisk})
		o.from = -1
	}
}

func (o *output) takeLost() int64 { n := o.lost; o.lost = 0; return n }

func (o *output) takeErr() error { err := o.err; o.err = nil; return err }

// allGaps are the file's gaps in terms of its own channels: 0 is left, 1 right. A pause is one of all, and so is a hold.
func (o *output) allGaps(s *segment) (all []fact.Gap) {
	add := func(side int, gaps []gap) {
		for _, g := range gaps {
			if s.isHold(g) {
				continue
			}
			all = append(all, fact.Gap{Channel: side, From: duration(g.from), To: duration(g.to), Cause: g.cause})
		}
	}
	for side, sources := range [][]int{o.left, o.right} {
		for _, c := range sources {
			add(side, s.channels[c].track.gaps)
		}
		if side < o.width() {
			add(side, o.gaps)
			add(side, s.hidden)
			add(side, s.held)
		}
	}
	return all
}

func duration(samples int64) time.Duration { return time.Duration(samples) * time.Second / rate }

// layout says in words which leg is where.
func (o *output) layout(f fact.Segment) []string {
	words := func(sources []int) string {
		var w []string
		for _, c := range sources {
			w = append(w, partOf(f.Channels[c].Seat))
		}
		return strings.Join(w, "+")
	}
	if o.width() == 1 {
		return []string{words(o.left)}
	}
	return []string{words(o.left), words(o.right)}
}
