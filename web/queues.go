package web

import (
	"context"
	"net/http"
	"time"

	"mediasrv/routing/fact"

	"github.com/danielgtaylor/huma/v2"
)

// queueState is a queue as supervisors see it.
type queueState struct {
	Name     string      `json:"name"`
	Open     bool        `json:"open" doc:"takes callers now"`
	Why      string      `json:"why" doc:"it is closed; empty: it isn't"`
	Closed   *noticeView `json:"closed" doc:"by a supervisor; null: it isn't"`
	Incident *noticeView `json:"incident" doc:"what callers hear before they wait; null: nothing"`
}

type noticeView struct {
	Until time.Time `json:"until"`
	Say   string    `json:"say"`
	File  string    `json:"file"`
	By    string    `json:"by"`
	At    time.Time `json:"at"`
}

type queuesOutput struct {
	Body struct {
		Queues []queueState `json:"queues"`
	}
}

type noticePath struct {
	Queue string `path:"queue" maxLength:"200"`
	Kind  string `path:"kind" enum:"closed,incident"`
}

type noticeInput struct {
	Queue string `path:"queue" maxLength:"200"`
	Kind  string `path:"kind" enum:"closed,incident"`
	Body  struct {
		Until time.Time `json:"until" doc:"at most a year ahead"`
		Say   string    `json:"say,omitempty" maxLength:"2000" doc:"text that is spoken; left out of a closing: what the queue's hours say"`
		File  string    `json:"file,omitempty" maxLength:"1024" doc:"audio file on the server, only over the control socket"`
	}
}

// addQueues adds what supervisors can do with queues.
func (s *Server) addQueues(api huma.API) {
	route(s, api, needSupervisor, huma.Operation{
		OperationID: "queues", Method: http.MethodGet, Path: "/api/queues", Summary: "Which queues take callers now, and why the others don't",
	}, func(context.Context, *struct{}) (*queuesOutput, error) {
		out := &queuesOutput{}
		out.Body.Queues = []queueState{}
		for _, q := range s.opt.Operations.QueueStates() {
			out.Body.Queues = append(out.Body.Queues, queueState{
				Name: q.Name, Open: q.Open, Why: q.Why, Closed: viewOfNotice(q.Closed), Incident: viewOfNotice(q.Incident),
			})
		}
		return out, nil
	})
	const path = "/api/queues/{queue}/notices/{kind}"
	route(s, api, needSupervisor, huma.Operation{
		OperationID: "queue-notice", Method: http.MethodPut, Path: path, Summary: "Close a queue, or tell its callers of an incident, until a time",
		Description: "It holds at once, past the file, and survives a restart. Callers who wait already are not touched.",
		Errors:      []int{http.StatusConflict}, DefaultStatus: http.StatusNoContent,
	}, s.setNotice)
	route(s, api, needSupervisor, huma.Operation{
		OperationID: "queue-notice-end", Method: http.MethodDelete, Path: path, Summary: "Take it back",
		Errors: []int{http.StatusConflict}, DefaultStatus: http.StatusNoContent,
	}, func(ctx context.Context, in *noticePath) (*struct{}, error) {
		return nil, obey(s.opt.Operations.EndNotice(in.Queue, fact.NoticeKind(in.Kind), visitorOf(ctx).user.Login))
	})
}

func (s *Server) setNotice(ctx context.Context, in *noticeInput) (*struct{}, error) {
	by := visitorOf(ctx).user.Login
	if in.Body.File != "" && by != Control {
		return nil, huma.Error403Forbidden("A file on the server can be named over its control socket only (mediasrv queue); write a text.")
	}
	return nil, obey(s.opt.Operations.SetNotice(ctx, fact.QueueNotice{
		Queue: in.Queue, Kind: fact.NoticeKind(in.Kind), Until: in.Body.Until, Say: in.Body.Say, File: in.Body.File, By: by,
	}))
}

func viewOfNotice(n *fact.QueueNotice) *noticeView {
	if n == nil {
		return nil
	}
	return &noticeView{Until: n.Until, Say: n.Say, File: n.File, By: n.By, At: n.At}
}
