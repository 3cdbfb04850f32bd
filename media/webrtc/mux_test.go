package webrtc

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"net/netip"
	"testing"
	"testing/synctest"
	"time"

	"github.com/pion/dtls/v3"
	"github.com/pion/stun/v3"
)

func bubble(t *testing.T, f func(w *world, b *browser)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		b := w.browser("127.0.0.1:9000")
		defer w.close()
		defer b.close()
		f(w, b)
	})
}

func TestBothWays(t *testing.T) {
	for name, profile := range map[string]dtls.SRTPProtectionProfile{"gcm": dtls.SRTP_AEAD_AES_128_GCM, "sha1": dtls.SRTP_AES128_CM_HMAC_SHA1_80} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(w *world, b *browser) {
				t := w.t
				tr := w.mux.Add()
				if s := tr.State(); s != New {
					t.Fatal(s)
				}
				if err := tr.Send(packet(1, 1)); !errors.Is(err, ErrNotReady) {
					t.Fatal(err)
				}
				b.connect(tr, profile)
				b.say(1, 7)
				b.say(2, 7)
				w.settle(20 * time.Millisecond)
				if len(w.got) != 2 || !bytes.Equal(w.got[1], packet(2, 7)) {
					t.Fatalf("delivered %x", w.got)
				}
				if err := tr.Send(packet(5, 9)); err != nil {
					t.Fatal(err)
				}
				plain, err := b.in.DecryptRTP(nil, b.media[0], nil)
				if err != nil || !bytes.Equal(plain, packet(5, 9)) {
					t.Fatalf("%x %v", plain, err)
				}
			})
		})
	}
}

func TestGCMIsPreferred(t *testing.T) {
	bubble(t, func(w *world, b *browser) {
		t := w.t
		b.connect(w.mux.Add(), dtls.SRTP_AES128_CM_HMAC_SHA1_80, dtls.SRTP_AEAD_AES_128_GCM)
		if p, _ := b.conn.SelectedSRTPProtectionProfile(); p != dtls.SRTP_AEAD_AES_128_GCM {
			t.Fatal(p)
		}
	})
}

func TestNoCommonProfile(t *testing.T) {
	bubble(t, func(w *world, b *browser) {
		t := w.t
		tr := w.mux.Add()
		tr.SetRemote(b.cert.Fingerprint(), "them")
		b.check(tr.Local())
		if err := b.handshake(dtls.SRTP_AEAD_AES_256_GCM); err == nil {
			t.Fatal("handshake worked")
		}
		w.settle(time.Second)
		if tr.State() != Failed || !errors.Is(tr.Err(), ErrHandshake) || errors.Is(tr.Err(), context.DeadlineExceeded) {
			t.Fatal(tr.State(), tr.Err())
		}
	})
}

func TestFingerprintMayComeLate(t *testing.T) {
	bubble(t, func(w *world, b *browser) {
		t := w.t
		tr := w.mux.Add()
		b.check(tr.Local(), nominate())
		if err := b.handshake(dtls.SRTP_AEAD_AES_128_GCM); err != nil {
			t.Fatal(err)
		}
		b.say(1, 7)
		w.settle(time.Second)
		if tr.State() != Connecting || len(w.got) != 0 {
			t.Fatal("media before the fingerprint", tr.State(), w.got)
		}
		if s := w.mux.Stats(); s.Early != 1 {
			t.Fatalf("%+v", s)
		}
		tr.SetRemote(b.cert.Fingerprint(), "them")
		b.say(2, 7)
		w.settle(20 * time.Millisecond)
		if tr.State() != Connected || len(w.got) != 1 {
			t.Fatal(tr.State(), w.got)
		}
	})
}

func TestWrongFingerprint(t *testing.T) {
	for name, wrong := range map[string]func(b *browser) string{
		"of somebody else": func(*browser) string { c, _ := NewCertificate(); return c.Fingerprint() },
		"sha-1":            func(*browser) string { return "sha-1 AB:CD" },
		"empty":            func(*browser) string { return "" },
		"no hex":           func(*browser) string { return "sha-256 XY" },
		"cut off":          func(b *browser) string { return b.cert.Fingerprint()[:50] },
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(w *world, b *browser) {
				t := w.t
				tr := w.mux.Add()
				tr.SetRemote(wrong(b), "them")
				b.check(tr.Local(), nominate())
				_ = b.handshake(dtls.SRTP_AEAD_AES_128_GCM)
				if b.out != nil {
					b.say(1, 7)
				}
				w.settle(time.Second)
				if tr.State() != Failed || !errors.Is(tr.Err(), ErrFingerprint) || len(w.got) != 0 {
					t.Fatal(tr.State(), tr.Err(), w.got)
				}
			})
		})
	}
}

func TestFingerprintChangesLater(t *testing.T) {
	bubble(t, func(w *world, b *browser) {
		t := w.t
		tr := w.mux.Add()
		b.connect(tr)
		tr.SetRemote(b.cert.Fingerprint(), "again")
		if tr.State() != Connected {
			t.Fatal(tr.State())
		}
		other, _ := NewCertificate()
		tr.SetRemote(other.Fingerprint(), "again")
		w.settle(20 * time.Millisecond)
		if tr.State() != Failed || !errors.Is(tr.Err(), ErrFingerprint) || !errors.Is(tr.Send(packet(1, 1)), ErrClosed) {
			t.Fatal(tr.State(), tr.Err())
		}
	})
}

func TestStrangersGetSilence(t *testing.T) {
	bubble(t, func(w *world, b *browser) {
		t := w.t
		tr := w.mux.Add()
		l := tr.Local()
		for name, raw := range map[string][]byte{
			"wrong password": request(l.Ufrag, "wrong"),
			"unknown ufrag":  request("nobody", l.Pwd),
			"no integrity":   stun.MustBuild(stun.TransactionID, stun.BindingRequest, stun.NewUsername(l.Ufrag+":x"), stun.Fingerprint).Raw,
			"no username":    stun.MustBuild(stun.TransactionID, stun.BindingRequest, stun.NewShortTermIntegrity(l.Pwd)).Raw,
			"a response":     stun.MustBuild(stun.TransactionID, stun.BindingSuccess, stun.NewUsername(l.Ufrag+":x"), stun.NewShortTermIntegrity(l.Pwd)).Raw,
			"username after integrity": func() []byte {
				m := stun.MustBuild(stun.TransactionID, stun.BindingRequest, stun.NewShortTermIntegrity(l.Pwd))
				m.Add(stun.AttrUsername, []byte(l.Ufrag+":x"))
				return m.Raw
			}(),
			"bad fingerprint": func() []byte { r := request(l.Ufrag, l.Pwd); r[len(r)-1] ^= 1; return r }(),
		} {
			if m, ok := b.ask(raw); ok {
				t.Errorf("%s: answered with %v", name, m)
			}
		}
		w.sock.put(append([]byte{22, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}, 1), b.addr)
		w.sock.put(packet(1, 1), b.addr)
		w.settle(20 * time.Millisecond)
		s := w.mux.Stats()
		if tr.State() != New || s.Checks != 0 || s.Refused != 3 || s.Strangers != 5 || s.Malformed != 1 {
			t.Fatalf("%v %+v", tr.State(), s)
		}
	})
}

func TestCheckAnswers(t *testing.T) {
	bubble(t, func(w *world, b *browser) {
		t := w.t
		l := w.mux.Add().Local()
		m, ok := b.check(l)
		var mapped stun.XORMappedAddress
		if !ok || m.Type != stun.BindingSuccess || mapped.GetFrom(m) != nil || mapped.Port != 9000 || mapped.IP.String() != "127.0.0.1" {
			t.Fatal(m, ok)
		}
		if stun.NewShortTermIntegrity(l.Pwd).Check(m) != nil || stun.Fingerprint.Check(m) != nil {
			t.Fatal("the answer isn't protected")
		}
	})
}

func TestCheckErrors(t *testing.T) {
	for name, c := range map[string]struct {
		attr stun.RawAttribute
		code stun.ErrorCode
	}{
		"two that are controlled": {stun.RawAttribute{Type: stun.AttrICEControlled, Value: make([]byte, 8)}, stun.CodeRoleConflict},
		"unknown and required":    {stun.RawAttribute{Type: 0x7abc, Value: make([]byte, 4)}, stun.CodeUnknownAttribute},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(w *world, b *browser) {
				t := w.t
				tr := w.mux.Add()
				m, ok := b.check(tr.Local(), c.attr)
				var code stun.ErrorCodeAttribute
				if !ok || m.Type != stun.BindingError || code.GetFrom(m) != nil || code.Code != c.code {
					t.Fatal(m, ok)
				}
				var unknown stun.UnknownAttributes
				if err := unknown.GetFrom(m); (err == nil) != (c.code == stun.CodeUnknownAttribute) {
					t.Fatal(m, err)
				}
				if tr.State() != New {
					t.Fatal("an error starts nothing", tr.State())
				}
			})
		})
	}
}

func TestNominationMovesTheRemote(t *testing.T) {
	bubble(t, func(w *world, b *browser) {
		t := w.t
		tr := w.mux.Add()
		b.connect(tr)
		second := w.browser("127.0.0.1:9001")
		defer second.close()
		second.in, second.out = b.in, b.out
		second.check(tr.Local())
		_ = tr.Send(packet(1, 1))
		if len(b.media) != 1 {
			t.Fatal("a check without USE-CANDIDATE moved the remote")
		}
		second.say(1, 7)
		second.check(tr.Local(), nominate())
		_ = tr.Send(packet(2, 1))
		if len(second.media) != 1 || len(b.media) != 1 {
			t.Fatal("USE-CANDIDATE didn't move the remote")
		}
		b.say(2, 7)
		w.settle(20 * time.Millisecond)
		if len(w.got) != 2 {
			t.Fatal("media of both addresses is the peer's", len(w.got))
		}
	})
}

func TestManySourcesAreBounded(t *testing.T) {
	bubble(t, func(w *world, b *browser) {
		t := w.t
		tr := w.mux.Add()
		b.connect(tr)
		for i := range 500 {
			from := netip.AddrPortFrom(serverAddr().Addr(), uint16(20000+i))
			w.sock.put(request(tr.Local().Ufrag, tr.Local().Pwd), from)
		}
		w.settle(50 * time.Millisecond)
		b.say(1, 7)
		w.settle(20 * time.Millisecond)
		if len(w.mux.sources) > maxPaths || len(w.got) != 1 {
			t.Fatal(len(w.mux.sources), len(w.got))
		}
	})
}

func TestRestart(t *testing.T) {
	bubble(t, func(w *world, b *browser) {
		t := w.t
		tr := w.mux.Add()
		b.connect(tr)
		old := tr.Local()
		fresh := tr.Restart()
		if fresh.Ufrag == old.Ufrag || fresh.Pwd == old.Pwd || tr.Local().Ufrag != fresh.Ufrag {
			t.Fatal("credentials stay the same")
		}
		for _, l := range []Local{old, fresh} {
			if _, ok := b.check(l); !ok {
				t.Fatal("not answered", l.Ufrag)
			}
		}
		if _, ok := b.check(Local{Ufrag: fresh.Ufrag, Pwd: old.Pwd}); ok {
			t.Fatal("answered with the old password for the new ufrag")
		}
		b.say(1, 7)
		w.settle(20 * time.Millisecond)
		if tr.State() != Connected || len(w.got) != 1 {
			t.Fatal(tr.State(), w.got)
		}
		for range maxUfrags {
			tr.Restart()
		}
		if _, ok := b.check(old); ok {
			t.Fatal("credentials pile up")
		}
	})
}

func TestLostAndBack(t *testing.T) {
	bubble(t, func(w *world, b *browser) {
		t := w.t
		tr := w.mux.Add()
		b.connect(tr)
		w.settle(29 * time.Second)
		if tr.State() != Connected {
			t.Fatal(tr.State())
		}
		w.settle(2 * time.Second)
		if tr.State() != Lost {
			t.Fatal(tr.State())
		}
		// No consent: nothing leaves, DTLS included (RFC 7675, 5.1).
		if err := tr.Send(packet(1, 1)); !errors.Is(err, ErrLost) {
			t.Fatal(err)
		}
		if err := tr.SendRTCP([]byte{0x80, 201, 0, 1, 0, 0, 0, 7}); !errors.Is(err, ErrLost) {
			t.Fatal(err)
		}
		if tr.sendTo.Load() != nil {
			t.Fatal("DTLS still has somebody to send to")
		}
		if _, ok := b.ask(request(tr.Local().Ufrag, "wrong")); ok || tr.State() != Lost {
			t.Fatal("a check with a wrong password brings it back")
		}
		b.check(tr.Local())
		if tr.State() != Connected {
			t.Fatal(tr.State())
		}
		if err := tr.Send(packet(2, 1)); err != nil || len(b.media) != 1 {
			t.Fatal(err, len(b.media))
		}
	})
}

func TestPeerThatNeverCame(t *testing.T) {
	bubble(t, func(w *world, b *browser) {
		t := w.t
		tr := w.mux.Add()
		w.settle(time.Minute)
		if tr.State() != New {
			t.Fatal("ringing is not silence", tr.State())
		}
		tr.SetRemote(b.cert.Fingerprint(), "them")
		w.settle(31 * time.Second)
		if tr.State() != Lost {
			t.Fatal(tr.State())
		}
		b.connect(tr)
	})
}

func TestPeerWithoutDTLS(t *testing.T) {
	bubble(t, func(w *world, b *browser) {
		t := w.t
		tr := w.mux.Add()
		for range 40 {
			b.check(tr.Local())
			w.settle(time.Second)
		}
		if tr.State() != Failed || !errors.Is(tr.Err(), ErrHandshake) {
			t.Fatal(tr.State(), tr.Err())
		}
	})
}

func TestPeerClosesDTLS(t *testing.T) {
	bubble(t, func(w *world, b *browser) {
		t := w.t
		tr := w.mux.Add()
		b.connect(tr)
		_ = b.conn.Close()
		w.settle(50 * time.Millisecond)
		if tr.State() != Failed || !errors.Is(tr.Err(), ErrPeerClosed) {
			t.Fatal(tr.State(), tr.Err())
		}
	})
}

func TestCloseWhenever(t *testing.T) {
	for name, at := range map[string]func(b *browser, tr *Transport){
		"at once":               func(*browser, *Transport) {},
		"after the first check": func(b *browser, tr *Transport) { b.check(tr.Local()) },
		"in the middle of handshake": func(b *browser, tr *Transport) {
			b.check(tr.Local())
			go func() { _ = b.handshake(dtls.SRTP_AEAD_AES_128_GCM) }()
		},
		"waiting for the fingerprint": func(b *browser, tr *Transport) { b.check(tr.Local()); _ = b.handshake(dtls.SRTP_AEAD_AES_128_GCM) },
		"connected":                   func(b *browser, tr *Transport) { b.connect(tr) },
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(w *world, b *browser) {
				t := w.t
				tr := w.mux.Add()
				at(b, tr)
				tr.Close()
				tr.Close()
				w.settle(10 * time.Second)
				if _, ok := b.check(tr.Local()); ok {
					t.Fatal("a closed transport answers")
				}
				if err := tr.Send(packet(1, 1)); !errors.Is(err, ErrClosed) || tr.Err() != nil {
					t.Fatal(err, tr.Err())
				}
				idle := make(chan struct{})
				go func() { w.mux.handshakes.Wait(); close(idle) }()
				synctest.Wait()
				select {
				case <-idle:
				default:
					t.Fatal("a handshake goes on")
				}
				w.settle(200 * time.Millisecond)
				if len(w.mux.live) != 0 || len(w.mux.sources) != 0 {
					t.Fatal(len(w.mux.live), len(w.mux.sources))
				}
				w.mux.credentials.Range(func(ufrag, _ any) bool {
					t.Errorf("the credentials %v are kept", ufrag)
					return true
				})
			})
		})
	}
}

func TestHandshakeSurvivesGarbageAndLoss(t *testing.T) {
	bubble(t, func(w *world, b *browser) {
		t := w.t
		tr := w.mux.Add()
		tr.SetRemote(b.cert.Fingerprint(), "them")
		b.check(tr.Local(), nominate())
		r := rand.New(rand.NewPCG(1, 2))
		n := 0
		w.sock.join(b.addr, func(p []byte) { // every third datagram to the browser is lost
			if n++; n%3 != 0 {
				b.receive(p)
			}
		})
		stop := make(chan struct{})
		go func() {
			for {
				select {
				case <-stop:
					return
				case <-time.After(time.Millisecond):
				}
				noise := make([]byte, 1+r.IntN(200))
				for i := range noise {
					noise[i] = byte(r.Uint32())
				}
				w.sock.put(noise, b.addr)
			}
		}()
		err := b.handshake(dtls.SRTP_AEAD_AES_128_GCM)
		close(stop)
		if err != nil {
			t.Fatal(err, tr.State(), tr.Err())
		}
		w.settle(time.Second)
		if tr.State() != Connected {
			t.Fatal(tr.State(), tr.Err())
		}
	})
}

// Records that look right and aren't neither end the handshake nor make us send an alert that would.
func TestForgedRecords(t *testing.T) {
	bubble(t, func(w *world, b *browser) {
		t := w.t
		tr := w.mux.Add()
		tr.SetRemote(b.cert.Fingerprint(), "them")
		b.check(tr.Local(), nominate())
		r := rand.New(rand.NewPCG(5, 6))
		for _, kind := range []byte{20, 22, 23, 24, 25, 63} {
			for range 300 {
				n := 1 + r.IntN(60)
				record := append([]byte{kind, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0}, byte(n))
				for range n {
					record = append(record, byte(r.Uint32()))
				}
				w.sock.put(record, b.addr)
				w.settle(5 * time.Millisecond)
			}
		}
		if tr.State() != Connecting || len(b.pipe.in) != 0 {
			t.Fatal(tr.State(), tr.Err(), len(b.pipe.in), "answers")
		}
		if err := b.handshake(dtls.SRTP_AEAD_AES_128_GCM); err != nil {
			t.Fatal(err)
		}
		w.settle(50 * time.Millisecond)
		if tr.State() != Connected {
			t.Fatal(tr.State(), tr.Err())
		}
	})
}

func TestCloseTellsThePeer(t *testing.T) {
	bubble(t, func(w *world, b *browser) {
		t := w.t
		tr := w.mux.Add()
		b.connect(tr)
		tr.Close()
		var buf [100]byte
		if _, err := b.conn.Read(buf[:]); !errors.Is(err, io.EOF) {
			t.Fatal(err)
		}
	})
}

func TestFloodDoesNotPileUp(t *testing.T) {
	bubble(t, func(w *world, b *browser) {
		t := w.t
		tr := w.mux.Add()
		b.connect(tr)
		record := append([]byte{22, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4}, 1, 2, 3, 4)
		for range 3 * maxDrain {
			w.sock.put(record, b.addr)
		}
		for seq := range uint16(200) {
			sealed, _ := b.out.EncryptRTP(nil, packet(seq, 7), nil)
			sealed[20] ^= 1
			w.sock.put(sealed, b.addr)
		}
		b.say(500, 7)
		w.settle(100 * time.Millisecond)
		if len(w.got) != 1 || tr.State() != Connected {
			t.Fatal(len(w.got), tr.State(), tr.Err())
		}
		if s := w.mux.Stats(); s.Refused != 200 || s.Overflowed == 0 {
			t.Fatalf("%+v", s)
		}
	})
}

func TestReplayAndForeignSources(t *testing.T) {
	bubble(t, func(w *world, b *browser) {
		t := w.t
		tr := w.mux.Add()
		b.connect(tr)
		sealed, _ := b.out.EncryptRTP(nil, packet(1, 7), nil)
		w.sock.put(sealed, b.addr)
		w.sock.put(sealed, b.addr)
		w.settle(20 * time.Millisecond)
		if len(w.got) != 1 {
			t.Fatal("a replay was delivered", len(w.got))
		}
		for ssrc := range 200 {
			b.say(1, byte(ssrc))
		}
		w.settle(20 * time.Millisecond)
		if len(w.got) != maxSources {
			t.Fatal(len(w.got), "streams of one peer")
		}
		b.say(2, 7)
		w.settle(20 * time.Millisecond)
		if len(w.got) != maxSources+1 {
			t.Fatal("a known stream was shut out")
		}
	})
}

func TestControlBothWays(t *testing.T) {
	for name, profile := range map[string]dtls.SRTPProtectionProfile{"gcm": dtls.SRTP_AEAD_AES_128_GCM, "sha1": dtls.SRTP_AES128_CM_HMAC_SHA1_80} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(w *world, b *browser) {
				t := w.t
				tr := w.mux.Add()
				report := []byte{0x80, 201, 0, 1, 0, 0, 0, 7, 0x81, 202, 0, 2, 0, 0, 0, 7, 1, 2, 'c', '1'}
				if err := tr.SendRTCP(report); !errors.Is(err, ErrNotReady) {
					t.Fatal(err)
				}
				b.connect(tr, profile)
				sealed, err := b.out.EncryptRTCP(nil, report, nil)
				if err != nil {
					t.Fatal(err)
				}
				b.emit(sealed)
				b.emit(sealed)
				b.emit([]byte{0x80, 201, 0, 1, 0, 0, 0, 7, 1})
				w.settle(20 * time.Millisecond)
				if s := w.mux.Stats(); s.Control != 1 || s.Refused != 2 || w.reports() != 1 || !bytes.Equal(w.got[0], report) {
					t.Fatalf("%+v %x", s, w.got)
				}
				if err := tr.SendRTCP(report); err != nil {
					t.Fatal(err)
				}
				plain, err := b.in.DecryptRTCP(nil, b.media[0], nil)
				if err != nil || !bytes.Equal(plain, report) {
					t.Fatalf("%x %v", plain, err)
				}
				for _, bad := range [][]byte{nil, report[:7], packet(1, 7), make([]byte, maxPacket+4)} {
					if err := tr.SendRTCP(bad); !errors.Is(err, ErrPacket) {
						t.Errorf("%x is sent: %v", bad, err)
					}
				}
			})
		})
	}
}
