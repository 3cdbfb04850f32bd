package media_test

import (
	"testing"
	"time"

	"mediasrv/media"
	"mediasrv/media/codec"
	"mediasrv/media/mediatest"
	"mediasrv/media/rtp"
)

// Whatever a peer sends, the call goes on: the other side's voice still comes through, and what it hears is 50 packets a second.
func FuzzPeer(f *testing.F) {
	f.Add([]byte{0x80, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0xff}, true)
	f.Add([]byte{0x80, 111, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0x0b, 0xff, 1, 2}, false)
	f.Add([]byte{0x80, 0x80 | 101, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 5, 0x8a, 0xff, 0xff}, true)
	f.Fuzz(func(t *testing.T, b []byte, opus bool) {
		w := mediatest.New(t, nil)
		room, _ := w.Room()
		c := codec.PCMU
		if opus {
			c = codec.Opus
		}
		bad, evil := w.Join(room, c)
		good, f := w.Join(room, codec.PCMU)
		p := talk(bad.ID(), good.ID())
		p.Rows[bad.ID()].Digits = true
		tap := media.NewTap(1, time.Second)
		p.Taps[0] = media.TapRow{Tap: tap, Of: bad.ID()}
		room.Set(p)
		evil.Mute(true)
		w.Run(100 * time.Millisecond)
		f.Forget()
		for i := range 20 {
			if len(b) > 8 {
				b[3] += byte(i)
				b[7] += byte(i * 160)
			}
			_ = evil.Socket().Send(b, bad.Local().Addr)
			w.Run(20 * time.Millisecond)
		}
		if n := len(f.Packets()); n < 19 || n > 21 {
			t.Errorf("%d packets in 400 ms", n)
		}
		for _, h := range f.Packets() {
			if h.PT != 0 {
				t.Error("a packet was passed on as it came")
			}
		}
		collect(tap)
	})
}

var _ rtp.Socket = (*rtp.MemorySocket)(nil)
