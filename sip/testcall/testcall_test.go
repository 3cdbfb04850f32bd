package testcall

import (
	"context"
	"errors"
	"log/slog"
	"math"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"mediasrv/config"
	"mediasrv/media"
	"mediasrv/media/prompt"
	"mediasrv/media/wav"
	"mediasrv/routing"
	"mediasrv/routing/fact"
	"mediasrv/sip"
)

// answerer answers every call, plays a tone, collects digits, and hangs up if told.
type answerer struct {
	refuse  fact.EndReason
	pressed func(digits string) // nil: nobody wants to know
	mu      sync.Mutex
	digits  string
}

func (a *answerer) Reachable(string, int) {}

func (a *answerer) Handle(leg routing.Leg, room routing.Room, _ fact.Invite) routing.Sink {
	if a.refuse != fact.EndUnset {
		leg.Hangup(a.refuse)
		return func(routing.LegEvent) {}
	}
	room.Listen(func(e media.Event) {
		if e.Kind != media.Digit {
			return
		}
		a.mu.Lock()
		a.digits += string(e.Digit)
		digits := a.digits
		a.mu.Unlock()
		if a.pressed != nil {
			a.pressed(digits)
		}
	})
	_ = leg.Ring(false)
	_ = leg.Answer()
	var p media.Plan
	id := leg.Endpoint()
	p.Rows[id] = media.Row{Digits: true, Prompt: media.Play{Token: 1, Audio: prompt.Tone(440, 5*time.Second), Loop: true}}
	room.Set(p)
	return func(e routing.LegEvent) {
		if e.Kind == routing.LegEnded {
			room.Close()
		}
	}
}

func serve(t *testing.T, h sip.Handler, trunk *config.Trunk) string {
	t.Helper()
	pc, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.DiscardHandler)
	engine, err := media.New(media.Config{Workers: 1, Log: log})
	if err != nil {
		t.Fatal(err)
	}
	s, err := sip.New(sip.Config{
		File: &config.Config{
			Company: config.Company{Country: "JP"}, Trunks: map[string]*config.Trunk{trunk.Name: trunk},
			Numbers: map[string]*config.Number{"+81312345678": {Number: "+81312345678"}},
		},
		Media: engine, Handler: h, Log: log, Packets: []net.PacketConn{pc},
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	var both sync.WaitGroup
	both.Go(func() { _ = engine.Run(ctx) })
	both.Go(func() { _ = s.Run(ctx) })
	t.Cleanup(func() { cancel(); both.Wait() })
	return pc.LocalAddr().String()
}

func loopback() *config.Trunk {
	return &config.Trunk{Name: "office", Inbound: true, Addresses: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}}
}

func TestCall(t *testing.T) {
	ctx, hangUp := context.WithCancel(t.Context())
	defer hangUp()
	var both sync.WaitGroup // the second digit, which is sent 1.4 s after the answer: said and received
	both.Add(2)
	a := &answerer{pressed: func(digits string) {
		if len(digits) == 2 {
			both.Done()
		}
	}}
	go func() { both.Wait(); hangUp() }()
	server := serve(t, a, loopback())
	file := filepath.Join(t.TempDir(), "heard.wav")
	var out strings.Builder
	began := time.Now()
	err := Run(ctx, Options{
		Number: "+81312345678", Server: server, From: "+819012345678", ToneHz: 1000, Digits: "1w2", ListenFile: file, For: time.Minute,
	}, writer(func(b []byte) {
		out.Write(b)
		if strings.Contains(string(b), "digit 2 sent") {
			both.Done()
		}
	}))
	took := time.Since(began)
	if err != nil {
		t.Fatal(err, out.String())
	}
	for _, want := range []string{"calling +81312345678 at " + server, "ringing", "answered (PCMU)", "digit 1 sent", "digit 2 sent", "hanging up", "ended: hung up"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in\n%s", want, out.String())
		}
	}
	if !regexp.MustCompile(`(?m)^ +\d+\.\d\d s  ringing$`).MatchString(out.String()) {
		t.Error(out.String())
	}
	a.mu.Lock()
	if a.digits != "12" {
		t.Errorf("digits: %q\n%s", a.digits, out.String())
	}
	a.mu.Unlock()
	f, err := os.Open(file) //nolint:gosec // a test's
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close() //nolint:errcheck // a test's
	r, err := wav.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	pcm, err := r.ReadMono(8000 * 60)
	if err != nil {
		t.Fatal(err)
	}
	if n := len(pcm); n < 11000 || n > int(took*8000/time.Second) {
		t.Fatalf("%d samples of a call of %v", n, took)
	}
	if p := goertzel(pcm[3000:11000], 440); p < 100*goertzel(pcm[3000:11000], 1000) {
		t.Error("440 Hz isn't there:", p)
	}
}

func goertzel(pcm []int16, hz float64) float64 {
	k := 2 * math.Cos(2*math.Pi*hz/8000)
	var a, b float64
	for _, x := range pcm {
		a, b = float64(x)+k*a-b, a
	}
	return (a*a + b*b - k*a*b) / float64(len(pcm))
}

func TestRefusals(t *testing.T) {
	server := serve(t, &answerer{refuse: fact.EndBusy}, loopback())
	var out strings.Builder
	err := Run(t.Context(), Options{Number: "+81312345678", Server: server}, &out)
	if !errors.Is(err, ErrRefused) || !strings.Contains(err.Error(), "busy (486 Busy Here") {
		t.Error(err)
	}
	err = Run(t.Context(), Options{Number: "+81399999999", Server: server}, &out)
	if !errors.Is(err, ErrRefused) || !strings.Contains(err.Error(), "404") {
		t.Error(err)
	}
}

func TestLogin(t *testing.T) {
	server := serve(t, &answerer{}, &config.Trunk{Name: "pbx", Inbound: true, Username: "u", Password: "p"})
	var out strings.Builder
	o := Options{Number: "+81312345678", Server: server, From: "1", Username: "u", Password: "p", For: 10 * time.Millisecond}
	if err := Run(t.Context(), o, &out); err != nil || !strings.Contains(out.String(), "hanging up after 10ms") {
		t.Error(err, out.String())
	}
	o.Password = "wrong"
	if err := Run(t.Context(), o, &out); !errors.Is(err, ErrRefused) || !strings.Contains(err.Error(), "401") {
		t.Error(err)
	}
}

func TestNobodyThere(t *testing.T) {
	pc, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	o := Options{Number: "1", Server: pc.LocalAddr().String(), patience: 50 * time.Millisecond}
	if err := Run(t.Context(), o, &out); !errors.Is(err, ErrNoServer) || !strings.Contains(err.Error(), "no answer from "+o.Server+" within") {
		t.Error(err)
	}
	_ = pc.Close()
	o.patience = 0
	if err := Run(t.Context(), o, &out); !errors.Is(err, ErrNoServer) || !strings.Contains(err.Error(), "refused") {
		t.Error(err)
	}
}

func TestInterrupted(t *testing.T) {
	server := serve(t, &answerer{}, loopback())
	ctx, cancel := context.WithCancel(t.Context())
	w := writer(func(b []byte) {
		if strings.Contains(string(b), "answered") {
			cancel()
		}
	})
	if err := Run(ctx, Options{Number: "+81312345678", Server: server}, w); err != nil {
		t.Error(err)
	}
}

type writer func([]byte)

func (w writer) Write(b []byte) (int, error) { w(b); return len(b), nil }

func TestBadOptions(t *testing.T) {
	notAudio := filepath.Join(t.TempDir(), "x.wav")
	if err := os.WriteFile(notAudio, []byte("no audio"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, o := range []Options{
		{Number: "", Server: "127.0.0.1"},
		{Number: "1>2", Server: "127.0.0.1"},
		{Number: "1", Server: "127.0.0.1", Digits: "1x"},
		{Number: "1", Server: "127.0.0.1:none"},
		{Number: "1", Server: "127.0.0.1", PlayFile: "/does/not/exist.wav"},
		{Number: "1", Server: "127.0.0.1", PlayFile: notAudio},
		{Number: "1", Server: "127.0.0.1", ListenFile: "/does/not/exist.wav"},
	} {
		var out strings.Builder
		if err := Run(t.Context(), o, &out); !errors.Is(err, ErrOptions) || out.Len() > 0 {
			t.Errorf("%+v: %v %s", o, err, out.String())
		}
	}
}
