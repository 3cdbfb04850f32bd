package webrtc

import (
	"strings"

	"github.com/pion/stun/v3"
)

// credentials are one ufrag and password of a transport.
type credentials struct {
	t          *Transport
	ufrag, pwd string
}

// check answers a STUN binding request (RFC 8445, 7.3; RFC 8489) as an ICE-lite agent does. What isn't meant for a transport of ours, or isn't proven by its
// password, is met with silence. A valid one makes from a source of the transport's DTLS and media, whatever candidates the peer told (peer-reflexive).
func (m *Mux) check(now int64, b []byte, from path) {
	req := &m.request
	req.Raw = append(req.Raw[:0], b...)
	if req.Decode() != nil || req.Type != stun.BindingRequest {
		m.count.malformed.Add(1)
		return
	}
	a := readAttributes(req)
	c := m.owner(a.username)
	if c == nil || c.t.ctx.Err() != nil {
		m.count.strangers.Add(1)
		return
	}
	if stun.NewShortTermIntegrity(c.pwd).Check(req) != nil || a.fingerprint && stun.Fingerprint.Check(req) != nil {
		m.count.refused.Add(1)
		return
	}
	m.count.checks.Add(1)
	switch {
	case len(a.unknown) > 0:
		m.answer(c, from, stun.BindingError, stun.CodeUnknownAttribute, a.unknown)
		return
	case a.controlled: // we are lite, so the peer has to control
		m.answer(c, from, stun.BindingError, stun.CodeRoleConflict)
		return
	}
	mapped := stun.XORMappedAddress{IP: from.addr.Addr().Unmap().AsSlice(), Port: int(from.addr.Port())}
	m.answer(c, from, stun.BindingSuccess, &mapped)
	c.t.alive(now, from, a.nominates)
}

// owner finds whose check this is by USERNAME, which is "our ufrag:the peer's".
func (m *Mux) owner(username string) *credentials {
	ufrag, _, ok := strings.Cut(username, ":")
	if !ok {
		return nil
	}
	if v, ok := m.credentials.Load(ufrag); ok {
		if c, ok := v.(*credentials); ok {
			return c
		}
	}
	return nil
}

// attributes is what matters in a check. Only what MESSAGE-INTEGRITY covers counts.
type attributes struct {
	username    string
	nominates   bool
	controlled  bool
	fingerprint bool
	unknown     stun.UnknownAttributes
}

func readAttributes(m *stun.Message) attributes {
	var a attributes
	covered := true
	for _, attr := range m.Attributes {
		switch {
		case attr.Type == stun.AttrFingerprint:
			a.fingerprint = true
		case attr.Type == stun.AttrMessageIntegrity:
			covered = false
		case !covered:
		case attr.Type == stun.AttrUsername && a.username == "":
			a.username = string(attr.Value)
		case attr.Type == stun.AttrUseCandidate:
			a.nominates = true
		case attr.Type == stun.AttrICEControlled:
			a.controlled = true
		case attr.Type < 0x8000 && !understood(attr.Type):
			a.unknown = append(a.unknown, attr.Type)
		}
	}
	return a
}

// understood names the comprehension-required attributes that a check may carry.
func understood(t stun.AttrType) bool {
	return t == stun.AttrUsername || t == stun.AttrPriority || t == stun.AttrUseCandidate || t == stun.AttrMessageIntegritySHA256
}

// answer sends a response, protected by the password that the request knew.
func (m *Mux) answer(c *credentials, to path, what stun.MessageType, setters ...stun.Setter) {
	all := append([]stun.Setter{stun.NewTransactionIDSetter(m.request.TransactionID), what}, setters...)
	all = append(all, stun.NewShortTermIntegrity(c.pwd), stun.Fingerprint)
	m.response.Reset()
	if err := m.response.Build(all...); err != nil {
		m.count.malformed.Add(1)
		return
	}
	_ = m.send(m.response.Raw, to) // a lost answer is asked for again
}

// alive notes a valid check: the source is the peer's, the nominated one is where we send, and the first one starts DTLS. It is the peer's consent to be
// sent to (RFC 7675), too.
func (t *Transport) alive(now int64, from path, nominates bool) {
	t.lastCheck, t.consent = now, true
	t.mux.learn(t, from)
	switch {
	case nominates && t.prefers(now, from), !t.target.valid():
		t.moveTo(from)
	default:
		t.moveTo(t.target) // again, if it was lost
	}
	if !t.started {
		t.started = true
		t.mux.handshakes.Add(1)
		go t.run()
	}
	if t.keys.Load() != nil {
		t.move(alive)
	} else {
		t.move(checked)
	}
}
