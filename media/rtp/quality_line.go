package rtp

// Line is how good a line is, as people are told.
type Line uint8

// The grades of a line.
const (
	LineUnknown Line = iota
	LineGood
	LineWeak // MOS below 4
	LineBad  // MOS below 3.5: not acceptable
)

// Bounds of MOS between the grades. A better grade is only given a little above them, so that it doesn't flicker.
const (
	weakBelow  = 4.0
	badBelow   = 3.5
	betterFrom = 0.1
)

// gradeWeight is how much the newest second counts in the mean that is graded.
const gradeWeight = 0.2

// Grader grades a line from its seconds: by the worse of what we hear and what the peer says of what it hears. It is plain data of one worker.
type Grader struct {
	mean float32 // of MOS, the newest second counting most; 0: no second yet
	line Line
}

// Add takes a second; true: the grade has turned. A second that can't be rated says nothing.
func (g *Grader) Add(q Quality) bool {
	mos := q.MOS
	if q.Reports > 0 && (mos == 0 || q.RemoteMOS < mos) {
		mos = q.RemoteMOS
	}
	if mos == 0 {
		return false
	}
	if g.mean == 0 {
		g.mean = float32(mos)
	}
	g.mean += gradeWeight * (float32(mos) - g.mean)
	before := g.line
	g.line = g.grade()
	return g.line != before && (before != LineUnknown || g.line != LineGood)
}

func (g *Grader) grade() Line {
	weak, bad := float32(weakBelow), float32(badBelow)
	if g.line >= LineWeak {
		weak += betterFrom
	}
	if g.line == LineBad {
		bad += betterFrom
	}
	switch {
	case g.mean < bad:
		return LineBad
	case g.mean < weak:
		return LineWeak
	}
	return LineGood
}

// Line is the grade now.
func (g *Grader) Line() Line { return g.line }
