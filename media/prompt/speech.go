package prompt

// Speech is text and how it is to be said.
type Speech struct {
	Text     string
	Language string
	Voice    string
	Rate     float64 // 1 is the voice's own
}
