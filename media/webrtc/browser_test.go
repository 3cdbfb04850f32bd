package webrtc

import (
	"context"
	"log/slog"
	"net"
	"net/netip"
	"testing"
	"testing/synctest"
	"time"

	"mediasrv/media/rtp"

	"github.com/pion/dtls/v3"
	"github.com/pion/srtp/v3"
	"github.com/pion/stun/v3"
)

// world is a mux with its worker, in a bubble.
type world struct {
	t    *testing.T
	sock *memory
	mux  *Mux
	stop context.CancelFunc
	done chan struct{}
	got  [][]byte // RTP delivered; to be read after synctest.Wait
}

func newWorld(t *testing.T) *world {
	t.Helper()
	cert, err := NewCertificate()
	if err != nil {
		t.Fatal(err)
	}
	w := &world{t: t, sock: newMemory(), done: make(chan struct{})}
	w.mux = NewMux(w.sock, cert, Config{}, slog.New(slog.DiscardHandler))
	ctx, cancel := context.WithCancel(t.Context())
	w.stop = cancel
	go func() {
		defer close(w.done)
		for n := 0; ctx.Err() == nil; n++ {
			now := time.Now().UnixNano()
			w.mux.Drain(now, func(_ *Transport, p []byte) { w.got = append(w.got, append([]byte(nil), p...)) })
			if n%20 == 0 {
				w.mux.Tick(now)
			}
			time.Sleep(5 * time.Millisecond)
		}
	}()
	return w
}

// reports counts the RTCP among what was delivered.
func (w *world) reports() (n int) {
	for _, p := range w.got {
		if rtp.IsRTCP(p) {
			n++
		}
	}
	return n
}

// close stops the worker, then the mux; the bubble fails if a goroutine stays.
func (w *world) close() {
	w.stop()
	<-w.done
	w.mux.Close()
}

// settle lets the worker and everybody else do what they can within d of virtual time.
func (w *world) settle(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

// browser is a peer: a full ICE agent that controls, reduced to checks, and a DTLS client.
type browser struct {
	w         *world
	addr      netip.AddrPort
	emit      func([]byte) // to the server
	cert      *Certificate
	stunIn    chan []byte
	pipe      *pipe
	in, out   *srtp.Context
	media     [][]byte // RTP and RTCP, still sealed
	conn      *dtls.Conn
	cancelled context.CancelFunc
}

func (w *world) browser(addr string) *browser {
	w.t.Helper()
	cert, err := NewCertificate()
	if err != nil {
		w.t.Fatal(err)
	}
	b := &browser{w: w, addr: netip.MustParseAddrPort(addr), cert: cert, stunIn: make(chan []byte, 16)}
	ctx, cancel := context.WithCancel(context.Background())
	b.cancelled = cancel
	b.emit = func(p []byte) { w.sock.put(p, b.addr) }
	b.pipe = newPipe(ctx.Done(), b.addr, func(p []byte) { b.emit(p) })
	w.sock.join(b.addr, b.receive)
	return b
}

func (b *browser) receive(p []byte) {
	switch {
	case p[0] < 4:
		select {
		case b.stunIn <- p:
		default:
		}
	case p[0] < 64:
		b.pipe.push(p)
	default:
		b.media = append(b.media, p)
	}
}

// request makes a check.
func request(ufrag, pwd string, more ...stun.Setter) []byte {
	all := append([]stun.Setter{stun.TransactionID, stun.BindingRequest, stun.NewUsername(ufrag + ":them")}, more...)
	return stun.MustBuild(append(all, stun.NewShortTermIntegrity(pwd), stun.Fingerprint)...).Raw
}

// nominate is USE-CANDIDATE.
func nominate() stun.RawAttribute { return stun.RawAttribute{Type: stun.AttrUseCandidate} }

// check sends one, and returns the answer's type; false without an answer.
func (b *browser) check(l Local, more ...stun.Setter) (*stun.Message, bool) {
	return b.ask(request(l.Ufrag, l.Pwd, more...))
}

func (b *browser) ask(raw []byte) (*stun.Message, bool) {
	b.emit(raw)
	b.w.settle(20 * time.Millisecond)
	select {
	case raw := <-b.stunIn:
		m := &stun.Message{Raw: raw}
		if err := m.Decode(); err != nil {
			b.w.t.Fatal(err)
		}
		return m, true
	default:
		return nil, false
	}
}

// handshake is the client's side of DTLS.
func (b *browser) handshake(profiles ...dtls.SRTPProtectionProfile) error {
	conn, err := dtls.ClientWithOptions(b.pipe, net.UDPAddrFromAddrPort(serverAddr()),
		dtls.WithCertificates(b.cert.tls), dtls.WithInsecureSkipVerify(true), dtls.WithSRTPProtectionProfiles(profiles...),
		dtls.WithExtendedMasterSecret(dtls.RequireExtendedMasterSecret))
	if err != nil {
		return err
	}
	b.conn = conn
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	if err := conn.HandshakeContext(ctx); err != nil {
		return err
	}
	state, _ := conn.ConnectionState()
	profile, _ := conn.SelectedSRTPProtectionProfile()
	cfg := srtp.Config{Profile: srtp.ProtectionProfile(profile)}
	if err := cfg.ExtractSessionKeysFromDTLS(&state, true); err != nil {
		return err
	}
	if b.in, err = srtp.CreateContext(cfg.Keys.RemoteMasterKey, cfg.Keys.RemoteMasterSalt, cfg.Profile); err != nil {
		return err
	}
	b.out, err = srtp.CreateContext(cfg.Keys.LocalMasterKey, cfg.Keys.LocalMasterSalt, cfg.Profile)
	return err
}

// connect goes the whole way.
func (b *browser) connect(tr *Transport, profiles ...dtls.SRTPProtectionProfile) {
	b.w.t.Helper()
	tr.SetRemote(b.cert.Fingerprint(), "them")
	if _, ok := b.check(tr.Local(), nominate()); !ok {
		b.w.t.Fatal("no answer to the check")
	}
	if len(profiles) == 0 {
		profiles = []dtls.SRTPProtectionProfile{dtls.SRTP_AEAD_AES_128_GCM}
	}
	if err := b.handshake(profiles...); err != nil {
		b.w.t.Fatal(err)
	}
	b.w.settle(50 * time.Millisecond)
	if s := tr.State(); s != Connected {
		b.w.t.Fatalf("state %v, err %v", s, tr.Err())
	}
}

// say sends an RTP packet.
func (b *browser) say(seq uint16, ssrc byte) {
	b.w.t.Helper()
	sealed, err := b.out.EncryptRTP(nil, packet(seq, ssrc), nil)
	if err != nil {
		b.w.t.Fatal(err)
	}
	b.emit(sealed)
}

func (b *browser) close() {
	if b.conn != nil {
		_ = b.conn.Close()
	}
	b.cancelled()
}

func packet(seq uint16, ssrc byte) []byte {
	return append([]byte{0x80, 111, byte(seq >> 8), byte(seq), 0, 0, 0, 1, 0, 0, 0, ssrc}, make([]byte, 60)...)
}
