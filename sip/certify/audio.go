package certify

import (
	"crypto/rand"
	"encoding/binary"
	"math"
	"net"
	"net/netip"
	"sync"
	"time"

	"mediasrv/media/codec"
	"mediasrv/media/rtp"
)

const (
	toneHz     = 440
	toneLevel  = 8000 // of 32767
	mostHeard  = 20_000
	toneEvery  = 20 * time.Millisecond
	eventEvery = 20 * time.Millisecond
	eventFor   = 100 * time.Millisecond
)

// heard is an RTP packet of the peer.
type heard struct {
	at      time.Time
	from    netip.AddrPort
	header  rtp.Header
	payload []byte // of events; else nil
	size    int    // of the payload
	units   int    // of audio in it, in the codec's clock; 0: unknown
	plain   bool   // it came unencrypted though keys were agreed, or can't be decrypted
}

// audio is the media of one call: a socket, a sender of a tone, and everything that was heard. Its methods may be called from any goroutine.
type audio struct {
	conn    net.PacketConn
	addr    netip.AddrPort // as the peer reaches it
	running sync.WaitGroup
	stop    chan struct{}

	mu      sync.Mutex
	to      netip.AddrPort // invalid: nothing is sent
	pt      uint8
	codec   codec.Type
	encoder codec.Encoder
	events  int // payload type; -1: none
	seal    rtp.Protector
	packets []heard
	digits  []byte // to be sent
	phase   int    // of the tone, in samples
	seq     uint16
	stamp   uint32
	ssrc    uint32
	sent    int
	late    time.Duration // the longest that our own sender had to wait beyond its time
}

func newAudio(conn net.PacketConn, addr netip.AddrPort) *audio {
	a := &audio{conn: conn, addr: addr, stop: make(chan struct{}), events: -1}
	var b [10]byte
	_, _ = rand.Read(b[:]) // never fails
	a.seq, a.stamp, a.ssrc = binary.BigEndian.Uint16(b[:]), binary.BigEndian.Uint32(b[2:]), binary.BigEndian.Uint32(b[6:])
	a.running.Go(a.receive)
	a.running.Go(a.send)
	return a
}

// close ends both goroutines and waits for them.
func (a *audio) close() {
	close(a.stop)
	_ = a.conn.Close()
	a.running.Wait()
}

// speak sends a tone to an address by what was agreed from now on; an invalid address: silence.
func (a *audio) speak(m *mediaLine) {
	pt, c := m.voice()
	a.mu.Lock()
	defer a.mu.Unlock()
	a.to = netip.AddrPort{}
	if m.port == 0 || c == codec.None || m.addr.IsUnspecified() || m.dir == sendOnly || m.dir == inactive {
		return
	}
	if a.codec != c || a.encoder == nil {
		e, err := codec.NewEncoder(c, codec.Rates(c)[0])
		if err != nil {
			return
		}
		a.encoder = e
	}
	a.to, a.pt, a.codec = m.address(), uint8(pt), c //nolint:gosec // a payload type
	a.events = m.events(eventRate(c))
}

// eventRate is the clock of telephone-event beside a codec (RFC 4733, 2.1).
func eventRate(c codec.Type) int { return max(c.ClockRate(), 8000) }

func (a *audio) protect(p rtp.Protector) { a.mu.Lock(); a.seal = p; a.mu.Unlock() }

// busy says that this machine has had so much else to do that pauses and losses may be its own.
func (a *audio) busy() bool { a.mu.Lock(); defer a.mu.Unlock(); return a.late > longestLate }

// longestLate is how late our sender may be before nothing is held against the peer that our slowness may have made.
const longestLate = 60 * time.Millisecond

// silence stops sending.
func (a *audio) silence() { a.mu.Lock(); a.to = netip.AddrPort{}; a.mu.Unlock() }

// press sends digits, one after the other, in place of the tone.
func (a *audio) press(digits string) {
	a.mu.Lock()
	a.digits = append(a.digits, digits...)
	a.mu.Unlock()
}

// since are the packets heard from a time on.
func (a *audio) since(t time.Time) []heard {
	a.mu.Lock()
	defer a.mu.Unlock()
	for i := range a.packets {
		if !a.packets[i].at.Before(t) {
			return append([]heard(nil), a.packets[i:]...)
		}
	}
	return nil
}

func (a *audio) send() {
	tick := time.NewTicker(toneEvery)
	defer tick.Stop()
	for due := time.Now().Add(toneEvery); ; due = time.Now().Add(toneEvery) {
		select {
		case <-a.stop:
			return
		case <-tick.C:
		}
		a.mu.Lock()
		a.late = max(a.late, time.Since(due))
		digit, ok := byte(0), len(a.digits) > 0 && a.events >= 0 && a.to.IsValid()
		if ok {
			digit, a.digits = a.digits[0], a.digits[1:]
		}
		a.mu.Unlock()
		if ok {
			a.pressOne(digit)
			continue
		}
		a.tone()
	}
}

// tone sends 20 ms of it.
func (a *audio) tone() {
	a.mu.Lock()
	defer a.mu.Unlock()
	if !a.to.IsValid() || a.encoder == nil {
		return
	}
	rate := codec.Rates(a.codec)[0]
	pcm := make([]int16, rate/50)
	for i := range pcm {
		pcm[i] = int16(toneLevel * math.Sin(2*math.Pi*toneHz*float64(a.phase)/float64(rate)))
		a.phase++
	}
	buf := make([]byte, 1500)
	n, err := a.encoder.Encode(pcm, buf[rtp.HeaderSize:])
	if err != nil {
		return
	}
	a.write(buf, n, rtp.Header{Marker: a.sent == 0, PT: a.pt, Timestamp: a.stamp})
	a.stamp += uint32(a.codec.ClockRate() / 50) //nolint:gosec // small
}

// write sends a packet; the caller holds the lock, and WriteTo of a datagram doesn't block.
func (a *audio) write(buf []byte, n int, h rtp.Header) {
	h.Seq, h.SSRC = a.seq, a.ssrc
	a.seq++
	a.sent++
	rtp.Write(buf, h)
	packet := buf[:rtp.HeaderSize+n]
	if a.seal != nil {
		sealed, err := a.seal.Protect(packet, len(buf)-len(packet))
		if err != nil {
			return
		}
		packet = sealed
	}
	_, _ = a.conn.WriteTo(packet, net.UDPAddrFromAddrPort(a.to))
}

// pressOne sends one event (RFC 4733, 2.5): its packets have one timestamp, the last three say that it is over, and a pause follows.
func (a *audio) pressOne(digit byte) {
	code, ok := rtp.Code(digit)
	if !ok {
		return
	}
	tick := time.NewTicker(eventEvery)
	defer tick.Stop()
	steps := int(eventFor / eventEvery)
	for i := range steps + 3 + 3 {
		a.mu.Lock()
		unit := uint32(eventRate(a.codec) / 50)          //nolint:gosec // small
		length := uint16(unit) * uint16(min(i+1, steps)) //nolint:gosec // small
		if i < steps+3 && a.to.IsValid() && a.events >= 0 {
			buf := make([]byte, 200)
			rtp.WriteEvent(buf[rtp.HeaderSize:], rtp.Event{Code: code, End: i >= steps, Volume: 10, Duration: length})
			a.write(buf, 4, rtp.Header{Marker: i == 0, PT: uint8(a.events), Timestamp: a.stamp}) //nolint:gosec // a payload type
		}
		if i == steps+3 {
			a.stamp += unit * uint32(steps+6) //nolint:gosec // small
		}
		a.mu.Unlock()
		select {
		case <-a.stop:
			return
		case <-tick.C:
		}
	}
}

func (a *audio) receive() {
	buf := make([]byte, 2048)
	for {
		n, addr, err := a.conn.ReadFrom(buf)
		if err != nil {
			if isTemporary(err) {
				continue
			}
			return
		}
		from, _ := netip.ParseAddrPort(addr.String())
		a.hear(buf[:n], netip.AddrPortFrom(from.Addr().Unmap(), from.Port()))
	}
}

func (a *audio) hear(b []byte, from netip.AddrPort) {
	if rtp.IsRTCP(b) {
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	x := heard{at: time.Now(), from: from}
	if a.seal != nil {
		plain, err := a.seal.Unprotect(b)
		if err == nil {
			b = plain
		}
		x.plain = err != nil
	}
	h, payload, err := rtp.Parse(b)
	if err != nil || len(a.packets) >= mostHeard {
		return
	}
	x.header, x.size = h, len(payload)
	if int(h.PT) == a.events || len(payload) == 4 {
		x.payload = append([]byte(nil), payload...)
	}
	if h.PT == a.pt {
		x.units = codec.Units(a.codec, payload)
	}
	a.packets = append(a.packets, x)
}

// hears says whether anything was heard since a time.
func (a *audio) hears(t time.Time) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return len(a.packets) > 0 && !a.packets[len(a.packets)-1].at.Before(t)
}

// between are the packets heard from a time to another.
func (a *audio) between(from, to time.Time) []heard {
	packets := a.since(from)
	for i := range packets {
		if packets[i].at.After(to) {
			return packets[:i]
		}
	}
	return packets
}

// speaks says whether a packet of a payload type was heard since a time.
func (a *audio) speaks(t time.Time, pt int) bool {
	for _, p := range a.since(t) {
		if int(p.header.PT) == pt {
			return true
		}
	}
	return false
}
