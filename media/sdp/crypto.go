package sdp

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// Policy says whether RTP is protected by SDES (RFC 4568). WebRTC has keys of its own.
type Policy uint8

// The policies.
const (
	// Off offers plain RTP, and takes nothing else.
	Off Policy = iota
	// Optional offers RTP/AVP with keys for those who know what to do with them (RFC 8643), and takes either.
	Optional
	// Required offers RTP/SAVP, and takes nothing without keys.
	Required
)

// Crypto is one direction's suite and master key; the zero value is plain RTP. It is a secret: it prints as its suite.
type Crypto struct {
	Suite string // AEAD_AES_128_GCM, AES_CM_128_HMAC_SHA1_80 or AES_CM_128_HMAC_SHA1_32; empty: plain
	Key   [16]byte
	Salt  [14]byte // GCM has 12
}

// String hides the secret.
func (c Crypto) String() string { return c.Suite }

// GoString hides the secret.
func (c Crypto) GoString() string { return c.Suite }

// suite is a crypto suite that we do, and the length of its salt (RFC 4568, 6.2; RFC 7714, 14.2).
type suite struct {
	name string
	salt int
}

// suites are those that we do, best first.
func suites() []suite {
	return []suite{{"AEAD_AES_128_GCM", 12}, {"AES_CM_128_HMAC_SHA1_80", 14}, {"AES_CM_128_HMAC_SHA1_32", 14}}
}

func suiteOf(name string) (suite, bool) {
	for _, s := range suites() {
		if s.name == name {
			return s, true
		}
	}
	return suite{}, false
}

// master is our key for a suite: it follows from the secret, so that it stays for the session's life and is another one for each suite (RFC 4568, 6.1).
func (l *Local) master(s suite) Crypto {
	sum := hmac.New(sha256.New, l.Secret[:])
	sum.Write([]byte(s.name))
	bytes := sum.Sum(nil)
	c := Crypto{Suite: s.name, Key: [16]byte(bytes)}
	copy(c.Salt[:s.salt], bytes[16:])
	return c
}

// offered is a crypto attribute: a key under a tag.
type offered struct {
	tag int
	Crypto
}

// line is the attribute as SDP writes it.
func (o offered) line() string {
	s, _ := suiteOf(o.Suite)
	return fmt.Sprintf("a=crypto:%d %s inline:%s", o.tag, o.Suite, base64.StdEncoding.EncodeToString(append(o.Key[:], o.Salt[:s.salt]...)))
}

// cryptos are what we offer; the suite in use comes first.
func (l *Local) cryptos(used string) []offered {
	if l.WebRTC || l.SRTP == Off {
		return nil
	}
	var list []offered
	for i, s := range suites() {
		o := offered{i + 1, l.master(s)}
		if s.name == used {
			list = append([]offered{o}, list...)
		} else {
			list = append(list, o)
		}
	}
	return list
}

// protect sets an answer's keys for one of the offer, and returns what the answer has to say.
func (l *Local) protect(a *Agreement, theirs offered) []offered {
	s, ok := suiteOf(theirs.Suite)
	if !ok {
		return nil
	}
	a.SendKey, a.ReceiveKey = l.master(s), theirs.Crypto
	return []offered{{theirs.tag, a.SendKey}}
}

// cryptos are the keys of an m-line that we can use, in its order, and why others can't be used.
func (s *section) cryptos() (list []offered, failure error) {
	var failures []error
	for _, a := range s.attrs {
		if a.key != "crypto" {
			continue
		}
		o, err := parseCrypto(a.value)
		if err != nil {
			failures = append(failures, err)
			continue
		}
		list = append(list, o)
	}
	if len(failures) > 8 { // more would only fill the log
		failures = failures[:8]
	}
	return list, errors.Join(failures...)
}

// parseCrypto reads "tag suite inline:key||salt[|lifetime][|MKI:length] [session parameters]" (RFC 4568, 9.1). Errors never hold a key.
func parseCrypto(value string) (offered, error) {
	f := strings.Fields(value)
	if len(f) < 3 {
		return offered{}, errors.New("a=crypto has no tag, suite and key")
	}
	tag, err := strconv.ParseUint(f[0], 10, 31)
	if err != nil || len(f[0]) > 9 {
		return offered{}, fmt.Errorf("a=crypto has the tag %.12q, which is no number", f[0])
	}
	s, ok := suiteOf(f[1])
	if !ok {
		return offered{}, fmt.Errorf("crypto %d: the suite %.40q is unknown", tag, f[1])
	}
	c, err := parseKey(f[2], s)
	if err != nil {
		return offered{}, fmt.Errorf("crypto %d: %w", tag, err)
	}
	for _, p := range f[3:] {
		// What begins with "-" may be passed over (RFC 4568, 6.3.8); the size of a replay window is a hint (6.3.7).
		if strings.HasPrefix(p, "-") || strings.HasPrefix(p, "WSH=") {
			continue
		}
		return offered{}, fmt.Errorf("crypto %d: the session parameter %.40q isn't supported", tag, p)
	}
	return offered{int(tag), c}, nil
}

// parseKey reads key parameters: one key without MKI.
func parseKey(params string, s suite) (Crypto, error) {
	method, info, ok := strings.Cut(params, ":")
	switch {
	case !ok || !strings.EqualFold(method, "inline"):
		return Crypto{}, fmt.Errorf("the key method %.20q is unknown, only inline is", method)
	case strings.Contains(info, ";"):
		return Crypto{}, errors.New("several keys under one tag (MKI) aren't supported")
	}
	text, rest, limited := strings.Cut(info, "|")
	if limited {
		lifetime, _, more := strings.Cut(rest, "|")
		switch {
		case more, strings.Contains(lifetime, ":"):
			return Crypto{}, errors.New("a key with an MKI isn't supported")
		case !validLifetime(lifetime):
			return Crypto{}, fmt.Errorf("the key's lifetime %.20q is no number of packets to 2^48", lifetime)
		}
	}
	key, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(text, "="))
	if err != nil {
		return Crypto{}, errors.New("the key is no base64")
	}
	if len(key) != 16+s.salt {
		return Crypto{}, fmt.Errorf("key and salt have %d bytes, %s needs %d", len(key), s.name, 16+s.salt)
	}
	c := Crypto{Suite: s.name, Key: [16]byte(key)}
	copy(c.Salt[:s.salt], key[16:])
	return c, nil
}

// validLifetime says whether a lifetime can be read: a number, or a power of two (RFC 4568, 6.1). No call lives as long as those that peers name, which
// is at least 2^20 packets: 5.8 hours.
func validLifetime(s string) bool {
	digits, power := strings.CutPrefix(s, "2^")
	n, err := strconv.ParseUint(digits, 10, 64)
	switch {
	case err != nil || n == 0:
		return false
	case power:
		return n <= 48
	}
	return n <= 1<<48
}

// answerKeys chooses the keys of an answer: the first that we do (RFC 4568, 5.1.2). Plain RTP has none.
func (s *Session) answerKeys(m *section) (theirs offered, err error) {
	if s.local.WebRTC || s.local.SRTP == Off {
		return offered{}, nil
	}
	list, failure := m.cryptos()
	switch {
	case len(list) > 0:
		return list[0], nil
	case m.secure() && failure == nil:
		return offered{}, fmt.Errorf("%w: %s without a=crypto", ErrNotAcceptable, m.spelled)
	case m.secure():
		return offered{}, fmt.Errorf("%w: no key can be used: %w", ErrNotAcceptable, failure)
	case s.local.SRTP == Required && failure == nil:
		return offered{}, fmt.Errorf("%w: plain RTP (%s), but SRTP is required", ErrNotAcceptable, m.spelled)
	case s.local.SRTP == Required:
		return offered{}, fmt.Errorf("%w: SRTP is required, and no key can be used: %w", ErrNotAcceptable, failure)
	}
	return offered{}, nil
}

// acceptKeys reads the keys of an answer: one of the suites that we offered, under its tag (RFC 4568, 5.1.3).
func (s *Session) acceptKeys(m *section) (ours, theirs Crypto, err error) {
	if s.local.WebRTC || len(s.keys) == 0 {
		return Crypto{}, Crypto{}, nil
	}
	list, failure := m.cryptos()
	for _, their := range list {
		for _, our := range s.keys {
			if our.tag == their.tag && our.Suite == their.Suite {
				return our.Crypto, their.Crypto, nil
			}
		}
	}
	switch {
	case len(list) > 0:
		return Crypto{}, Crypto{}, fmt.Errorf("%w: the answer's a=crypto is none of our offer", ErrNotAcceptable)
	case failure != nil:
		return Crypto{}, Crypto{}, fmt.Errorf("%w: the answer's key can't be used: %w", ErrNotAcceptable, failure)
	case m.secure() || s.local.SRTP == Required:
		return Crypto{}, Crypto{}, fmt.Errorf("%w: the answer has no key, but SRTP was offered", ErrNotAcceptable)
	}
	return Crypto{}, Crypto{}, nil
}

// secure says whether an m-line's profile is one of SDES.
func (s *section) secure() bool { return s.proto == "RTP/SAVP" || s.proto == "RTP/SAVPF" }
