package routing

import (
	"time"

	"mediasrv/config"
	"mediasrv/routing/fact"
	"mediasrv/routing/floor"
)

// Stage names a part of a call's script.
type Stage string

// The stages.
const (
	StageAnswer    Stage = "answer"    // the entry point is found, the caller is answered
	StageMenu      Stage = "menu"      // the caller chooses by keys
	StageAway      Stage = "away"      // the queue is closed, the caller is told so
	StageVoicemail Stage = "voicemail" // the caller leaves a message
	StageWait      Stage = "wait"      // the caller waits for an agent, agents ring
	StageTalk      Stage = "talk"      // caller and agent talk
	StageTransfer  Stage = "transfer"  // the caller is connected with somebody else, whom an agent has named
	StageRequest   Stage = "request"   // the caller is to be called back
	StageCallback  Stage = "callback"  // an agent is found for a customer who is to be called back, and the customer called
	StageBridge    Stage = "bridge"    // the caller is connected with a party behind a trunk
	StagePlace     Stage = "place"     // a number is called for somebody who isn't in the call
	StageOutward   Stage = "outward"   // an agent calls somebody
	StageEnd       Stage = "end"       // there is nowhere to go
)

// Situation is all that a stage starts from. It is plain and serialisable, so that another process or node can go on from it.
type Situation struct {
	Stage    Stage                    `json:"stage"`
	Seats    map[fact.Seat]fact.LegID `json:"seats"`
	Target   Target                   `json:"target"` // where the call goes; empty: nowhere
	Priority int                      `json:"priority"`
	Waiting  string                   `json:"waiting"` // the number's waiting strategy; empty: the queue's
	Skills   []config.SkillNeed       `json:"skills"`  // of the agent, besides those that the queue asks for
	Since    time.Time                `json:"since"`   // waited since; kept over transfers
	Front    bool                     `json:"front"`   // ahead of the others of the same priority
	Greeted  bool                     `json:"greeted"` // no greeting and no ringing any more: straight to the music
	Offer    *floor.Offer             `json:"offer"`   // talk: the offer that the agent took; else nil
	By       *floor.Offer             `json:"by"`      // transfer: by which the agent had the call who gives it away
	Back     bool                     `json:"back"`    // transfer: it failed, and the call comes back to that agent
	End      fact.EndReason           `json:"end"`     // end: why
}

// over is the situation after which there is nothing.
func (s Situation) over(why fact.EndReason) Situation {
	s.Stage, s.Target, s.End = StageEnd, Target{}, why
	return s
}

// ahead is the situation of a caller whom no agent has any more: at the head of a queue, with music.
func (s Situation) ahead(queue string) Situation {
	s.Stage, s.Target = StageWait, Target{Queue: queue}
	s.Front, s.Greeted, s.Offer, s.By, s.Back = true, true, nil, nil, false
	return s
}

// back is the situation of a caller whose agent was lost: at the head of the queue, with music.
func (s Situation) back() Situation {
	s.Stage, s.Target = StageWait, Target{Queue: s.Offer.Queue}
	s.Front, s.Greeted, s.Offer = true, true, nil
	return s
}
