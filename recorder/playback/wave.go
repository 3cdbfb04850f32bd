package playback

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
)

// Sound is a recording that can be read from any place on, by one reader at a time. The Samples of media/wav and media/ogg are such.
type Sound interface {
	Channels() int
	Rate() int // Hz
	// Frames is how many samples each channel has.
	Frames() int64
	// ReadAt fills pcm with the samples of all channels, interleaved, from a frame on. Behind the end: 0 and io.EOF.
	ReadAt(pcm []int16, frame int64) (frames int, err error)
}

// Wave is the picture of a sound: for each channel the loudest sample in each of some equal stretches, 0 to 100 of full scale by a square root, which shows
// low voices too. It reads all of the sound, and gives up when ctx ends.
func Wave(ctx context.Context, s Sound, points int) ([][]int, error) {
	const chunk = 8000 // frames
	channels := s.Channels()
	wave := make([][]int, channels)
	for c := range wave {
		wave[c] = make([]int, points)
	}
	pcm := make([]int16, chunk*channels)
	for frame := int64(0); frame < s.Frames(); {
		if err := ctx.Err(); err != nil {
			return nil, fmt.Errorf("playback: %w", err)
		}
		n, err := s.ReadAt(pcm, frame)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("playback: %w", err)
		}
		for i := range n {
			at := (frame + int64(i)) * int64(points) / s.Frames()
			for c := range channels {
				wave[c][at] = max(wave[c][at], abs(pcm[i*channels+c]))
			}
		}
		frame += int64(n)
	}
	for _, channel := range wave {
		for i, loudest := range channel {
			channel[i] = int(math.Round(100 * math.Sqrt(float64(loudest)/math.MaxInt16)))
		}
	}
	return wave, nil
}

func abs(s int16) int { return min(max(int(s), -int(s)), math.MaxInt16) }
