package webrtc

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"time"

	"github.com/pion/dtls/v3"
	"github.com/pion/logging"
)

// handshakeTime is for DTLS, from the first valid check on.
const handshakeTime = 30 * time.Second

// run is the transport's goroutine: handshake, fingerprint, then DTLS's own records until the end.
func (t *Transport) run() {
	defer t.mux.handshakes.Done()
	conn, err := t.handshake()
	if err != nil {
		t.fail(err)
		return
	}
	defer conn.Close() //nolint:errcheck // close_notify for the peer, if it still listens
	if err := t.authorise(conn); err != nil {
		t.fail(err)
		return
	}
	t.fail(t.listen(conn))
}

// handshake makes the DTLS association (RFC 5764), always as its server.
func (t *Transport) handshake() (*dtls.Conn, error) {
	ctx, cancel := context.WithTimeout(t.ctx, handshakeTime)
	defer cancel()
	conn, err := dtls.ServerWithOptions(t.pipe, t.pipe.RemoteAddr(),
		dtls.WithCertificates(t.mux.cert.tls),
		dtls.WithSRTPProtectionProfiles(profiles()...),
		dtls.WithClientAuth(dtls.RequireAnyClientCert),
		dtls.WithInsecureSkipVerify(true), // certificates are self-signed; authorise compares the fingerprint
		dtls.WithExtendedMasterSecret(dtls.RequireExtendedMasterSecret),
		dtls.WithInsecureSkipVerifyHello(true), // the address is proven by ICE
		dtls.WithLoggerFactory(quiet{}),
	)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrHandshake, err)
	}
	if err := conn.HandshakeContext(ctx); err != nil {
		_ = conn.Close()
		return nil, fmt.Errorf("%w: %w", ErrHandshake, err)
	}
	return conn, nil
}

// authorise waits until the peer's description named its certificate's fingerprint, then lets media flow. The handshake may be done before the answer came.
func (t *Transport) authorise(conn *dtls.Conn) error {
	state, ok := conn.ConnectionState()
	if !ok || len(state.PeerCertificates) == 0 {
		return fmt.Errorf("%w: no certificate", ErrHandshake)
	}
	k, err := newKeys(conn)
	if err != nil {
		return err
	}
	der := state.PeerCertificates[0]
	t.certificate.Store(&der)
	for t.remote.Load() == nil {
		select {
		case <-t.told:
		case <-t.ctx.Done():
			return ErrClosed
		}
	}
	if err := t.remote.Load().verify(der); err != nil {
		return err
	}
	t.keys.Store(k)
	if err := t.remote.Load().verify(der); err != nil { // another description may have come in between
		return err
	}
	if t.ctx.Err() != nil { // Close came in between
		t.keys.Store(nil)
		return ErrClosed
	}
	t.move(keyed)
	return nil
}

// listen reads what DTLS has to say until it ends; it has no application data for us.
func (t *Transport) listen(conn *dtls.Conn) error {
	var buf [64]byte // on a stack that lives as long as the leg
	for {
		_, err := conn.Read(buf[:])
		if errors.Is(err, io.EOF) || errors.Is(err, net.ErrClosed) || t.ctx.Err() != nil {
			return ErrPeerClosed
		}
	}
}

// quiet is pion's logger, silenced: what matters comes back as an error.
type quiet struct{}

func (quiet) NewLogger(string) logging.LeveledLogger {
	return logging.NewDefaultLeveledLoggerForScope("", logging.LogLevelDisabled, io.Discard)
}
