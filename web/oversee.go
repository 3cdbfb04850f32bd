package web

import (
	"context"
	"net/http"

	"mediasrv/routing/fact"

	"github.com/danielgtaylor/huma/v2"
)

// Overseer is what supervisors can do to the calls and agents of others; by is who wants it. What succeeds is in the audit trail. Errors are
// sentences.
type Overseer interface {
	// Running are the calls that run now, the oldest first.
	Running() []fact.RunningCall
	// Supervise lets the supervisor's own phone ring, and into the call; or changes how the supervisor takes part.
	Supervise(by string, call fact.CallID, how fact.Supervision) error
	Unsupervise(by string, call fact.CallID) error
	// MoveCall takes a waiting call into a queue; into its own: to the head.
	MoveCall(by string, call fact.CallID, queue string) error
	SetStatusOf(by, user, status string) error
	// LogOut makes an agent offline, of whom all logins are ended.
	LogOut(by, user string) error
}

type runningOutput struct {
	Body struct {
		Calls []fact.RunningCall `json:"calls"`
	}
}

type superviseInput struct {
	Call string `path:"call" maxLength:"64"`
	Body struct {
		How string `json:"how" enum:"listen,whisper,barge,take-over" doc:"listen: hear all who talk; whisper: and be heard by the agent only; barge: take part; take-over: in the agent's place"`
	}
}

type runningInput struct {
	Call string `path:"call" maxLength:"64"`
}

type moveInput struct {
	Call string `path:"call" maxLength:"64"`
	Body struct {
		Queue string `json:"queue" maxLength:"64"`
	}
}

type agentInput struct {
	User string `path:"user" maxLength:"64"`
}

type agentStatusInput struct {
	User string `path:"user" maxLength:"64"`
	statusInput
}

// addOversight adds the routes by which supervisors reach calls and agents of others.
func (s *Server) addOversight(api huma.API) {
	o := s.opt.Centre
	route(s, api, needSupervisor, huma.Operation{
		OperationID: "running", Method: http.MethodGet, Path: "/api/running", Summary: "The calls that run now, and who hears whom in them",
	}, func(context.Context, *struct{}) (*runningOutput, error) {
		out := &runningOutput{}
		out.Body.Calls = o.Running()
		return out, nil
	})
	route(s, api, needSupervisor, command("supervise", http.MethodPut, "/api/running/{call}/supervision", "Listen to a call, whisper, barge in or take it over",
		"The supervisor's own phone rings. Saying it again changes the way."),
		func(ctx context.Context, in *superviseInput) (*struct{}, error) {
			return nil, obey(o.Supervise(visitorOf(ctx).user.Login, fact.CallID(in.Call), fact.Supervision(in.Body.How)))
		})
	route(s, api, needSupervisor, command("unsupervise", http.MethodDelete, "/api/running/{call}/supervision", "Leave a call that one listens to", ""),
		func(ctx context.Context, in *runningInput) (*struct{}, error) {
			return nil, obey(o.Unsupervise(visitorOf(ctx).user.Login, fact.CallID(in.Call)))
		})
	route(s, api, needSupervisor, command("move", http.MethodPost, "/api/running/{call}/move", "Take a waiting call into another queue", "Into its own: to the head."),
		func(ctx context.Context, in *moveInput) (*struct{}, error) {
			return nil, obey(o.MoveCall(visitorOf(ctx).user.Login, fact.CallID(in.Call), in.Body.Queue))
		})
	route(s, api, needSupervisor, command("agent-status", http.MethodPut, "/api/agents/{user}/status", "Set an agent's status", ""),
		func(ctx context.Context, in *agentStatusInput) (*struct{}, error) {
			status, err := s.statusOf(&in.statusInput)
			if err != nil {
				return nil, err
			}
			return nil, obey(o.SetStatusOf(visitorOf(ctx).user.Login, in.User, status))
		})
	route(s, api, needSupervisor, command("agent-logout", http.MethodPost, "/api/agents/{user}/logout", "Log an agent out", "All logins of the agent end; a call goes on until its end only if it is on a desk phone."),
		s.logAgentOut)
}

// logAgentOut ends all logins of an agent.
func (s *Server) logAgentOut(ctx context.Context, in *agentInput) (*struct{}, error) {
	if err := s.opt.Centre.LogOut(visitorOf(ctx).user.Login, in.User); err != nil {
		return nil, obey(err)
	}
	gone, err := s.opt.Logins.DeleteSessionsOf(ctx, in.User)
	if err != nil {
		s.log.Error("the sessions of a user cannot be ended", "user", in.User, "error", err)
		return nil, huma.Error503ServiceUnavailable("The agent is offline, but the database does not answer: the logins live on. Try again in a moment.")
	}
	for _, v := range gone {
		s.dropSession(v)
	}
	return nil, nil //nolint:nilnil // huma's way to say 204
}
