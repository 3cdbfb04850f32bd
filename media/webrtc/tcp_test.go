package webrtc

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"mediasrv/media/rtp"

	"github.com/pion/dtls/v3"
)

// door is a listener whose connections are pipes.
type door struct {
	conns chan net.Conn
	shut  chan struct{}
	once  sync.Once
}

func newDoor() *door { return &door{conns: make(chan net.Conn), shut: make(chan struct{})} }

func (d *door) Accept() (net.Conn, error) {
	select {
	case c := <-d.conns:
		return c, nil
	case <-d.shut:
		return nil, net.ErrClosed
	}
}

func (d *door) Close() error {
	d.once.Do(func() { close(d.shut) })
	return nil
}

func (d *door) Addr() net.Addr { return net.TCPAddrFromAddrPort(serverAddr()) }

// pipeConn is a pipe's end that knows who is at the other.
type pipeConn struct {
	net.Conn
	from netip.AddrPort
}

func (c pipeConn) RemoteAddr() net.Addr { return net.TCPAddrFromAddrPort(c.from) }

// dial connects from an address.
func (d *door) dial(from string) net.Conn {
	ours, theirs := net.Pipe()
	d.conns <- pipeConn{theirs, netip.MustParseAddrPort(from)}
	synctest.Wait()
	return ours
}

// framed is b with its length (RFC 4571).
func framed(b []byte) []byte { return append(binary.BigEndian.AppendUint16(nil, uint16(len(b))), b...) }

// overTCP lets a browser use a connection from now on.
func (b *browser) overTCP(c net.Conn) {
	b.emit = func(p []byte) { _, _ = c.Write(framed(p)) }
	go func() {
		f := newFramer(c)
		for {
			buf := make([]byte, maxFrame)
			n, err := f.next(buf)
			if err != nil {
				return
			}
			b.receive(buf[:n])
		}
	}()
}

// tcpBubble is a bubble whose mux has a TCP candidate.
func tcpBubble(t *testing.T, f func(w *world, d *door, b *browser)) {
	t.Helper()
	bubble(t, func(w *world, b *browser) {
		d := newDoor()
		w.mux.ServeTCP(d)
		f(w, d, b)
	})
}

// ended says whether the other side has closed a connection.
func ended(c net.Conn) bool {
	_ = c.SetReadDeadline(time.Now().Add(time.Millisecond))
	_, err := c.Read(make([]byte, 1))
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrClosedPipe)
}

func TestTCPBothWays(t *testing.T) {
	tcpBubble(t, func(w *world, d *door, b *browser) {
		t := w.t
		tr := w.mux.Add()
		if !slices.ContainsFunc(tr.Local().Candidates, func(c string) bool { return strings.HasSuffix(c, " 7000 typ host tcptype passive") }) {
			t.Fatal(tr.Local().Candidates)
		}
		c := d.dial("10.0.0.9:4000")
		b.overTCP(c)
		b.connect(tr)
		for seq := range uint16(100) { // more than places
			b.say(seq, 7)
		}
		w.settle(100 * time.Millisecond)
		if len(w.got) != 100 || !bytes.Equal(w.got[99], packet(99, 7)) {
			t.Fatal(len(w.got))
		}
		if err := tr.Send(packet(5, 9)); err != nil {
			t.Fatal(err)
		}
		w.settle(time.Millisecond)
		if plain, err := b.in.DecryptRTP(nil, b.media[0], nil); err != nil || !bytes.Equal(plain, packet(5, 9)) {
			t.Fatalf("%x %v", plain, err)
		}
		for range 50 { // longer than the time for the proof; the peer goes on checking
			w.settle(time.Second)
			b.check(tr.Local())
		}
		if tr.State() != Connected || len(w.mux.streams) != 1 {
			t.Fatal(tr.State(), len(w.mux.streams))
		}
		tr.Close()
		if _, err := b.conn.Read(make([]byte, 100)); !errors.Is(err, io.EOF) { // told, before the connection ends
			t.Fatal(err)
		}
		w.settle(time.Second)
		if !ended(c) || len(w.mux.streams) != 0 || len(w.mux.sources) != 0 {
			t.Fatal("the connection outlives its transport", len(w.mux.streams), len(w.mux.sources))
		}
	})
}

// The peer's connection breaks: another one, or UDP, takes over at the next check, with the same DTLS association.
func TestTCPBreaks(t *testing.T) {
	tcpBubble(t, func(w *world, d *door, b *browser) {
		t := w.t
		tr := w.mux.Add()
		overUDP := b.emit
		c := d.dial("10.0.0.9:4000")
		b.overTCP(c)
		b.connect(tr)
		_ = c.Close()
		w.settle(20 * time.Millisecond)
		if err := tr.Send(packet(1, 1)); !errors.Is(err, ErrLost) || tr.State() != Connected {
			t.Fatal(err, tr.State())
		}
		again := d.dial("10.0.0.9:4001")
		b.overTCP(again)
		b.check(tr.Local())
		if err := tr.Send(packet(2, 1)); err != nil {
			t.Fatal(err)
		}
		w.settle(time.Millisecond)
		if len(b.media) != 1 {
			t.Fatal("nothing came by the second connection")
		}
		_ = again.Close()
		w.settle(20 * time.Millisecond)
		b.emit = overUDP
		b.check(tr.Local())
		if err := tr.Send(packet(3, 1)); err != nil || len(b.media) != 2 {
			t.Fatal(err, len(b.media))
		}
	})
}

// Of a peer that nominates both, UDP is used; TCP once UDP is silent.
func TestUDPIsPreferred(t *testing.T) {
	tcpBubble(t, func(w *world, d *door, b *browser) {
		t := w.t
		tr := w.mux.Add()
		b.connect(tr)
		second := w.browser("10.0.0.9:4000")
		defer second.close()
		c := d.dial("10.0.0.9:4000")
		defer c.Close()
		second.overTCP(c)
		second.check(tr.Local(), nominate())
		_ = tr.Send(packet(1, 1))
		w.settle(time.Millisecond)
		if len(b.media) != 1 || len(second.media) != 0 {
			t.Fatal("TCP took UDP's place")
		}
		w.settle(4 * time.Second)
		second.check(tr.Local(), nominate())
		_ = tr.Send(packet(2, 1))
		w.settle(time.Millisecond)
		if len(second.media) != 1 {
			t.Fatal("TCP didn't take over")
		}
		b.check(tr.Local(), nominate())
		_ = tr.Send(packet(3, 1))
		if len(b.media) != 2 {
			t.Fatal("UDP isn't preferred")
		}
	})
}

// The same address by UDP is another way: a stranger there is none of ours.
func TestTCPSourceIsNoUDPSource(t *testing.T) {
	tcpBubble(t, func(w *world, d *door, b *browser) {
		t := w.t
		tr := w.mux.Add()
		overUDP := b.emit
		c := d.dial("127.0.0.1:9000")
		defer c.Close()
		b.overTCP(c)
		b.connect(tr)
		b.emit = overUDP
		b.say(1, 7)
		w.settle(20 * time.Millisecond)
		if s := w.mux.Stats(); len(w.got) != 0 || s.Strangers != 1 {
			t.Fatalf("%d %+v", len(w.got), s)
		}
	})
}

func TestTCPStrangersAreClosed(t *testing.T) {
	for name, c := range map[string]struct {
		say   []byte
		after time.Duration
	}{
		"silence":        {nil, 11 * time.Second},
		"half a frame":   {[]byte{0, 100, 1, 2, 3}, 11 * time.Second},
		"wrong password": {framed(request("nobody", "wrong")), 11 * time.Second},
		"media":          {framed(packet(1, 1)), 0},
		"DTLS":           {framed([]byte{22, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1}), 0},
		"HTTP":           {[]byte("GET / HTTP/1.1\r\n\r\n"), 0},
		"TLS":            {[]byte{22, 3, 1, 2, 0, 1, 0, 1}, 0},
		"empty frame":    {[]byte{0, 0}, 0},
		"too long":       {[]byte{0x05, 0xdd}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			tcpBubble(t, func(w *world, d *door, b *browser) {
				t := w.t
				conn := d.dial("10.0.0.9:4000")
				defer conn.Close()
				_ = conn.SetWriteDeadline(time.Now().Add(time.Second))
				_, _ = conn.Write(c.say)
				if c.after > 0 {
					w.settle(c.after - 2*time.Second)
					if ended(conn) {
						t.Fatal("closed too soon")
					}
				}
				w.settle(2*time.Second + 10*time.Millisecond)
				if !ended(conn) || len(w.mux.streams) != 0 {
					t.Fatal("still open", len(w.mux.streams))
				}
				b.overTCP(d.dial("10.0.0.9:4001"))
				b.connect(w.mux.Add())
			})
		})
	}
}

// Many silent connections keep nobody out: the oldest gives way, and one address has its share only.
func TestTCPSilentCrowd(t *testing.T) {
	tcpBubble(t, func(w *world, d *door, b *browser) {
		t := w.t
		var crowd []net.Conn
		connect := func(from string) {
			c := d.dial(from)
			crowd = append(crowd, c)
		}
		for i := range 40 { // one address
			connect(netip.AddrPortFrom(netip.MustParseAddr("10.0.0.66"), uint16(5000+i)).String())
		}
		if s := w.mux.Stats(); s.TurnedAway != 40-maxPendingHost {
			t.Fatalf("%+v", s)
		}
		for i := range 200 {
			connect(netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, 1, 0, byte(i)}), 5000).String())
		}
		w.settle(20 * time.Millisecond)
		if len(w.mux.streams) != maxPending {
			t.Fatal(len(w.mux.streams), "connections without a proof")
		}
		b.overTCP(d.dial("10.0.0.9:4000"))
		tr := w.mux.Add()
		b.connect(tr)
		w.settle(11 * time.Second)
		if len(w.mux.streams) != 1 || tr.State() != Connected {
			t.Fatal(len(w.mux.streams), tr.State())
		}
		for _, c := range crowd {
			if !ended(c) {
				t.Fatal("still open")
			}
			_ = c.Close()
		}
	})
}

// A peer that doesn't read costs dropped frames, counted, and the worker no time; one that floods is slowed down, and takes nothing from others.
func TestTCPSlowAndFast(t *testing.T) {
	tcpBubble(t, func(w *world, d *door, b *browser) {
		t := w.t
		slow := w.mux.Add()
		c := d.dial("10.0.0.9:4000")
		reader, writer := net.Pipe() // what the browser reads, so that it can stop
		go func() { _, _ = io.Copy(writer, c) }()
		b.overTCP(struct {
			net.Conn
		}{halves{reader, c}})
		b.connect(slow)
		other := w.browser("127.0.0.1:9001")
		defer other.close()
		tr := w.mux.Add()
		other.connect(tr)
		_ = reader.Close() // from now on nobody reads
		var full int
		for seq := range uint16(200) {
			if err := slow.Send(packet(seq, 1)); errors.Is(err, rtp.ErrWouldBlock) {
				full++
			} else if err != nil && !errors.Is(err, ErrClosed) {
				t.Fatal(err)
			}
		}
		if full < 200-2*framesOut || w.mux.Stats().Slow != uint64(full) {
			t.Fatal(full, w.mux.Stats().Slow)
		}
		go func() {
			garbage := framed(packet(1, 1))
			for {
				if _, err := c.Write(garbage); err != nil {
					return
				}
			}
		}()
		for seq := range uint16(100) {
			other.say(seq, 7)
			w.settle(20 * time.Millisecond)
		}
		if len(w.got) != 100 {
			t.Fatal(len(w.got), "of the other's packets")
		}
		if refused := w.mux.Stats().Refused; refused == 0 || refused > 2000/5*framesIn {
			t.Fatal(refused, "frames of the flood were looked at")
		}
		_ = c.Close()
		_ = writer.Close()
	})
}

// halves reads here and writes there.
type halves struct {
	net.Conn
	to net.Conn
}

func (h halves) Write(b []byte) (int, error) { return h.to.Write(b) }

func TestTCPCloseWhenever(t *testing.T) {
	tcpBubble(t, func(w *world, d *door, b *browser) {
		for _, from := range []string{"10.0.0.1:1", "10.0.0.2:2"} {
			defer d.dial(from).Close()
		}
		b.overTCP(d.dial("10.0.0.9:4000"))
		tr := w.mux.Add()
		tr.SetRemote(b.cert.Fingerprint(), "them")
		b.check(tr.Local())
		go func() { _ = b.handshake(dtls.SRTP_AEAD_AES_128_GCM) }()
		synctest.Wait() // it has begun
	}) // the bubble fails if a goroutine stays
}

func TestTCPNoAllocations(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		b := w.browser("127.0.0.1:9000")
		tr := w.mux.Add()
		b.connect(tr)
		w.stop()
		<-w.done
		ours, theirs := net.Pipe()
		defer ours.Close()
		s := newStream(theirs, b.addr)
		out := packet(1, 3)
		from := path{s.from, s}
		w.mux.learn(tr, from)
		tr.moveTo(from)
		w.mux.streams = append(w.mux.streams, s)
		now, got := time.Now().UnixNano(), 0
		deliver := func(*Transport, []byte) { got++ }
		var sealed [][]byte
		for seq := range uint16(202) {
			p, err := b.out.EncryptRTP(nil, packet(seq, 7), nil)
			if err != nil {
				t.Fatal(err)
			}
			sealed = append(sealed, p)
		}
		turn := func() {
			buf := <-s.inFree
			s.in <- buf[:copy(buf, sealed[0])]
			sealed = sealed[1:]
			w.mux.drainStreams(now, deliver)
			if err := tr.Send(out); err != nil {
				t.Error(err)
			}
			frame := <-s.out
			s.free <- frame[:cap(frame)]
		}
		turn()
		if n := testing.AllocsPerRun(200, turn); n != 0 {
			t.Errorf("%v allocations per frame both ways", n)
		}
		if got != 202 {
			t.Error(got, "delivered")
		}
		b.close()
		w.mux.Close()
	})
}

// FuzzFrames: whatever a connection says, the framer gives back what was framed, and ends.
func FuzzFrames(f *testing.F) {
	f.Add([]byte{0, 2, 1, 2})
	f.Add([]byte{0, 0})
	f.Add([]byte{0x05, 0xdc, 1})
	f.Add([]byte("GET / HTTP/1.1\r\n\r\n"))
	f.Add(append(framed(packet(1, 1)), framed(request("u", "p"))...))
	f.Fuzz(func(t *testing.T, b []byte) {
		read := newFramer(bytes.NewReader(b))
		var buf [maxFrame]byte
		var again []byte
		for {
			n, err := read.next(buf[:])
			if err != nil {
				if rest := b[len(again):]; errors.Is(err, io.EOF) && len(rest) != 0 {
					t.Fatalf("an orderly end with %x left", rest)
				}
				break
			}
			if n < minFrame || n > maxFrame {
				t.Fatal(n)
			}
			again = append(again, framed(buf[:n])...)
		}
		if !bytes.HasPrefix(b, again) {
			t.Fatalf("%x is not the beginning of %x", again, b)
		}
	})
}
