package webrtc

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/pion/stun/v3"
)

// FuzzInput throws datagrams at a connected transport from its own address and from a stranger's: nothing panics, is delivered or ends the leg.
func FuzzInput(f *testing.F) {
	f.Add(request("u", "p"))
	f.Add(request("u", "p", nominate(), stun.RawAttribute{Type: stun.AttrICEControlled, Value: make([]byte, 8)}))
	f.Add(packet(1, 7))
	f.Add([]byte{0x9f, 111, 0, 1, 0, 0, 0, 1, 0, 0, 0, 7, 0xbe, 0xde, 0xff, 0xff})
	f.Add([]byte{0x80, 200, 0, 6, 0, 0, 0, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0})
	f.Add([]byte{22, 0xfe, 0xff, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 1, 2, 3, 4})
	f.Add([]byte{20, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1})
	f.Fuzz(func(t *testing.T, b []byte) {
		if len(b) >= 15 && b[0] == 21 {
			t.Skip("a plain alert can end DTLS until it is done")
		}
		synctest.Test(t, func(t *testing.T) {
			w := newWorld(t)
			defer w.close()
			peer := w.browser("127.0.0.1:9000")
			defer peer.close()
			tr := w.mux.Add()
			w.mux.claim(&credentials{t: tr, ufrag: "u", pwd: "p"}) // so that the seeds are valid checks
			peer.connect(tr)
			stranger := w.browser("127.0.0.1:9001")
			defer stranger.close()
			w.sock.put(b, peer.addr)
			w.sock.put(b, stranger.addr)
			w.settle(time.Second)
			if len(w.got) != 0 || tr.State() != Connected {
				t.Fatal(len(w.got), tr.State(), tr.Err())
			}
			peer.say(1, 7)
			w.settle(20 * time.Millisecond)
			if len(w.got) != 1 {
				t.Fatal("media stopped")
			}
		})
	})
}
