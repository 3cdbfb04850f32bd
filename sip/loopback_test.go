package sip

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"mediasrv/config"
	"mediasrv/routing"
	"mediasrv/routing/fact"
	"mediasrv/sip/digest"

	"github.com/coder/websocket"
)

// real is a rig on real sockets; its stack runs until the test ends.
func realRig(t *testing.T) (g *rig, tcp net.Addr) {
	t.Helper()
	return realRigOf(t, testFile())
}

func realRigOf(t *testing.T, file *config.Config) (g *rig, tcp net.Addr) {
	t.Helper()
	g = &rig{t: t, phones: map[string]int{}}
	pc, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	g.stack, err = New(Config{File: file, Handler: g, Packets: []net.PacketConn{pc}, Streams: []net.Listener{ln}})
	if err != nil {
		t.Fatal(err)
	}
	g.stack.open = stackRooms(g)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- g.stack.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return g, ln.Addr()
}

// patience bounds every wait for something that must happen: long, because machines are slow; reached only on failure.
const patience = time.Minute

// until waits for something that another goroutine does.
func (g *rig) until(what string, ok func() bool) {
	g.t.Helper()
	for limit := time.Now().Add(patience); ; time.Sleep(time.Millisecond) {
		g.mu.Lock()
		done := ok()
		g.mu.Unlock()
		if done {
			return
		}
		if time.Now().After(limit) {
			g.t.Fatal("waited in vain for", what)
		}
	}
}

// readMessage reads one message from a stream.
func readMessage(t *testing.T, r *bufio.Reader) message {
	t.Helper()
	var b strings.Builder
	length := 0
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			t.Fatal(err)
		}
		b.WriteString(line)
		if k, v, ok := strings.Cut(line, ":"); ok && strings.EqualFold(k, "Content-Length") {
			_, _ = fmt.Sscan(v, &length)
		}
		if line == "\r\n" {
			break
		}
	}
	body := make([]byte, length)
	if _, err := io.ReadFull(r, body); err != nil {
		t.Fatal(err)
	}
	return message{text: b.String() + string(body)}
}

func TestCallInOverTCP(t *testing.T) {
	g, addr := realRig(t)
	c, err := net.Dial("tcp", addr.String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close() //nolint:errcheck // a test's
	r := bufio.NewReader(c)
	a := ask{method: "INVITE", via: "TCP " + c.LocalAddr().String(), contact: "<sip:c@" + c.LocalAddr().String() + ";transport=tcp>", body: desc(1, "sendrecv", "")}
	msg := a.String()
	for _, part := range []string{msg[:70], msg[70:200], msg[200:]} { // in pieces
		_, _ = io.WriteString(c, part)
	}
	if m := readMessage(t, r); !strings.HasPrefix(m.text, "SIP/2.0 100") {
		t.Fatal(m.text)
	}
	g.until("the call", func() bool { return len(g.legs) == 1 })
	_ = g.leg(0).Answer()
	ok := readMessage(t, r)
	if !strings.HasPrefix(ok.text, "SIP/2.0 200") || !strings.Contains(ok.header("Contact"), "transport=tcp") {
		t.Fatal(ok.text)
	}
	ack := ask{method: "ACK", branch: "z9hG4bK-a", via: a.via, to: ok.header("To")}
	_, _ = io.WriteString(c, ack.String())
	g.until("the ACK", func() bool { return len(g.events) == 1 })
	g.leg(0).Hangup(fact.EndCompleted)
	bye := readMessage(t, r) // by the same connection
	if !strings.HasPrefix(bye.text, "BYE") {
		t.Fatal(bye.text)
	}
	_, _ = io.WriteString(c, reply(bye, "200 OK", "", "", ""))
}

// sipgo's TransactionLayer reorders requests of one connection.
func TestOrderOfOneConnection(t *testing.T) {
	g, addr := realRig(t)
	c, err := net.Dial("tcp", addr.String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close() //nolint:errcheck // a test's
	const n = 500
	go func() {
		for i := range n {
			_, _ = io.WriteString(c, ask{method: "OPTIONS", seq: i + 1, via: "TCP x", branch: fmt.Sprint("z9hG4bKo", i)}.String())
		}
	}()
	r := bufio.NewReader(c)
	for i := range n {
		if m := readMessage(t, r); m.header("CSeq") != fmt.Sprint(i+1, " OPTIONS") {
			t.Fatal(i, m.header("CSeq"))
		}
	}
	_ = g
}

// browserConn is a browser in a test.
type browserConn struct {
	t    *testing.T
	c    *websocket.Conn
	user string
	in   fact.PhoneLogin
	name string // user part of its contact; empty: xyz
}

func (b *browserConn) at() string {
	if b.name == "" {
		return "xyz"
	}
	return b.name
}

func (g *rig) browse(user string) (*browserConn, func()) {
	g.t.Helper()
	srv := httptest.NewTLSServer(g.stack.WebSocket())
	c, _, err := websocket.Dial( //nolint:bodyclose // it needs no closing
		context.Background(), srv.URL, &websocket.DialOptions{
			Subprotocols: []string{"sip"},
			HTTPClient:   &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}}, //nolint:gosec // a test
		})
	if err != nil {
		g.t.Fatal(err)
	}
	return &browserConn{t: g.t, c: c, user: user, in: g.stack.Grant(user)}, func() { _ = c.CloseNow(); srv.Close() }
}

func (b *browserConn) write(kind websocket.MessageType, msg string) {
	if err := b.c.Write(context.Background(), kind, []byte(msg)); err != nil {
		b.t.Fatal(err)
	}
}

func (b *browserConn) read() message {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	_, data, err := b.c.Read(ctx)
	if err != nil {
		b.t.Fatal(err)
	}
	return message{text: string(data)}
}

func (b *browserConn) registerMsg(seq int, login string) string {
	aor := "<" + b.in.URI + ">"
	return ask{
		method: "REGISTER", uri: "sip:mediasrv", via: "WSS abc.invalid", from: aor + ";tag=1", to: aor, callID: "r" + b.in.AuthUser, seq: seq,
		branch: fmt.Sprint("z9hG4bKr", seq), contact: "<sip:" + b.at() + "@abc.invalid;transport=ws>", extra: login,
	}.String()
}

func (b *browserConn) register() {
	b.t.Helper()
	b.write(websocket.MessageText, b.registerMsg(1, ""))
	ch := b.read()
	value, ok := digest.Answer(ch.headers("WWW-Authenticate"), digest.Ask{Method: "REGISTER", URI: "sip:mediasrv", Username: b.in.AuthUser, Password: b.in.Password})
	if !ok || !strings.Contains(value, "MD5") {
		b.t.Fatal(ch.text)
	}
	b.write(websocket.MessageBinary, b.registerMsg(2, "Authorization: "+value+"\r\n"))
	if m := b.read(); !strings.HasPrefix(m.text, "SIP/2.0 200") {
		b.t.Fatal(m.text)
	}
}

const browserSDP = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111 126\r\nc=IN IP4 0.0.0.0\r\na=ice-ufrag:abcd\r\n" +
	"a=ice-pwd:abcdefghijklmnopqrstuvwx\r\na=fingerprint:sha-256 00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF\r\n" +
	"a=setup:active\r\na=mid:0\r\na=sendrecv\r\na=rtcp-mux\r\na=rtpmap:111 opus/48000/2\r\na=rtpmap:126 telephone-event/8000\r\n"

func TestBrowser(t *testing.T) {
	g, _ := realRig(t)
	b, bye := g.browse("aiko")
	defer bye()
	b.register()
	g.until("the binding", func() bool { return g.phones["aiko"] == 1 })

	room := &fakeRoom{}
	leg, err := g.stack.Dial(routing.Target{User: "aiko"}, routing.Caller{Number: "+819012345678", Call: "c9"}, room, g.sink)
	if err != nil {
		t.Fatal(err)
	}
	inv := b.read()
	if !strings.HasPrefix(inv.text, "INVITE sip:xyz@abc.invalid;transport=ws") || inv.header("X-Mediasrv-Call") != "c9" ||
		!strings.Contains(inv.body(), "UDP/TLS/RTP/SAVPF") || !strings.Contains(inv.body(), "opus/48000/2") || !strings.HasPrefix(inv.header("Via"), "SIP/2.0/WSS mediasrv.invalid") {
		t.Fatal(inv.text)
	}
	b.write(websocket.MessageText, reply(inv, "180 Ringing", "b", "Contact: <sip:xyz@abc.invalid;transport=ws>\r\n", ""))
	b.write(websocket.MessageText, reply(inv, "200 OK", "b", "Contact: <sip:xyz@abc.invalid;transport=ws>\r\n", browserSDP))
	if ack := b.read(); !strings.HasPrefix(ack.text, "ACK") {
		t.Fatal(ack.text)
	}
	g.until("the answer", func() bool { return len(g.events) == 2 })
	if leg.Codec() != "opus" && leg.Codec() != "Opus" {
		t.Error("codec:", leg.Codec())
	}
	if n := room.ends[0].last(); n.Fingerprint == "" || n.Ufrag != "abcd" || n.Latch {
		t.Errorf("%+v", n)
	}
	// The browser restarts ICE; so do we.
	reoffer := strings.NewReplacer("a=ice-ufrag:abcd", "a=ice-ufrag:efgh", "o=- 1 1", "o=- 1 2", "a=setup:active", "a=setup:actpass").Replace(browserSDP)
	within := ask{method: "INVITE", callID: inv.header("Call-ID"), via: "WSS abc.invalid", from: inv.header("To") + ";tag=b", to: inv.header("From"), body: reoffer}
	b.write(websocket.MessageText, within.String())
	ok := b.read()
	if strings.HasPrefix(ok.text, "SIP/2.0 100") { // a slow machine has said that it is at it (RFC 3261, 17.2.1)
		ok = b.read()
	}
	if !strings.HasPrefix(ok.text, "SIP/2.0 200") || !strings.Contains(ok.body(), "a=ice-ufrag:ufrag1") || room.ends[0].restarts != 1 {
		t.Error(ok.text)
	}
	within.method, within.body, within.branch = "ACK", "", "z9hG4bKack"
	b.write(websocket.MessageText, within.String())
	leg.Hangup(fact.EndCallerHungUp)
	if m := b.read(); !strings.HasPrefix(m.text, "BYE") {
		t.Error(m.text)
	} else {
		b.write(websocket.MessageText, reply(m, "200 OK", "", "", ""))
	}
	// An agent's phone calls out: that is the handler's, which refuses it here.
	b.write(websocket.MessageText, ask{method: "INVITE", callID: "out", via: "WSS abc.invalid", body: browserSDP}.String())
	if m := b.read(); !strings.HasPrefix(m.text, "SIP/2.0 100") {
		t.Error(m.text)
	}
	if m := b.read(); !strings.HasPrefix(m.text, "SIP/2.0 403") {
		t.Error(m.text)
	}
	if in := g.lastInvite(); in.User != "aiko" || in.Dialled == "" {
		t.Errorf("the handler got %+v", in)
	}
}

func TestBrowserVanishes(t *testing.T) {
	g, _ := realRig(t)
	b, bye := g.browse("aiko")
	defer bye()
	b.register()
	g.until("the binding", func() bool { return g.phones["aiko"] == 1 })
	room := &fakeRoom{}
	if _, err := g.stack.Dial(routing.Target{User: "aiko"}, routing.Caller{}, room, g.sink); err != nil {
		t.Fatal(err)
	}
	b.read()
	_ = b.c.CloseNow()
	g.until("the binding's end", func() bool { return g.phones["aiko"] == 0 })
	g.until("the leg's end", func() bool { return len(g.events) == 1 && g.events[0].Why == fact.EndUnreachable })
	if _, err := g.stack.Dial(routing.Target{User: "aiko"}, routing.Caller{}, room, g.sink); err == nil {
		t.Error("a closed flow was dialled")
	}
}

func TestRevoke(t *testing.T) {
	g, _ := realRig(t)
	b, bye := g.browse("aiko")
	defer bye()
	b.register()
	g.until("the binding", func() bool { return g.phones["aiko"] == 1 })
	g.stack.Revoke(b.in.AuthUser)
	g.until("the binding's end", func() bool { return g.phones["aiko"] == 0 })
	b.write(websocket.MessageText, b.registerMsg(9, ""))
	if m := b.read(); !strings.HasPrefix(m.text, "SIP/2.0 401") {
		t.Error(m.text)
	}
}

// sipgo's ServeWS upgrades inside its accept loop, dies of a ping with payload, and ignores fragmented and binary messages.
func TestWebSocketFrames(t *testing.T) {
	g, _ := realRig(t)
	b, bye := g.browse("aiko")
	defer bye()
	silent, closeSilent := g.browse("aiko") // blocks nobody
	defer closeSilent()
	_ = silent
	msg := b.registerMsg(1, "")
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	w, err := b.c.Writer(ctx, websocket.MessageText) // two fragments
	if err != nil {
		t.Fatal(err)
	}
	_, _ = io.WriteString(w, msg[:50])
	if f, ok := w.(interface{ Flush() error }); ok {
		_ = f.Flush()
	}
	_, _ = io.WriteString(w, msg[50:]+strings.Repeat("\r\n", 3000))
	_ = w.Close()
	if m := b.read(); !strings.HasPrefix(m.text, "SIP/2.0 401") {
		t.Fatal(m.text)
	}
	for _, m := range []string{"rubbish", "\r\n\r\n"} {
		b.write(websocket.MessageText, m)
	}
	if m := b.read(); m.text != "\r\n" {
		t.Errorf("%q", m.text)
	}
	go func() { _, _, _ = b.c.Read(ctx) }()
	if err := b.c.Ping(ctx); err != nil { // coder/websocket pings with payload
		t.Error(err)
	}
}

func TestWebSocketNeedsSubprotocol(t *testing.T) {
	g, _ := realRig(t)
	srv := httptest.NewServer(g.stack.WebSocket())
	defer srv.Close()
	c, _, err := websocket.Dial( //nolint:bodyclose // it needs no closing
		context.Background(), srv.URL, nil)
	if err == nil {
		_, _, err = c.Read(context.Background())
	}
	if err == nil {
		t.Error("served without subprotocol")
	}
}

// With two listeners of one TransportLayer the other one may answer; requests leave by the listener's port.
func TestTwoListeners(t *testing.T) {
	g := &rig{t: t, phones: map[string]int{}}
	var conns []net.PacketConn
	for range 2 {
		pc, err := net.ListenPacket("udp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		conns = append(conns, pc)
	}
	var err error
	if g.stack, err = New(Config{File: testFile(), Handler: g, Packets: conns}); err != nil {
		t.Fatal(err)
	}
	g.stack.open = stackRooms(g)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- g.stack.Run(ctx) }()
	defer func() { cancel(); <-done }()
	peer, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer peer.Close() //nolint:errcheck // a test's
	_ = peer.SetDeadline(time.Now().Add(patience))
	buf := make([]byte, 4000)
	for i := range 6 {
		to := conns[i%2].LocalAddr()
		_, _ = peer.WriteTo([]byte(ask{method: "OPTIONS", callID: fmt.Sprint("o", i), source: peer.LocalAddr().String()}.String()), to)
		_, from, err := peer.ReadFrom(buf)
		if err != nil || from.String() != to.String() {
			t.Fatal(i, "asked", to, "answered by", from, err)
		}
	}
	if _, err := g.stack.Call(ctx, CallOptions{URI: "sip:x@" + peer.LocalAddr().String(), From: "1"}, &fakeRoom{}, g.sink); err != nil {
		t.Fatal(err)
	}
	n, from, err := peer.ReadFrom(buf)
	if err != nil || from.String() != conns[0].LocalAddr().String() || !strings.Contains(string(buf[:n]), conns[0].LocalAddr().String()+";branch") {
		t.Error(from, err, string(buf[:n]))
	}
	_, _ = peer.WriteTo([]byte(reply(message{text: string(buf[:n])}, "486 Busy Here", "a", "", "")), from)
}

// A stranger's TCP connection is closed when its first words name nobody.
func TestStrangerOverTCP(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s, err := New(Config{File: loginOnly(), Streams: []net.Listener{ln}})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx) }()
	defer func() { cancel(); <-done }()
	try := func(msg string) (string, error) {
		c, err := net.Dial("tcp", ln.Addr().String())
		if err != nil {
			return "", err
		}
		defer c.Close() //nolint:errcheck // a test's
		_ = c.SetDeadline(time.Now().Add(patience))
		_, _ = io.WriteString(c, msg)
		return bufio.NewReader(c).ReadString('\n')
	}
	if line, err := try(ask{method: "OPTIONS", via: "TCP x"}.String()); line != "" || err == nil || errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("%q %v", line, err)
	}
	if line, _ := try(strings.Replace(register("x:1", "reg", 1, "", ""), "UDP", "TCP", 1)); !strings.HasPrefix(line, "SIP/2.0 401") {
		t.Errorf("%q", line)
	}
}

// A trunk that is known by its login alone calls over one connection: the ACK of our challenge, in which it names nobody, is welcome too.
func TestLoginTrunkOverTCP(t *testing.T) {
	g, addr := realRigOf(t, loginOnly())
	c, err := net.Dial("tcp", addr.String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close() //nolint:errcheck // a test's
	_ = c.SetDeadline(time.Now().Add(patience))
	r := bufio.NewReader(c)
	a := ask{method: "INVITE", via: "TCP " + c.LocalAddr().String(), from: "<sip:pbxuser@pbx>;tag=ft", body: desc(1, "sendrecv", "")}
	_, _ = io.WriteString(c, a.String())
	ch := readMessage(t, r)
	for strings.HasPrefix(ch.text, "SIP/2.0 100") {
		ch = readMessage(t, r)
	}
	login, ok := digest.Answer(ch.headers("WWW-Authenticate"), digest.Ask{Method: "INVITE", URI: "sip:+81312345678@127.0.0.1", Username: "pbxuser", Password: "pbxsecret"})
	if !ok {
		t.Fatal(ch.text)
	}
	ack := ask{method: "ACK", branch: "z9hG4bK-INVITE-0", via: a.via, from: a.from, to: ch.header("To")}
	_, _ = io.WriteString(c, ack.String())
	a.seq, a.branch, a.extra = 2, "z9hG4bK-again", "Authorization: "+login+"\r\n"
	_, _ = io.WriteString(c, a.String())
	if m := readMessage(t, r); !strings.HasPrefix(m.text, "SIP/2.0 100") {
		t.Fatal(m.text)
	}
	g.until("the call", func() bool { return len(g.legs) == 1 })
}

// loginOnly is the file without the trunk that is known by its address.
func loginOnly() *config.Config {
	file := testFile()
	delete(file.Trunks, "office")
	return file
}
