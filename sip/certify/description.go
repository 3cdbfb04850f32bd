package certify

import (
	"net/netip"
	"strconv"
	"strings"

	"mediasrv/media/codec"
)

// Directions of an m-line (RFC 3264, 5.1).
const (
	sendRecv = "sendrecv"
	sendOnly = "sendonly"
	recvOnly = "recvonly"
	inactive = "inactive"
)

// description is an SDP as it was sent, nothing filled in but what RFC 8866 inherits.
type description struct {
	text    string
	origin  []string // the fields of o=
	session string   // its id
	version uint64
	media   []mediaLine
}

// mediaLine is an m-line with what belongs to it.
type mediaLine struct {
	kind, proto string
	port        int
	formats     []string
	addr        netip.Addr
	dir         string
	ptime       int
	maxptime    int
	maps        map[string]string // rtpmap by payload type
	fmtp        map[string]string
	cryptos     []string
}

// parseDescription reads what it can; what is missing stays empty, for the steps to remark.
func parseDescription(text string) *description {
	d := &description{text: text}
	var sessionAddr netip.Addr
	dir := sendRecv
	for line := range strings.SplitSeq(strings.ReplaceAll(text, "\r\n", "\n"), "\n") {
		key, value, ok := strings.Cut(line, "=")
		if !ok || len(key) != 1 {
			continue
		}
		var m *mediaLine
		if len(d.media) > 0 {
			m = &d.media[len(d.media)-1]
		}
		switch key {
		case "o":
			d.readOrigin(value)
		case "c":
			if addr := connection(value); m != nil {
				m.addr = addr
			} else {
				sessionAddr = addr
			}
		case "m":
			d.media = append(d.media, newMediaLine(value, sessionAddr, dir))
		case "a":
			if m != nil {
				m.attribute(value)
			} else if isDirection(value) {
				dir = value
			}
		}
	}
	return d
}

func (d *description) readOrigin(value string) {
	if d.origin = strings.Fields(value); len(d.origin) >= 3 {
		d.session = d.origin[1]
		d.version, _ = strconv.ParseUint(d.origin[2], 10, 64)
	}
}

func connection(value string) netip.Addr {
	f := strings.Fields(value)
	if len(f) < 3 {
		return netip.Addr{}
	}
	host, _, _ := strings.Cut(f[2], "/")
	addr, _ := netip.ParseAddr(host)
	return addr
}

func isDirection(s string) bool {
	return s == sendRecv || s == sendOnly || s == recvOnly || s == inactive
}

func newMediaLine(value string, addr netip.Addr, dir string) mediaLine {
	m := mediaLine{addr: addr, dir: dir, maps: map[string]string{}, fmtp: map[string]string{}}
	f := strings.Fields(value)
	if len(f) < 3 {
		return m
	}
	port, _, _ := strings.Cut(f[1], "/")
	m.kind, m.proto, m.formats = f[0], f[2], f[3:]
	m.port, _ = strconv.Atoi(port)
	return m
}

func (m *mediaLine) attribute(value string) {
	key, rest, _ := strings.Cut(value, ":")
	switch {
	case isDirection(value):
		m.dir = value
	case key == "ptime":
		m.ptime, _ = strconv.Atoi(rest)
	case key == "maxptime":
		m.maxptime, _ = strconv.Atoi(rest)
	case key == "rtpmap", key == "fmtp":
		pt, what, _ := strings.Cut(rest, " ")
		if key == "rtpmap" {
			m.maps[pt] = what
		} else {
			m.fmtp[pt] = what
		}
	case key == "crypto":
		m.cryptos = append(m.cryptos, rest)
	}
}

// audio is the first m-line of audio; nil if there is none.
func (d *description) audio() *mediaLine {
	if d == nil {
		return nil
	}
	for i := range d.media {
		if d.media[i].kind == "audio" {
			return &d.media[i]
		}
	}
	return nil
}

// held says whether the far end may not send to whom it describes: by direction, or by the old address.
func (m *mediaLine) held() bool {
	return m.dir == sendOnly || m.dir == inactive || m.addr.IsUnspecified()
}

func (m *mediaLine) address() netip.AddrPort {
	return netip.AddrPortFrom(m.addr, uint16(m.port)) //nolint:gosec // a port
}

// codecOf is the voice codec of a payload type.
func (m *mediaLine) codecOf(pt string) codec.Type {
	if name, ok := m.maps[pt]; ok {
		name, _, _ = strings.Cut(name, "/")
		return codec.Parse(name)
	}
	n, err := strconv.Atoi(pt)
	if err != nil || n < 0 || n > 127 {
		return codec.None
	}
	return codec.Static(uint8(n))
}

// voice is the first payload type with a voice codec that we know.
func (m *mediaLine) voice() (pt int, c codec.Type) {
	for _, f := range m.formats {
		if c := m.codecOf(f); c != codec.None {
			pt, _ := strconv.Atoi(f)
			return pt, c
		}
	}
	return -1, codec.None
}

// events is the payload type of telephone-event at a clock rate; -1 if there is none.
func (m *mediaLine) events(rate int) int {
	for _, f := range m.formats {
		name, clock, _ := strings.Cut(m.maps[f], "/")
		if strings.EqualFold(name, "telephone-event") && clock == strconv.Itoa(rate) {
			pt, _ := strconv.Atoi(f)
			return pt
		}
	}
	return -1
}
