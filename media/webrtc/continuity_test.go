package webrtc_test

import (
	"context"
	"net/netip"
	"sync"
	"testing"
	"time"

	"mediasrv/media"
	"mediasrv/media/codec"
	"mediasrv/media/mediatest"
	"mediasrv/media/prompt"
	"mediasrv/media/rtp"
	"mediasrv/media/sdp"

	pionrtp "github.com/pion/rtp"
	pion "github.com/pion/webrtc/v4"
)

// What a browser gets is one stream, whatever it hears: one SSRC, sequence numbers and timestamps without a jump from the caller's voice to a prompt and back.
func TestBrowserHearsNoJump(t *testing.T) {
	engine, err := media.New(media.Config{Workers: 1, Bind: netip.AddrFrom4([4]byte{127, 0, 0, 1})})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	var group sync.WaitGroup
	defer group.Wait()
	defer cancel()
	group.Go(func() { _ = engine.Run(ctx) })
	room, err := engine.Open(nil)
	if err != nil {
		t.Fatal(err)
	}
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
	headers := make(chan pionrtp.Header, 10000)
	p := newPeer(t)
	p.pc.OnTrack(func(r *pion.TrackRemote, _ *pion.RTPReceiver) {
		for {
			packet, _, err := r.ReadRTP()
			if err != nil {
				return
			}
			headers <- packet.Header
		}
	})
	p.add()
	p.meet(agent)

	bridge := media.Plan{}
	bridge.Rows[agent.ID()].Hears, bridge.Rows[trunk.ID()].Hears = media.Of(trunk.ID()), media.Of(agent.ID())
	prompted := bridge
	prompted.Rows[agent.ID()].Prompt = media.Play{Token: 1, Audio: promptOf(t, mediatest.Tone(1000, 0, 8000)), Loop: true}
	alone := media.Plan{}
	var last pionrtp.Header
	var skipped uint32 // frames
	seen := 0
	for i, plan := range []media.Plan{bridge, prompted, bridge, alone, prompted, bridge} {
		room.Set(plan)
		for range 30 {
			var h pionrtp.Header
			select {
			case h = <-headers:
			case <-time.After(patience):
				t.Fatalf("plan %d: nothing comes; state of the engine: %+v", i, engine.Stats())
			}
			if seen++; seen == 1 {
				last = h
				continue
			}
			step, passed := h.SequenceNumber-last.SequenceNumber, h.Timestamp-last.Timestamp
			if h.SSRC != agent.Local().SSRC || step == 0 || step > 5 || passed < 960*uint32(step) || passed%960 != 0 {
				t.Fatalf("plan %d: %+v after %+v", i, h, last)
			}
			skipped += passed/960 - uint32(step)
			last = h
		}
	}
	cancel()
	group.Wait()
	// A machine too busy for the engine has it leave frames out, which it counts; the stream's time goes on by the clock.
	if late := engine.Stats().LateTicks; uint64(skipped) > late {
		t.Errorf("the stream's time jumped by %d frames, with %d late ticks", skipped, late)
	}
}

// meet offers to an endpoint.
func (p *peer) meet(e *media.Endpoint) {
	p.t.Helper()
	offer := p.settle(p.pc.CreateOffer(nil))
	l := e.Local()
	session := sdp.NewSession(sdp.Local{
		ID: 1, Addr: l.Addr, Codecs: []codec.Type{codec.Opus}, WebRTC: true, SSRC: l.SSRC, CNAME: l.CNAME,
		Ufrag: l.Ufrag, Pwd: l.Pwd, Fingerprint: l.Fingerprint, Candidates: l.Candidates,
	})
	answer, a, err := session.Answer([]byte(offer), sdp.SendRecv)
	if err != nil {
		p.t.Fatal(err)
	}
	e.Negotiate(media.Negotiated{Format: a.Format, Send: true, Receive: true, Fingerprint: a.Fingerprint, Ufrag: a.Ufrag})
	if err := p.pc.SetRemoteDescription(pion.SessionDescription{Type: pion.SDPTypeAnswer, SDP: string(answer)}); err != nil {
		p.t.Fatal(err)
	}
}

func promptOf(t *testing.T, pcm []int16) *prompt.Prompt {
	t.Helper()
	p, err := prompt.New("test", pcm, 8000)
	if err != nil {
		t.Fatal(err)
	}
	return p
}
