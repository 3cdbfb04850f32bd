package mediatest

import (
	"context"
	"fmt"
	"net/netip"
	"sync"
	"time"

	"mediasrv/media"
	"mediasrv/media/codec"
	"mediasrv/media/rtp"
)

// Payload types of a Far.
const (
	opusPT  = 111
	eventPT = 101
)

// ptime is how long each of its packets is.
const ptime = 20 * time.Millisecond

// Far is the far end of an RTP leg: it speaks a tone, and keeps what it hears. Its methods may be called from any goroutine.
type Far struct {
	sock rtp.Socket

	mu      sync.Mutex
	codec   codec.Type
	enc     codec.Encoder
	up      *codec.Resampler // from 8 kHz
	down    *codec.Resampler
	dec     codec.Decoder
	to      netip.AddrPort
	hz      float64
	loud    int  // the tone's amplitude
	mute    bool // sends nothing
	header  rtp.Header
	spoken  int
	start   time.Time
	ticks   int
	dialler rtp.Dialler
	tone    rtp.Tone // the digit that it says, while toned isn't over
	toned   int      // pieces of 20 ms of it that are left
	pressed uint32
	keypad  rtp.Keypad
	heard   []int16
	packets []rtp.Header
	digits  []byte
}

// NewFar makes a far end with a socket of its own on loopback. It is silent, and sends nothing before Call.
func NewFar(listen rtp.Listen, c codec.Type) (*Far, error) {
	f := &Far{codec: c, loud: Amplitude, header: rtp.Header{SSRC: 0xfa0, Seq: 65500, Timestamp: 1 << 31}, keypad: rtp.Keypad{Rate: c.ClockRate()}}
	var err error
	rate := codec.Rate
	if rates := codec.Rates(c); len(rates) > 0 {
		rate = rates[0]
	}
	f.up, f.down = codec.NewResampler(codec.Rate, rate), codec.NewResampler(rate, codec.Rate)
	if f.enc, err = codec.NewEncoder(c, rate); err != nil {
		return nil, fmt.Errorf("mediatest: %w", err)
	}
	if f.dec, err = codec.NewDecoder(c, rate); err != nil {
		return nil, fmt.Errorf("mediatest: %w", err)
	}
	if f.sock, err = listen(netip.AddrPortFrom(netip.AddrFrom4([4]byte{127, 0, 0, 1}), 0)); err != nil {
		return nil, fmt.Errorf("mediatest: %w", err)
	}
	f.header.PT = f.pt()
	return f, nil
}

func (f *Far) pt() uint8 {
	if pt, ok := f.codec.StaticPT(); ok {
		return pt
	}
	return opusPT
}

// Addr is where it can be reached.
func (f *Far) Addr() netip.AddrPort { return f.sock.Local() }

// Socket is its socket.
func (f *Far) Socket() rtp.Socket { return f.sock }

// Format is what an offer and answer with it come to.
func (f *Far) Format() codec.Format {
	pt := f.pt()
	return codec.Format{Codec: f.codec, SendPT: pt, RecvPT: pt, EventSend: eventPT, EventRecv: eventPT, EventRate: f.codec.ClockRate(), Ptime: 20}
}

// Negotiated is the agreement of a call with a peer of a codec that is nowhere yet, media both ways.
func Negotiated(c codec.Type) media.Negotiated {
	f := Far{codec: c}
	return media.Negotiated{Format: f.Format(), Send: true, Receive: true}
}

// Negotiated is the agreement of a call with it, media both ways.
func (f *Far) Negotiated() media.Negotiated {
	return media.Negotiated{Format: f.Format(), Remote: f.Addr(), Send: true, Receive: true, Latch: true}
}

// Call makes it send to an address.
func (f *Far) Call(to netip.AddrPort) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.to = to
}

// Say makes it speak a tone; 0 is silence.
func (f *Far) Say(hz float64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.hz = hz
}

// Loud changes the amplitude of its tone.
func (f *Far) Loud(amplitude int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.loud = amplitude
}

// Mute makes it send nothing at all, or again.
func (f *Far) Mute(mute bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.mute = mute
}

// Press makes it press keys, 100 ms each.
func (f *Far) Press(digits string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for i := range len(digits) {
		if code, ok := rtp.Code(digits[i]); ok {
			f.dialler.Add(code)
		}
	}
}

// Hush lets go of all keys, without a word.
func (f *Far) Hush() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.dialler = rtp.Dialler{}
}

// Whistle says a digit as sound (DTMF in the voice) for 100 ms, instead of the tone.
func (f *Far) Whistle(digit byte) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.tone, _ = rtp.NewTone(digit, codec.Rate)
	f.toned = 5
}

// Change lets a test change the header of what is sent next: another SSRC, a jump.
func (f *Far) Change(change func(h *rtp.Header)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	change(&f.header)
}

// Heard is what it heard since Forget, 8 kHz.
func (f *Far) Heard() []int16 {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]int16(nil), f.heard...)
}

// Packets are the headers of all packets that it got since Forget.
func (f *Far) Packets() []rtp.Header {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]rtp.Header(nil), f.packets...)
}

// Digits are the keys that it was sent.
func (f *Far) Digits() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return string(f.digits)
}

// Forget forgets what was heard so far.
func (f *Far) Forget() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.heard, f.packets, f.digits = nil, nil, nil
}

// Step sends what is due at now and reads what came.
func (f *Far) Step(now time.Time) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.listen(now)
	if f.start.IsZero() {
		f.start = now
	}
	for ; !f.start.Add(time.Duration(f.ticks) * ptime).After(now); f.ticks++ {
		if f.to.IsValid() {
			f.speak()
		}
		f.header.Timestamp += uint32(f.codec.ClockRate() / 50)
		f.spoken += codec.Frame
	}
}

// Run steps until ctx ends: for bubbles.
func (f *Far) Run(ctx context.Context) {
	tick := time.NewTicker(ptime / 4)
	defer tick.Stop()
	for {
		f.Step(time.Now())
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}

// Close closes its socket.
func (f *Far) Close() error { return f.sock.Close() }

// speak sends 20 ms. The caller holds mu.
func (f *Far) speak() {
	var b [1500]byte
	h := f.header
	var n int
	switch {
	case f.dialler.Active():
		e, first, send := f.dialler.Step(f.codec.ClockRate())
		if first {
			f.pressed = h.Timestamp
		}
		if !send {
			return
		}
		h.PT, h.Marker, h.Timestamp = eventPT, first, f.pressed
		rtp.WriteEvent(b[rtp.HeaderSize:], e)
		n = 4
	case f.mute:
		return
	default:
		var err error
		var pcm [960]int16
		said := sine(f.loud, f.hz, f.spoken, codec.Frame)
		if f.toned > 0 {
			f.toned--
			f.tone.Read(said)
		}
		wide := pcm[:f.up.Resample(said, pcm[:])]
		if n, err = f.enc.Encode(wide, b[rtp.HeaderSize:]); err != nil {
			return
		}
	}
	rtp.Write(b[:], h)
	_ = f.sock.Send(b[:rtp.HeaderSize+n], f.to) // lost packets are a part of the trade
	f.header.Seq++
}

// listen reads what came. The caller holds mu.
func (f *Far) listen(now time.Time) {
	var b [1500]byte
	var wide, pcm [2 * codec.Rate * codec.MaxTime / 1000]int16
	for {
		n, _, err := f.sock.Recv(b[:])
		if err != nil {
			return
		}
		h, payload, err := rtp.Parse(b[:n])
		if err != nil {
			continue
		}
		f.packets = append(f.packets, h)
		if h.PT == eventPT {
			keys, n := f.keypad.Push(h, payload, now.UnixNano())
			for _, k := range keys[:n] {
				f.digits = append(f.digits, k.Digit)
			}
			continue
		}
		if n, err := f.dec.Decode(payload, wide[:]); err == nil {
			f.heard = append(f.heard, pcm[:f.down.Resample(wide[:n], pcm[:])]...)
		}
	}
}
