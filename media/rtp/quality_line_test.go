package rtp

import (
	"slices"
	"testing"
)

// What people are told of a line, second by second: turns only, and no flicker at a bound.
func TestGrader(t *testing.T) {
	second := func(mos, remote float64) Quality {
		q := Quality{MOS: mos, RemoteMOS: remote}
		if remote > 0 {
			q.Reports = 1
		}
		return q
	}
	type run struct {
		seconds int
		q       Quality
	}
	for name, c := range map[string]struct {
		runs []run
		want []Line // at the turns
	}{
		"good":                     {[]run{{30, second(4.4, 4.3)}}, nil},
		"weak from the beginning":  {[]run{{3, second(3.9, 0)}}, []Line{LineWeak}},
		"one bad second":           {[]run{{10, second(4.4, 0)}, {1, second(1, 0)}, {10, second(4.4, 0)}}, []Line{LineWeak, LineGood}},
		"worse and worse":          {[]run{{10, second(4.4, 0)}, {10, second(3.7, 0)}, {10, second(3, 0)}}, []Line{LineWeak, LineBad}},
		"and back":                 {[]run{{5, second(3, 0)}, {30, second(4.4, 0)}}, []Line{LineBad, LineWeak, LineGood}},
		"at the bound":             {[]run{{10, second(3.95, 0)}, {30, second(4.05, 0)}}, []Line{LineWeak}},
		"at the other bound":       {[]run{{10, second(3.4, 0)}, {30, second(3.55, 0)}}, []Line{LineBad}},
		"only the peer hears ill":  {[]run{{10, second(4.4, 3.8)}}, []Line{LineWeak}},
		"nothing comes, they tell": {[]run{{10, second(0, 3.2)}}, []Line{LineBad}},
		"pauses say nothing":       {[]run{{5, second(3, 0)}, {60, Quality{}}}, []Line{LineBad}},
	} {
		var g Grader
		var got []Line
		for _, r := range c.runs {
			for range r.seconds {
				if g.Add(r.q) {
					got = append(got, g.Line())
				}
			}
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}
