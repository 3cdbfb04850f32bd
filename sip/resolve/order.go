package resolve

import (
	"cmp"
	"slices"
)

// Order is the order in which the addresses of records are tried (RFC 2782): by rank, and within a rank by chance, so that a record comes first as often as its
// weight says. pick returns a number from 0 to n-1.
func Order(records []Record, pick func(n int) int) []Target {
	left := slices.Clone(records)
	slices.SortStableFunc(left, func(a, b Record) int { return cmp.Or(cmp.Compare(a.Rank, b.Rank), cmp.Compare(a.Weight, b.Weight)) })
	var out []Target
	for len(left) > 0 {
		same := 1
		for same < len(left) && left[same].Rank == left[0].Rank {
			same++
		}
		i := Weighted(same, func(i int) int { return left[i].Weight }, pick)
		for _, a := range left[i].Addrs {
			if t := (Target{Transport: left[i].Transport, Addr: a}); !slices.Contains(out, t) {
				out = append(out, t)
			}
		}
		left = slices.Delete(left, i, i+1)
	}
	return out
}

// Weighted picks one of n things by weight. One without weight has a small chance, as RFC 2782 wants it, if it stands before those with weight.
func Weighted(n int, weight func(i int) int, pick func(n int) int) int {
	sum := 0
	for i := range n {
		sum += weight(i)
	}
	at := pick(sum + 1)
	sum = 0
	for i := range n {
		if sum += weight(i); sum >= at {
			return i
		}
	}
	return n - 1
}
