package certify

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"mediasrv/config"
)

func file(login bool) *config.Config {
	t := &config.Trunk{Name: "carrier-a", Kind: "carrier", Servers: []string{"127.0.0.2:5060"}, Transport: "udp", Codecs: []string{"PCMU", "PCMA"}, SRTP: "off", Outbound: true}
	if login {
		t.Login = config.Login{Username: "user", Password: "secret"}
		t.Register = config.Registration{On: true}
	}
	return &config.Config{
		Listen:  config.Listen{SIP: []config.SIPAddress{{Transport: "udp", Port: 5060}}, RTPMin: 10000, RTPMax: 10999},
		Trunks:  map[string]*config.Trunk{"carrier-a": t},
		Numbers: map[string]*config.Number{"+81312345678": {Number: "+81312345678"}},
	}
}

// try runs all steps, or some, against a carrier with a fault.
func try(t *testing.T, fault string, login bool, only ...string) (*Report, *carrier, string) {
	t.Helper()
	var r *Report
	var c *carrier
	var out bytes.Buffer
	synctest.Test(t, func(t *testing.T) {
		l := newLAN()
		c = newCarrier(l, netip.MustParseAddrPort("127.0.0.2:5060"), fault)
		c.login = login
		f := file(login)
		if slices.Equal(only, []string{"srtp"}) {
			f.Trunks["carrier-a"].SRTP = "required"
		}
		var err error
		r, err = Run(context.Background(), Options{
			File: f, Trunk: "carrier-a", Number: "echo", Busy: "busy", Unknown: "nobody", Only: only, Network: l,
		}, &out)
		if err != nil {
			t.Error(err)
		}
		c.close()
		time.Sleep(time.Minute) // timers of the carrier
	})
	return r, c, out.String()
}

// A correct peer is accused of nothing, and every step has something good to say of it.
func TestCorrectPeer(t *testing.T) {
	r, c, out := try(t, "", true)
	for _, s := range r.Results {
		for _, f := range s.Findings {
			if f.Level == Odd || f.Level == Wrong {
				t.Errorf("%s: %s: %s", s.Step, f.Level, f.Text)
			}
		}
		if s.Level != OK && s.Step != "tls" && s.Step != "srtp" && s.Step != "servers" {
			t.Errorf("%s: %s", s.Step, s.Level)
		}
	}
	for _, n := range c.dialled {
		if n != "echo" && n != "busy" && n != "nobody" {
			t.Error("dialled", n)
		}
	}
	for _, b := range c.blame {
		t.Error("we:", b)
	}
	if t.Failed() {
		t.Log(out)
	}
	if strings.Contains(out, "secret") {
		t.Error("the password is printed")
	}
	t.Logf("%s, %d calls", r.Took, len(c.dialled))
}

// A correct peer with SRTP is accused of nothing; one that only says so is.
func TestSecureMedia(t *testing.T) {
	for fault, want := range map[string]Level{
		"": OK, "SRTP agreed but not done": Wrong, "SRTP answered with another tag": Wrong, "SRTP answered without a key": Wrong,
	} {
		r, _, out := try(t, fault, false, "srtp")
		if len(r.Results) != 1 || r.Results[0].Level != want {
			t.Errorf("%q: %s", fault, out)
		}
	}
}

// Whatever a peer does, no step waits forever, and nothing is left behind.
func TestNobodyThere(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLAN()
		began := time.Now()
		r, err := Run(t.Context(), Options{File: file(true), Trunk: "carrier-a", Number: "echo", Network: l}, io.Discard)
		if err != nil || r.Wrong() != 3 { // options, register, call
			t.Error(err, r.Wrong())
		}
		if took := time.Since(began); took > time.Minute {
			t.Error(took)
		}
		if yaml := r.YAML(); !strings.Contains(yaml, "probe: 0s") {
			t.Error(yaml)
		}
	})
}

// A run that is given up ends the call that is up.
func TestGivenUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLAN()
		c := newCarrier(l, netip.MustParseAddrPort("127.0.0.2:5060"), "")
		ctx, giveUp := context.WithCancel(t.Context())
		time.AfterFunc(3*time.Second, giveUp)
		r, err := Run(ctx, Options{File: file(false), Trunk: "carrier-a", Number: "echo", Only: []string{"lost-ack", "glare"}, Network: l}, io.Discard)
		if !errors.Is(err, context.Canceled) || len(r.Results) != 1 {
			t.Error(err, len(r.Results))
		}
		done := make(chan int)
		c.post(func() { done <- len(c.legs) })
		if n := <-done; n != 0 {
			t.Error(n, "calls are left")
		}
		c.close()
		time.Sleep(time.Minute)
	})
}

// The run says what can't be tried before anything is sent.
func TestOptions(t *testing.T) {
	f := file(false)
	f.Trunks["in"] = &config.Trunk{Name: "in"}
	for _, c := range []struct {
		o    Options
		want error
	}{
		{Options{File: f, Trunk: "none", Number: "1"}, ErrTrunk},
		{Options{File: f, Trunk: "in", Number: "1"}, ErrTrunk},
		{Options{File: f, Trunk: "carrier-a"}, ErrTrunk},
		{Options{File: f, Trunk: "carrier-a", Number: "1", Only: []string{"holt"}}, ErrStep},
	} {
		c.o.Network = newLAN()
		if _, err := Run(t.Context(), c.o, io.Discard); !errors.Is(err, c.want) {
			t.Errorf("%+v: %v", c.o, err)
		}
	}
}

// The port of the file that is taken is said, and another one used.
func TestTakenPort(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLAN()
		taken, _ := l.ListenPacket(netip.MustParseAddrPort("127.0.0.1:5060"))
		c := newCarrier(l, netip.MustParseAddrPort("127.0.0.2:5060"), "")
		var out bytes.Buffer
		r, err := Run(t.Context(), Options{File: file(false), Trunk: "carrier-a", Number: "echo", Only: []string{"options"}, Network: l}, &out)
		if err != nil || r.Results[0].Level != OK || len(r.Remarks) != 1 || !strings.Contains(out.String(), "Port 5060 of the file is taken") {
			t.Error(err, out.String())
		}
		c.close()
		_ = taken.Close()
	})
}
