package media_test

import (
	"context"
	"net/netip"
	"sync"
	"testing"
	"time"

	"github.com/pion/ice/v4"
	"github.com/pion/interceptor"
	pionrtp "github.com/pion/rtp"
	pion "github.com/pion/webrtc/v4"

	"mediasrv/media"
	"mediasrv/media/codec"
	"mediasrv/media/mediatest"
	"mediasrv/media/rtp"
	"mediasrv/media/sdp"
)

// browser is pion's PeerConnection: it speaks a tone in Opus, and keeps what it hears.
type browser struct {
	pc *pion.PeerConnection

	mu    sync.Mutex
	heard []int16
	ssrcs map[uint32]bool
}

func newBrowser(t *testing.T, hz float64) *browser {
	t.Helper()
	var engine pion.SettingEngine
	engine.SetIncludeLoopbackCandidate(true)
	if err := engine.SetAnsweringDTLSRole(pion.DTLSRoleClient); err != nil {
		t.Fatal(err)
	}
	engine.SetInterfaceFilter(func(name string) bool { return name == "lo" })
	engine.SetICEMulticastDNSMode(ice.MulticastDNSModeDisabled)
	engine.SetNetworkTypes([]pion.NetworkType{pion.NetworkTypeUDP4})
	codecs := &pion.MediaEngine{}
	opus := pion.RTPCodecCapability{MimeType: pion.MimeTypeOpus, ClockRate: 48000, Channels: 2}
	if err := codecs.RegisterCodec(pion.RTPCodecParameters{RTPCodecCapability: opus, PayloadType: 107}, pion.RTPCodecTypeAudio); err != nil {
		t.Fatal(err)
	}
	api := pion.NewAPI(pion.WithSettingEngine(engine), pion.WithMediaEngine(codecs), pion.WithInterceptorRegistry(&interceptor.Registry{}))
	pc, err := api.NewPeerConnection(pion.Configuration{})
	if err != nil {
		t.Fatal(err)
	}
	b := &browser{pc: pc, ssrcs: map[uint32]bool{}}
	t.Cleanup(func() { _ = pc.GracefulClose() })
	track, err := pion.NewTrackLocalStaticRTP(opus, "audio", "us")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := pc.AddTrack(track); err != nil {
		t.Fatal(err)
	}
	pc.OnTrack(func(r *pion.TrackRemote, _ *pion.RTPReceiver) { b.listen(t, r) })
	go b.speak(t.Context(), track, hz)
	return b
}

func (b *browser) listen(t *testing.T, r *pion.TrackRemote) {
	t.Helper()
	dec, err := codec.NewDecoder(codec.Opus, codec.Rate)
	if err != nil {
		t.Error(err)
		return
	}
	var pcm [codec.MaxTime * codec.Rate / 1000]int16
	for {
		p, _, err := r.ReadRTP()
		if err != nil {
			return
		}
		n, err := dec.Decode(p.Payload, pcm[:])
		if err != nil {
			t.Error(err)
			return
		}
		b.mu.Lock()
		b.heard = append(b.heard, pcm[:n]...)
		b.ssrcs[p.SSRC] = true
		b.mu.Unlock()
	}
}

func (b *browser) speak(ctx context.Context, track *pion.TrackLocalStaticRTP, hz float64) {
	enc, err := codec.NewEncoder(codec.Opus, codec.Rate)
	if err != nil {
		return
	}
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	var out [400]byte
	for n := 0; ; n++ {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		size, err := enc.Encode(mediatest.Tone(hz, n*codec.Frame, codec.Frame), out[:])
		if err != nil {
			return
		}
		_ = track.WriteRTP(&pionrtp.Packet{Header: pionrtp.Header{Version: 2, SequenceNumber: uint16(n), Timestamp: uint32(n * 960)}, Payload: out[:size]})
	}
}

// recent is the last half second of what it heard.
func (b *browser) recent() []int16 {
	b.mu.Lock()
	defer b.mu.Unlock()
	return append([]int16(nil), b.heard[max(0, len(b.heard)-4000):]...)
}

// offer is what it would send.
func (b *browser) offer(t *testing.T) string {
	t.Helper()
	offer, err := b.pc.CreateOffer(nil)
	if err != nil {
		t.Fatal(err)
	}
	gathered := pion.GatheringCompletePromise(b.pc)
	if err := b.pc.SetLocalDescription(offer); err != nil {
		t.Fatal(err)
	}
	<-gathered
	return b.pc.LocalDescription().SDP
}

// join answers the browser's offer with an endpoint.
func (b *browser) join(t *testing.T, e *media.Endpoint) {
	t.Helper()
	offer := b.offer(t)
	l := e.Local()
	session := sdp.NewSession(sdp.Local{
		ID: 1, Addr: l.Addr, Codecs: []codec.Type{codec.Opus}, WebRTC: true, SSRC: l.SSRC, CNAME: l.CNAME,
		Ufrag: l.Ufrag, Pwd: l.Pwd, Fingerprint: l.Fingerprint, Candidates: l.Candidates,
	})
	answer, a, err := session.Answer([]byte(offer), sdp.SendRecv)
	if err != nil {
		t.Fatal(err)
	}
	e.Negotiate(media.Negotiated{Format: a.Format, Send: true, Receive: true, Fingerprint: a.Fingerprint, Ufrag: a.Ufrag})
	if err := b.pc.SetRemoteDescription(pion.SessionDescription{Type: pion.SDPTypeAnswer, SDP: string(answer)}); err != nil {
		t.Fatal(err)
	}
}

// A caller on a trunk and an agent in a browser, over the kernel's loopback: ICE, DTLS, SRTP, Opus on one side, PCMU on the other.
func TestBrowser(t *testing.T) {
	engine, err := media.New(media.Config{Workers: 1, Bind: netip.AddrFrom4([4]byte{127, 0, 0, 1})})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	var group sync.WaitGroup
	defer group.Wait()
	defer cancel()
	group.Go(func() {
		if err := engine.Run(ctx); err != nil {
			t.Error(err)
		}
	})
	room, err := engine.Open(nil)
	if err != nil {
		t.Fatal(err)
	}
	events := make(chan media.Event, 100)
	room.Listen(func(e media.Event) { events <- e })
	trunk, err := room.AddRTP(netip.Addr{})
	if err != nil {
		t.Fatal(err)
	}
	far, err := mediatest.NewFar(rtp.ListenUDP, codec.PCMU)
	if err != nil {
		t.Fatal(err)
	}
	far.Call(trunk.Local().Addr)
	far.Say(440)
	group.Go(func() { far.Run(ctx) })
	trunk.Negotiate(far.Negotiated())
	agent, err := room.AddWebRTC()
	if err != nil {
		t.Fatal(err)
	}
	if l := agent.Local(); l.Addr.Port() == 0 || len(l.Candidates) == 0 || l.Ufrag == "" || l.Fingerprint == "" {
		t.Fatalf("%+v", l)
	}
	b := newBrowser(t, 1000)
	b.join(t, agent)
	room.Set(talk(trunk.ID(), agent.ID()))
	late := time.After(time.Minute)
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		said := far.Heard()
		if mediatest.Hears(b.recent(), 440) && mediatest.Hears(said[max(0, len(said)-4000):], 1000) {
			break
		}
		select {
		case <-tick.C:
		case <-late:
			t.Fatalf("the browser hears the caller: %v, the caller hears the browser: %v; %+v", mediatest.Hears(b.recent(), 440), mediatest.Hears(said, 1000), engine.Stats())
		}
	}
	connected := 0
	for len(events) > 0 {
		if e := <-events; e.Kind == media.Connected {
			connected++
		} else {
			t.Errorf("event %+v", e)
		}
	}
	if connected != 2 || len(b.ssrcs) != 1 || !b.ssrcs[agent.Local().SSRC] {
		t.Errorf("%d connected, SSRCs %v", connected, b.ssrcs)
	}
	before := agent.Local()
	after := agent.RestartICE()
	if after.Ufrag == before.Ufrag || after.SSRC != before.SSRC {
		t.Errorf("ICE restart: %+v after %+v", after, before)
	}
	if err := b.pc.Close(); err != nil { // the browser goes: DTLS says so
		t.Fatal(err)
	}
	for {
		select {
		case e := <-events:
			if e.Kind == media.Failed && e.Endpoint == agent.ID() && e.Why != nil {
				return
			}
		case <-late:
			t.Fatal("nobody noticed that the browser went")
		}
	}
}
