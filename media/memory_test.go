package media_test

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"net/netip"
	"os"
	"os/exec"
	"runtime"
	"sync"
	"testing"
	"time"

	pion "github.com/pion/webrtc/v4"

	"mediasrv/media"
	"mediasrv/media/codec"
	"mediasrv/media/mediatest"
	"mediasrv/media/rtp"
	"mediasrv/media/sdp"
)

// browsersEnv makes TestBrowsers the far end of another test.
const browsersEnv = "MEDIASRV_TEST_BROWSERS"

// TestBrowsers is no test of its own: browsers in a process of their own, so that their memory isn't counted as ours. For each line of input it makes one
// more, prints its offer, and reads the answer; it ends with its input.
func TestBrowsers(t *testing.T) {
	if os.Getenv(browsersEnv) == "" {
		t.Skip("only the far end of TestMemoryOfBrowser")
	}
	in, out := json.NewDecoder(os.Stdin), json.NewEncoder(os.Stdout)
	for {
		var answer string
		if in.Decode(&answer) != nil {
			return
		}
		b := newBrowser(t, 440)
		if err := out.Encode(b.offer(t)); err != nil {
			t.Fatal(err)
		}
		if err := in.Decode(&answer); err != nil {
			t.Fatal(err)
		}
		if err := b.pc.SetRemoteDescription(pion.SessionDescription{Type: pion.SDPTypeAnswer, SDP: answer}); err != nil {
			t.Fatal(err)
		}
	}
}

// browsers are TestBrowsers of another process.
type browsers struct {
	t   *testing.T
	in  *json.Encoder
	out *json.Decoder
}

func newBrowsers(t *testing.T) browsers {
	t.Helper()
	c := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestBrowsers$")
	c.Env = append(os.Environ(), browsersEnv+"=1")
	c.Stderr = os.Stderr
	in, err := c.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = in.Close()
		_, _ = io.Copy(io.Discard, out)
		_ = c.Wait()
	})
	return browsers{t: t, in: json.NewEncoder(in), out: json.NewDecoder(bufio.NewReader(out))}
}

// join connects one more with an endpoint.
func (b browsers) join(e *media.Endpoint) {
	b.t.Helper()
	var offer string
	if err := b.in.Encode("one more"); err != nil {
		b.t.Fatal(err)
	}
	if err := b.out.Decode(&offer); err != nil {
		b.t.Fatal(err)
	}
	l := e.Local()
	session := sdp.NewSession(sdp.Local{
		ID: 1, Addr: l.Addr, Codecs: []codec.Type{codec.Opus}, WebRTC: true, SSRC: l.SSRC, CNAME: l.CNAME,
		Ufrag: l.Ufrag, Pwd: l.Pwd, Fingerprint: l.Fingerprint, Candidates: l.Candidates,
	})
	answer, a, err := session.Answer([]byte(offer), sdp.SendRecv)
	if err != nil {
		b.t.Fatal(err)
	}
	e.Negotiate(media.Negotiated{Format: a.Format, Send: true, Receive: true, Fingerprint: a.Fingerprint, Ufrag: a.Ufrag})
	if err := b.in.Encode(string(answer)); err != nil {
		b.t.Fatal(err)
	}
}

// browserCall is what a call between a trunk and a browser may take, both ways coded. 64 KB of it are libopus's encoder and decoder, 28 KB the goroutines and
// the read buffer of the DTLS library, 13 KB the leg to the trunk with its jitter buffer. It is 130 KB, and 143 with the race detector.
const browserCall = 150 << 10

// What a call between a trunk and a browser takes of memory.
func TestMemoryOfBrowser(t *testing.T) {
	engine, err := media.New(media.Config{Workers: 1, Bind: netip.AddrFrom4([4]byte{127, 0, 0, 1})})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	var group sync.WaitGroup
	defer group.Wait()
	defer cancel()
	group.Go(func() { _ = engine.Run(ctx) })
	all := newBrowsers(t)
	up := make(chan media.EndpointID, 100)
	add := func() {
		room, err := engine.Open(nil)
		if err != nil {
			t.Fatal(err)
		}
		room.Listen(func(e media.Event) {
			if e.Kind == media.Connected {
				up <- e.Endpoint
			}
		})
		trunk, err := room.AddRTP(netip.Addr{})
		if err != nil {
			t.Fatal(err)
		}
		sock, err := rtp.ListenUDP(netip.MustParseAddrPort("127.0.0.1:0"))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = sock.Close() })
		n := mediatest.Negotiated(codec.PCMU)
		n.Remote, n.Mux = sock.Local(), true
		trunk.Negotiate(n)
		agent, err := room.AddWebRTC()
		if err != nil {
			t.Fatal(err)
		}
		room.Set(talk(trunk.ID(), agent.ID()))
		all.join(agent)
		select {
		case <-up:
		case <-time.After(time.Minute):
			t.Fatalf("no connection; %+v", engine.Stats())
		}
	}
	add()
	before := inUse()
	const calls = 20
	for range calls {
		add()
	}
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for began := engine.Stats(); engine.Stats().PacketsIn < began.PacketsIn+calls*50; { // all of them speak
		<-tick.C
	}
	per := (inUse() - before) / calls
	t.Logf("%.1f KB per call of a trunk and a browser", float64(per)/1024)
	if per > browserCall {
		t.Errorf("%d bytes per call, want at most %d", per, browserCall)
	}
}

// inUse is what goroutines and what they keep take, as far as Go knows.
func inUse() uint64 {
	var m runtime.MemStats
	for range 6 {
		runtime.GC()
	}
	runtime.ReadMemStats(&m)
	return m.HeapAlloc + m.StackInuse
}
