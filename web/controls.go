package web

import (
	"context"
	"net/http"

	"mediasrv/routing/fact"

	"github.com/danielgtaylor/huma/v2"
)

// Controls is what agents can do to the call that they are in. Errors are sentences for the agent, and mean that nothing has happened.
type Controls interface {
	Hold(user string) error
	Resume(user string) error
	Mute(user string, on bool) error
	SendDigits(user, digits string) error
	Transfer(user string, to fact.Destination) error
	Consult(user string, to fact.Destination) error
	AddParty(user string, to fact.Destination) error
	DropParty(user string, leg fact.LegID) error
	SwitchParty(user string) error
	BackToCaller(user string) error
	Complete(user string) error
	Merge(user string) error
	// ComeBack brings the user's phone of a SIP login into the user's call, in place of the one before.
	ComeBack(user, phone string) error
	// Targets are those to whom the user can give a call now.
	Targets(user string) fact.Targets
}

type destinationInput struct{ Body fact.Destination }

type muteInput struct {
	Body struct {
		On bool `json:"on" doc:"nobody hears the agent, nor does the recording"`
	}
}

type digitsInput struct {
	Body struct {
		Digits string `json:"digits" minLength:"1" maxLength:"32" example:"12#"`
	}
}

type partyInput struct {
	Leg string `path:"leg" maxLength:"64" doc:"of the call's parties"`
}

type targetsOutput struct{ Body fact.Targets }

// addControls adds the routes by which agents control their call.
func (s *Server) addControls(api huma.API) {
	c := s.opt.Centre
	s.own(api, "hold", "Put the others in the own call on hold", "They hear the queue's hold music and message.", c.Hold)
	s.own(api, "resume", "Bring those on hold back", "", c.Resume)
	s.own(api, "switch", "Talk with the other one of a consultation", "The one before is held.", c.SwitchParty)
	s.own(api, "back", "End a consultation", "Who was asked is hung up on; the agent talks with the caller again.", c.BackToCaller)
	s.own(api, "complete", "Give the caller to who was asked", "Who still rings is left with the caller, as by a transfer.", c.Complete)
	s.own(api, "merge", "Make a conference of a consultation", "", c.Merge)
	route(s, api, needAgent, command("return", http.MethodPost, "/api/me/return", "Come back to the own call by this login's phone",
		"After the page was loaded again, or from another device. The phone gets an INVITE with the header X-Mediasrv-Again, and is to answer by itself; the one before is hung up."),
		func(ctx context.Context, _ *struct{}) (*struct{}, error) {
			v := visitorOf(ctx)
			phone := s.live.phoneOf(v.live)
			if phone == "" {
				return nil, huma.Error409Conflict("This login has no phone yet.")
			}
			return nil, obey(c.ComeBack(v.user.Login, phone))
		})
	s.toward(api, "transfer", "Give the own call to somebody else at once",
		"If they refuse, are busy or don't answer, the caller comes back: to the agent if available or in this call's wrap-up, else to the head of the queue.", c.Transfer)
	s.toward(api, "consult", "Hold the caller and ask somebody", "", c.Consult)
	s.toward(api, "party", "Add somebody to the call at once", "An agent or a number; meanwhile the talk goes on.", c.AddParty)
	route(s, api, needAgent, command("mute", http.MethodPut, "/api/me/mute", "Mute oneself, or let oneself be heard", ""),
		func(ctx context.Context, in *muteInput) (*struct{}, error) {
			return nil, obey(c.Mute(visitorOf(ctx).user.Login, in.Body.On))
		})
	route(s, api, needAgent, command("digits", http.MethodPost, "/api/me/digits", "Send digits to those outside with whom the agent talks", "They go into the call's history."),
		func(ctx context.Context, in *digitsInput) (*struct{}, error) {
			return nil, obey(c.SendDigits(visitorOf(ctx).user.Login, in.Body.Digits))
		})
	route(s, api, needAgent, command("party-drop", http.MethodDelete, "/api/me/party/{leg}", "Hang up on one of those whom the agent has called", ""),
		func(ctx context.Context, in *partyInput) (*struct{}, error) {
			return nil, obey(c.DropParty(visitorOf(ctx).user.Login, fact.LegID(in.Leg)))
		})
	route(s, api, needAgent, huma.Operation{
		OperationID: "targets", Method: http.MethodGet, Path: "/api/me/targets", Summary: "To whom the own call can be given now",
	}, func(ctx context.Context, _ *struct{}) (*targetsOutput, error) {
		return &targetsOutput{Body: c.Targets(visitorOf(ctx).user.Login)}, nil
	})
}

// own adds a route that does something to the agent's call.
func (s *Server) own(api huma.API, name, summary, more string, do func(user string) error) {
	route(s, api, needAgent, command(name, http.MethodPost, "/api/me/"+name, summary, more), func(ctx context.Context, _ *struct{}) (*struct{}, error) {
		return nil, obey(do(visitorOf(ctx).user.Login))
	})
}

// toward adds a route that needs to be told whom.
func (s *Server) toward(api huma.API, name, summary, more string, do func(user string, to fact.Destination) error) {
	route(s, api, needAgent, command(name, http.MethodPost, "/api/me/"+name, summary, more), func(ctx context.Context, in *destinationInput) (*struct{}, error) {
		return nil, obey(do(visitorOf(ctx).user.Login, in.Body))
	})
}

// command is an operation without an answer that may be refused with a sentence.
func command(id, method, path, summary, more string) huma.Operation {
	return huma.Operation{
		OperationID: id, Method: method, Path: path, Summary: summary, Description: more,
		DefaultStatus: http.StatusNoContent, Errors: []int{http.StatusConflict},
	}
}
