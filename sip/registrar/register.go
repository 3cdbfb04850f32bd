package registrar

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"mediasrv/sip/digest"
	"mediasrv/sip/transaction"

	"github.com/emiago/sipgo/sip"
)

// Register answers a REGISTER. One that doesn't name a user of ours is met with silence.
func (r *Registrar) Register(tx *transaction.Server) {
	req := tx.Request
	l, authUser, ok := r.Authenticate(tx)
	if !ok {
		return
	}
	if aor := req.To().Address.User; aor != l.name && aor != l.user {
		_ = tx.Reply(sip.StatusForbidden, "Forbidden (the login is for another user)")
		return
	}
	changes, code, phrase := r.read(req)
	switch {
	case code == sip.StatusIntervalToBrief:
		_ = tx.Reply(code, phrase, sip.NewHeader("Min-Expires", strconv.Itoa(minExpires)))
		return
	case code != 0:
		_ = tx.Reply(code, phrase)
		return
	}
	path, ok := pathOf(req)
	if !ok {
		_ = tx.Reply(sip.StatusBadRequest, "Bad Request (Path)")
		return
	}
	stale := false
	r.change(func() { stale = !r.apply(l, authUser, tx, changes, path) })
	if stale {
		_ = tx.Reply(sip.StatusInternalServerError, "Out of Order")
		return
	}
	headers := r.contacts(l.user)
	for _, h := range req.GetHeaders("Path") { // RFC 3327, 5.3
		headers = append(headers, sip.NewHeader("Path", h.Value()))
	}
	_ = tx.Reply(sip.StatusOK, "OK", headers...)
}

// maxPath bounds the proxies of one binding.
const maxPath = 8

// pathOf is the Path of a REGISTER; false: it can't be read.
func pathOf(req *sip.Request) ([]sip.Uri, bool) {
	var out []sip.Uri
	for _, h := range req.GetHeaders("Path") {
		for rest := h.Value(); strings.TrimSpace(rest) != ""; {
			_, after, begins := strings.Cut(rest, "<")
			text, behind, ends := strings.Cut(after, ">")
			var uri sip.Uri
			if !begins || !ends || len(out) == maxPath || sip.ParseUri(text, &uri) != nil || uri.Host == "" {
				return nil, false
			}
			out = append(out, uri)
			_, rest, _ = strings.Cut(behind, ",")
		}
	}
	return out, true
}

// Authenticate finds the login that a REGISTER or INVITE of an agent's phone is made with. If it has none that is good it is answered: with a
// challenge if it names a user of ours, else with silence.
func (r *Registrar) Authenticate(tx *transaction.Server) (login, string, bool) {
	req := tx.Request
	stale := false
	for _, h := range req.GetHeaders("Authorization") {
		name, proven := r.verifier.Username(h.Value(), tx.Flow.Remote.Addr())
		if name == "" {
			continue
		}
		r.mu.Lock()
		l, known := r.logins[name]
		r.mu.Unlock()
		if !known || l.browser != tx.Flow.WebSocket() {
			r.guard.Failed(tx, name, proven)
			break
		}
		switch r.verifier.Check(LoginOf(req, h.Value(), tx.Flow), l.secret) {
		case digest.Good:
			r.guard.LoggedIn(tx)
			return l, name, true
		case digest.Stale:
			stale = true
		case digest.Bad:
			r.guard.Failed(tx, name, proven)
		}
	}
	named := r.Names(req.From().Address.User)
	if req.Method == sip.REGISTER {
		named = r.Names(req.To().Address.User)
	}
	if !named {
		tx.Drop()
		return login{}, "", false
	}
	r.Challenge(tx, stale)
	return login{}, "", false
}

// UserOf is Authenticate for who needs no more than whose phone it is.
func (r *Registrar) UserOf(tx *transaction.Server) (user string, ok bool) {
	l, _, ok := r.Authenticate(tx)
	return l.user, ok
}

// LoginOf is a request's login, as digest checks it.
func LoginOf(req *sip.Request, value string, flow transaction.Flow) digest.Login {
	return digest.Login{Method: string(req.Method), URI: req.Recipient.String(), Value: value, Peer: flow.Remote.Addr()}
}

// Challenge answers 401.
func (r *Registrar) Challenge(tx *transaction.Server, stale bool) {
	var headers []sip.Header
	for _, c := range r.verifier.Challenges(tx.Flow.Remote.Addr(), tx.Flow.WebSocket(), stale) {
		headers = append(headers, sip.NewHeader("WWW-Authenticate", c))
	}
	_ = tx.Reply(sip.StatusUnauthorized, "Unauthorized", headers...)
}

// change is what a REGISTER asks for one contact.
type change struct {
	all     bool // Contact: *
	contact sip.Uri
	seconds int
}

// read is the contacts of a REGISTER with their expiry (RFC 3261, 10.3, 6 and 7).
func (r *Registrar) read(req *sip.Request) (out []change, code int, phrase string) {
	def := maxExpires
	if h := req.GetHeader("Expires"); h != nil {
		def = expiry(h.Value())
	}
	for _, h := range req.GetHeaders("Contact") {
		c, ok := h.(*sip.ContactHeader)
		if !ok {
			return nil, sip.StatusBadRequest, "Bad Request (Contact)"
		}
		if c.Address.Wildcard {
			if def != 0 || len(req.GetHeaders("Contact")) > 1 {
				return nil, sip.StatusBadRequest, "Bad Request (Contact: * is for Expires: 0)"
			}
			return []change{{all: true}}, 0, ""
		}
		seconds := def
		if v, has := c.Params.Get("expires"); has {
			seconds = expiry(v)
		}
		if seconds > 0 && seconds < minExpires {
			return nil, sip.StatusIntervalToBrief, "Interval Too Brief"
		}
		if c.Address.Host == "" {
			return nil, sip.StatusBadRequest, "Bad Request (Contact)"
		}
		out = append(out, change{contact: *c.Address.Clone(), seconds: seconds})
	}
	return out, 0, ""
}

// expiry reads a number of seconds; what can't be read, or is more than we grant, is what we grant (RFC 3261, 10.3, 7).
func expiry(text string) int {
	n, err := strconv.ParseUint(strings.TrimSpace(text), 10, 64)
	if err != nil || n > maxExpires {
		return maxExpires
	}
	return int(n)
}

// apply changes the bindings; false if the request is older than what it would change (RFC 3261, 10.3, 7).
func (r *Registrar) apply(l login, authUser string, tx *transaction.Server, changes []change, path []sip.Uri) bool {
	req := tx.Request
	id, seq := req.CallID().Value(), req.CSeq().SeqNo
	for _, c := range changes {
		var keep []*Binding
		for _, b := range r.bindings[l.user] {
			if !c.all && !same(b, c.contact, tx.Flow) {
				keep = append(keep, b)
				continue
			}
			if b.callID == id && seq <= b.seq {
				return false
			}
			b.timer.Stop()
		}
		if c.seconds > 0 {
			keep = append(keep, r.bind(l, authUser, tx.Flow, c, path, id, seq))
		}
		if len(keep) > perUser {
			keep[0].timer.Stop()
			keep = keep[1:]
		}
		r.set(l.user, keep)
	}
	return true
}

// same says whether a REGISTER is about a binding: the same contact (a phone that has moved), of the same kind of phone.
func same(b *Binding, contact sip.Uri, flow transaction.Flow) bool {
	return b.Browser == flow.WebSocket() && strings.EqualFold(b.Contact.Endpoint(), contact.Endpoint())
}

func (r *Registrar) bind(l login, authUser string, flow transaction.Flow, c change, path []sip.Uri, callID string, seq uint32) *Binding {
	life := time.Duration(c.seconds) * time.Second
	r.born++
	b := &Binding{
		User: l.user, Contact: c.contact, Flow: flow.Pinned(), Browser: flow.WebSocket(), Path: path, Expires: time.Now().Add(life).UTC(),
		login: authUser, callID: callID, seq: seq, born: r.born,
	}
	b.timer = time.AfterFunc(life, func() { r.remove(func(o *Binding) bool { return o == b }) })
	return b
}

// contacts are the headers of a 200.
func (r *Registrar) contacts(user string) []sip.Header {
	r.mu.Lock()
	defer r.mu.Unlock()
	var out []sip.Header
	for _, b := range r.bindings[user] {
		left := max(int(time.Until(b.Expires).Round(time.Second)/time.Second), 1)
		out = append(out, sip.NewHeader("Contact", fmt.Sprintf("<%s>;expires=%d", b.Contact.String(), left)))
	}
	return append(out, sip.NewHeader("Date", time.Now().UTC().Format("Mon, 02 Jan 2006 15:04:05 GMT")))
}
