package identity

import (
	"slices"
	"strings"

	"mediasrv/config"

	"github.com/emiago/sipgo/sip"
)

// Change applies a trunk's rules to an INVITE that begins a call. Values may name {number}, the number dialled, and {caller}, as they are
// spelled for the trunk. config has refused what must not be touched.
func Change(req *sip.Request, rules config.HeaderRules, number, caller string) {
	fill := strings.NewReplacer("{number}", plain(number), "{caller}", plain(caller))
	for _, name := range rules.Remove {
		remove(req, name)
	}
	for _, h := range rules.Replace {
		if remove(req, h.Name) {
			req.AppendHeader(sip.NewHeader(h.Name, fill.Replace(h.Value)))
		}
	}
	for _, h := range rules.Add {
		req.AppendHeader(sip.NewHeader(h.Name, fill.Replace(h.Value)))
	}
}

// remove takes a header out, however its name is written; false: it wasn't there.
func remove(req *sip.Request, name string) bool {
	found := false
	for _, h := range slices.Clone(req.Headers()) {
		if strings.EqualFold(h.Name(), name) {
			found = req.RemoveHeader(h.Name()) || found
		}
	}
	return found
}

// plain leaves nothing of a number that could end a header or an address in it.
func plain(number string) string {
	return strings.Map(func(r rune) rune {
		if r <= ' ' || r >= 0x7f || strings.ContainsRune(`<>",;:@\`, r) {
			return -1
		}
		return r
	}, number)
}
