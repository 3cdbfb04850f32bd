package webrtc_test

import (
	"context"
	"encoding/binary"
	"log/slog"
	"sync/atomic"
	"testing"
	"time"

	"mediasrv/media/codec"
	"mediasrv/media/sdp"
	"mediasrv/media/webrtc"
)

// worker drives a mux on real time and a real socket, and speaks to every connected transport every 20 ms.
type worker struct {
	mux  *webrtc.Mux
	legs chan *leg
	stop context.CancelFunc
	done chan struct{}
}

// leg is one transport and its session.
type leg struct {
	*webrtc.Transport
	session *sdp.Session
	local   sdp.Local
	format  atomic.Pointer[codec.Format]
	got     atomic.Int64
	events  atomic.Int64
	silent  atomic.Bool // hold: don't send
	seq     uint16
}

func startWorker(t *testing.T) *worker {
	t.Helper()
	cert, err := webrtc.NewCertificate()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	w := &worker{mux: webrtc.NewMux(listenUDP(t), cert, webrtc.Config{}, slog.New(slog.DiscardHandler)), legs: make(chan *leg, 16), stop: cancel, done: make(chan struct{})}
	go w.run(ctx)
	t.Cleanup(func() {
		w.stop()
		<-w.done
		w.mux.Close()
	})
	return w
}

func (w *worker) run(ctx context.Context) {
	defer close(w.done)
	legs := map[*webrtc.Transport]*leg{}
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for n := 0; ; n++ {
		select {
		case <-ctx.Done():
			return
		case l := <-w.legs:
			legs[l.Transport] = l
			continue
		case <-tick.C:
		}
		now := time.Now().UnixNano()
		w.mux.Drain(now, func(tr *webrtc.Transport, p []byte) {
			l := legs[tr]
			l.got.Add(1)
			if f := l.format.Load(); f != nil && p[1]&0x7f == f.EventRecv {
				l.events.Add(1)
			}
		})
		if n%20 == 0 {
			w.mux.Tick(now)
		}
		if n%4 == 0 {
			for _, l := range legs {
				l.speak()
			}
		}
	}
}

// speak sends an Opus packet of silence.
func (l *leg) speak() {
	f := l.format.Load()
	if f == nil || l.silent.Load() {
		return
	}
	p := []byte{0x80, f.SendPT, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xf8, 0xff, 0xfe}
	l.seq++
	binary.BigEndian.PutUint16(p[2:], l.seq)
	binary.BigEndian.PutUint32(p[4:], uint32(l.seq)*960)
	binary.BigEndian.PutUint32(p[8:], l.local.SSRC)
	_ = l.Send(p)
}

func (w *worker) leg() *leg {
	l := &leg{Transport: w.mux.Add()}
	l.local = sdp.Local{ID: 42, Codecs: []codec.Type{codec.Opus, codec.PCMU}, Events: true, WebRTC: true, SSRC: 0xfffffff1, CNAME: "c1"}
	l.fill(l.Local())
	l.session = sdp.NewSession(l.local)
	w.legs <- l
	return l
}

func (l *leg) fill(x webrtc.Local) {
	l.local.Ufrag, l.local.Pwd, l.local.Fingerprint, l.local.Candidates = x.Ufrag, x.Pwd, x.Fingerprint, x.Candidates
}

// restart makes new credentials, which the next description says.
func (l *leg) restart() {
	l.fill(l.Restart())
	l.session.SetLocal(l.local)
}

func (l *leg) answer(offer string) (string, error) {
	if l.session.Restarts([]byte(offer)) {
		l.restart()
	}
	answer, a, err := l.session.Answer([]byte(offer), sdp.SendRecv)
	if err != nil {
		return "", err
	}
	l.agree(a)
	return string(answer), nil
}

func (l *leg) accept(answer string) error {
	a, err := l.session.Accept([]byte(answer))
	if err != nil {
		return err
	}
	l.agree(a)
	return nil
}

func (l *leg) agree(a sdp.Agreement) {
	l.SetRemote(a.Fingerprint, a.Ufrag)
	l.silent.Store(!a.Direction.Sends())
	l.format.Store(&a.Format)
}

func parseDir(s string) sdp.Direction {
	for _, d := range []sdp.Direction{sdp.SendOnly, sdp.RecvOnly, sdp.Inactive} {
		if s == d.String() {
			return d
		}
	}
	return sdp.SendRecv
}
