package tts

import (
	"math"
	"slices"
	"testing"
)

func TestTrim(t *testing.T) {
	const rate = 8000
	word := make([]int16, rate)
	for i := range word {
		word[i] = int16(8000*math.Sin(2*math.Pi*440*float64(i)/rate) + 1)
	}
	noise := func(ms int) []int16 { // that isn't quite silent, as engines make it
		all := make([]int16, ms*rate/1000)
		for i := range all {
			all[i] = int16(i%3 - 1)
		}
		return all
	}
	join := func(parts ...[]int16) []int16 { return slices.Concat(parts...) }
	tests := []struct {
		name string
		pcm  []int16
		ms   int
	}{
		{"silence on both sides", join(noise(300), word, noise(400)), 1080},
		{"none", word, 1000},
		{"a pause in the middle stays", join(noise(300), word, noise(700), word, noise(400)), 2780},
		{"little of it", join(noise(10), word, noise(30)), 1040},
		{"silence alone", make([]int16, rate), 1000},
		{"nothing", nil, 0},
	}
	for _, test := range tests {
		if got := len(trim(test.pcm, rate)) * 1000 / rate; got < test.ms-1 || got > test.ms+1 {
			t.Errorf("%s: %d ms, want %d", test.name, got, test.ms)
		}
	}
}
