package certify

import (
	"bytes"
	"context"
	"net/netip"
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
		var err error
		r, err = Run(context.Background(), Options{
			File: file(login), Trunk: "carrier-a", Number: "echo", Busy: "busy", Unknown: "nobody", Only: only, Network: l,
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
		if s.Level != OK && s.Step != "tls" && s.Step != "srtp" {
			t.Errorf("%s: %s", s.Step, s.Level)
		}
	}
	for _, n := range c.dialled {
		if n != "echo" && n != "busy" && n != "nobody" {
			t.Error("dialled", n)
		}
	}
	if t.Failed() {
		t.Log(out)
	}
	if strings.Contains(out, "secret") {
		t.Error("the password is printed")
	}
	t.Logf("%s, %d calls", r.Took, len(c.dialled))
}
