package sdp

import (
	"bytes"
	"errors"
	"fmt"
	"net/netip"
	"regexp"
	"strings"
	"testing"

	"mediasrv/media/codec"
)

func trunk(codecs ...codec.Type) Local {
	if len(codecs) == 0 {
		codecs = []codec.Type{codec.PCMU, codec.PCMA}
	}
	return Local{ID: 7, Addr: netip.MustParseAddrPort("203.0.113.1:40000"), Codecs: codecs, Events: true, SSRC: 5, CNAME: "c"}
}

func agent() Local {
	return Local{
		ID: 9, Codecs: []codec.Type{codec.Opus, codec.PCMU}, Events: true, WebRTC: true, SSRC: 0xfffffffe, CNAME: "c",
		Ufrag: "uuuu", Pwd: "pppppppppppppppppppppp", Fingerprint: "sha-256 AB:CD", Candidates: []string{"candidate:1 1 udp 2130706431 203.0.113.1 40002 typ host"},
	}
}

func edit(s string, pairs ...string) []byte {
	for i := 0; i < len(pairs); i += 2 {
		if !strings.Contains(s, pairs[i]) {
			panic("nothing to edit: " + pairs[i])
		}
	}
	return crlf(strings.NewReplacer(pairs...).Replace(s))
}

func version(b []byte) string { return strings.Fields(string(b))[3] }

func lines(b []byte, prefix string) string {
	var list []string
	for line := range strings.SplitSeq(string(b), "\r\n") {
		if strings.HasPrefix(line, prefix) {
			list = append(list, line)
		}
	}
	return strings.Join(list, " | ")
}

// must fails the test for an answer that misses a line, or has one that it must not.
func must(t *testing.T, b []byte, want ...string) {
	t.Helper()
	for _, line := range want {
		no := strings.HasPrefix(line, "!")
		line = strings.TrimPrefix(line, "!")
		if strings.Contains(string(b), "\r\n"+line) == no {
			t.Errorf("%q (wanted: %v) in\n%s", line, !no, b)
		}
	}
}

func TestAnswer(t *testing.T) {
	type format = codec.Format
	for name, c := range map[string]struct {
		local  Local
		offer  []byte
		want   Direction
		format format
		remote string
		dir    Direction
		lines  []string
	}{
		"sipp": {
			trunk(), crlf(sippOffer), SendRecv,
			format{Codec: codec.PCMU, Ptime: 20},
			"192.0.2.10:6000", SendRecv,
			[]string{"m=audio 40000 RTP/AVP 0\r\n", "a=rtpmap:0 PCMU/8000", "a=sendrecv", "c=IN IP4 203.0.113.1", "!a=fmtp", "!a=ssrc", "!a=ice"},
		},
		"asterisk: our preference": {
			trunk(), crlf(asteriskOffer), SendRecv,
			format{Codec: codec.PCMU, EventSend: 101, EventRecv: 101, EventRate: 8000, Ptime: 20},
			"198.51.100.7:15042", SendRecv,
			[]string{"m=audio 40000 RTP/AVP 0 101\r\n", "a=rtpmap:101 telephone-event/8000", "a=fmtp:101 0-16", "a=ptime:20"},
		},
		"baresip: video refused": {
			trunk(), crlf(baresipOffer), SendRecv,
			format{Codec: codec.PCMU, EventSend: 97, EventRecv: 97, EventRate: 8000, Ptime: 20},
			"192.0.2.20:10000", SendRecv,
			[]string{"m=audio 40000 RTP/AVP 0 97\r\n", "m=video 0 RTP/AVP 99\r\n"},
		},
		"baresip: remapped Opus": {
			trunk(codec.Opus), crlf(baresipOffer), SendRecv,
			format{Codec: codec.Opus, SendPT: 96, RecvPT: 96, EventSend: 97, EventRecv: 97, EventRate: 8000, Ptime: 20},
			"192.0.2.20:10000", SendRecv,
			[]string{"m=audio 40000 RTP/AVP 96 97\r\n", "a=rtpmap:96 opus/48000/2", "a=fmtp:96 minptime=10;useinbandfec=1"},
		},
		"chromium": {
			agent(), crlf(chromiumOffer), SendRecv,
			format{Codec: codec.Opus, SendPT: 111, RecvPT: 111, EventSend: 110, EventRecv: 110, EventRate: 48000, Ptime: 20},
			"192.0.2.2:59961", SendRecv,
			[]string{
				"m=audio 40002 UDP/TLS/RTP/SAVPF 111 110\r\n", "a=setup:passive", "a=mid:0", "a=rtcp-mux", "a=ice-lite", "a=group:BUNDLE 0\r\n", "a=end-of-candidates",
				"a=candidate:1 1 udp", "a=ssrc:4294967294 cname:c", "a=msid:c audio", "a=ice-options:ice2", "m=video 0 UDP/TLS/RTP/SAVPF 96 97\r\na=mid:1\r\na=inactive", "!a=ptime", "!a=extmap",
			},
		},
		"firefox": {
			agent(), crlf(firefoxOffer), SendRecv,
			format{Codec: codec.Opus, SendPT: 109, RecvPT: 109, EventSend: 101, EventRecv: 101, EventRate: 8000, Ptime: 20},
			"0.0.0.0:9", SendRecv,
			[]string{"m=audio 40002 UDP/TLS/RTP/SAVPF 109 101\r\n", "a=fingerprint:sha-256 AB:CD", "a=ice-ufrag:uuuu"},
		},
		"no rtpmap of static types": {
			trunk(codec.G722, codec.PCMA), edit(sippOffer, "a=rtpmap:0 PCMU/8000\n", "", "AVP 0", "AVP 18 9 8"), SendRecv,
			format{Codec: codec.G722, SendPT: 9, RecvPT: 9, Ptime: 20},
			"192.0.2.10:6000", SendRecv,
			[]string{"m=audio 40000 RTP/AVP 9\r\n", "a=rtpmap:9 G722/8000"},
		},
		"a static type remapped": {
			trunk(codec.PCMA, codec.PCMU), edit(sippOffer, "a=rtpmap:0 PCMU/8000", "a=rtpmap:0 pcma/8000/1"), SendRecv,
			format{Codec: codec.PCMA, Ptime: 20},
			"192.0.2.10:6000", SendRecv,
			[]string{"a=rtpmap:0 PCMA/8000"},
		},
		"hold: sendonly":             {trunk(), edit(asteriskOffer, "sendrecv", "sendonly"), SendRecv, std(), "198.51.100.7:15042", RecvOnly, []string{"a=recvonly"}},
		"hold: inactive":             {trunk(), edit(asteriskOffer, "sendrecv", "inactive"), SendRecv, std(), "198.51.100.7:15042", Inactive, []string{"a=inactive"}},
		"hold: recvonly":             {trunk(), edit(asteriskOffer, "sendrecv", "recvonly"), SendRecv, std(), "198.51.100.7:15042", SendOnly, []string{"a=sendonly"}},
		"hold by both":               {trunk(), edit(asteriskOffer, "sendrecv", "sendonly"), SendOnly, std(), "198.51.100.7:15042", Inactive, []string{"a=inactive"}},
		"hold: 0.0.0.0":              {trunk(), edit(asteriskOffer, "c=IN IP4 198.51.100.7", "c=IN IP4 0.0.0.0"), SendRecv, std(), "0.0.0.0:15042", RecvOnly, []string{"a=recvonly", "c=IN IP4 203.0.113.1"}},
		"hold: 0.0.0.0 and sendonly": {trunk(), edit(asteriskOffer, "c=IN IP4 198.51.100.7", "c=IN IP4 0.0.0.0", "sendrecv", "sendonly"), SendRecv, std(), "0.0.0.0:15042", RecvOnly, nil},
		"hold: 0.0.0.0 and inactive": {trunk(), edit(asteriskOffer, "c=IN IP4 198.51.100.7", "c=IN IP4 0.0.0.0", "sendrecv", "inactive"), SendRecv, std(), "0.0.0.0:15042", Inactive, nil},
		"direction of the session":   {trunk(), edit(sippOffer, "t=0 0", "t=0 0\na=sendonly"), SendRecv, format{Codec: codec.PCMU, Ptime: 20}, "192.0.2.10:6000", RecvOnly, nil},
		"media level wins":           {trunk(), edit(asteriskOffer, "t=0 0", "t=0 0\na=sendonly", "m=audio", "c=IN IP4 198.51.100.9\nm=audio", "a=ptime:20", "c=IN IP4 198.51.100.8"), SendRecv, std(), "198.51.100.8:15042", SendRecv, nil},
		"ptime 30":                   {trunk(), edit(asteriskOffer, "ptime:20", "ptime:30"), SendRecv, ms(30), "198.51.100.7:15042", SendRecv, []string{"a=ptime:30"}},
		"ptime 30 of Opus": {
			trunk(codec.Opus), edit(baresipOffer, "ptime:20", "ptime:30"), SendRecv,
			format{Codec: codec.Opus, SendPT: 96, RecvPT: 96, EventSend: 97, EventRecv: 97, EventRate: 8000, Ptime: 20},
			"192.0.2.20:10000", SendRecv, nil,
		},
		"ptime 200":           {trunk(), edit(asteriskOffer, "ptime:20", "ptime:200"), SendRecv, ms(60), "198.51.100.7:15042", SendRecv, nil},
		"ptime over maxptime": {trunk(), edit(asteriskOffer, "a=ptime:20", "a=ptime:60", "maxptime:150", "maxptime:40"), SendRecv, ms(40), "198.51.100.7:15042", SendRecv, nil},
		"maxptime 10":         {trunk(), edit(asteriskOffer, "a=ptime:20\n", "", "maxptime:150", "maxptime:10"), SendRecv, ms(10), "198.51.100.7:15042", SendRecv, nil},
		"ptime nonsense":      {trunk(), edit(asteriskOffer, "a=ptime:20", "a=ptime:x", "maxptime:150", "maxptime:-1"), SendRecv, ms(20), "198.51.100.7:15042", SendRecv, nil},
		"ptime 0":             {trunk(), edit(asteriskOffer, "a=ptime:20", "a=ptime:0"), SendRecv, ms(20), "198.51.100.7:15042", SendRecv, nil},
		"SAVP and AVP side by side": {
			trunk(), edit(sippOffer, "m=audio", "m=audio 5000 RTP/SAVP 0\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:x\nm=audio"), SendRecv,
			format{Codec: codec.PCMU, Ptime: 20},
			"192.0.2.10:6000", SendRecv,
			[]string{"m=audio 0 RTP/SAVP 0\r\na=inactive\r\nm=audio 40000 RTP/AVP 0\r\n"},
		},
		"audio behind fax": {
			trunk(), edit(sippOffer, "m=audio", "m=image 4000 udptl t38\nm=audio"), SendRecv,
			format{Codec: codec.PCMU, Ptime: 20},
			"192.0.2.10:6000", SendRecv,
			[]string{"m=image 0 udptl t38\r\na=inactive\r\nm=audio 40000 RTP/AVP 0\r\n"},
		},
		"IPv6":       {trunk(), edit(sippOffer, "c=IN IP4 192.0.2.10", "c=IN IP6 2001:db8::1"), SendRecv, format{Codec: codec.PCMU, Ptime: 20}, "[2001:db8::1]:6000", SendRecv, nil},
		"host name":  {trunk(), edit(sippOffer, "c=IN IP4 192.0.2.10", "c=IN IP4 media.example"), SendRecv, format{Codec: codec.PCMU, Ptime: 20}, "invalid AddrPort", SendRecv, nil},
		"AVPF stays": {trunk(), edit(sippOffer, "RTP/AVP", "RTP/AVPF"), SendRecv, format{Codec: codec.PCMU, Ptime: 20}, "192.0.2.10:6000", SendRecv, []string{"m=audio 40000 RTP/AVPF 0\r\n"}},
		"bundle-only": {
			agent(), edit(chromiumOffer, "m=audio 59961", "m=audio 0", "a=mid:0", "a=mid:0\na=bundle-only"), SendRecv,
			format{Codec: codec.Opus, SendPT: 111, RecvPT: 111, EventSend: 110, EventRecv: 110, EventRate: 48000, Ptime: 20},
			"192.0.2.2:0", SendRecv, nil,
		},
		"comfort noise is taken": {
			trunk(), edit(asteriskOffer, "8 0 101", "8 0 13 101"), SendRecv,
			codec.Format{Codec: codec.PCMU, EventSend: 101, EventRecv: 101, EventRate: 8000, Ptime: 20, Noise: 13},
			"198.51.100.7:15042", SendRecv,
			[]string{"m=audio 40000 RTP/AVP 0 101 13\r\n", "a=rtpmap:13 CN/8000"},
		},
		"comfort noise isn't taken with Opus": {
			trunk(codec.Opus), edit(baresipOffer, "96 0 8 97", "96 0 8 13 97"), SendRecv,
			format{Codec: codec.Opus, SendPT: 96, RecvPT: 96, EventSend: 97, EventRecv: 97, EventRate: 8000, Ptime: 20},
			"192.0.2.20:10000", SendRecv,
			[]string{"m=audio 40000 RTP/AVP 96 97\r\n"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := NewSession(c.local)
			answer, a, err := s.Answer(c.offer, c.want)
			if err != nil {
				t.Fatal(err)
			}
			if a.Format != c.format || a.Remote.String() != c.remote || a.Direction != c.dir {
				t.Errorf("got  %+v %v %v\nwant %+v %s %v", a.Format, a.Remote, a.Direction, c.format, c.remote, c.dir)
			}
			must(t, answer, append(c.lines, "a="+c.dir.String())...)
			if version(answer) != "2" && version(answer) != "1" {
				t.Error(version(answer))
			}
			if _, err := parse(answer); err != nil {
				t.Error(err)
			}
		})
	}
}

// std is PCMU with events 101.
func std() codec.Format { return ms(20) }

// further is the list of one more codec that may be received.
func further(c codec.Type, pt uint8) [3]codec.Further {
	return [3]codec.Further{{Codec: c, RecvPT: pt}}
}

func ms(n int) codec.Format {
	return codec.Format{Codec: codec.PCMU, EventSend: 101, EventRecv: 101, EventRate: 8000, Ptime: n}
}

func TestRefused(t *testing.T) {
	for name, c := range map[string]struct {
		local Local
		offer []byte
		want  error
	}{
		"no common codec":      {trunk(), edit(sippOffer, "AVP 0", "AVP 18", "a=rtpmap:0 PCMU/8000", "a=rtpmap:18 G729/8000"), ErrNotAcceptable},
		"events alone":         {trunk(), edit(sippOffer, "AVP 0", "AVP 101", "0 PCMU/8000", "101 telephone-event/8000"), ErrNotAcceptable},
		"audio at port 0":      {trunk(), edit(sippOffer, "6000", "0"), ErrNotAcceptable},
		"no media":             {trunk(), edit(sippOffer, "m=audio 6000 RTP/AVP 0\na=rtpmap:0 PCMU/8000\n", ""), ErrNotAcceptable},
		"fax":                  {trunk(), crlf(t38Offer), ErrNotAcceptable},
		"SAVP":                 {trunk(), edit(sippOffer, "RTP/AVP", "RTP/SAVP"), ErrNotAcceptable},
		"a browser to a trunk": {trunk(), crlf(chromiumOffer), ErrNotAcceptable},
		"a trunk to an agent":  {agent(), crlf(sippOffer), ErrNotAcceptable},
		"wants to be server":   {agent(), edit(chromiumOffer, "setup:actpass", "setup:passive"), ErrNotAcceptable},
		"no fingerprint":       {agent(), edit(chromiumOffer, "a=fingerprint", "a=x"), ErrNotAcceptable},
		"sha-1":                {agent(), edit(chromiumOffer, "sha-256", "sha-1"), ErrNotAcceptable},
		"no ICE":               {agent(), edit(chromiumOffer, "a=ice-pwd", "a=x"), ErrNotAcceptable},
		"no rtcp-mux":          {agent(), edit(chromiumOffer, "a=rtcp-mux\n", ""), ErrNotAcceptable},
		"multicast":            {trunk(), edit(sippOffer, "c=IN IP4 192.0.2.10", "c=IN IP4 224.2.1.1/127"), ErrNotAcceptable},
		"no c=":                {trunk(), edit(sippOffer, "c=IN IP4 192.0.2.10\n", ""), ErrMalformed},
		"c= of an ATM":         {trunk(), edit(sippOffer, "c=IN IP4 192.0.2.10", "c=ATM NSAP 47.0091"), ErrMalformed},
		"empty":                {trunk(), nil, ErrMalformed},
		"blank":                {trunk(), []byte("\r\n\r\n"), ErrMalformed},
		"no o=":                {trunk(), edit(sippOffer, "o=user1 53655765 2353687637 IN IP4 192.0.2.10\n", ""), ErrMalformed},
		"short o=":             {trunk(), edit(sippOffer, "o=user1 53655765 2353687637 IN IP4 192.0.2.10", "o=user1 5"), ErrMalformed},
		"not SDP":              {trunk(), []byte("<xml/>"), ErrMalformed},
		"cut off":              {trunk(), []byte("v=0\r\no=- 1 1 IN IP4 1.2.3.4\r\nm=audio"), ErrMalformed},
		"port is a word":       {trunk(), edit(sippOffer, "6000", "six"), ErrMalformed},
		"port is too large":    {trunk(), edit(sippOffer, "6000", "66000"), ErrMalformed},
		"no line at all":       {trunk(), edit(sippOffer, "t=0 0", "t 0 0"), ErrMalformed},
		"huge":                 {trunk(), bytes.Repeat([]byte("v=0\r\n"), 20000), ErrMalformed},
		"a hundred m-lines":    {trunk(), append(crlf(sippOffer), bytes.Repeat([]byte("m=audio 1 RTP/AVP 0\r\n"), 100)...), ErrMalformed},
	} {
		t.Run(name, func(t *testing.T) {
			s := NewSession(c.local)
			answer, a, err := s.Answer(c.offer, SendRecv)
			if !errors.Is(err, c.want) || answer != nil || a != (Agreement{}) {
				t.Errorf("%v (want %v), %+v\n%s", err, c.want, a, answer)
			}
			t.Log(err)
		})
	}
}

// TestTolerance has descriptions that break the grammar and mean something nevertheless.
func TestTolerance(t *testing.T) {
	for name, offer := range map[string][]byte{
		"bare line feeds":              []byte(strings.TrimPrefix(sippOffer, "\n")),
		"carriage returns":             []byte(strings.ReplaceAll(strings.TrimPrefix(sippOffer, "\n"), "\n", "\r")),
		"blank lines":                  edit(sippOffer, "t=0 0\n", "\nt=0 0\n\n"),
		"no end of line":               []byte(strings.TrimSpace(sippOffer)),
		"no s= and t=":                 edit(sippOffer, "s=-\n", "", "t=0 0\n", ""),
		"c= behind a=":                 edit(sippOffer, "c=IN IP4 192.0.2.10\n", "", "PCMU/8000", "PCMU/8000\nc=IN IP4 192.0.2.10"),
		"a= before t=":                 edit(sippOffer, "t=0 0", "a=sendrecv\nt=0 0"),
		"empty s=":                     edit(sippOffer, "s=-", "s="),
		"a session id of letters":      edit(sippOffer, "53655765", "5f3a-b"),
		"o= without a user":            edit(sippOffer, "o=user1 ", "o="),
		"unknown attributes and lines": edit(sippOffer, "t=0 0", "t=0 0\na=X-nat:0 Unknown\na=\nx=1"),
		"unknown profile beside":       edit(sippOffer, "m=audio", "m=application 5 FOO/BAR 1\nm=audio"),
		"a port range":                 edit(sippOffer, "6000", "6000/2"),
		"blanks":                       edit(sippOffer, "m=audio 6000 RTP/AVP 0", "m=audio  6000 RTP/AVP  0 "),
		"media in capitals":            edit(sippOffer, "m=audio", "m=Audio"),
		"profile in small letters":     edit(sippOffer, "RTP/AVP", "rtp/avp"),
		"formats that are none":        edit(sippOffer, "AVP 0", "AVP x 300 0"),
		"an rtpmap without value":      edit(sippOffer, "PCMU/8000", "PCMU/8000\na=rtpmap\na=rtpmap:5"),
		"c= with a TTL":                edit(sippOffer, "c=IN IP4 192.0.2.10", "c=IN IP4 192.0.2.10/127"),
	} {
		t.Run(name, func(t *testing.T) {
			_, a, err := NewSession(trunk()).Answer(offer, SendRecv)
			if err != nil || a.Format.Codec != codec.PCMU || a.Remote.String() != "192.0.2.10:6000" {
				t.Error(err, a)
			}
		})
	}
}

func TestVersions(t *testing.T) {
	s := NewSession(trunk())
	v := func(b []byte) int { n := 0; _, _ = fmt.Sscan(version(b), &n); return n }
	first := s.Offer(SendRecv)
	if again := s.Offer(SendRecv); !bytes.Equal(first, again) {
		t.Errorf("the same offer differs:\n%s\n%s", first, again)
	}
	hold := s.Offer(SendOnly)
	if v(hold) != v(first)+1 {
		t.Error(version(hold))
	}
	if back := s.Offer(SendRecv); v(back) != v(first)+2 {
		t.Error(version(back))
	}
	l := trunk()
	l.Addr = netip.MustParseAddrPort("203.0.113.1:40010")
	s.SetLocal(l)
	if moved := s.Offer(SendRecv); v(moved) != v(first)+3 {
		t.Error(version(moved))
	}
	if o := lines(first, "o="); !regexp.MustCompile(`^o=- 7 1 IN IP4 203\.0\.113\.1$`).MatchString(o) {
		t.Error(o)
	}
}

func TestRefreshChangesNothing(t *testing.T) {
	s := NewSession(trunk())
	first, a, err := s.Answer(crlf(asteriskOffer), SendRecv)
	if err != nil {
		t.Fatal(err)
	}
	again, b, err := s.Answer(crlf(asteriskOffer), SendRecv)
	if err != nil || !bytes.Equal(first, again) || a != b {
		t.Errorf("%v %+v\n%s\n%s", err, b, first, again)
	}
	// the same version with another text means what the first one meant
	lie, b, err := s.Answer(edit(asteriskOffer, "15042", "16000", "sendrecv", "sendonly"), SendRecv)
	if err != nil || !bytes.Equal(first, lie) || a != b {
		t.Errorf("%v %+v\n%s", err, b, lie)
	}
	// but we may change
	if held, _, err := s.Answer(crlf(asteriskOffer), SendOnly); err != nil || version(held) != "2" || !strings.Contains(string(held), "a=sendonly") {
		t.Errorf("%v\n%s", err, held)
	}
}

func TestHoldAndBack(t *testing.T) {
	s := NewSession(trunk())
	offer := func(v int, conn, dir string) ([]byte, Agreement) {
		t.Helper()
		b, a, err := s.Answer(edit(asteriskOffer, "1532466098 1532466098", fmt.Sprintf("1532466098 %d", v), "c=IN IP4 198.51.100.7", "c=IN IP4 "+conn, "a=sendrecv", "a="+dir), SendRecv)
		if err != nil {
			t.Fatal(err)
		}
		return b, a
	}
	for i, step := range []struct {
		conn, dir string
		want      Direction
		version   string
	}{
		{"198.51.100.7", "sendrecv", SendRecv, "1"},
		{"0.0.0.0", "sendrecv", RecvOnly, "2"},
		{"0.0.0.0", "sendonly", RecvOnly, "2"}, // held twice
		{"198.51.100.7", "sendrecv", SendRecv, "3"},
		{"198.51.100.7", "inactive", Inactive, "4"},
		{"198.51.100.7", "sendrecv", SendRecv, "5"},
	} {
		b, a := offer(i+1, step.conn, step.dir)
		if a.Direction != step.want || version(b) != step.version {
			t.Errorf("step %d: %v version %s, want %v %s", i, a.Direction, version(b), step.want, step.version)
		}
	}
}

func TestRefusedReofferKeepsTheSession(t *testing.T) {
	s := NewSession(trunk())
	first, want, err := s.Answer(crlf(asteriskOffer), SendRecv)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := s.Answer(crlf(t38Offer), SendRecv); !errors.Is(err, ErrNotAcceptable) {
		t.Fatal(err)
	}
	if _, _, err := s.Answer([]byte("v=1"), SendRecv); !errors.Is(err, ErrMalformed) {
		t.Fatal(err)
	}
	again, a, err := s.Answer(edit(asteriskOffer, "1532466098 1532466098", "1532466098 1532466100"), SendRecv)
	if err != nil || a != want || !bytes.Equal(first, again) {
		t.Errorf("%v %+v\n%s", err, a, again)
	}
}

func TestOffer(t *testing.T) {
	offer := NewSession(trunk(codec.PCMA, codec.Opus)).Offer(SendRecv)
	must(t, offer, "m=audio 40000 RTP/AVP 8 111 110 101\r\n", "a=rtpmap:8 PCMA/8000", "a=rtpmap:111 opus/48000/2", "a=rtpmap:110 telephone-event/48000",
		"a=rtpmap:101 telephone-event/8000", "a=ptime:20", "a=maxptime:60", "!a=mid", "!a=group", "!a=rtpmap:13")
	l := trunk()
	l.Events = false
	must(t, NewSession(l).Offer(Inactive), "m=audio 40000 RTP/AVP 0 8\r\n", "a=inactive", "!a=rtpmap:101")
	offer = NewSession(agent()).Offer(SendRecv)
	must(t, offer, "m=audio 40002 UDP/TLS/RTP/SAVPF 111 0 110 126\r\n", "a=setup:actpass", "a=group:BUNDLE 0\r\n", "a=mid:0", "a=rtcp-mux", "c=IN IP4 203.0.113.1",
		"a=fmtp:111 minptime=10;useinbandfec=1", "a=fmtp:126 0-16", "a=ice-lite", "a=end-of-candidates", "a=sendrecv")
	bare := agent()
	bare.Candidates, bare.CNAME = nil, ""
	must(t, NewSession(bare).Offer(SendRecv), "m=audio 9 UDP", "c=IN IP4 0.0.0.0", "a=msid:- audio")
	v6 := trunk()
	v6.Addr = netip.MustParseAddrPort("[2001:db8::9]:4000")
	must(t, NewSession(v6).Offer(SendRecv), "c=IN IP6 2001:db8::9", "m=audio 4000 ")
}

const trunkAnswer = `
v=0
o=x 1 1 IN IP4 192.0.2.10
s=-
c=IN IP4 192.0.2.10
t=0 0
m=audio 6000 RTP/AVP 8 0 96
a=rtpmap:96 telephone-event/8000
a=ptime:40
`

const browserAnswer = `
v=0
o=- 1 2 IN IP4 127.0.0.1
s=-
t=0 0
a=group:BUNDLE 0
m=audio 9 UDP/TLS/RTP/SAVPF 107 110 126
c=IN IP4 0.0.0.0
a=ice-ufrag:them
a=ice-pwd:0123456789012345678901
a=fingerprint:SHA-256 ab:cd
a=setup:active
a=mid:0
a=recvonly
a=rtcp-mux
a=rtpmap:107 OPUS/48000/2
a=rtpmap:110 telephone-event/48000
a=rtpmap:126 telephone-event/8000
`

func TestAccept(t *testing.T) {
	for name, c := range map[string]struct {
		local  Local
		answer []byte
		want   Agreement
		err    error
	}{
		"several codecs, the first counts; types differ per direction": {trunk(), crlf(trunkAnswer), Agreement{
			Format: codec.Format{Codec: codec.PCMA, SendPT: 8, RecvPT: 8, EventSend: 96, EventRecv: 101, EventRate: 8000, Ptime: 40, Also: further(codec.PCMU, 0)},
			Remote: netip.MustParseAddrPort("192.0.2.10:6000"), RTCP: netip.MustParseAddrPort("192.0.2.10:6001"),
		}, nil},
		"browser": {agent(), crlf(browserAnswer), Agreement{
			Format: codec.Format{Codec: codec.Opus, SendPT: 107, RecvPT: 111, EventSend: 126, EventRecv: 126, EventRate: 8000, Ptime: 20},
			Remote: netip.MustParseAddrPort("0.0.0.0:9"), Direction: SendOnly, Mux: true, Fingerprint: "sha-256 AB:CD", Ufrag: "them", Pwd: "0123456789012345678901",
		}, nil},
		"browser with one event": {agent(), edit(browserAnswer, "107 110 126", "107 110"), Agreement{
			Format: codec.Format{Codec: codec.Opus, SendPT: 107, RecvPT: 111, EventSend: 110, EventRecv: 110, EventRate: 48000, Ptime: 20},
			Remote: netip.MustParseAddrPort("0.0.0.0:9"), Direction: SendOnly, Mux: true, Fingerprint: "sha-256 AB:CD", Ufrag: "them", Pwd: "0123456789012345678901",
		}, nil},
		"held by the answer":         {trunk(), edit(trunkAnswer, "c=IN IP4 192.0.2.10", "c=IN IP4 0.0.0.0", " 96", "", "a=ptime:40\n", ""), Agreement{Format: codec.Format{Codec: codec.PCMA, SendPT: 8, RecvPT: 8, Ptime: 20, Also: further(codec.PCMU, 0)}, Remote: netip.MustParseAddrPort("0.0.0.0:6000"), Direction: RecvOnly}, nil},
		"refused":                    {trunk(), edit(trunkAnswer, "6000", "0"), Agreement{}, ErrNotAcceptable},
		"another codec":              {trunk(), edit(trunkAnswer, "8 0 96", "9 96"), Agreement{}, ErrNotAcceptable},
		"another profile":            {trunk(), edit(trunkAnswer, "RTP/AVP", "RTP/SAVP"), Agreement{}, ErrNotAcceptable},
		"no media":                   {trunk(), []byte("v=0\r\no=x 1 1 IN IP4 192.0.2.10\r\n"), Agreement{}, ErrMalformed},
		"other media":                {trunk(), edit(trunkAnswer, "m=audio", "m=video"), Agreement{}, ErrMalformed},
		"empty":                      {trunk(), nil, Agreement{}, ErrMalformed},
		"browser wants to be server": {agent(), edit(browserAnswer, "active", "passive"), Agreement{}, ErrNotAcceptable},
		"browser keeps actpass":      {agent(), edit(browserAnswer, "active", "actpass"), Agreement{}, ErrNotAcceptable},
		"no setup":                   {agent(), edit(browserAnswer, "a=setup:active\n", ""), Agreement{}, ErrNotAcceptable},
	} {
		t.Run(name, func(t *testing.T) {
			s := NewSession(c.local)
			if _, err := s.Accept(c.answer); !errors.Is(err, ErrNoOffer) {
				t.Fatal(err)
			}
			s.Offer(SendRecv)
			for range 2 { // in the 183 and in the 200
				a, err := s.Accept(c.answer)
				if err == nil && DirectionOf(a.Theirs.Receives(), a.Theirs.Sends()) != a.Direction {
					t.Error("theirs:", a.Theirs, "ours:", a.Direction)
				}
				a.Theirs = SendRecv
				if !errors.Is(err, c.err) || a != c.want {
					t.Errorf("got  %+v %v\nwant %+v %v", a, err, c.want, c.err)
				}
			}
		})
	}
}

func TestPayloadTypesStayForTheSession(t *testing.T) {
	s := NewSession(trunk(codec.PCMU, codec.Opus))
	if _, _, err := s.Answer(edit(asteriskOffer, "8 0 101", "0 111", "101 telephone", "111 telephone", "101 0-16", "111 0-16"), SendRecv); err != nil {
		t.Fatal(err)
	}
	// events are 111 here, so Opus needs another one
	must(t, s.Offer(SendRecv), "m=audio 40000 RTP/AVP 0 96 110 111\r\n", "a=rtpmap:96 opus/48000/2", "a=rtpmap:111 telephone-event/8000")
}

func TestOurOfferKeepsThePeersLines(t *testing.T) {
	s := NewSession(agent())
	if _, _, err := s.Answer(edit(chromiumOffer, "a=mid:0", "a=mid:audio", "BUNDLE 0 1", "BUNDLE audio 1"), SendRecv); err != nil {
		t.Fatal(err)
	}
	offer := s.Offer(SendOnly)
	must(t, offer, "a=mid:audio", "a=group:BUNDLE audio\r\n", "a=setup:actpass", "a=sendonly")
	if got := lines(offer, "m="); got != "m=audio 40002 UDP/TLS/RTP/SAVPF 111 0 110 126 | m=video 0 UDP/TLS/RTP/SAVPF 96 97" {
		t.Error(got)
	}
	if version(offer) != "2" {
		t.Error(version(offer))
	}
}

func TestICERestart(t *testing.T) {
	s := NewSession(agent())
	again := edit(chromiumOffer, "6107 2", "6107 3")
	restart := edit(chromiumOffer, "6107 2", "6107 4", "Ak4O", "Zz99")
	if s.Restarts(crlf(chromiumOffer)) {
		t.Error("the first offer restarts nothing")
	}
	if _, a, err := s.Answer(crlf(chromiumOffer), SendRecv); err != nil || a.ICERestart || a.Ufrag != "Ak4O" || a.Pwd != "DZ+datho19ANuD/LP/lAOo9U" {
		t.Fatal(a, err)
	}
	if _, a, err := s.Answer(again, SendRecv); err != nil || a.ICERestart || s.Restarts(again) {
		t.Fatal(a, err)
	}
	if !s.Restarts(restart) || s.Restarts([]byte("x")) {
		t.Fatal("Restarts")
	}
	l := agent()
	l.Ufrag, l.Pwd = "vvvv", "qqqqqqqqqqqqqqqqqqqqqq"
	s.SetLocal(l)
	answer, a, err := s.Answer(restart, SendRecv)
	if err != nil || !a.ICERestart || a.Ufrag != "Zz99" {
		t.Fatal(a, err)
	}
	must(t, answer, "a=ice-ufrag:vvvv", "!a=ice-ufrag:uuuu")
	if version(answer) != "2" {
		t.Error(version(answer))
	}
}
