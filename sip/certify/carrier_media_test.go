package certify

import (
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"sync"
	"time"

	"mediasrv/media/codec"
	"mediasrv/media/rtp"
)

// answer answers an offer as RFC 3264 wants it.
func (l *leg) answer(d *description) string {
	lines := []string{"s=-", "c=IN IP4 " + l.speak.at().Addr().String(), "t=0 0"}
	for i := range d.media {
		m := &d.media[i]
		if m.kind != "audio" {
			lines = append(lines, fmt.Sprintf("m=%s 0 %s %s", m.kind, m.proto, strings.Join(m.formats, " ")))
			continue
		}
		lines = append(lines, l.answerAudio(m)...)
	}
	if l.c.has("m-line dropped") {
		lines = lines[:len(lines)-max(0, len(d.media)-1)]
	}
	return l.describe(lines)
}

func (l *leg) answerAudio(m *mediaLine) []string {
	pt, _ := m.voice()
	name := m.maps[strconv.Itoa(pt)]
	if l.c.has("payload type changed in the answer") {
		pt = 96
	}
	pts, maps := []string{strconv.Itoa(pt)}, []string{fmt.Sprintf("a=rtpmap:%d %s", pt, name)}
	if ev := m.events(8000); ev >= 0 && !l.c.has("no telephone-event") {
		if l.c.has("telephone-event moved") {
			ev = 97
		}
		pts = append(pts, strconv.Itoa(ev))
		maps = append(maps, fmt.Sprintf("a=rtpmap:%d telephone-event/8000", ev), fmt.Sprintf("a=fmtp:%d 0-15", ev))
	}
	ptime := 20
	if l.c.has("ptime 40") {
		ptime = 40
	}
	lines := append([]string{fmt.Sprintf("m=audio %d %s %s", l.speak.at().Port(), m.proto, strings.Join(pts, " "))}, maps...)
	if m.proto == "RTP/SAVP" {
		lines = append(lines, l.crypto(m)...)
	}
	return append(lines, fmt.Sprintf("a=ptime:%d", ptime), "a="+l.direction(m))
}

// crypto takes the second of the keys that are offered.
func (l *leg) crypto(m *mediaLine) []string {
	tag, theirs, ok := parseCrypto(m.cryptos[1])
	if !ok {
		return nil
	}
	ours := rtp.MasterKey{Suite: theirs.Suite, Key: [16]byte{1, 2, 3}, Salt: [14]byte{4, 5, 6}}
	l.speak.mu.Lock()
	defer l.speak.mu.Unlock()
	if l.speak.seal == nil && !l.c.has("SRTP agreed but not done") {
		l.speak.seal, _ = rtp.NewSDES(ours, theirs)
	}
	switch {
	case l.c.has("SRTP answered with another tag"):
		tag = 3
	case l.c.has("SRTP answered without a key"):
		return nil
	}
	return []string{cryptoLine(tag, ours)}
}

func (l *leg) direction(m *mediaLine) string {
	switch {
	case l.c.has("hold answered with sendrecv"):
		return sendRecv
	case l.c.has("inactive answered with recvonly") && m.dir == inactive:
		return recvOnly
	case l.c.has("hold is never taken back") && l.version > 1:
		return recvOnly
	case m.dir == sendOnly, m.dir == sendRecv && m.addr.IsUnspecified():
		return recvOnly
	case m.dir == recvOnly:
		return sendOnly
	}
	return m.dir
}

// offer describes what we have.
func (l *leg) offer() string {
	at := l.speak.at()
	return l.describe([]string{
		"s=-", "c=IN IP4 " + at.Addr().String(), "t=0 0", fmt.Sprintf("m=audio %d RTP/AVP 0 8 101", at.Port()), "a=rtpmap:0 PCMU/8000", "a=rtpmap:8 PCMA/8000",
		"a=rtpmap:101 telephone-event/8000", "a=fmtp:101 0-15", "a=ptime:20", "a=sendrecv",
	})
}

// describe writes the description; its version rises when it changes.
func (l *leg) describe(lines []string) string {
	body := strings.Join(lines, "\r\n") + "\r\n"
	if !strings.HasSuffix(l.last, body) || l.last == "" {
		switch {
		case l.c.has("o= version not raised") && l.version > 0:
		case l.c.has("o= version raised by two"):
			l.version += 2
		default:
			l.version++
		}
	}
	return fmt.Sprintf("v=0\r\no=- 4711 %d IN IP4 127.0.0.2\r\n", l.version) + body
}

// speaker sends a carrier's audio and echoes digits.
type speaker struct {
	c       *carrier
	conn    net.PacketConn
	other   net.PacketConn // that it sends from with a fault
	done    chan struct{}
	running sync.WaitGroup

	mu     sync.Mutex
	remote netip.AddrPort
	pt     uint8
	events uint8
	open   bool
	broken bool
	seq    uint16
	stamp  uint32
	ssrc   uint32
	seal   rtp.Protector // nil: plain
}

func newSpeaker(c *carrier) *speaker {
	local := netip.AddrPortFrom(c.sock.at.Addr(), 0)
	conn, _ := c.lan.ListenPacket(local)
	s := &speaker{c: c, conn: conn, done: make(chan struct{}), ssrc: 7}
	s.other = conn
	if c.has("RTP from another port") {
		s.other, _ = c.lan.ListenPacket(local)
	}
	s.running.Go(s.send)
	s.running.Go(s.receive)
	return s
}

func (s *speaker) at() netip.AddrPort { return netip.MustParseAddrPort(s.conn.LocalAddr().String()) }

func (s *speaker) stop() {
	close(s.done)
	_ = s.conn.Close()
	_ = s.other.Close()
	s.running.Wait()
}

// to begins to send to a leg's caller.
func (s *speaker) to(l *leg) {
	if d := l.invited.description(); d != nil {
		s.follow(d)
	}
}

// follow takes a description of the other side.
func (s *speaker) follow(d *description) {
	m := d.audio()
	pt, _ := m.voice()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.c.has("codec change agreed but not done") && s.remote.IsValid() {
		pt = int(s.pt)
	}
	s.remote, s.pt, s.events = m.address(), uint8(pt), uint8(m.events(8000))
	s.open = !m.held() || s.c.has("audio goes on in hold") && !m.addr.IsUnspecified()
	s.broken = s.broken || s.c.has("no audio") || s.c.has("no audio after hold") && !s.open
}

func (s *speaker) send() {
	ms := 20
	if s.c.has("ptime 40") {
		ms = 40
	}
	tick := time.NewTicker(time.Duration(ms) * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-s.done:
			return
		case <-tick.C:
		}
		s.mu.Lock()
		if s.open && !s.broken && s.remote.IsValid() {
			b := make([]byte, rtp.HeaderSize+8*ms)
			for i := range b[rtp.HeaderSize:] {
				b[rtp.HeaderSize+i] = byte(0x80 + i%16)
			}
			if s.c.has("silence suppression") && s.seq%40 == 39 {
				s.stamp += 8 * 500
			}
			if s.c.has("packets lost") && s.seq%20 == 19 {
				s.seq++
			}
			s.write(b, rtp.Header{PT: s.pt, Timestamp: s.stamp})
			s.stamp += uint32(8 * ms)
			if s.c.has("RTP clock stands still") {
				s.stamp -= uint32(8 * ms)
			}
		}
		s.mu.Unlock()
	}
}

func (s *speaker) write(b []byte, h rtp.Header) {
	h.Seq, h.SSRC = s.seq, s.ssrc
	s.seq++
	rtp.Write(b, h)
	if s.seal != nil {
		b, _ = s.seal.Protect(append(make([]byte, 0, len(b)+rtp.MaxOverhead), b...), rtp.MaxOverhead)
	}
	_, _ = s.other.WriteTo(b, netAddr(s.remote))
}

// receive echoes digits.
func (s *speaker) receive() {
	buf := make([]byte, 2000)
	for {
		n, _, err := s.conn.ReadFrom(buf)
		if err != nil {
			return
		}
		packet := buf[:n]
		s.mu.Lock()
		if s.seal != nil {
			packet, _ = s.seal.Unprotect(packet)
		}
		s.mu.Unlock()
		h, payload, err := rtp.Parse(packet)
		if err != nil || codec.Static(h.PT) != codec.None {
			continue
		}
		s.mu.Lock()
		if h.PT == s.events && s.open && s.remote.IsValid() {
			b := append(make([]byte, rtp.HeaderSize), payload...)
			e, _ := rtp.ParseEvent(payload)
			if s.c.has("digits mangled") {
				rtp.WriteEvent(b[rtp.HeaderSize:], rtp.Event{Code: 9 - e.Code%10, End: e.End, Volume: e.Volume, Duration: e.Duration})
			}
			s.write(b, rtp.Header{Marker: h.Marker, PT: h.PT, Timestamp: h.Timestamp})
		}
		s.mu.Unlock()
	}
}
