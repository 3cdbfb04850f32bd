package webrtc

import (
	"encoding/binary"
	"fmt"

	"mediasrv/media/rtp"

	"github.com/pion/dtls/v3"
	"github.com/pion/srtp/v3"
)

const (
	maxDatagram = 2048 // bytes; what is longer is no media of ours
	maxPacket   = 1400 // bytes of an RTP packet that we send
	maxSources  = 64   // SSRCs of one peer, so that it can't fill our memory with their states
	replayRange = 64   // packets (RFC 3711, 3.3.2)
)

// profiles are what we take, best first (RFC 5764, RFC 7714). pion/dtls lets the server's order decide.
func profiles() []dtls.SRTPProtectionProfile {
	return []dtls.SRTPProtectionProfile{dtls.SRTP_AEAD_AES_128_GCM, dtls.SRTP_AES128_CM_HMAC_SHA1_80}
}

// keys are one DTLS association's SRTP contexts. Made by the handshake, then used by the worker only.
type keys struct {
	in, out *srtp.Context
	sources int    // SSRCs that in knows
	last    uint32 // the newest of them
}

func newKeys(conn *dtls.Conn) (*keys, error) {
	state, ok := conn.ConnectionState()
	if !ok {
		return nil, fmt.Errorf("%w: no connection state", ErrHandshake)
	}
	profile, ok := conn.SelectedSRTPProtectionProfile()
	if !ok {
		return nil, fmt.Errorf("%w: the peer takes none of our SRTP profiles", ErrHandshake)
	}
	cfg := srtp.Config{Profile: srtp.ProtectionProfile(profile)}
	if err := cfg.ExtractSessionKeysFromDTLS(&state, false); err != nil {
		return nil, fmt.Errorf("%w: export keys: %w", ErrHandshake, err)
	}
	k := cfg.Keys
	in, err := srtp.CreateContext(k.RemoteMasterKey, k.RemoteMasterSalt, cfg.Profile,
		srtp.SRTPReplayProtection(replayRange), srtp.SRTCPReplayProtection(replayRange))
	if err != nil {
		return nil, fmt.Errorf("%w: inbound keys: %w", ErrHandshake, err)
	}
	out, err := srtp.CreateContext(k.LocalMasterKey, k.LocalMasterSalt, cfg.Profile)
	if err != nil {
		return nil, fmt.Errorf("%w: outbound keys: %w", ErrHandshake, err)
	}
	return &keys{in: in, out: out}, nil
}

// open decrypts an RTP packet in place; false if it is not the peer's, a replay, or broken.
func (k *keys) open(m *Mux, b []byte) ([]byte, bool) {
	if len(b) < 12 {
		return nil, false
	}
	ssrc := binary.BigEndian.Uint32(b[8:])
	fresh := false
	if ssrc != k.last || k.sources == 0 {
		_, known := k.in.ROC(ssrc)
		fresh = !known
		if fresh && k.sources == maxSources {
			return nil, false
		}
	}
	plain, err := k.in.DecryptRTP(b[:0], b, &m.header)
	if err != nil {
		return nil, false
	}
	k.last = ssrc
	if fresh {
		k.sources++
	}
	return plain, true
}

// openControl decrypts an RTCP packet in place; false as for open.
func (k *keys) openControl(m *Mux, b []byte) ([]byte, bool) {
	if len(b) < 8 {
		return nil, false
	}
	_, known := k.in.Index(binary.BigEndian.Uint32(b[4:]))
	if !known && k.sources == maxSources {
		return nil, false
	}
	plain, err := k.in.DecryptRTCP(b[:0], b, &m.control)
	if err != nil {
		return nil, false
	}
	if !known {
		k.sources++
	}
	return plain, true
}

// seal encrypts an RTP packet into the worker's buffer, which is free again at the next call.
func (k *keys) seal(m *Mux, packet []byte) ([]byte, error) {
	if len(packet) < 12 || len(packet) > maxPacket {
		return nil, ErrPacket
	}
	sealed, err := k.out.EncryptRTP(m.sealed[:0], packet, &m.header)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrPacket, err)
	}
	return sealed, nil
}

// sealControl is seal for RTCP.
func (k *keys) sealControl(m *Mux, packet []byte) ([]byte, error) {
	if len(packet) < 8 || len(packet) > maxPacket || !rtp.IsRTCP(packet) {
		return nil, ErrPacket
	}
	sealed, err := k.out.EncryptRTCP(m.sealed[:0], packet, &m.control)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrPacket, err)
	}
	return sealed, nil
}
