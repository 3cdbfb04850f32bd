package config

import (
	"slices"
	"strings"
)

// Nearest is the known name that somebody probably meant by a wrong one; empty if none is near.
func Nearest(wrong string, known []string) string {
	best, least := "", 1+max(1, len([]rune(wrong))/3)
	if len(wrong) > 64 {
		return ""
	}
	const most = 1000 // of so many names the nearest is no help, and a second per mistake would be none either
	for _, name := range known[:min(len(known), most)] {
		if d := distance(strings.ToLower(wrong), strings.ToLower(name)); d < least {
			best, least = name, d
		}
	}
	return best
}

// suggest words the nearest name, or what there is.
func suggest(wrong string, known []string) string {
	if near := Nearest(wrong, known); near != "" {
		return "did you mean " + near + "?"
	}
	if len(known) == 0 {
		return "there is none"
	}
	const most = 12
	list := slices.Clone(known)
	if len(list) > most {
		list = append(list[:most], "…")
	}
	return "there is: " + strings.Join(list, ", ")
}

// distance is the number of letters to insert, delete, replace or swap with their neighbour (optimal string alignment).
func distance(a, b string) int {
	x, y := []rune(a), []rune(b)
	before, last, row := make([]int, len(y)+1), make([]int, len(y)+1), make([]int, len(y)+1)
	for j := range last {
		last[j] = j
	}
	for i := range x {
		row[0] = i + 1
		for j := range y {
			cost := 1
			if x[i] == y[j] {
				cost = 0
			}
			row[j+1] = min(last[j+1]+1, row[j]+1, last[j]+cost)
			if i > 0 && j > 0 && x[i] == y[j-1] && x[i-1] == y[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(y)]
}
