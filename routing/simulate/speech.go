package simulate

import (
	"context"
	"time"

	"mediasrv/media/prompt"
	"mediasrv/routing"
)

// How fast people speak, on average.
const (
	lettersPerSecond  = 15
	syllablesPerScond = 7 // a sign of Chinese or Japanese is about one
	breath            = 300 * time.Millisecond
)

// Speech makes silence that is as long as a text would be when spoken: what callers hear takes its time, and no engine is needed.
type Speech struct{}

// Speak implements routing.Speaker.
func (Speech) Speak(_ context.Context, what routing.Speech) (*prompt.Prompt, error) {
	return prompt.New(what.Text, make([]int16, int(spoken(what).Seconds()*prompt.Rate)), prompt.Rate)
}

func spoken(what routing.Speech) time.Duration {
	seconds := 0.0
	for _, r := range what.Text {
		if r >= 0x2e80 {
			seconds += 1.0 / syllablesPerScond
		} else {
			seconds += 1.0 / lettersPerSecond
		}
	}
	if what.Rate > 0 {
		seconds /= what.Rate
	}
	return breath + time.Duration(seconds*float64(time.Second))
}

// Music is a moment of silence that stands for the music of those who have no other.
func Music() (*prompt.Prompt, error) {
	return prompt.New("music", make([]int16, prompt.Rate), prompt.Rate)
}
