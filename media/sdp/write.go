package sdp

import (
	"cmp"
	"fmt"
	"net/netip"
	"strconv"
	"strings"
)

// slot is an m-line of the session, which keeps its place for the session's life (RFC 3264, 8).
type slot struct {
	kind, proto, mid string
	formats          []string // to be repeated when it is refused
}

// sheet is everything that a description of ours says, but for the version.
type sheet struct {
	slots    []slot
	audio    int // which slot is ours
	payloads []payload
	dir      Direction
	ptime    int    // ms
	setup    string // WebRTC
	bundle   bool
	mux      bool      // RTCP on RTP's port
	keys     []offered // of SRTP
}

// write makes the text, in which the version is left open: head + version + tail.
func (s *Session) write(sh sheet) (head, tail string) {
	addr := s.address()
	head = fmt.Sprintf("v=0\r\no=- %d ", s.local.ID)
	lines := []string{fmt.Sprintf(" IN %s", family(addr)), "s=-", "c=IN " + family(addr), "t=0 0"}
	if s.local.WebRTC {
		if sh.bundle {
			lines = append(lines, "a=group:BUNDLE "+sh.slots[sh.audio].mid)
		}
		lines = append(lines, "a=ice-lite", "a=ice-options:ice2", "a=msid-semantic: WMS *")
	}
	for i, m := range sh.slots {
		if i == sh.audio {
			lines = append(lines, s.audio(m, sh, addr.Port())...)
		} else {
			lines = append(lines, m.refused()...)
		}
	}
	return head, strings.Join(lines, "\r\n") + "\r\n"
}

// audio writes our m-line.
func (s *Session) audio(m slot, sh sheet, port uint16) []string {
	name := []string{fmt.Sprintf("m=audio %d %s", port, m.proto)}
	for _, p := range sh.payloads {
		name = append(name, strconv.Itoa(int(p.pt)))
	}
	lines := []string{strings.Join(name, " ")}
	if m.mid != "" {
		lines = append(lines, "a=mid:"+m.mid)
	}
	for _, p := range sh.payloads {
		lines = append(lines, p.lines()...)
	}
	if !s.local.WebRTC {
		for _, k := range sh.keys {
			lines = append(lines, k.line())
		}
		if sh.mux {
			lines = append(lines, "a=rtcp-mux")
		}
		return append(lines, fmt.Sprintf("a=ptime:%d", sh.ptime), "a=maxptime:60", "a="+sh.dir.String())
	}
	return append(lines, s.browser(sh)...)
}

// browser writes what only WebRTC needs (RFC 8829, 5.2.1).
func (s *Session) browser(sh sheet) []string {
	l := &s.local
	stream := cmp.Or(l.CNAME, "-")
	lines := []string{
		"a=" + sh.dir.String(),
		"a=rtcp-mux",
		"a=setup:" + sh.setup,
		"a=fingerprint:" + l.Fingerprint,
		"a=ice-ufrag:" + l.Ufrag,
		"a=ice-pwd:" + l.Pwd,
		"a=msid:" + stream + " audio",
		fmt.Sprintf("a=ssrc:%d cname:%s", l.SSRC, stream),
		fmt.Sprintf("a=ssrc:%d msid:%s audio", l.SSRC, stream),
	}
	for _, c := range l.Candidates {
		lines = append(lines, "a="+c)
	}
	return append(lines, "a=end-of-candidates")
}

// refused writes an m-line that isn't ours (RFC 3264, 6).
func (m slot) refused() []string {
	formats := m.formats
	if len(formats) == 0 {
		formats = []string{"0"}
	}
	lines := []string{fmt.Sprintf("m=%s 0 %s %s", m.kind, m.proto, strings.Join(formats, " "))}
	if m.mid != "" {
		lines = append(lines, "a=mid:"+m.mid)
	}
	return append(lines, "a=inactive")
}

// address is where we are: with ICE the first candidate stands for all (RFC 8839, 4.2.1.2), or nothing (port 9) if there is none.
func (s *Session) address() netip.AddrPort {
	if s.local.Addr.Addr().IsValid() && (!s.local.WebRTC || !s.local.Addr.Addr().IsUnspecified()) {
		return s.local.Addr
	}
	for _, c := range s.local.Candidates {
		var foundation, component, transport, priority, host string
		var port uint16
		if n, _ := fmt.Sscan(c, &foundation, &component, &transport, &priority, &host, &port); n == 6 {
			if addr, err := netip.ParseAddr(host); err == nil {
				return netip.AddrPortFrom(addr, port)
			}
		}
	}
	return netip.AddrPortFrom(netip.IPv4Unspecified(), 9)
}

func family(a netip.AddrPort) string {
	addr := a.Addr().Unmap().WithZone("")
	if addr.Is4() {
		return "IP4 " + addr.String()
	}
	return "IP6 " + addr.String()
}
