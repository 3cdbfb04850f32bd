package sdp

import (
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
)

// stream is what a peer says of the audio that we take from its description.
type stream struct {
	index       int // of the m-line
	section     *section
	payloads    []payload
	remote      netip.AddrPort
	rtcp        netip.AddrPort
	mux         bool
	direction   Direction // the peer's view
	mid         string
	bundled     bool // the mid is in a BUNDLE group
	fingerprint string
	setup       string
	ufrag, pwd  string
	noise       bool    // it may send comfort noise
	key         offered // of SRTP, from an offer
}

// read understands one m-line.
func (d *description) read(index int, webrtc bool) (*stream, error) {
	m := d.media[index]
	s := &stream{index: index, section: m, payloads: m.payloads(), noise: slices.Contains(m.formats, strconv.Itoa(comfortNoise))}
	s.mid, _ = m.get("mid")
	s.bundled = s.mid != "" && d.bundles(s.mid)
	addr, err := d.connection(m)
	if err != nil && !webrtc { // with ICE, candidates say it
		return nil, err
	}
	s.remote = netip.AddrPortFrom(addr, uint16(m.port))
	s.direction = d.direction(m)
	if addr.IsValid() && addr.IsUnspecified() && !webrtc { // hold as RFC 2543 had it (RFC 3264, 8.4): the peer takes nothing
		s.direction = DirectionOf(s.direction.Sends(), false)
	}
	s.mux = m.has("rtcp-mux")
	s.rtcp = s.control(m)
	if !webrtc {
		return s, nil
	}
	s.setup = d.get(m, "setup")
	s.ufrag, s.pwd = d.get(m, "ice-ufrag"), d.get(m, "ice-pwd")
	s.fingerprint = d.fingerprint(m)
	switch {
	case s.ufrag == "" || s.pwd == "":
		return nil, fmt.Errorf("%w: m-line %d has no ice-ufrag or ice-pwd", ErrNotAcceptable, index+1)
	case s.fingerprint == "":
		return nil, fmt.Errorf("%w: m-line %d has no fingerprint by sha-256, sha-384 or sha-512", ErrNotAcceptable, index+1)
	case !s.mux:
		return nil, fmt.Errorf("%w: m-line %d has no rtcp-mux", ErrNotAcceptable, index+1)
	}
	return s, nil
}

// control is where the peer takes RTCP: as a=rtcp says ("port [IN IP4 address]", RFC 3605), or on the port behind RTP's. It is no address if nobody knows.
func (s *stream) control(m *section) netip.AddrPort {
	if !s.remote.IsValid() || s.remote.Port() == 0 || s.remote.Addr().IsUnspecified() {
		return netip.AddrPort{}
	}
	if s.mux {
		return s.remote
	}
	at := netip.AddrPort{}
	if s.remote.Port() < 65535 {
		at = netip.AddrPortFrom(s.remote.Addr(), s.remote.Port()+1)
	}
	value, _ := m.get("rtcp")
	f := strings.Fields(value)
	if len(f) != 1 && len(f) != 4 {
		return at
	}
	port, err := strconv.ParseUint(f[0], 10, 16)
	if err != nil || port == 0 {
		return at
	}
	at = netip.AddrPortFrom(s.remote.Addr(), uint16(port))
	if len(f) == 4 {
		if addr, err := netip.ParseAddr(f[3]); err == nil && !addr.IsUnspecified() && !addr.IsMulticast() {
			at = netip.AddrPortFrom(addr.Unmap().WithZone(""), uint16(port))
		}
	}
	return at
}

// connection is the address of c=, of the media or of the session.
func (d *description) connection(m *section) (netip.Addr, error) {
	value := m.conn
	if value == "" {
		value = d.session.conn
	}
	f := strings.Fields(value)
	if len(f) != 3 || f[0] != "IN" || f[1] != "IP4" && f[1] != "IP6" {
		return netip.Addr{}, fmt.Errorf("%w: c= of m=%s is no \"IN IP4 address\": %.60q", ErrMalformed, m.kind, value)
	}
	host, _, _ := strings.Cut(f[2], "/")
	addr, err := netip.ParseAddr(host)
	if err != nil {
		return netip.Addr{}, nil //nolint:nilerr // a host name is good SDP; the first packet will tell the address
	}
	if addr.IsMulticast() {
		return netip.Addr{}, fmt.Errorf("%w: c=%s is multicast", ErrNotAcceptable, host)
	}
	return addr.Unmap().WithZone(""), nil
}

// direction is the last one said on the media level, or on the session's, or sendrecv (RFC 8866, 6.7).
func (d *description) direction(m *section) Direction {
	for _, s := range []*section{m, &d.session} {
		for _, a := range slices.Backward(s.attrs) {
			if dir, ok := parseDirection(a.key); ok {
				return dir
			}
		}
	}
	return SendRecv
}

// bundles says whether a mid is in a BUNDLE group (RFC 9143).
func (d *description) bundles(mid string) bool {
	for _, a := range d.session.attrs {
		if f := strings.Fields(a.value); a.key == "group" && len(f) > 0 && f[0] == "BUNDLE" && slices.Contains(f[1:], mid) {
			return true
		}
	}
	return false
}

// fingerprint is the one by the shortest hash that is good enough; peers may send several (RFC 8122, 5).
func (d *description) fingerprint(m *section) string {
	for _, hash := range []string{"sha-256", "sha-384", "sha-512"} {
		for _, s := range []*section{m, &d.session} {
			for _, a := range s.attrs {
				name, sum, ok := strings.Cut(a.value, " ")
				if ok && a.key == "fingerprint" && strings.EqualFold(name, hash) {
					return hash + " " + strings.ToUpper(strings.TrimSpace(sum))
				}
			}
		}
	}
	return ""
}

// active says whether an m-line is in use: a browser's may have port 0 and lie in another one's bundle (RFC 9143, 6).
func (s *section) active(webrtc bool) bool { return s.port != 0 || webrtc && s.has("bundle-only") }

// speaks says whether an m-line's profile is ours.
func (l *Local) speaks(s *section) bool {
	switch s.proto {
	case "RTP/AVP", "RTP/AVPF":
		return !l.WebRTC
	case "RTP/SAVP", "RTP/SAVPF":
		return !l.WebRTC && l.SRTP != Off
	case "UDP/TLS/RTP/SAVPF", "UDP/TLS/RTP/SAVP":
		return l.WebRTC
	}
	return false
}
