package sdp

import (
	"encoding/base64"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"mediasrv/media/codec"
)

// The keys of RFC 4568, 9.2's kind: 30 bytes for AES-CM, 28 for GCM.
var (
	key30 = base64.StdEncoding.EncodeToString([]byte("0123456789abcdefSALTSALTSALTSA"))
	key28 = base64.StdEncoding.EncodeToString([]byte("0123456789abcdefSALTSALTSALT"))
)

func their(name string) Crypto {
	s, _ := suiteOf(name)
	c := Crypto{Suite: name, Key: [16]byte([]byte("0123456789abcdef"))}
	copy(c.Salt[:s.salt], "SALTSALTSALTSA")
	return c
}

const (
	gcm   = "AEAD_AES_128_GCM"
	aes80 = "AES_CM_128_HMAC_SHA1_80"
	aes32 = "AES_CM_128_HMAC_SHA1_32"
)

func srtpTrunk(p Policy) Local {
	l := trunk()
	l.SRTP, l.Secret = p, [32]byte{1, 2, 3}
	return l
}

// with is sippOffer with another profile and crypto lines.
func with(proto string, cryptos ...string) []byte {
	more := ""
	for _, c := range cryptos {
		more += "\na=crypto:" + c
	}
	return edit(sippOffer, "RTP/AVP 0", proto+" 0"+more)
}

func TestAnswerSRTP(t *testing.T) {
	line80, lineGCM := "1 "+aes80+" inline:"+key30, "7 "+gcm+" inline:"+key28
	for name, c := range map[string]struct {
		policy Policy
		offer  []byte
		suite  string // agreed; empty: plain
		lines  []string
		err    string // in the refusal; empty: accepted
	}{
		"off: SAVP":                     {Off, with("RTP/SAVP", line80), "", nil, "RTP/SAVP"},
		"off: AVP with a key":           {Off, with("RTP/AVP", line80), "", []string{"m=audio 40000 RTP/AVP 0\r\n", "!a=crypto"}, ""},
		"optional: plain":               {Optional, with("RTP/AVP"), "", []string{"m=audio 40000 RTP/AVP 0\r\n", "!a=crypto"}, ""},
		"optional: SAVP":                {Optional, with("RTP/SAVP", line80), aes80, []string{"m=audio 40000 RTP/SAVP 0\r\n", "a=crypto:1 " + aes80 + " inline:"}, ""},
		"optional: SAVPF":               {Optional, with("RTP/SAVPF", line80), aes80, []string{"m=audio 40000 RTP/SAVPF 0\r\n"}, ""},
		"optional: best effort":         {Optional, with("RTP/AVP", line80), aes80, []string{"m=audio 40000 RTP/AVP 0\r\n", "a=crypto:1 " + aes80 + " inline:"}, ""},
		"optional: bad key in AVP":      {Optional, with("RTP/AVP", "1 "+aes80+" inline:x"), "", []string{"m=audio 40000 RTP/AVP 0\r\n", "!a=crypto"}, ""},
		"required: SAVP":                {Required, with("RTP/SAVP", line80), aes80, nil, ""},
		"required: plain":               {Required, with("RTP/AVP"), "", nil, "SRTP is required"},
		"required: best effort":         {Required, with("RTP/AVP", lineGCM), gcm, nil, ""},
		"required: bad key in AVP":      {Required, with("RTP/AVP", "1 F8_128_HMAC_SHA1_80 inline:"+key30), "", nil, "F8_128_HMAC_SHA1_80"},
		"the first that we do":          {Required, with("RTP/SAVP", "1 AES_256_CM_HMAC_SHA1_80 inline:"+key30, "2 "+aes32+" inline:"+key30, lineGCM), aes32, []string{"a=crypto:2 " + aes32, "!a=crypto:7"}, ""},
		"GCM first":                     {Required, with("RTP/SAVP", lineGCM, line80), gcm, []string{"a=crypto:7 " + gcm}, ""},
		"no key in SAVP":                {Optional, with("RTP/SAVP"), "", nil, "without a=crypto"},
		"lifetime":                      {Required, with("RTP/SAVP", line80+"|2^20"), aes80, nil, ""},
		"lifetime in decimal":           {Required, with("RTP/SAVP", line80+"|1048576"), aes80, nil, ""},
		"lifetime over 2^48":            {Required, with("RTP/SAVP", line80+"|2^49"), "", nil, "lifetime"},
		"lifetime zero":                 {Required, with("RTP/SAVP", line80+"|0"), "", nil, "lifetime"},
		"lifetime of letters":           {Required, with("RTP/SAVP", line80+"|long"), "", nil, "lifetime"},
		"MKI":                           {Required, with("RTP/SAVP", line80+"|2^20|1:4"), "", nil, "MKI"},
		"MKI without a lifetime":        {Required, with("RTP/SAVP", line80+"|1:4"), "", nil, "MKI"},
		"two keys":                      {Required, with("RTP/SAVP", line80+";inline:"+key30), "", nil, "MKI"},
		"MKI, and one without":          {Required, with("RTP/SAVP", line80+"|2^20|1:4", "2 "+aes80+" inline:"+key30), aes80, []string{"a=crypto:2 "}, ""},
		"session parameter":             {Required, with("RTP/SAVP", line80+" UNENCRYPTED_SRTP"), "", nil, "UNENCRYPTED_SRTP"},
		"KDR":                           {Required, with("RTP/SAVP", line80+" KDR=1"), "", nil, "KDR=1"},
		"a parameter to pass over":      {Required, with("RTP/SAVP", line80+" -X=1 WSH=128"), aes80, nil, ""},
		"no padding":                    {Required, with("RTP/SAVP", "7 "+gcm+" inline:"+strings.TrimRight(key28, "=")), gcm, nil, ""},
		"a key too long":                {Required, with("RTP/SAVP", "7 "+gcm+" inline:"+key30), "", nil, "30 bytes"},
		"a key too short":               {Required, with("RTP/SAVP", "1 "+aes80+" inline:"+key28), "", nil, "28 bytes"},
		"no base64":                     {Required, with("RTP/SAVP", "1 "+aes80+" inline:%%%"), "", nil, "base64"},
		"another method":                {Required, with("RTP/SAVP", "1 "+aes80+" uri:http://x"), "", nil, "inline"},
		"no tag":                        {Required, with("RTP/SAVP", "x "+aes80+" inline:"+key30), "", nil, "tag"},
		"a tag too long":                {Required, with("RTP/SAVP", "1234567890 "+aes80+" inline:"+key30), "", nil, "tag"},
		"nothing":                       {Required, with("RTP/SAVP", "1"), "", nil, "no tag, suite and key"},
		"SAVP behind AVP is taken":      {Optional, edit(sippOffer, "m=audio", "m=audio 5000 RTP/AVP 0\nm=audio", "6000 RTP/AVP 0", "6000 RTP/SAVP 0\na=crypto:"+line80), aes80, []string{"m=audio 0 RTP/AVP 0\r\na=inactive\r\nm=audio 40000 RTP/SAVP 0"}, ""},
		"AVP behind a SAVP too strange": {Optional, edit(sippOffer, "m=audio", "m=audio 5000 RTP/SAVP 0\na=crypto:1 X inline:x\nm=audio"), "", []string{"m=audio 0 RTP/SAVP 0", "m=audio 40000 RTP/AVP 0"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			s := NewSession(srtpTrunk(c.policy))
			answer, a, err := s.Answer(c.offer, SendRecv)
			if c.err != "" {
				if !errors.Is(err, ErrNotAcceptable) || !strings.Contains(err.Error(), c.err) || strings.Contains(err.Error(), key30) {
					t.Fatal(err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			must(t, answer, c.lines...)
			want := Crypto{}
			if c.suite != "" {
				want = their(c.suite)
			}
			if a.ReceiveKey != want || a.SendKey.Suite != c.suite {
				t.Fatalf("%#v %x", a, a.ReceiveKey.Salt)
			}
			if c.suite == "" {
				return
			}
			d, err := parse(answer)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range d.media {
				if list, err := m.cryptos(); m.port != 0 && (err != nil || len(list) != 1 || list[0].Crypto != a.SendKey) {
					t.Fatalf("the answer's key isn't the one that we send with: %v\n%s", err, answer)
				}
			}
		})
	}
}

func TestOfferSRTP(t *testing.T) {
	must(t, NewSession(srtpTrunk(Off)).Offer(SendRecv), "m=audio 40000 RTP/AVP 0", "!a=crypto")
	must(t, NewSession(srtpTrunk(Optional)).Offer(SendRecv), "m=audio 40000 RTP/AVP 0", "a=crypto:1 "+gcm, "a=crypto:2 "+aes80, "a=crypto:3 "+aes32)
	must(t, NewSession(srtpTrunk(Required)).Offer(SendRecv), "m=audio 40000 RTP/SAVP 0", "a=crypto:1 "+gcm, "a=crypto:2 "+aes80, "a=crypto:3 "+aes32)
	browser := agent()
	browser.SRTP = Required
	must(t, NewSession(browser).Offer(SendRecv), "m=audio 40002 UDP/TLS/RTP/SAVPF", "!a=crypto")
	keys := map[[16]byte]bool{}
	for _, o := range new(srtpTrunk(Required)).cryptos("") {
		keys[o.Key] = true
	}
	other := srtpTrunk(Required)
	other.Secret[31] = 9
	for _, o := range other.cryptos("") {
		keys[o.Key] = true
	}
	if len(keys) != 6 {
		t.Errorf("%d different keys of 6", len(keys))
	}
}

func TestAcceptSRTP(t *testing.T) {
	answer := func(proto string, cryptos ...string) []byte { return with(proto, cryptos...) }
	for name, c := range map[string]struct {
		policy Policy
		answer []byte
		suite  string
		err    string
	}{
		"optional, plain":            {Optional, answer("RTP/AVP"), "", ""},
		"optional, with a key":       {Optional, answer("RTP/AVP", "2 "+aes80+" inline:"+key30), aes80, ""},
		"optional, as SAVP":          {Optional, answer("RTP/SAVP", "1 "+gcm+" inline:"+key28), gcm, ""},
		"optional, another's tag":    {Optional, answer("RTP/AVP", "1 "+aes80+" inline:"+key30), "", "none of our offer"},
		"optional, unreadable":       {Optional, answer("RTP/AVP", "1 "+gcm+" inline:!"), "", "base64"},
		"required":                   {Required, answer("RTP/SAVP", "3 "+aes32+" inline:"+key30), aes32, ""},
		"required, no key":           {Required, answer("RTP/SAVP"), "", "no key"},
		"required, plain":            {Required, answer("RTP/AVP"), "", "no key"},
		"required, key in plain":     {Required, answer("RTP/AVP", "3 "+aes32+" inline:"+key30), aes32, ""},
		"off, as SAVP":               {Off, answer("RTP/SAVP", "1 "+aes80+" inline:"+key30), "", "RTP/SAVP"},
		"off, with a key":            {Off, answer("RTP/AVP", "1 "+aes80+" inline:"+key30), "", ""},
		"several keys: the first":    {Required, answer("RTP/SAVP", "3 "+aes32+" inline:"+key30, "1 "+gcm+" inline:"+key28), aes32, ""},
		"a tag that wasn't ours too": {Required, answer("RTP/SAVP", "9 "+aes32+" inline:"+key30, "1 "+gcm+" inline:"+key28), gcm, ""},
	} {
		t.Run(name, func(t *testing.T) {
			s := NewSession(srtpTrunk(c.policy))
			offer := s.Offer(SendRecv)
			a, err := s.Accept(c.answer)
			if c.err != "" {
				if !errors.Is(err, ErrNotAcceptable) || !strings.Contains(err.Error(), c.err) {
					t.Fatal(err)
				}
				return
			}
			if err != nil || a.SendKey.Suite != c.suite || a.ReceiveKey.Suite != c.suite {
				t.Fatalf("%v %+v", err, a)
			}
			if c.suite == "" {
				return
			}
			d, _ := parse(offer)
			list, _ := d.media[0].cryptos()
			for _, o := range list {
				if o.Suite == c.suite && o.Crypto != a.SendKey {
					t.Error("not the key of the offer")
				}
			}
		})
	}
}

// A re-INVITE with a new key changes what we receive with, and nothing else; one with the same key nothing at all.
func TestRekey(t *testing.T) {
	s := NewSession(srtpTrunk(Required))
	first, a, err := s.Answer(with("RTP/SAVP", "1 "+gcm+" inline:"+key28), SendRecv)
	if err != nil {
		t.Fatal(err)
	}
	again := strings.Replace(string(with("RTP/SAVP", "1 "+gcm+" inline:"+key28)), "2353687637", "2353687638", 1)
	same, b, err := s.Answer([]byte(again), SendRecv)
	if err != nil || a != b || string(first) != string(same) {
		t.Fatalf("%v\n%s\n%s", err, first, same)
	}
	fresh := base64.StdEncoding.EncodeToString([]byte("0123456789abcdEFSALTSALTSALT"))
	again = strings.NewReplacer("2353687637", "2353687639", key28, fresh).Replace(string(with("RTP/SAVP", "1 "+gcm+" inline:"+key28)))
	_, c, err := s.Answer([]byte(again), SendRecv)
	if err != nil || c.SendKey != a.SendKey || c.ReceiveKey == a.ReceiveKey || c.ReceiveKey.Key != [16]byte([]byte("0123456789abcdEF")) {
		t.Fatalf("%v %+v", err, c)
	}
	// Our own re-INVITE keeps the profile and puts the suite in use first.
	offer := s.Offer(SendOnly)
	must(t, offer, "m=audio 40000 RTP/SAVP 0")
	again = strings.NewReplacer("2353687637", "2353687640").Replace(string(with("RTP/SAVP", "5 "+aes32+" inline:"+key30)))
	if _, _, err = s.Answer([]byte(again), SendRecv); err != nil {
		t.Fatal(err)
	}
	if offer := lines(s.Offer(SendRecv), "a=crypto"); !strings.HasPrefix(offer, "a=crypto:3 "+aes32) {
		t.Error(offer)
	}
	// A re-INVITE that would take the protection away is refused, and the session stays.
	plain := strings.NewReplacer("2353687637", "2353687641").Replace(string(with("RTP/AVP")))
	if _, _, err := s.Answer([]byte(plain), SendRecv); !errors.Is(err, ErrNotAcceptable) {
		t.Error(err)
	}
	must(t, s.Offer(SendRecv), "m=audio 40000 RTP/SAVP 0", "a=crypto:3 "+aes32)
}

func TestCryptoDoesNotPrint(t *testing.T) {
	c := their(aes80)
	for _, verb := range []string{"%v", "%+v", "%#v"} {
		for _, v := range []any{c, &c, Agreement{SendKey: c}, offered{1, c}} {
			if got := fmt.Sprintf(verb, v); strings.Contains(got, "0123456789abcdef") || strings.Contains(got, "30 31") || strings.Contains(got, "48 49") || strings.Contains(got, "0x30") {
				t.Errorf("%s: %s", verb, got)
			}
		}
	}
}

// Two of us with any policies agree on the same keys, crosswise, or on none, or say why not.
func TestWeProtectOurselves(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for range 3000 {
		la, lb := anyLocal(r, false), anyLocal(r, false)
		lb.Codecs = append(lb.Codecs, la.Codecs[0])
		la.SRTP, lb.SRTP = Policy(r.IntN(3)), Policy(r.IntN(3))
		for i := range la.Secret {
			la.Secret[i], lb.Secret[i] = byte(r.Uint32()), byte(r.Uint32())
		}
		a, b := NewSession(la), NewSession(lb)
		possible := la.SRTP != Required && lb.SRTP != Required || la.SRTP != Off && lb.SRTP != Off
		for round := range 4 {
			from, to := a, b
			if round%2 == 1 {
				from, to = b, a
			}
			offer := from.Offer(Direction(r.IntN(4)))
			answer, y, err := to.Answer(offer, SendRecv)
			if !possible {
				if !errors.Is(err, ErrNotAcceptable) {
					t.Fatalf("%v %v: %v\n%s", la.SRTP, lb.SRTP, err, offer)
				}
				break
			}
			if err != nil {
				t.Fatalf("%v %v: %v\n%s", la.SRTP, lb.SRTP, err, offer)
			}
			x, err := from.Accept(answer)
			if err != nil || x.SendKey != y.ReceiveKey || x.ReceiveKey != y.SendKey || !mirrored(x.Format, y.Format) {
				t.Fatalf("%v\n%+v\n%+v\n%s\n%s", err, x, y, offer, answer)
			}
			if both := la.SRTP != Off && lb.SRTP != Off; both != (x.SendKey.Suite == gcm) || x.SendKey == x.ReceiveKey && both {
				t.Fatalf("%v %v: %v", la.SRTP, lb.SRTP, x.SendKey)
			}
		}
	}
}

func TestControlAddress(t *testing.T) {
	for name, c := range map[string]struct {
		offer []byte
		rtcp  string
		mux   bool
	}{
		"the port behind":     {crlf(sippOffer), "192.0.2.10:6001", false},
		"said":                {edit(sippOffer, "AVP 0", "AVP 0\na=rtcp:7777"), "192.0.2.10:7777", false},
		"said with address":   {edit(sippOffer, "AVP 0", "AVP 0\na=rtcp:7777 IN IP4 192.0.2.99"), "192.0.2.99:7777", false},
		"said badly":          {edit(sippOffer, "AVP 0", "AVP 0\na=rtcp:x"), "192.0.2.10:6001", false},
		"said with zero":      {edit(sippOffer, "AVP 0", "AVP 0\na=rtcp:0"), "192.0.2.10:6001", false},
		"muxed":               {edit(sippOffer, "AVP 0", "AVP 0\na=rtcp-mux\na=rtcp:7777"), "192.0.2.10:6000", true},
		"held":                {edit(sippOffer, "c=IN IP4 192.0.2.10", "c=IN IP4 0.0.0.0"), "invalid AddrPort", false},
		"the last port there": {edit(sippOffer, "6000", "65535"), "invalid AddrPort", false},
	} {
		s := NewSession(trunk())
		answer, a, err := s.Answer(c.offer, SendRecv)
		if err != nil || a.RTCP.String() != c.rtcp || a.Mux != c.mux || strings.Contains(string(answer), "a=rtcp-mux") != c.mux {
			t.Errorf("%s: %v %v %v\n%s", name, err, a.RTCP, a.Mux, answer)
		}
	}
}

func TestAlso(t *testing.T) {
	s := NewSession(trunk(codec.PCMU, codec.G722, codec.PCMA, codec.Opus))
	s.Offer(SendRecv)
	a, err := s.Accept(edit(sippOffer, "AVP 0", "AVP 8 13 18 107 0 9\na=rtpmap:107 opus/48000/2"))
	want := [3]codec.Further{{Codec: codec.Opus, RecvPT: 111}, {Codec: codec.PCMU}, {Codec: codec.G722, RecvPT: 9}}
	if err != nil || a.Format.Codec != codec.PCMA || a.Format.Also != want || a.Format.Noise != 0 {
		t.Errorf("%v %+v", err, a.Format)
	}
}

func TestEventRates(t *testing.T) {
	for _, c := range []struct {
		codecs []codec.Type
		want   string
	}{
		{[]codec.Type{codec.PCMU}, "a=rtpmap:101 telephone-event/8000"},
		{[]codec.Type{codec.G722}, "a=rtpmap:101 telephone-event/8000"},
		{[]codec.Type{codec.Opus}, "a=rtpmap:110 telephone-event/48000 | a=rtpmap:101 telephone-event/8000"},
	} {
		offer := NewSession(trunk(c.codecs...)).Offer(SendRecv)
		got := []string{}
		for line := range strings.SplitSeq(lines(offer, "a=rtpmap"), " | ") {
			if strings.Contains(line, "telephone-event") {
				got = append(got, line)
			}
		}
		if strings.Join(got, " | ") != c.want {
			t.Errorf("%v: %v", c.codecs, got)
		}
	}
}

func FuzzCrypto(f *testing.F) {
	f.Add("1 " + aes80 + " inline:" + key30 + "|2^20 WSH=64")
	f.Add("1 " + gcm + " inline:" + key28 + "|1:4")
	f.Fuzz(func(t *testing.T, value string) {
		o, err := parseCrypto(value)
		if err != nil {
			return
		}
		again, err := parseCrypto(strings.TrimPrefix(o.line(), "a=crypto:"))
		if err != nil || again != o {
			t.Fatalf("%q: %v", o.line(), err)
		}
	})
}
