package webrtc

import (
	"log/slog"
	"net/netip"
	"runtime"
	"testing"
	"time"

	"mediasrv/media/rtp"

	"github.com/pion/srtp/v3"
	"golang.org/x/sys/unix"
)

// loop is a mux on a real socket with one leg that is connected, by keys of ours; and its peer.
type loop struct {
	mux  *Mux
	tr   *Transport
	peer rtp.Socket
	out  *srtp.Context // of the peer
}

func newLoop(tb testing.TB, profile srtp.ProtectionProfile) *loop {
	tb.Helper()
	must := func(err error) {
		tb.Helper()
		if err != nil {
			tb.Fatal(err)
		}
	}
	cert, err := NewCertificate()
	must(err)
	anywhere := netip.MustParseAddrPort("127.0.0.1:0")
	sock, err := rtp.ListenShared(anywhere)
	must(err)
	peer, err := rtp.ListenShared(anywhere)
	must(err)
	key, salt := make([]byte, 16), make([]byte, 14)
	if profile == srtp.ProtectionProfileAeadAes128Gcm {
		salt = salt[:12]
	}
	context := func() *srtp.Context {
		c, err := srtp.CreateContext(key, salt, profile)
		must(err)
		return c
	}
	l := &loop{mux: NewMux(sock, cert, Config{}, slog.New(slog.DiscardHandler)), peer: peer, out: context()}
	l.tr = l.mux.Add()
	l.tr.keys.Store(&keys{in: context(), out: context()})
	l.tr.consent = true
	from := path{addr: peer.Local()}
	l.mux.learn(l.tr, from)
	l.tr.moveTo(from)
	tb.Cleanup(func() {
		l.mux.Close()
		_, _ = sock.Close(), peer.Close()
	})
	return l
}

// BenchmarkPacket is the processor time of the worker's thread for one packet received and one sent, with the kernel's share.
func BenchmarkPacket(b *testing.B) {
	for name, profile := range map[string]srtp.ProtectionProfile{"GCM": srtp.ProtectionProfileAeadAes128Gcm, "SHA1": srtp.ProtectionProfileAes128CmHmacSha1_80} {
		b.Run(name, func(b *testing.B) {
			runtime.LockOSThread()
			defer runtime.UnlockOSThread()
			l := newLoop(b, profile)
			const batch = 50
			var cpu time.Duration
			var seq uint16
			got := 0
			deliver := func(*Transport, []byte) { got++ }
			ours, buf := packet(1, 3), make([]byte, 2000)
			sealed := make([]byte, 0, 2000)
			for b.Loop() {
				for range batch {
					seq++
					p, err := l.out.EncryptRTP(sealed[:0], packet(seq, 7), nil)
					if err != nil {
						b.Fatal(err)
					}
					_ = l.peer.Send(p, l.mux.sock.Local())
				}
				start := threadTime()
				l.mux.Drain(1, deliver)
				for range batch {
					ours[2], ours[3] = byte(seq>>8), byte(seq)
					_ = l.tr.Send(ours)
				}
				cpu += threadTime() - start
				for {
					if _, _, err := l.peer.Recv(buf); err != nil {
						break
					}
				}
			}
			if got == 0 || l.mux.Stats().Sent == 0 {
				b.Fatal("nothing was measured")
			}
			b.ReportMetric(float64(cpu.Nanoseconds())/1000/float64(b.N*batch), "µs/packet-in-and-out")
			b.ReportMetric(0, "ns/op")
		})
	}
}

func threadTime() time.Duration {
	var ts unix.Timespec
	_ = unix.ClockGettime(unix.CLOCK_THREAD_CPUTIME_ID, &ts)
	return time.Duration(ts.Nano())
}
