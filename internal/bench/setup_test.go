package bench

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"mediasrv/config"
	"mediasrv/internal/fake"
	"mediasrv/media"
	"mediasrv/routing"
	"mediasrv/sip"
)

// atOnce is how many calls are being set up or torn down at any time.
const atOnce = 32

// wire is the network: the server's UDP socket, a caller at port 5180 and a callee at port 5190, in memory (net.PacketConn).
type wire struct {
	in     chan packet
	closed chan struct{}
	once   sync.Once
	done   chan struct{} // one for each call that is over for both
	failed chan string
	up     chan struct{} // one for each call that is up; nil: callers hang up at once
}

type packet struct {
	text string
	from *net.UDPAddr
}

const (
	caller = 5180
	callee = 5190
)

func local(port int) *net.UDPAddr { return &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1), Port: port} }

func (w *wire) ReadFrom(b []byte) (int, net.Addr, error) {
	select {
	case p := <-w.in:
		return copy(b, p.text), p.from, nil
	case <-w.closed:
		return 0, nil, net.ErrClosed
	}
}

// WriteTo is where the parties hear the server.
func (w *wire) WriteTo(b []byte, to net.Addr) (int, error) {
	switch to.(*net.UDPAddr).Port {
	case caller:
		w.callerHears(string(b))
	case callee:
		w.calleeHears(string(b))
	}
	return len(b), nil
}

func (w *wire) Close() error                     { w.once.Do(func() { close(w.closed) }); return nil }
func (w *wire) LocalAddr() net.Addr              { return local(5060) }
func (w *wire) SetDeadline(time.Time) error      { return nil }
func (w *wire) SetReadDeadline(time.Time) error  { return nil }
func (w *wire) SetWriteDeadline(time.Time) error { return nil }

func (w *wire) send(from int, text string) { w.in <- packet{text, local(from)} }

const description = "v=0\r\no=peer 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 20000 RTP/AVP 0 101\r\n" +
	"a=rtpmap:101 telephone-event/8000\r\na=sendrecv\r\n"

// call begins one.
func (w *wire) call(n int) {
	w.send(caller, w.request("INVITE", fmt.Sprintf("<sip:9%05d@127.0.0.1:5060>", n), fmt.Sprint("call", n, "@bench"), 1, description))
}

func (w *wire) request(method, to, id string, seq int, body string) string {
	kind := ""
	if body != "" {
		kind = "Content-Type: application/sdp\r\n"
	}
	return fmt.Sprintf("%s sip:912345@127.0.0.1:5060 SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:5180;branch=z9hG4bK%s%s%d;rport\r\nMax-Forwards: 70\r\n"+
		"From: <sip:100@127.0.0.1:5180>;tag=c\r\nTo: %s\r\nCall-ID: %s\r\nCSeq: %d %s\r\nContact: <sip:100@127.0.0.1:5180>\r\n%sContent-Length: %d\r\n\r\n%s",
		method, id, method, seq, to, id, seq, method, kind, len(body), body)
}

// callerHears acknowledges the answer, and hangs up at once.
func (w *wire) callerHears(text string) {
	switch cseq := header(text, "CSeq"); {
	case !strings.HasPrefix(text, "SIP/2.0 ") || strings.HasPrefix(text, "SIP/2.0 1"):
	case !strings.HasPrefix(text, "SIP/2.0 200"):
		line, _, _ := strings.Cut(text, "\r\n")
		w.failed <- line
	case cseq == "1 INVITE":
		w.send(caller, w.request("ACK", header(text, "To"), header(text, "Call-ID"), 1, ""))
		if w.up != nil {
			w.up <- struct{}{}
			return
		}
		w.send(caller, w.request("BYE", header(text, "To"), header(text, "Call-ID"), 2, ""))
	}
}

// calleeHears answers whatever comes; its BYE is the last thing of a call.
func (w *wire) calleeHears(text string) {
	method, _, _ := strings.Cut(text, " ")
	if method == "ACK" || strings.HasPrefix(method, "SIP/") {
		return
	}
	var out strings.Builder
	out.WriteString("SIP/2.0 200 OK\r\n")
	for _, name := range []string{"Via", "From", "To", "Call-ID", "CSeq"} {
		out.WriteString(name + ": " + header(text, name))
		if name == "To" && method == "INVITE" {
			out.WriteString(";tag=b")
		}
		out.WriteString("\r\n")
	}
	body := ""
	if method == "INVITE" {
		body = description
		out.WriteString("Contact: <sip:b@127.0.0.1:5190>\r\nContent-Type: application/sdp\r\n")
	}
	fmt.Fprintf(&out, "Content-Length: %d\r\n\r\n%s", len(body), body)
	w.send(callee, out.String())
	if method == "BYE" {
		w.done <- struct{}{}
	}
}

// header is the first value of a header.
func header(text, name string) string {
	_, rest, _ := strings.Cut(text, "\r\n"+name+": ")
	value, _, _ := strings.Cut(rest, "\r\n")
	return value
}

// dialer gives routing the SIP stack, which is made after it.
type dialer struct{ routing.Dialer }

// start makes a server of the load test's file: everything but the database and the pages.
func start(tb testing.TB, w *wire) {
	tb.Helper()
	file, err := config.Load("../../examples/loadtest.yml")
	if err != nil {
		tb.Fatal(err)
	}
	log := slog.New(slog.DiscardHandler)
	engine, err := media.New(media.Config{Workers: 1, Log: log, PublicAddress: netip.MustParseAddr("127.0.0.1")})
	if err != nil {
		tb.Fatal(err)
	}
	phones := &dialer{}
	centre := routing.New(routing.Options{
		Config: file, Dialer: phones, Recorder: &fake.Recorder{}, Store: &fake.Store{Forget: true}, Prompts: &routing.Prompts{}, Log: log,
		Rooms: func(log *slog.Logger) (routing.Room, error) { return engine.Open(log) },
	})
	stack, err := sip.New(sip.Config{File: file, Media: engine, Handler: centre, Log: log, Packets: []net.PacketConn{w}})
	if err != nil {
		tb.Fatal(err)
	}
	phones.Dialer = stack
	ctx, stop := context.WithCancel(context.Background())
	var parts sync.WaitGroup
	parts.Go(func() { _ = engine.Run(ctx) })
	parts.Go(func() { centre.Run(ctx) })
	parts.Go(func() { _ = stack.Run(ctx) })
	tb.Cleanup(func() {
		stop()
		parts.Wait()
	})
}

// BenchmarkSetup sets bridged calls up and tears them down, through the whole B2BUA: INVITE, 200, ACK and BYE on both sides over a network in memory, a media
// room and two sockets of the system. cpu-ms/call counts both parties' texts as well.
func BenchmarkSetup(b *testing.B) {
	w := &wire{in: make(chan packet, 4*atOnce+64), closed: make(chan struct{}), done: make(chan struct{}, atOnce), failed: make(chan string, atOnce)}
	start(b, w)
	before := cpu(b)
	b.ReportAllocs()
	b.ResetTimer()
	begun, over := 0, 0
	for over < b.N {
		for begun < b.N && begun-over < atOnce {
			w.call(begun)
			begun++
		}
		select {
		case <-w.done:
			over++
		case why := <-w.failed:
			b.Fatal("a call failed: ", why)
		}
	}
	b.StopTimer()
	spent := cpu(b) - before
	b.ReportMetric(spent.Seconds()*1000/float64(b.N), "cpu-ms/call")
	b.ReportMetric(float64(b.N)/spent.Seconds(), "calls/s/core")
}

// cpu is what the process has used, user and system.
func cpu(b *testing.B) time.Duration {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
