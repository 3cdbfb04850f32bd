package recorder

import (
	"errors"
	"strings"
	"time"

	"mediasrv/media/wav"
	"mediasrv/routing/fact"
)

// output is one file of a segment. Its sample position is the segment's, whether the disk takes it or not.
type output struct {
	kind  kind
	part  string     // customer, agent, external, merged
	leg   fact.LegID // empty: merged
	left  []int      // channels of the segment that are mixed
	right []int      // nil: mono

	fresh bool   // the file has not been tried to be opened
	name  string // below the directory, without suffix; empty: there is no file yet
	f     file
	w     container // nil: there is no file yet
	pos   int64
	pcm   []int16

	gaps  []gap // that the disk made
	from  int64 // of the gap that the disk is making; -1: none
	err   error // of writing, since takeErr
	full  bool  // it has 4 GB and takes no more
	lost  int64 // sample frames, since takeLost
	noted int   // gaps that the note beside the file has
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
	width := o.width()
	o.pcm = append(o.pcm[:0], make([]int16, n*width)...)
	for _, c := range o.left {
		mix(o.pcm, channels[c].track.next(n), width)
	}
	for _, c := range o.right {
		mix(o.pcm[1:], channels[c].track.next(n), width)
	}
	o.pos += int64(n)
	if o.w == nil || o.full {
		o.drop(int64(n))
		return
	}
	lost, err := o.w.Write(o.pcm)
	if err != nil {
		o.err, o.full = err, errors.Is(err, wav.ErrFull)
		o.drop(int64(lost))
		return
	}
	o.back()
}

// mix adds pcm to every width-th sample of out.
func mix(out, pcm []int16, width int) {
	for i, s := range pcm {
		out[i*width] = int16(max(-32768, min(32767, int(out[i*width])+int(s))))
	}
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

// allGaps are the file's gaps in terms of its own channels: 0 is left, 1 right. A pause is one of all.
func (o *output) allGaps(channels []channel, hidden []gap) (all []fact.Gap) {
	add := func(side int, gaps []gap) {
		for _, g := range gaps {
			all = append(all, fact.Gap{Channel: side, From: duration(g.from), To: duration(g.to), Cause: g.cause})
		}
	}
	for side, sources := range [][]int{o.left, o.right} {
		for _, c := range sources {
			add(side, channels[c].track.gaps)
		}
		if side < o.width() {
			add(side, o.gaps)
			add(side, hidden)
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
