package transaction

import (
	"errors"
	"net/netip"
	"strconv"
	"strings"
	"time"
)

// read cuts what comes into messages until the connection ends.
func (s *stream) read() {
	defer s.end(nil)
	buf := make([]byte, 16<<10)
	var f framer
	for {
		n, err := s.conn.Read(buf)
		if n > 0 {
			f.feed(buf[:n])
			switch err := s.pieces(&f); {
			case errors.Is(err, errBroken):
				s.finish(farewell)
				<-s.done
				return
			case err != nil:
				s.end(err)
				return
			}
		}
		if err != nil {
			s.end(err)
			return
		}
	}
}

func (s *stream) pieces(f *framer) error {
	for {
		kind, data, err := f.next(s.waitsForPong())
		switch kind {
		case nothingYet:
			s.note(f.partial())
			return nil
		case ping:
			if s.isStranger() {
				continue // no sign of life before we know it
			}
			_ = s.write([]byte("\r\n"))
		case pong:
			s.ponged()
		case broken:
			if s.isStranger() && !s.pool.listener.admits(s.remote, data) {
				return errDropped
			}
			s.pool.listener.table.malformed(s.flow(), data, err)
			return errBroken
		case message:
			if s.isStranger() && !s.admitted(data) {
				return errDropped
			}
			s.heard(data)
			s.pool.listener.message(s.flow(), data)
		}
	}
}

// admitted says whether a stranger's message may come in, and whether it still is a stranger.
func (s *stream) admitted(data []byte) bool {
	l := s.pool.listener
	if !l.admits(s.remote, data) {
		return false
	}
	if l.table.knows(s.remote.Addr()) || l.table.handler.Trusted(s.flow()) {
		s.welcome()
	}
	return true
}

// heard notes a message; one that asks for it makes the connection the way back (RFC 5923, 5: alias), for its own address only.
func (s *stream) heard(data []byte) {
	s.mu.Lock()
	s.begun, s.spoke = time.Now(), true
	s.mu.Unlock()
	if port := aliasPort(data); port != 0 {
		s.pool.alias(netip.AddrPortFrom(s.remote.Addr(), port), s)
	}
}

// aliasPort is the port of the first Via, if it asks for connection reuse.
func aliasPort(data []byte) uint16 {
	for name, value := range headers(data) {
		if name != "via" && name != "v" {
			continue
		}
		first, _, _ := strings.Cut(string(value), ",")
		by, params, _ := strings.Cut(first, ";")
		has := false
		for p := range strings.SplitSeq(params, ";") {
			has = has || strings.EqualFold(strings.TrimSpace(p), "alias")
		}
		if !has {
			return 0
		}
		fields := strings.Fields(by)
		if len(fields) == 0 {
			return 0
		}
		at := fields[len(fields)-1]
		colon := strings.LastIndexByte(at, ':')
		if colon < 0 || strings.HasSuffix(at, "]") {
			if strings.Contains(strings.ToUpper(by), "TLS") {
				return 5061
			}
			return 5060
		}
		port, err := strconv.ParseUint(at[colon+1:], 10, 16)
		if err != nil {
			return 0
		}
		return uint16(port)
	}
	return 0
}

// note remembers since when a message isn't whole.
func (s *stream) note(partial bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case !partial:
		s.partial = time.Time{}
	case s.partial.IsZero():
		s.partial = time.Now()
	}
}
