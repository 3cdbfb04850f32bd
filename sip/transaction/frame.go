package transaction

import (
	"bytes"
	"errors"
	"strconv"
)

// Limits of a message.
const (
	maxHead    = 16 << 10 // start line and headers, in a stream
	maxMessage = 65535
)

// Mistakes that leave no border between messages, so that the connection has to be closed (RFC 3261, 18.3).
var (
	errHeadTooLong = errors.New("headers over 16 KB")
	errTooLong     = errors.New("message over 64 KB")
	errNoLength    = errors.New("no Content-Length in a stream")
	errBadLength   = errors.New("Content-Length can't be read")
	errTwoLengths  = errors.New("two different Content-Length")
)

// piece is what a stream's reader finds.
type piece uint8

const (
	nothingYet piece = iota // more bytes are needed
	message                 // a whole message
	ping                    // CRLF CRLF between messages (RFC 5626, 3.5.1)
	pong                    // CRLF between messages
	broken                  // the stream has no borders any more; the bytes are the headers, as far as they can be answered
)

// framer cuts a stream into messages. The zero value is ready. One goroutine uses it.
type framer struct {
	buf  []byte
	head int  // bytes of buf that have no end of headers in them
	half bool // the last bytes were CRLF, not yet known to be half of a ping
}

// feed takes bytes of the stream; they are copied.
func (f *framer) feed(b []byte) { f.buf = append(f.buf, b...) }

// partial says whether a message has begun that isn't whole.
func (f *framer) partial() bool { return len(f.buf) > 0 }

// next is the next piece; the bytes are good until feed is called. After broken the framer must not be used any more.
// pinged says that we have asked for a pong and none has come: then CRLF is one, else maybe half of a ping that came in pieces.
func (f *framer) next(pinged bool) (piece, []byte, error) {
	if p, is := f.keepAlive(pinged); is {
		return p, nil, nil
	}
	if len(f.buf) == 0 || len(f.buf) == 1 && f.buf[0] == '\r' {
		return nothingYet, nil, nil
	}
	from := max(f.head-3, 0)
	end := bytes.Index(f.buf[from:], []byte("\r\n\r\n"))
	if end < 0 {
		f.head = len(f.buf)
		if f.head > maxHead {
			return broken, f.buf, errHeadTooLong
		}
		return nothingYet, nil, nil
	}
	end += from + 4
	if end > maxHead {
		return broken, f.buf[:end], errHeadTooLong
	}
	length, err := contentLength(f.buf[:end])
	switch {
	case err != nil:
		return broken, f.buf[:end], err
	case end+length > maxMessage:
		return broken, f.buf[:end], errTooLong
	case len(f.buf) < end+length:
		f.head = end - 1 // so that it is found again at once
		return nothingYet, nil, nil
	}
	msg := f.buf[:end+length]
	f.buf = f.buf[end+length:]
	f.head = 0
	return message, msg, nil
}

// keepAlive takes CRLFs before a message.
func (f *framer) keepAlive(pinged bool) (piece, bool) {
	if !bytes.HasPrefix(f.buf, []byte("\r\n")) {
		if len(f.buf) > 0 && f.buf[0] != '\r' {
			f.half = false
		}
		return nothingYet, false
	}
	switch {
	case f.half:
		f.half = false
		f.buf = f.buf[2:]
		return ping, true
	case !pinged && bytes.HasPrefix(f.buf, []byte("\r\n\r\n")):
		f.buf = f.buf[4:]
		return ping, true
	}
	f.buf = f.buf[2:]
	f.half = !pinged
	return pong, true
}

// contentLength reads the header of a message's head (RFC 3261, 20.14).
func contentLength(head []byte) (int, error) {
	found := -1
	for name, value := range headers(head) {
		if name != "content-length" && name != "l" {
			continue
		}
		n, err := strconv.ParseUint(string(value), 10, 31)
		switch {
		case err != nil:
			return 0, errBadLength
		case found >= 0 && found != int(n): //nolint:gosec // 31 bits
			return 0, errTwoLengths
		}
		found = int(n) //nolint:gosec // 31 bits
	}
	if found < 0 {
		return 0, errNoLength
	}
	return found, nil
}

// headers visits the headers of an unparsed message: the name in small letters, and the value without the white space around it, folded
// lines joined (RFC 3261, 7.3.1).
func headers(data []byte) func(yield func(name string, value []byte) bool) {
	return func(yield func(string, []byte) bool) {
		_, rest, _ := bytes.Cut(data, []byte("\r\n"))
		for len(rest) > 0 {
			var line []byte
			line, rest, _ = bytes.Cut(rest, []byte("\r\n"))
			if len(line) == 0 {
				return
			}
			for len(rest) > 0 && (rest[0] == ' ' || rest[0] == '\t') {
				var more []byte
				more, rest, _ = bytes.Cut(rest, []byte("\r\n"))
				line = append(append(bytes.TrimRight(bytes.Clone(line), " \t"), ' '), bytes.TrimLeft(more, " \t")...)
			}
			name, value, ok := bytes.Cut(line, []byte(":"))
			if ok && !yield(string(bytes.ToLower(bytes.TrimSpace(name))), bytes.TrimSpace(value)) {
				return
			}
		}
	}
}
