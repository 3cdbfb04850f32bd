// Package ogg writes Ogg Opus files (RFC 3533, RFC 7845) that survive a crash: what was flushed can be played, and Repair makes the file whole.
// Each channel is a stream of its own, so that nobody's voice leaks into another's.
package ogg

import "errors"

// ErrFormat means that it isn't an Ogg Opus file, or that its headers are broken.
var ErrFormat = errors.New("not an Ogg Opus file")

const (
	units   = 48000 / 8000 // of granule positions in a sample
	maxPage = 50           // packets: a second
)
