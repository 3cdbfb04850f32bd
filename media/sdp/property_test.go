package sdp

import (
	"bytes"
	"math/rand/v2"
	"net/netip"
	"slices"
	"testing"

	"mediasrv/media/codec"
)

// any makes some Local that has at least one codec.
func anyLocal(r *rand.Rand, webrtc bool) Local {
	codecs := []codec.Type{codec.PCMU, codec.PCMA, codec.G722, codec.Opus}
	r.Shuffle(len(codecs), func(i, j int) { codecs[i], codecs[j] = codecs[j], codecs[i] })
	l := Local{
		ID: r.Uint64(), Codecs: codecs[:1+r.IntN(4)], Events: r.IntN(2) == 0, WebRTC: webrtc, SSRC: r.Uint32(), CNAME: "c",
		Addr: netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, 0, 0, byte(r.Uint32())}), uint16(1024+r.IntN(60000))),
	}
	if r.IntN(4) == 0 {
		l.Addr = netip.AddrPortFrom(netip.MustParseAddr("2001:db8::1"), 4000)
	}
	if webrtc {
		l.Ufrag, l.Pwd, l.Fingerprint = "ufra", "pwdpwdpwdpwdpwdpwdpwdp", "sha-256 AB"
	}
	return l
}

// asClient turns a description of ours into a browser's, which is the DTLS client.
func asClient(b []byte) []byte {
	return bytes.Replace(b, []byte("a=setup:passive"), []byte("a=setup:active"), 1)
}

// mirrored says whether what one side sends is what the other expects.
func mirrored(x, y codec.Format) bool {
	return x.Codec == y.Codec && x.SendPT == y.RecvPT && x.RecvPT == y.SendPT &&
		x.EventSend == y.EventRecv && x.EventRecv == y.EventSend && x.EventRate == y.EventRate
}

// Two of us come to the same for every pair of Locals with a common codec, whoever offers, again and again.
func TestWeUnderstandOurselves(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 3000 {
		webrtc := r.IntN(2) == 0
		la, lb := anyLocal(r, webrtc), anyLocal(r, webrtc)
		lb.Codecs = append(lb.Codecs, la.Codecs[0])
		a, b := NewSession(la), NewSession(lb)
		for round := range 6 {
			from, to := a, b
			if round%2 == 1 {
				from, to = b, a
			}
			dir, want := Direction(r.IntN(4)), Direction(r.IntN(4))
			offer := from.Offer(dir)
			answer, y, err := to.Answer(offer, want)
			if err != nil {
				t.Fatalf("round %d: %v\n%s", round, err, offer)
			}
			x, err := from.Accept(asClient(answer))
			if err != nil {
				t.Fatalf("round %d: %v\n%s\n%s", round, err, offer, answer)
			}
			if !mirrored(x.Format, y.Format) {
				t.Fatalf("%+v\n%+v\n%s\n%s", x, y, offer, answer)
			}
			if y.Direction.Sends() != x.Direction.Receives() || x.Direction != dir.within(y.Direction) {
				t.Fatalf("directions %v and %v", x.Direction, y.Direction)
			}
			if y.Remote != la.Addr && y.Remote != lb.Addr || x.ICERestart || y.ICERestart {
				t.Fatalf("%+v", y)
			}
		}
	}
}

// fits fails the test for an answer whose m-lines aren't those of the offer, or of which not just one is ours.
func fits(t *testing.T, offer, answer []byte) {
	t.Helper()
	o, _ := parse(offer)
	d, err := parse(answer)
	if err != nil || len(d.media) != len(o.media) {
		t.Fatalf("%v\n%s", err, answer)
	}
	live := 0
	for i, m := range d.media {
		if m.kind != o.media[i].kind || m.spelled != o.media[i].spelled {
			t.Fatalf("m-line %d changed\n%s", i, answer)
		}
		if m.port != 0 {
			live++
		}
	}
	if live != 1 {
		t.Fatalf("%d live m-lines\n%s", live, answer)
	}
}

func FuzzAnswer(f *testing.F) {
	for _, s := range []string{sippOffer, baresipOffer, asteriskOffer, t38Offer, chromiumOffer, firefoxOffer} {
		f.Add(crlf(s))
	}
	f.Fuzz(func(t *testing.T, offer []byte) {
		for _, local := range []Local{trunk(codec.PCMU, codec.PCMA, codec.G722, codec.Opus), agent()} {
			s := NewSession(local)
			answer, a, err := s.Answer(offer, SendRecv)
			if err != nil {
				if len(s.slots) != 0 || answer != nil {
					t.Fatal("a refused offer left a trace")
				}
				continue
			}
			fits(t, offer, answer)
			if a.Format.Codec == codec.None || a.Format.Ptime < 10 || a.Format.Ptime > 60 {
				t.Fatalf("%+v", a)
			}
			again, b, err := s.Answer(offer, SendRecv)
			if err != nil || !slices.Equal(answer, again) || a != b {
				t.Fatalf("again: %v\n%s\n%s", err, answer, again)
			}
			if _, err := parse(s.Offer(SendRecv)); err != nil {
				t.Fatal(err)
			}
		}
	})
}

func FuzzAccept(f *testing.F) {
	f.Add(crlf(trunkAnswer))
	f.Add(crlf(browserAnswer))
	f.Fuzz(func(t *testing.T, answer []byte) {
		for _, local := range []Local{trunk(), agent()} {
			s := NewSession(local)
			s.Offer(SendRecv)
			a, err := s.Accept(answer)
			if (err == nil) == (a.Format.Codec == codec.None) {
				t.Fatalf("%+v %v", a, err)
			}
		}
	})
}
