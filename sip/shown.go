package sip

import (
	"time"

	"mediasrv/config"
	"mediasrv/routing"
	"mediasrv/sip/dialog"
	"mediasrv/sip/identity"
	"mediasrv/sip/trunk"

	"github.com/emiago/sipgo/sip"
)

// present gives a call out its addresses and headers as the trunk wants them: whose call it is, whom it is for, how numbers are spelled.
func (s *Stack) present(o *outbound, t *config.Trunk, to routing.Target, from routing.Caller, host string) {
	country := s.file().Company.Country
	shown := identity.Show(t, country, host, o.target.Host, identity.Caller{
		Number: from.Number, Name: from.Name, Withheld: from.Withheld, Via: from.Via,
	}, to.Number)
	o.from, o.to = dialog.Party{Name: shown.Name, URI: shown.From}, dialog.Party{URI: shown.To}
	o.headers = append(o.headers, shown.Headers...)
	if o.contact == "" {
		o.contact = shown.From.User // a tel: URI has none
	}
	address(&o.target, shown)
	for i := range o.others {
		address(&o.others[i].Target, shown)
	}
	rules, called, caller := t.Headers, identity.Spell(to.Number, t, country), identity.Spell(from.Number, t, country)
	o.edit = func(req *sip.Request) { identity.Change(req, rules, called, caller) }
}

// leave counts a call out over a trunk, unless a limit refuses it. An emergency call always goes.
func (s *Stack) leave(t *config.Trunk, emergency bool) trunk.Refusal {
	if emergency {
		s.trunks.Count(t)
		return ""
	}
	return s.trunks.Take(t, time.Now())
}

// address writes the number into a Request-URI.
func address(target *sip.Uri, shown identity.Shown) {
	target.User = shown.User
	if shown.Phone {
		target.UriParams = append(target.UriParams.Clone(), sip.HeaderKV{K: "user", V: "phone"})
	}
}
