package config

// How a queue rings its agents.
const (
	RingOne     = "one-at-a-time"
	RingAll     = "all"
	RingTopDown = "top-down"
)

func ringKey() field {
	return field{
		key: "ring", what: oneOf([]string{RingOne, RingAll, RingTopDown}), std: RingOne,
		about: "Who is rung first: `one-at-a-time`: who has the fewest open conversations, then who has been idle for longest; `top-down`: from the top of `agents` down; `all`: up to five phones at once, the first who answers has the call.",
	}
}
