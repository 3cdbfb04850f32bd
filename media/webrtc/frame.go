package webrtc

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

const (
	frameHeader = 2    // bytes: the length of what follows (RFC 4571, 2)
	minFrame    = 2    // bytes of the shortest frame that can be told apart (RFC 7983)
	maxFrame    = 1500 // bytes of the longest: what a datagram would have
)

// errFrame means that a connection doesn't speak RFC 4571, or not within our bounds.
var errFrame = errors.New("webrtc: bad frame length")

// framer reads the frames of a TCP candidate's connection.
type framer struct{ r *bufio.Reader }

func newFramer(r io.Reader) framer { return framer{bufio.NewReaderSize(r, frameHeader+maxFrame)} }

// next copies the next frame into b, which holds maxFrame bytes. After an error of the connection that may pass (a deadline) it can be called again: nothing
// of a frame is lost. An end between two frames is io.EOF, one within a frame io.ErrUnexpectedEOF.
func (f framer) next(b []byte) (int, error) {
	head, err := f.r.Peek(frameHeader)
	if err != nil {
		return 0, cutOff(err, len(head))
	}
	n := int(binary.BigEndian.Uint16(head))
	if n < minFrame || n > maxFrame {
		return 0, fmt.Errorf("%w: %d, not within %d and %d", errFrame, n, minFrame, maxFrame)
	}
	whole, err := f.r.Peek(frameHeader + n)
	if err != nil {
		return 0, cutOff(err, len(whole))
	}
	copy(b, whole[frameHeader:])
	_, err = f.r.Discard(frameHeader + n)
	return n, err
}

func cutOff(err error, n int) error {
	if errors.Is(err, io.EOF) && n > 0 {
		return io.ErrUnexpectedEOF
	}
	return err
}

// putFrame writes a frame into dst and returns its length; 0 if b is too long.
func putFrame(dst, b []byte) int {
	if len(b) > maxFrame || len(dst) < frameHeader+len(b) {
		return 0
	}
	binary.BigEndian.PutUint16(dst, uint16(len(b)))
	return frameHeader + copy(dst[frameHeader:], b)
}
