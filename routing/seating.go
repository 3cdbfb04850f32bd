package routing

import (
	"slices"

	"mediasrv/media"
	"mediasrv/routing/fact"
	"mediasrv/routing/table"
)

// apply makes room, recording and pages agree with what the stage has come to.
func (t *talker) apply() {
	if t.next != nil {
		return
	}
	t.keepLines()
	t.keepHold()
	t.record()
	t.room.Set(t.plan())
	t.show()
}

// keepHold begins or ends music and books of a hold.
func (t *talker) keepHold() {
	anyAway := t.customer.away
	for _, p := range t.answeredGuests() {
		anyAway = anyAway || p.away
	}
	t.meanwhile.play(anyAway || t.alone())
	if t.customer.away {
		t.beginHold()
	} else {
		t.endHold()
	}
}

// table is who is in the call.
func (t *talker) table() table.Table {
	all := table.Table{t.sat(t.customer, table.Customer)}
	if t.agent != nil && !t.agent.ended { // it may be back by another leg
		all = append(all, t.sat(t.agent, table.Agent))
	}
	for _, p := range t.guests {
		role := table.Guest
		if p.row.Seat == fact.SeatSupervisor {
			role = table.Supervisor
		}
		all = append(all, t.sat(p, role))
	}
	return all
}

func (t *talker) sat(p *party, role table.Role) table.Party {
	return table.Party{At: p.leg.Endpoint(), Role: role, Mode: p.mode, Away: p.away, Muted: p.muted}
}

// plan is who hears what.
func (t *talker) plan() media.Plan {
	var plan media.Plan
	all := t.table()
	for _, p := range all {
		plan.Rows[p.At] = media.Row{Hears: all.Hears(p), Digits: p.Role == table.Customer || p.Role == table.Agent}
	}
	for _, p := range t.answeredGuests() {
		if p.away {
			plan.Rows[p.leg.Endpoint()].Music = t.meanwhile.loop
		}
	}
	if t.customer.away || t.alone() {
		row := &plan.Rows[t.customer.leg.Endpoint()]
		row.Hears &^= t.lostVoice()
		row.Music, row.Prompt = t.meanwhile.loop, t.meanwhile.say
	}
	t.hearCalling(&plan)
	t.tapInto(&plan, all.Recorded())
	return plan
}

// hearCalling lets the agent hear that somebody is being asked: our tone, until the network of a number can be heard.
func (t *talker) hearCalling(plan *media.Plan) {
	if t.calling == nil || t.joining || t.agent == nil || t.agent.ended {
		t.ringing = media.Play{}
		return
	}
	row := &plan.Rows[t.agent.leg.Endpoint()]
	if t.calling.early && t.calling.who != nil {
		row.Hears |= media.Of(t.calling.who.leg.Endpoint())
		return
	}
	if t.ringing.Token == 0 {
		t.ringing = media.Play{Token: t.nextToken(), Audio: t.prompts.Ringback, Loop: true}
	}
	row.Music = t.ringing
}

// tapInto feeds the recording with those whose voices belong into it.
func (t *talker) tapInto(plan *media.Plan, recorded media.Set) {
	if t.tap == nil {
		return
	}
	n := 0
	for channel, p := range t.channels {
		if at := p.leg.Endpoint(); !p.ended && recorded.Has(at) && n < media.MaxTaps {
			plan.Taps[n] = media.TapRow{Tap: t.tap, Of: at, Channel: uint8(channel)}
			n++
		}
	}
}

// record lets the segment have a channel for everybody who talks with the caller. Who comes to it begins another one; so does another agent. With
// nobody of ours in the call it stops, unless the file wants otherwise.
func (t *talker) record() {
	if t.agent == nil && (len(t.answeredGuests()) == 0 || !t.cfg.RecordingFor(t.row.Queue, "").External) {
		t.stopSegment()
		return
	}
	talking := t.recorded()
	if slices.Contains(talking, t.customer) && !covers(t.channels, talking) {
		paused := t.paused
		t.stopSegment()
		t.channels = talking
		t.tap = t.recordAgent(t.by, talking[1:]...)
		t.pauseRecording(paused, t.by.User) // a pause is the call's: who comes to it doesn't end it
	}
}

// recorded are those who talk with the caller, the caller first and the agent, if there is one, second. Who is muted will speak again, and has a channel.
func (t *talker) recorded() []*party {
	all := []*party{t.customer}
	if t.agent != nil {
		all = append(all, t.agent)
	}
	for _, p := range t.guests {
		if !p.away && (p.row.Seat != fact.SeatSupervisor || p.mode == table.Barge) {
			all = append(all, p)
		}
	}
	if t.customer.away {
		return nil
	}
	return all
}

func covers(channels, all []*party) bool {
	return channels != nil && !slices.ContainsFunc(all, func(p *party) bool { return !slices.Contains(channels, p) })
}

// stopSegment ends the segment, once nothing is fed into it any more.
func (t *talker) stopSegment() {
	if t.channels == nil {
		return
	}
	t.tap, t.channels = nil, nil
	t.room.Set(t.plan())
	t.stopRecording()
}

// show tells the pages who is in the call, and who hears whom.
func (t *talker) show() {
	plan := t.plan()
	hears := func(p *party) media.Set { return plan.Rows[p.leg.Endpoint()].Hears }
	all := []fact.PartyView{t.partyView(t.customer, "customer", stateOf(t.customer), hears(t.customer))}
	if t.agent != nil {
		state := stateOf(t.agent)
		if !t.absence.since.IsZero() {
			state = "reconnecting"
		}
		all = append(all, t.partyView(t.agent, "agent", state, hears(t.agent)))
	}
	for _, p := range t.guests {
		role, state := roleOf(p), stateOf(p)
		if p.asked || t.calling != nil && t.calling.who == p && !t.joining {
			role = "consulted"
		}
		if p.row.Answered.IsZero() || t.calling != nil && t.calling.who == p || t.summoned != nil && t.summoned.who == p {
			state = "ringing"
		}
		all = append(all, t.partyView(p, role, state, hears(p)))
	}
	t.showParties(all)
}

func (s *script) showParties(all []fact.PartyView) {
	s.c.desk.amend(s.row.ID, func(k *card) { k.parties = all })
}

func (s *script) partyView(p *party, role, state string, hears media.Set) fact.PartyView {
	v := fact.PartyView{Role: role, State: state, Line: lineNames[media.LineUnknown], Hears: []fact.LegID{}}
	if p == nil {
		return v
	}
	v.Line = lineNames[p.grade]
	v.Leg, v.User, v.Name, v.Number, v.Muted = p.row.ID, p.row.Party.User, p.row.Party.Name, p.row.Party.Number, p.muted
	if v.User != "" {
		v.Name = s.nameOf(v.User)
	}
	for _, other := range append([]*party{s.customer, s.agent}, s.guests...) {
		if other != nil && !other.ended && hears.Has(other.leg.Endpoint()) {
			v.Hears = append(v.Hears, other.row.ID)
		}
	}
	return v
}

func roleOf(p *party) string {
	if p != nil && p.row.Seat == fact.SeatSupervisor {
		return "supervisor"
	}
	return "guest"
}

func stateOf(p *party) string {
	switch {
	case p.away:
		return "held"
	case p.mode != 0:
		return string(modeNames[p.mode])
	}
	return "talking"
}

var modeNames = [...]fact.Supervision{table.Listen: fact.Listen, table.Whisper: fact.Whisper, table.Barge: fact.Barge}

func (t *talker) partyName(p *party) string {
	if p.row.Party.User != "" {
		return t.nameOf(p.row.Party.User)
	}
	return p.row.Party.Number
}
