package recorder

import (
	"time"

	"mediasrv/recorder/ledger"
	"mediasrv/routing/fact"
)

// metadata is the JSON beside a file. While the file is being written it says what is known at the beginning.
type metadata struct {
	File          string     `json:"file"` // below the recordings directory
	Conversation  string     `json:"conversation"`
	Call          string     `json:"call"`
	Segment       string     `json:"segment"`
	SegmentNumber int        `json:"segmentNumber"`
	Leg           string     `json:"leg"` // empty: all
	Part          string     `json:"part"`
	Queue         string     `json:"queue"`
	Voicemail     string     `json:"voicemail,omitempty"` // the entry of the file whose message it is
	Agent         agentMeta  `json:"agent"`
	EndUser       userMeta   `json:"endUser"`
	Start         time.Time  `json:"start"` // UTC
	End           time.Time  `json:"end"`   // UTC
	Seconds       float64    `json:"seconds"`
	Format        format     `json:"format"`
	SoundSHA256   string     `json:"soundSHA256,omitempty"` // of a sealed file's sound; empty: it isn't sealed, or couldn't be opened after a crash
	Bytes         int64      `json:"bytes"`
	SHA256        string     `json:"sha256"`
	Gaps          []gapMeta  `json:"gaps"`
	Marks         []markMeta `json:"marks"`
	Repaired      bool       `json:"repaired"` // the server ended before it could close the file

	Chain ledger.Link `json:"chain"` // where it is in the day's ledger; the signature follows
}

type agentMeta struct {
	User string `json:"user"`
	Name string `json:"name"`
}

type userMeta struct {
	Name   string `json:"name"`
	Number string `json:"number"`
}

type format struct {
	Container string   `json:"container"`
	Coding    string   `json:"coding"`
	Rate      int      `json:"rate"`
	Channels  []string `json:"channels"`         // who is in which
	Sealed    string   `json:"sealed,omitempty"` // age, journal; empty: it isn't
}

type gapMeta struct {
	Channel int     `json:"channel"`
	From    float64 `json:"from"` // seconds since the start
	To      float64 `json:"to"`
	Cause   string  `json:"cause"`
}

type markMeta struct {
	At     float64 `json:"at"` // seconds since the start
	Kind   string  `json:"kind"`
	Detail string  `json:"detail"`
}

// about collects what is known of a file so far.
func (s *segment) about(o *output) metadata {
	f := s.fact
	m := metadata{
		File: o.name + o.kind.suffix, Conversation: string(f.Conversation), Call: string(f.Call), Segment: string(f.ID), SegmentNumber: f.Number,
		Leg: string(o.leg), Part: o.part, Queue: f.Queue, Voicemail: f.Voicemail, Agent: agentMeta{f.Agent, f.AgentName}, EndUser: userMeta{f.EndUser, f.EndNumber},
		Start:  s.start.UTC(),
		Format: format{Container: o.kind.container, Coding: o.kind.coding, Rate: rate, Channels: o.layout(f)}, Gaps: []gapMeta{}, Marks: []markMeta{},
	}
	for _, g := range o.allGaps(s) {
		m.Gaps = append(m.Gaps, gapMeta{g.Channel, g.From.Seconds(), g.To.Seconds(), g.Cause})
	}
	for _, k := range s.noted {
		m.Marks = append(m.Marks, markMeta{k.At.Seconds(), k.Kind, k.Detail})
	}
	return m
}

// length sets the end.
func (m *metadata) length(frames int64) {
	m.Seconds = float64(frames) / rate
	m.End = m.Start.Add(duration(frames))
}

// recording is what the index is told.
func (m *metadata) recording() fact.Recording {
	r := fact.Recording{
		Segment: fact.SegmentID(m.Segment), Conversation: fact.ConversationID(m.Conversation), Call: fact.CallID(m.Call), Leg: fact.LegID(m.Leg),
		Part: m.Part, Path: m.File, Format: m.Format.Container, Agent: m.Agent.User, EndUser: m.EndUser.Name, EndNumber: m.EndUser.Number,
		Start: m.Start, End: m.End, SHA256: m.SHA256, Bytes: m.Bytes, Repaired: m.Repaired,
	}
	for _, g := range m.Gaps {
		r.Gaps = append(r.Gaps, fact.Gap{Channel: g.Channel, From: seconds(g.From), To: seconds(g.To), Cause: g.Cause})
	}
	for _, k := range m.Marks {
		r.Marks = append(r.Marks, fact.Mark{At: seconds(k.At), Kind: k.Kind, Detail: k.Detail})
	}
	return r
}

func seconds(s float64) time.Duration {
	return time.Duration(s * float64(time.Second)).Round(time.Microsecond)
}
