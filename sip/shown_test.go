package sip

import (
	"testing"

	"mediasrv/config"
	"mediasrv/routing"

	"github.com/emiago/sipgo/sip"
)

// Every way out of a call gets the number as the trunk spells it, and the rules have the last hand on the INVITE.
func TestPresent(t *testing.T) {
	trunk := &config.Trunk{
		Name: "a", NumbersAs: "national", Identity: config.Identity{From: "account", Asserted: "asserted", URI: "phone", Diversion: "diversion"},
		Login: config.Login{Username: "acct"}, Headers: config.HeaderRules{Add: []config.Header{{Name: "X-N", Value: "{number} {caller}"}}},
	}
	s := &Stack{}
	s.current.Store(&config.Config{Company: config.Company{Country: "JP"}, Trunks: map[string]*config.Trunk{"a": trunk}})
	o := outbound{target: sip.Uri{Scheme: "sip", Host: "them"}, others: nil}
	s.present(&o, trunk, routing.Target{Number: "+81312345678"}, routing.Caller{Number: "+819012345678", Via: "+81312340000"}, "us")
	if got := o.target.String(); got != "sip:0312345678@them;user=phone" {
		t.Error(got)
	}
	if o.from.URI.User != "acct" || o.contact != "acct" || len(o.headers) != 2 || o.headers[0].Name() != "P-Asserted-Identity" || o.headers[1].Name() != "Diversion" {
		t.Errorf("%+v", o)
	}
	req := sip.NewRequest(sip.INVITE, o.target)
	o.edit(req)
	if h := req.GetHeader("X-N"); h == nil || h.Value() != "0312345678 09012345678" {
		t.Error(req)
	}
}
