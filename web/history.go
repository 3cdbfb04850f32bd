package web

import (
	"context"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"mediasrv/routing/fact"
)

type historyInput struct {
	Call string `path:"call" maxLength:"256" example:"last" doc:"which call"`
}

type historyOutput struct{ Body historyView }

// historyView is the calls that a name may mean, and the time line of a single one.
type historyView struct {
	Calls  []pastCall     `json:"calls"`
	Events []historyEvent `json:"events" doc:"of the only call, in their order"`
}

type pastCall struct {
	ID           fact.CallID         `json:"id"`
	Conversation fact.ConversationID `json:"conversation,omitempty"`
	Direction    fact.Direction      `json:"direction"`
	From         string              `json:"from" doc:"empty: withheld"`
	Entry        string              `json:"entry" doc:"the number that was dialled"`
	Trunk        string              `json:"trunk"`
	Queue        string              `json:"queue"`
	Agent        string              `json:"agent"`
	Disposition  string              `json:"disposition"`
	Began        time.Time           `json:"began"`
	Answered     *time.Time          `json:"answered,omitempty"`
	Talked       *time.Time          `json:"talked,omitempty" doc:"when an agent answered"`
	Ended        *time.Time          `json:"ended,omitempty"`
	EndReason    string              `json:"endReason,omitempty"`
}

type historyEvent struct {
	At     time.Time      `json:"at"`
	Kind   fact.EventKind `json:"kind" doc:"considered: why each other agent was passed over"`
	Leg    fact.LegID     `json:"leg,omitempty"`
	Queue  string         `json:"queue,omitempty"`
	Agent  string         `json:"agent,omitempty"`
	Detail string         `json:"detail,omitempty"`
}

func (s *Server) history(_ context.Context, in *historyInput) (*historyOutput, error) {
	calls, events, err := s.opt.Operations.History(in.Call)
	if err != nil {
		s.log.Error("a call's history can't be read", "call", in.Call, "error", err)
		return nil, huma.Error503ServiceUnavailable("The database does not answer. Try again in a moment.")
	}
	if len(calls) == 0 {
		return nil, huma.Error404NotFound("There is no such call.")
	}
	out := &historyOutput{Body: historyView{Calls: make([]pastCall, 0, len(calls)), Events: make([]historyEvent, 0, len(events))}}
	for _, c := range calls {
		v := pastCall{
			ID: c.ID, Conversation: c.Conversation, Direction: c.Direction, From: c.From, Entry: c.Entry, Trunk: c.Trunk, Queue: c.Queue, Agent: c.Agent,
			Disposition: c.Disposition, Began: c.Began, Answered: known(c.Answered), Talked: known(c.Talked), Ended: known(c.Ended),
		}
		if !c.Ended.IsZero() {
			v.EndReason = c.End.String()
		}
		out.Body.Calls = append(out.Body.Calls, v)
	}
	for _, e := range events {
		out.Body.Events = append(out.Body.Events, historyEvent{At: e.At, Kind: e.Kind, Leg: e.Leg, Queue: e.Queue, Agent: e.Agent, Detail: e.Detail})
	}
	return out, nil
}
