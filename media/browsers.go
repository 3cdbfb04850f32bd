package media

import (
	"errors"
	"fmt"
	"net/netip"

	"mediasrv/media/rtp"
	"mediasrv/media/webrtc"
)

// browsers is the worker's shared port for WebRTC; it is opened for the first browser. Any goroutine.
func (w *Worker) browsers(e *Engine) (*webrtc.Mux, error) {
	cert, err := e.certificate()
	if err != nil {
		return nil, err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.mux == nil {
		sock, err := e.listenShared()
		if err != nil {
			return nil, fmt.Errorf("media: port for browsers: %w", err)
		}
		w.mux, w.port = webrtc.NewMux(sock, cert, webrtc.Config{PublicAddress: e.cfg.PublicAddress}, w.log), sock
		if e.cfg.Listen == nil { // not in memory
			if err := w.mux.ListenTCP(); err != nil {
				w.log.Warn("media: browsers are reached by UDP only", "error", err)
			}
		}
		w.post(command{do: useMux, mux: w.mux, sock: sock})
	}
	return w.mux, nil
}

// listenShared opens a port for browsers: for IPv6 and IPv4 at once, unless the engine is bound to an address or the system has no IPv6.
func (e *Engine) listenShared() (rtp.Socket, error) {
	if e.cfg.Listen == nil && !e.cfg.Bind.IsValid() {
		if sock, err := e.listen(netip.IPv6Unspecified(), true); err == nil || errors.Is(err, ErrNoPort) {
			return sock, err
		}
	}
	return e.listen(netip.Addr{}, true)
}

// browserPort is the port of the shared socket. Any goroutine.
func (w *Worker) browserPort() uint16 {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.port == nil {
		return 0
	}
	return w.port.Local().Port()
}

// state follows a browser's transport, on the worker.
func (e *Endpoint) state(now int64) {
	switch e.secure.State() {
	case webrtc.New, webrtc.Connecting:
	case webrtc.Connected:
		e.connect(now)
	case webrtc.Lost:
		e.lose(now) // also if it was never there: ICE that doesn't work is a leg that is lost
	case webrtc.Failed:
		e.fail(e.secure.Err(), now)
	}
}
