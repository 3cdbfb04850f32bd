package sip

import (
	"mediasrv/config"
	"mediasrv/media/codec"
	"mediasrv/media/sdp"
	"mediasrv/routing"
	"mediasrv/routing/fact"
	"mediasrv/sip/dialog"
	"mediasrv/sip/transaction"

	"github.com/emiago/sipgo/sip"
)

// replaces takes an INVITE that is to take the place of a leg of ours (RFC 3891): the end of an attended transfer, or a call that is picked up
// at another phone. Only who is behind the same trunk, or is the same agent, may have it: user is empty for a trunk's. false: it is none.
func (s *Stack) replaces(tx *transaction.Server, t *config.Trunk, user string) bool {
	r, err := dialog.ReplacesOf(tx.Request)
	switch {
	case err != nil:
		declined(tx, err)
		return true
	case r == nil:
		return false
	}
	old := s.leg(r.CallID, r.LocalTag)
	if old == nil {
		unknownDialog(tx)
		return true
	}
	if !old.belongs(t, user) {
		s.log.Warn("an INVITE that would replace a call of somebody else is refused", "replaces", old.id, "user", user, "from", tx.Flow.Remote.String())
		refuse(tx, sip.StatusForbidden, "Forbidden (it would replace the call of somebody else)")
		return true
	}
	mine := s.table.Hold(tx.Request.CallID().Value())
	old.dialog.Do(func() { // its state is its queue's
		err, sink := old.dialog.Replaceable(r), old.sink
		if err == nil && sink == nil { // it ends at this moment
			err = dialog.ErrOver
		}
		mine.Do(func() {
			defer mine.Release()
			if tx.Status() >= 200 { // cancelled in the meantime
				return
			}
			if err != nil {
				declined(tx, err)
				return
			}
			if l := s.beside(tx, t, user, old, sink); l != nil {
				l.log.Info("call in, in place of another", "replaces", old.id, "user", user, "number", l.party.Number)
				sink(routing.LegEvent{Kind: routing.LegReplaced, Leg: old.id, By: l})
			}
		})
	})
	return true
}

func declined(tx *transaction.Server, err error) {
	code, phrase := dialog.RefusalOf(err)
	refuse(tx, code, phrase)
}

// belongs says whether a leg is a call of a trunk, or at a phone of a user.
func (l *Leg) belongs(t *config.Trunk, user string) bool {
	if t != nil {
		return l.trunk != nil && l.trunk.Name == t.Name
	}
	return user != "" && l.party.User == user
}

// beside makes a leg in the room of another one, whose call is to give it a seat or hang it up; nil: it was refused. It takes no room from other calls, so no
// limit refuses it.
func (s *Stack) beside(tx *transaction.Server, t *config.Trunk, user string, old *Leg, sink routing.Sink) *Leg {
	l := &Leg{stack: s, id: newLegID(), sipID: tx.Request.CallID().Value(), flowID: tx.Flow.ID, room: old.room, sink: sink}
	m, how := phoneMedium(tx.Flow.WebSocket()), phoneManners()
	if t != nil {
		in, _ := s.wanted(tx.Request, t)
		l.party, l.trunk = in.From, t
		l.party.Trunk = t.Name
		m, how = mediumOf(t, codecs(t.Codecs)), manners(t)
		s.trunks.Count(t)
	} else {
		l.party, l.browser = fact.Party{User: user, Name: s.nameOf(user)}, m.webrtc
	}
	l.log = s.log.With("leg", string(l.id), "sip", l.sipID)
	end, err := newEndpoint(old.room, m.webrtc, tx.Flow.Remote.Addr())
	if err != nil {
		s.giveBack(t)
		l.log.Info("call refused: no room for its media", "err", err)
		refuse(tx, sip.StatusServiceUnavailable, "Service Unavailable", dialog.RetryAfter(retryAfter))
		return nil
	}
	l.sit(end)
	if !s.connect(l, tx, m, how) {
		s.giveBack(t)
		l.end.Close()
		return nil
	}
	return l
}

func (s *Stack) giveBack(t *config.Trunk) {
	if t != nil {
		s.trunks.Give(t)
	}
}

// phoneManners are those of agents' phones: any button for a transfer is the desk's.
func phoneManners() dialog.Manners { return dialog.Manners{Refer: true} }

// phoneMedium is what agents' phones speak: browsers WebRTC with Opus, desk phones G.711.
func phoneMedium(browser bool) medium {
	m := medium{webrtc: browser, codecs: codecs(nil), srtp: sdp.Optional}
	if browser {
		m.codecs = []codec.Type{codec.Opus}
	}
	return m
}
