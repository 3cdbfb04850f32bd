package routing

import (
	"mediasrv/config"
	"mediasrv/media"
	"mediasrv/routing/fact"
	"mediasrv/routing/floor"
)

// recordAgent begins a segment of an agent's call, if calls of this queue and agent are recorded.
func (s *script) recordAgent(o floor.Offer, others ...*party) *media.Tap {
	seg := fact.Segment{Queue: o.Queue, Agent: o.User}
	if o.Queue == "" { // it was transferred outside
		seg.Queue = s.row.Queue
	}
	if u := s.cfg.Users[o.User]; u != nil {
		seg.AgentName = u.Name
	}
	return s.record(s.cfg.RecordingFor(seg.Queue, o.User), seg, others...)
}

// record begins a segment of the caller and others, whose channels are in this order; nil: such calls are not recorded, the caller has declined, or it failed, and the call goes on.
func (s *script) record(want config.Recording, seg fact.Segment, others ...*party) *media.Tap {
	if s.declined || !s.recordable(want) {
		return nil
	}
	seg.Channels = []fact.Channel{{Leg: s.customer.row.ID, Seat: fact.SeatCustomer}}
	for _, other := range others {
		seg.Channels = append(seg.Channels, fact.Channel{Leg: other.row.ID, Seat: other.row.Seat})
	}
	seg.PerLeg, seg.Merged, seg.Format = want.PerLeg, want.Merged, want.Format
	return s.begins(seg)
}

// begins begins a segment whose channels are known; nil: it failed.
func (s *script) begins(seg fact.Segment) *media.Tap {
	s.segments++
	seg.ID, seg.Number, seg.Conversation, seg.Call = fact.SegmentID(newID()), s.segments, s.row.Conversation, s.row.ID
	seg.EndUser, seg.EndNumber = s.in.From.Name, s.row.From
	if seg.EndUser == "" {
		seg.EndUser = seg.EndNumber
	}
	tap, err := s.c.opt.Recorder.Start(seg)
	if err != nil {
		s.log.Error("recording could not start; the call goes on without", "segment", seg.ID, "error", err)
		s.event(fact.Event{Kind: fact.RecordingEnded, Agent: seg.Agent, Detail: "could not start: " + err.Error()})
		return nil
	}
	s.segment = seg.ID
	s.showRecording(true)
	s.event(fact.Event{Kind: fact.RecordingBegan, Agent: seg.Agent})
	return tap
}

// stopRecording ends the segment, if there is one. The plan must not name its tap any more.
func (s *script) stopRecording() {
	if s.segment == "" {
		return
	}
	s.c.opt.Recorder.Stop(s.segment)
	s.segment, s.paused = "", false
	s.showRecording(false)
	s.event(fact.Event{Kind: fact.RecordingEnded, Agent: s.row.Agent})
}

// markRecording notes in the recording what whoever hears it has to know, and what isn't heard.
func (s *script) markRecording(e fact.Event) {
	if s.segment == "" {
		return
	}
	switch e.Kind { //nolint:exhaustive // the others say nothing of the sound
	case fact.HoldBegan, fact.HoldEnded, fact.TransferBegan, fact.Transferred, fact.PartyJoined, fact.PartyLeft, fact.PartySwitched:
		s.c.opt.Recorder.Mark(s.segment, e.Kind, e.Detail)
	}
}

func (s *script) showRecording(on bool) {
	s.c.desk.amend(s.row.ID, func(k *card) { k.recording, k.paused = on, false })
}
