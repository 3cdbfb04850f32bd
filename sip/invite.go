package sip

import (
	"time"

	"mediasrv/config"
	"mediasrv/media/codec"
	"mediasrv/routing/fact"
	"mediasrv/sip/dialog"
	"mediasrv/sip/digest"
	"mediasrv/sip/identity"
	"mediasrv/sip/registrar"
	"mediasrv/sip/transaction"
	"mediasrv/sip/trunk"

	"github.com/emiago/sipgo/sip"
)

// retryAfter is how long a peer that was refused for want of room should wait, in seconds.
const retryAfter = 10

// invited takes an INVITE that begins a call.
func (s *Stack) invited(tx *transaction.Server) {
	if tx.Flow.WebSocket() || s.phones.Who(tx.Flow) != "" {
		s.phoneCalls(tx)
		return
	}
	t := s.trunkOf(tx)
	if t == nil || s.unproven(tx, t) {
		return
	}
	if refused(tx) || s.replaces(tx, t, "") {
		return
	}
	in, known := s.wanted(tx.Request, t)
	emergency := s.file().IsEmergency(in.Dialled)
	in.Trunk, in.At = t.Name, time.Now().UTC()
	in.From.Trunk = t.Name
	switch {
	case !t.Inbound:
		refuse(tx, sip.StatusForbidden, "Forbidden (this trunk brings no calls)")
	case s.draining.Load():
		refuse(tx, sip.StatusServiceUnavailable, "Service Unavailable", dialog.RetryAfter(retryAfter))
	case !known || s.handler == nil || s.open == nil:
		s.log.Info("call to an unknown number refused", "trunk", t.Name, "number", in.To, "sip", in.SIPID)
		refuse(tx, sip.StatusNotFound, "Not Found")
	default:
		if why := s.admit(tx, t, emergency); why != "" {
			s.refusals.Add(1)
			s.log.Warn("call refused", "why", string(why), "trunk", t.Name, "calls", s.trunks.Calls(t.Name), "sip", in.SIPID)
			refuse(tx, sip.StatusServiceUnavailable, "Service Unavailable", dialog.RetryAfter(why.RetryAfter()))
			return
		}
		s.take(tx, t, in)
	}
}

// wanted reads what an INVITE asks for, and says whether we know the number: as an entry point, or as that of an emergency service.
func (s *Stack) wanted(req *sip.Request, t *config.Trunk) (in fact.Invite, known bool) {
	country := s.file().Company.Country
	in = identity.Read(req, t, country)
	if s.file().Entry(in.To, in.Dialled) != nil || s.file().IsEmergency(in.Dialled) {
		return in, true
	}
	if also, dialled := identity.Also(req, country); s.file().Entry(also, dialled) != nil {
		in.To, in.Dialled = also, dialled
		return in, true
	}
	return in, false
}

// tooLate: an INVITE waited so long for us that its caller has sent it again; taking more calls would make all wait.
const tooLate = time.Second

// admit counts a call in, unless the trunk or the server is full or too slow. An emergency call always comes in.
func (s *Stack) admit(tx *transaction.Server, t *config.Trunk, emergency bool) trunk.Refusal {
	if emergency {
		s.trunks.Count(t)
		return ""
	}
	now := time.Now()
	if now.Sub(tx.Arrived) > tooLate || s.table.Crowded() {
		return "the server is overloaded"
	}
	return s.trunks.Take(t, now)
}

// unproven refuses calls of a trunk that has to show a certificate, but came without one that is good.
func (s *Stack) unproven(tx *transaction.Server, t *config.Trunk) bool {
	if t.TLS.Client != "required" || tx.Flow.Verified() == t.Name {
		return false
	}
	s.log.Warn("call refused: the trunk must call by TLS with its certificate (tls.client_certificate)", "trunk", t.Name, "by", tx.Flow.Transport,
		"from", tx.Flow.Remote.String())
	refuse(tx, sip.StatusForbidden, "Forbidden (TLS with a certificate is required)")
	return true
}

func refuse(tx *transaction.Server, code int, phrase string, headers ...sip.Header) {
	_ = tx.Reply(code, phrase, append(headers, sip.NewHeader("Server", dialog.Agent))...)
}

// take opens a room for the call and hands it to the handler.
func (s *Stack) take(tx *transaction.Server, t *config.Trunk, in fact.Invite) {
	l := &Leg{stack: s, id: newLegID(), party: in.From, sipID: in.SIPID, trunk: t, flowID: tx.Flow.ID}
	l.log = s.log.With("leg", string(l.id), "sip", in.SIPID)
	room, err := s.open(l.log)
	if l.room = room; err == nil {
		if l.end, err = newEndpoint(room, false, tx.Flow.Remote.Addr()); err != nil {
			room.Close()
		}
	}
	if err != nil {
		s.trunks.Give(t)
		l.log.Info("call refused: no room for its media", "err", err) // the engine warns, once for many
		refuse(tx, sip.StatusServiceUnavailable, "Service Unavailable", dialog.RetryAfter(retryAfter))
		return
	}
	l.sit(l.end)
	if !s.connect(l, tx, mediumOf(t, codecs(t.Codecs)), manners(t)) {
		s.trunks.Give(t)
		l.end.Close()
		room.Close()
		return
	}
	if link := s.links.of(t.Name); link != nil {
		l.leave = link.Enter()
	}
	l.log.Info("call in", "trunk", t.Name, "from", in.From.Number, "to", in.To)
	l.sink = s.handler.Handle(l, room, in)
}

// connect makes the leg's dialog; false if the INVITE was refused.
func (s *Stack) connect(l *Leg, tx *transaction.Server, m medium, how dialog.Manners) bool {
	l.session = newSession(l.end, m, l.held)
	d, err := dialog.Receive(dialog.Config{
		Queue: s.table.Hold(l.sipID), Session: l.session, Owner: owner{l}, Place: s.place(tx.Flow), Manners: how,
		Know: s.knower(tx.Flow), Log: l.log,
	}, tx)
	if err != nil {
		return false
	}
	l.dialog = d
	if err := s.keep(l, d.LocalTag()); err != nil {
		l.trunk = nil
		d.Hangup(fact.EndShutdown)
		return false
	}
	return true
}

func (s *Stack) knower(f transaction.Flow) func() func() {
	return func() func() { return s.table.Know(f.Remote.Addr()) }
}

// trunkOf finds the trunk that an INVITE is from, by address or by login. If it is nil the INVITE is answered or dropped.
func (s *Stack) trunkOf(tx *transaction.Server) *config.Trunk {
	req, addr := tx.Request, tx.Flow.Remote.Addr()
	if t := s.links.from(req, addr); t != nil {
		return t
	}
	if t := s.trunks.At(addr); t != nil {
		return t
	}
	stale := false
	for _, h := range req.GetHeaders("Authorization") {
		name, proven := s.verifier.Username(h.Value(), addr)
		t, secret := s.trunks.Login(name, addr)
		if t == nil {
			continue
		}
		switch s.verifier.Check(registrar.LoginOf(req, h.Value(), tx.Flow), secret) {
		case digest.Good:
			s.LoggedIn(tx)
			return t
		case digest.Stale:
			stale = true
		case digest.Bad:
			s.Failed(tx, name, proven)
		}
	}
	contact := ""
	if c := req.Contact(); c != nil {
		contact = c.Address.User
	}
	if s.trunks.Allowed(addr) || s.trunks.Names(req.From().Address.User) || s.trunks.Names(contact) || stale {
		s.phones.Challenge(tx, stale)
		return nil
	}
	s.phoneLogsIn(tx) // a desk phone that hasn't registered
	return nil
}

// phoneCalls takes an INVITE of an agent's registered phone. Over UDP anybody can write its address, so that it must show its login.
func (s *Stack) phoneCalls(tx *transaction.Server) {
	if tx.Flow.Reliable() {
		s.phoneInvites(tx, s.phones.Who(tx.Flow))
		return
	}
	s.phoneLogsIn(tx)
}

func (s *Stack) phoneLogsIn(tx *transaction.Server) {
	if user, ok := s.phones.UserOf(tx); ok {
		s.phoneInvites(tx, user)
	}
}

// phoneInvites takes a call of an agent whom we know.
func (s *Stack) phoneInvites(tx *transaction.Server, user string) {
	if refused(tx) || s.replaces(tx, nil, user) || s.asks(tx, user) {
		return
	}
	s.phoneCallsOut(tx, user)
}

// codecs reads the names of a trunk's codecs; G.711 in both laws if there are none.
func codecs(names []string) []codec.Type {
	var out []codec.Type
	for _, n := range names {
		if c := codec.Parse(n); c != codec.None {
			out = append(out, c)
		}
	}
	if out == nil {
		out = []codec.Type{codec.PCMU, codec.PCMA}
	}
	return out
}
