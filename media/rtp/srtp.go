package rtp

import (
	"encoding/binary"
	"errors"
	"fmt"

	prtp "github.com/pion/rtp"
	"github.com/pion/srtp/v3"
)

// What can be wrong with a protected packet, or with the place for one.
var (
	// ErrForged means that a packet was not protected with the peer's key, was changed on its way, or came before (RFC 3711, 3.3).
	ErrForged = errors.New("rtp: packet isn't authentic")
	// ErrRoom means that there is no room for what protection adds.
	ErrRoom = errors.New("rtp: no room to protect a packet")
	// ErrSuite means that a key is for no crypto suite that is known.
	ErrSuite = errors.New("rtp: unknown crypto suite")
	// ErrExhausted means that a key has protected all packets that it may (RFC 3711, 9.2): new keys are needed.
	ErrExhausted = errors.New("rtp: the key is used up")
)

// MaxOverhead is the most that protection adds to a packet, in bytes: tag and index of SRTCP by GCM (RFC 7714, 9).
const MaxOverhead = 20

const (
	replayWindow = 64   // packets (RFC 3711, 3.3.2)
	maxStreams   = 1024 // SSRCs of one peer in the life of a key, so that it can't fill our memory
	minControl   = 8    // bytes of an RTCP header with its SSRC
)

// Protector protects and opens the packets of one peer, in place: the slices that come back share the packet's array. It belongs to one goroutine and
// allocates nothing for the peer's packets; a new SSRC and, with GCM, a forged packet do, so ask Latch about strangers first.
type Protector interface {
	// Protect encrypts and authenticates an RTP packet. room is how many bytes behind it in its array may be written: MaxOverhead is always enough.
	Protect(packet []byte, room int) ([]byte, error)
	// Unprotect checks and decrypts an RTP packet. Any error is a reason to drop and count the packet, whose bytes are lost then.
	// It is ErrMalformed or ErrForged.
	Unprotect(packet []byte) ([]byte, error)
	// ProtectRTCP is Protect for RTCP.
	ProtectRTCP(packet []byte, room int) ([]byte, error)
	// UnprotectRTCP is Unprotect for RTCP.
	UnprotectRTCP(packet []byte) ([]byte, error)
}

// Suite is a crypto suite of SDES. The zero value is none.
type Suite uint8

// The suites that are known (RFC 4568, 6.2; RFC 7714, 14.2).
const (
	NoSuite Suite = iota
	AES80         // AES_CM_128_HMAC_SHA1_80
	AES32         // AES_CM_128_HMAC_SHA1_32
	GCM           // AEAD_AES_128_GCM
)

// String is the suite's name in SDP; empty for NoSuite.
func (s Suite) String() string {
	switch s {
	case AES80:
		return "AES_CM_128_HMAC_SHA1_80"
	case AES32:
		return "AES_CM_128_HMAC_SHA1_32"
	case GCM:
		return "AEAD_AES_128_GCM"
	case NoSuite:
	}
	return ""
}

// ParseSuite finds a suite by its name in SDP; NoSuite if it is unknown.
func ParseSuite(name string) Suite {
	for _, s := range [...]Suite{AES80, AES32, GCM} {
		if name == s.String() {
			return s
		}
	}
	return NoSuite
}

func (s Suite) profile() srtp.ProtectionProfile {
	switch s {
	case AES80:
		return srtp.ProtectionProfileAes128CmHmacSha1_80
	case AES32:
		return srtp.ProtectionProfileAes128CmHmacSha1_32
	case GCM:
		return srtp.ProtectionProfileAeadAes128Gcm
	case NoSuite:
	}
	return 0
}

// salt is how many bytes of Key.Salt the suite uses.
func (s Suite) salt() int {
	if s == GCM {
		return 12
	}
	return 14
}

// tag is what a suite adds to an RTP packet, and to an RTCP packet (RFC 3711, 5.2; RFC 4568, 6.2.2: RTCP has the long tag always).
func (s Suite) tag(control bool) int {
	switch {
	case s == GCM && control:
		return 16 + 4
	case s == GCM:
		return 16
	case control:
		return 10 + 4
	case s == AES32:
		return 4
	}
	return 10
}

// MasterKey is the master key of one direction. It is a secret: it prints as its suite.
type MasterKey struct {
	Suite Suite
	Key   [16]byte
	Salt  [14]byte // GCM uses the first 12
}

// String hides the secret.
func (k MasterKey) String() string { return k.Suite.String() + " key" }

// GoString hides the secret.
func (k MasterKey) GoString() string { return k.String() }

// sdes is the Protector of keys that signalling exchanged.
type sdes struct {
	out *sealer
	in  *opener
}

// NewSDES makes the Protector for a key of ours and one of the peer's (RFC 4568). Rollover counters start at zero with it, so a key that was in use
// before has to go on by Rekey.
func NewSDES(send, receive MasterKey) (Protector, error) { return Rekey(nil, send, receive) }

// Rekey makes the Protector that follows before. A key that stays goes on where it was, with its rollover counter (RFC 4568, 7.1.4): to start it anew would
// protect two packets alike. If both stay, it returns before. Only one of the two may be used from then on; before may be in use while Rekey runs.
func Rekey(before Protector, send, receive MasterKey) (Protector, error) {
	p := &sdes{}
	if b, ok := before.(*sdes); ok && b != nil {
		if b.out.key == send && b.in.key == receive {
			return before, nil
		}
		*p = *b
	}
	if p.out == nil || p.out.key != send {
		ctx, err := context(send)
		if err != nil {
			return nil, fmt.Errorf("rtp: key to send: %w", err)
		}
		p.out = &sealer{key: send, ctx: ctx}
	}
	if p.in == nil || p.in.key != receive {
		ctx, err := context(receive, srtp.SRTPReplayProtection(replayWindow), srtp.SRTCPReplayProtection(replayWindow))
		if err != nil {
			return nil, fmt.Errorf("rtp: key to receive: %w", err)
		}
		p.in = &opener{key: receive, ctx: ctx}
	}
	return p, nil
}

func context(k MasterKey, options ...srtp.ContextOption) (*srtp.Context, error) {
	if k.Suite.String() == "" {
		return nil, ErrSuite
	}
	return srtp.CreateContext(k.Key[:], k.Salt[:k.Suite.salt()], k.Suite.profile(), options...)
}

// sealer is our key.
type sealer struct {
	key    MasterKey // never changed
	ctx    *srtp.Context
	header prtp.Header
}

// fits says whether a packet has room for what protection adds.
func (s *sealer) fits(packet []byte, room int, control bool) bool {
	tag := s.key.Suite.tag(control)
	return room >= tag && cap(packet)-len(packet) >= tag
}

// Protect implements Protector.
func (p *sdes) Protect(packet []byte, room int) ([]byte, error) {
	switch {
	case len(packet) < HeaderSize:
		return nil, ErrMalformed
	case !p.out.fits(packet, room, false):
		return nil, ErrRoom
	}
	sealed, err := p.out.ctx.EncryptRTP(packet, packet, &p.out.header)
	if err != nil {
		return nil, ErrExhausted
	}
	return sealed, nil
}

// ProtectRTCP implements Protector.
func (p *sdes) ProtectRTCP(packet []byte, room int) ([]byte, error) {
	switch {
	case len(packet) < minControl:
		return nil, ErrMalformed
	case !p.out.fits(packet, room, true):
		return nil, ErrRoom
	}
	sealed, err := p.out.ctx.EncryptRTCP(packet, packet, nil)
	if err != nil {
		return nil, ErrExhausted
	}
	return sealed, nil
}

// opener is the peer's key.
type opener struct {
	key      MasterKey // never changed
	ctx      *srtp.Context
	header   prtp.Header
	streams  roster
	controls roster
}

// roster counts the SSRCs that a context knows.
type roster struct {
	n    int
	last uint32 // the latest one that was authentic
}

// fresh says whether an SSRC isn't known yet; ok is false if no more may be.
func (r *roster) fresh(ssrc uint32, known func(uint32) (uint32, bool)) (fresh, ok bool) {
	if r.n > 0 && ssrc == r.last {
		return false, true
	}
	_, is := known(ssrc)
	return !is, is || r.n < maxStreams
}

// add notes an authentic packet.
func (r *roster) add(ssrc uint32, fresh bool) {
	r.last = ssrc
	if fresh {
		r.n++
	}
}

// Unprotect implements Protector.
func (p *sdes) Unprotect(packet []byte) ([]byte, error) {
	o := p.in
	if len(packet) < HeaderSize+o.key.Suite.tag(false) || packet[0]>>6 != 2 {
		return nil, ErrMalformed
	}
	ssrc := binary.BigEndian.Uint32(packet[8:])
	fresh, ok := o.streams.fresh(ssrc, o.ctx.ROC)
	if !ok {
		return nil, ErrForged
	}
	plain, err := o.ctx.DecryptRTP(packet, packet, &o.header)
	if err != nil {
		return nil, ErrForged
	}
	o.streams.add(ssrc, fresh)
	return plain, nil
}

// UnprotectRTCP implements Protector.
func (p *sdes) UnprotectRTCP(packet []byte) ([]byte, error) {
	o := p.in
	if len(packet) < minControl+o.key.Suite.tag(true) || packet[0]>>6 != 2 {
		return nil, ErrMalformed
	}
	ssrc := binary.BigEndian.Uint32(packet[4:])
	fresh, ok := o.controls.fresh(ssrc, o.ctx.Index)
	if !ok {
		return nil, ErrForged
	}
	plain, err := o.ctx.DecryptRTCP(packet, packet, nil)
	if err != nil {
		return nil, ErrForged
	}
	o.controls.add(ssrc, fresh)
	return plain, nil
}
