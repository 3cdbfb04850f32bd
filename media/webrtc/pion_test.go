package webrtc_test

import (
	"strings"
	"testing"
	"time"

	"mediasrv/media/webrtc"

	"github.com/pion/ice/v4"
	"github.com/pion/interceptor"
	pionrtp "github.com/pion/rtp"
	pion "github.com/pion/webrtc/v4"
)

// patience bounds every wait for something that must happen: long, because machines are slow; reached only on failure.
const patience = time.Minute

// peer is pion's full PeerConnection in the browser's place, on loopback.
type peer struct {
	t     *testing.T
	pc    *pion.PeerConnection
	track *pion.TrackLocalStaticRTP
	heard chan uint32 // SSRC of every packet; full ones are dropped
	seq   uint16
}

func newPeer(t *testing.T) *peer {
	t.Helper()
	var engine pion.SettingEngine
	engine.SetIncludeLoopbackCandidate(true)
	if err := engine.SetAnsweringDTLSRole(pion.DTLSRoleClient); err != nil { // towards a lite peer pion would be the server; browsers aren't
		t.Fatal(err)
	}
	engine.SetInterfaceFilter(func(name string) bool { return name == "lo" })
	engine.SetICEMulticastDNSMode(ice.MulticastDNSModeDisabled)
	engine.SetNetworkTypes([]pion.NetworkType{pion.NetworkTypeUDP4})
	codecs := &pion.MediaEngine{}
	opus := pion.RTPCodecCapability{MimeType: pion.MimeTypeOpus, ClockRate: 48000, Channels: 2, SDPFmtpLine: "minptime=10;useinbandfec=1"}
	if err := codecs.RegisterCodec(pion.RTPCodecParameters{RTPCodecCapability: opus, PayloadType: 107}, pion.RTPCodecTypeAudio); err != nil {
		t.Fatal(err)
	}
	api := pion.NewAPI(pion.WithSettingEngine(engine), pion.WithMediaEngine(codecs), pion.WithInterceptorRegistry(&interceptor.Registry{}))
	pc, err := api.NewPeerConnection(pion.Configuration{})
	if err != nil {
		t.Fatal(err)
	}
	p := &peer{t: t, pc: pc, heard: make(chan uint32, 1)}
	t.Cleanup(func() { _ = pc.GracefulClose() })
	if p.track, err = pion.NewTrackLocalStaticRTP(opus, "audio", "us"); err != nil {
		t.Fatal(err)
	}
	pc.OnTrack(func(r *pion.TrackRemote, _ *pion.RTPReceiver) {
		for {
			packet, _, err := r.ReadRTP()
			if err != nil {
				return
			}
			select {
			case p.heard <- packet.SSRC:
			default:
			}
		}
	})
	return p
}

func (p *peer) add() {
	p.t.Helper()
	if _, err := p.pc.AddTrack(p.track); err != nil {
		p.t.Fatal(err)
	}
}

// settle sets a description of its own and waits for its candidates.
func (p *peer) settle(d pion.SessionDescription, err error) string {
	p.t.Helper()
	if err != nil {
		p.t.Fatal(err)
	}
	gathered := pion.GatheringCompletePromise(p.pc)
	if err := p.pc.SetLocalDescription(d); err != nil {
		p.t.Fatal(err)
	}
	<-gathered
	return p.pc.LocalDescription().SDP
}

// offer lets pion offer, and the leg answer.
func (p *peer) offer(l *leg, restart bool) {
	p.t.Helper()
	answer, err := l.answer(p.settle(p.pc.CreateOffer(&pion.OfferOptions{ICERestart: restart})))
	if err != nil {
		p.t.Fatal(err)
	}
	if err := p.pc.SetRemoteDescription(pion.SessionDescription{Type: pion.SDPTypeAnswer, SDP: answer}); err != nil {
		p.t.Fatal(err)
	}
}

// talk sends packets until both sides have heard more of each other than before.
func (p *peer) talk(l *leg) {
	p.t.Helper()
	before, deadline := l.got.Load(), time.After(patience)
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for drain := true; drain; {
		select {
		case <-p.heard:
		default:
			drain = false
		}
	}
	heard := 0
	for heard < 10 || l.got.Load() < before+10 {
		select {
		case ssrc := <-p.heard:
			if heard++; ssrc != l.local.SSRC {
				p.t.Fatalf("SSRC %d", ssrc)
			}
		case <-tick.C:
			p.seq++
			_ = p.track.WriteRTP(&pionrtp.Packet{
				Header:  pionrtp.Header{Version: 2, SequenceNumber: p.seq, Timestamp: uint32(p.seq) * 960},
				Payload: []byte{1, 2, 3},
			})
		case <-deadline:
			p.t.Fatalf("heard %d, said %d; state %v %v, pion %v", heard, l.got.Load()-before, l.State(), l.Err(), p.pc.ConnectionState())
		}
	}
	if l.State() != webrtc.Connected {
		p.t.Fatal(l.State(), l.Err())
	}
}

func TestPionOffers(t *testing.T) {
	w, p := startWorker(t), newPeer(t)
	l := w.leg()
	p.add()
	p.offer(l, false)
	p.talk(l)
	old := l.Local()
	p.offer(l, true)
	if l.Local().Ufrag == old.Ufrag {
		t.Error("a restart of theirs didn't restart ours")
	}
	p.talk(l)
	if s := w.mux.Stats(); s.Refused != 0 || s.Malformed != 0 {
		t.Errorf("%+v", s)
	}
}

func TestPionAnswers(t *testing.T) {
	w, p := startWorker(t), newPeer(t)
	l := w.leg()
	take := func() {
		t.Helper()
		offer := string(l.session.Offer(parseDir("")))
		if err := p.pc.SetRemoteDescription(pion.SessionDescription{Type: pion.SDPTypeOffer, SDP: offer}); err != nil {
			t.Fatal(err, "\n", offer)
		}
		if len(p.pc.GetSenders()) == 0 || p.pc.GetSenders()[0].Track() == nil {
			p.add()
		}
		if err := l.accept(p.settle(p.pc.CreateAnswer(nil))); err != nil {
			t.Fatal(err)
		}
	}
	take()
	p.talk(l)
	l.restart()
	take()
	p.talk(l)
	if err := p.pc.Close(); err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(patience); l.State() != webrtc.Failed; {
		if time.Now().After(deadline) {
			t.Fatal("a closed peer isn't noticed", l.State())
		}
		time.Sleep(5 * time.Millisecond)
	}
}

// A browser without leave for the microphone hides its addresses behind names of multicast DNS. There is nothing to resolve: its checks show the address.
func TestNamedCandidates(t *testing.T) {
	w, p := startWorker(t), newPeer(t)
	l := w.leg()
	p.add()
	offer := p.settle(p.pc.CreateOffer(nil))
	if !strings.Contains(offer, " 127.0.0.1 ") {
		t.Fatal("no candidate to hide:\n", offer)
	}
	answer, err := l.answer(strings.ReplaceAll(offer, " 127.0.0.1 ", " 4b3a2c9e-1d0f-4c55-9a3e-0a1b2c3d4e5f.local "))
	if err != nil {
		t.Fatal(err)
	}
	if err := p.pc.SetRemoteDescription(pion.SessionDescription{Type: pion.SDPTypeAnswer, SDP: answer}); err != nil {
		t.Fatal(err)
	}
	p.talk(l)
}
