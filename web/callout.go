package web

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"mediasrv/routing/fact"
)

// CallingOut is how agents call somebody. Errors are sentences for the agent.
type CallingOut interface {
	// CallOut lets the agent's phone ring, and calls the number when it is picked up. It returns the call's name at once.
	CallOut(user string, o fact.CallOut) (fact.CallID, error)
	// LookOut says what is known of such a call before it is made. It waits for nobody.
	LookOut(user, number string) fact.CallOutLook
}

type callOutInput struct {
	Body struct {
		Number       string `json:"number" minLength:"1" maxLength:"64" doc:"as people of the company's country write it"`
		Queue        string `json:"queue,omitempty" maxLength:"64" doc:"one of the own ones; left out: the first"`
		From         string `json:"from,omitempty" maxLength:"32" doc:"the number of ours that is shown; left out: the queue's usual one"`
		Conversation string `json:"conversation,omitempty" enum:"join,new" default:"join" doc:"join: the customer's that is not closed is gone on with"`
	}
}

type lookOutInput struct {
	Number string `query:"number" maxLength:"64" doc:"as typed; left out: only the queues and numbers"`
}

type lookOutOutput struct{ Body fact.CallOutLook }

// addCallOut adds the routes by which agents call out.
func (s *Server) addCallOut(api huma.API) {
	route(s, api, needAgent, huma.Operation{
		OperationID: "call-out-look", Method: http.MethodGet, Path: "/api/me/call", Summary: "What is known of a call out before it is made",
		Description: "The number in E.164, whose it is, whether it may be called, the customer's open conversation, and in whose name and with which number shown it can be called.",
	}, func(ctx context.Context, in *lookOutInput) (*lookOutOutput, error) {
		return &lookOutOutput{Body: s.opt.Centre.LookOut(visitorOf(ctx).user.Login, in.Number)}, nil
	})
	route(s, api, needAgent, huma.Operation{
		OperationID: "call-out", Method: http.MethodPost, Path: "/api/me/call", Summary: "Call somebody",
		Description:   "The own phone rings first, with X-Mediasrv-Call in its INVITE; the number is called when it is picked up. What becomes of it comes by the event stream, and wrap-up follows in any case.",
		DefaultStatus: http.StatusAccepted, Errors: []int{http.StatusConflict},
	}, func(ctx context.Context, in *callOutInput) (*callOutput, error) {
		id, err := s.opt.Centre.CallOut(visitorOf(ctx).user.Login, fact.CallOut{
			Number: in.Body.Number, Queue: in.Body.Queue, From: in.Body.From, New: in.Body.Conversation == "new",
		})
		if err != nil {
			return nil, obey(err)
		}
		out := &callOutput{}
		out.Body.ID = id
		return out, nil
	})
}
