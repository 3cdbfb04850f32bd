//go:build race

package rtp

// raced says that the race detector is on, under which pools and library code allocate more.
const raced = true
