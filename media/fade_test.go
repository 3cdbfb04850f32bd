package media_test

import (
	"math"
	"testing"
	"time"

	"mediasrv/media"
	"mediasrv/media/codec"
	"mediasrv/media/mediatest"
)

// steepest is the largest step between two samples.
func steepest(pcm []int16) (most int) {
	for i := 1; i < len(pcm); i++ {
		step := int(pcm[i]) - int(pcm[i-1])
		most = max(most, step, -step)
	}
	return most
}

// silences is the longest time in which nothing is heard, by pieces of 5 ms.
func silences(pcm []int16) time.Duration {
	const piece = 40
	longest, run := 0, 0
	for ; len(pcm) >= piece; pcm = pcm[piece:] {
		power := 0.0
		for _, s := range pcm[:piece] {
			power += float64(s) * float64(s) / piece
		}
		if run++; math.Sqrt(power) > 300 {
			run = 0
		}
		longest = max(longest, run)
	}
	return time.Duration(longest) * 5 * time.Millisecond
}

// An announcement in the music: between the two a caller hears neither a gap nor a click, wherever in a wave the music is when it begins, and nothing
// allocates. The codecs that keep samples as they are show the click; the gap is looked for in all.
func TestAnnouncementWithoutGapOrClick(t *testing.T) {
	spoken := append(make([]int16, 160, 4320), mediatest.Tone(700, 0, 4000)...) // of whole waves, with a moment of silence on both sides
	spoken = append(spoken, make([]int16, 160)...)
	for _, c := range []codec.Type{codec.PCMU, codec.PCMA, codec.G722, codec.Opus} {
		for _, inStep := range []bool{false, true} {
			for shift := range 4 {
				t.Run(c.String(), func(t *testing.T) {
					w := mediatest.New(t, nil)
					room, events := w.Room()
					e, f := w.Join(room, c)
					var p media.Plan
					p.Rows[e.ID()].Music = media.Play{Token: 1, Audio: newPrompt(t, mediatest.Tone(445, 7*shift, 16000)), Loop: true, InStep: inStep}
					room.Set(p)
					w.Run(time.Second)
					p.Rows[e.ID()].Prompt = media.Play{Token: 2, Audio: newPrompt(t, spoken)}
					w.Forget()
					w.Run(200*time.Millisecond + time.Duration(shift)*20*time.Millisecond)
					room.Set(p)
					w.Run(1300 * time.Millisecond)
					if len(kinds(events(), media.PlayDone)) != 1 {
						t.Fatal("the announcement has not ended")
					}
					heard := f.Heard()
					if gap := silences(heard); gap > 40*time.Millisecond {
						t.Errorf("a gap of %v", gap)
					}
					most := 2 * math.Pi * 700 / 8000 * mediatest.Amplitude
					if got := steepest(heard); c != codec.Opus && c != codec.G722 && float64(got) > 1.25*most {
						t.Errorf("a click: a step of %d, where the sounds have %.0f", got, most)
					}
				})
			}
		}
	}
}
