package web

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"mediasrv/routing/fact"
)

type abandonedInput struct {
	PeriodInput
	After string `query:"after" maxLength:"64" doc:"the call of the last line of the page before"`
	Limit int    `query:"limit" minimum:"1" maximum:"500" default:"200" doc:"lines of a page"`
}

type abandonedOutput struct {
	Body struct {
		From  time.Time            `json:"from"`
		To    time.Time            `json:"to"`
		Calls []fact.AbandonedCall `json:"calls" doc:"the latest first"`
		More  bool                 `json:"more" doc:"there are earlier ones: ask again with after"`
	}
}

type abandonedCallInput struct {
	Call string `path:"call" maxLength:"64"`
}

// addAbandoned adds the routes of callers who have given up.
func (s *Server) addAbandoned(api huma.API) {
	route(s, api, needLogin, huma.Operation{
		OperationID: "abandoned", Method: http.MethodGet, Path: "/api/abandoned", Summary: "Callers who gave up waiting, and what became of them",
		Description: "Of the own queues; supervisors get those of all.",
		Errors:      []int{http.StatusUnprocessableEntity, http.StatusServiceUnavailable},
	}, s.abandoned)
	route(s, api, needLogin, huma.Operation{
		OperationID: "abandoned-callback", Method: http.MethodPost, Path: "/api/abandoned/{call}/callback", Summary: "Have a caller who gave up called back",
		Description: "Puts the caller onto the list of callbacks of the queue's agents.",
		Errors:      []int{http.StatusNotFound, http.StatusConflict, http.StatusServiceUnavailable},
	}, s.callAbandoned)
}

func (s *Server) abandoned(ctx context.Context, in *abandonedInput) (*abandonedOutput, error) {
	q, err := NewStatisticsQuery(s.opt.Config(), in.From, in.To, time.Now())
	if err != nil {
		return nil, s.unanswered(err)
	}
	q.Queue = in.Queue
	ctx, cancel := context.WithTimeout(ctx, booksTime)
	defer cancel()
	calls, more, err := s.opt.Books.Abandoned(ctx, q, s.queuesOf(visitorOf(ctx)), fact.CallID(in.After), in.Limit)
	if err != nil {
		return nil, s.unanswered(err)
	}
	out := &abandonedOutput{}
	out.Body.From, out.Body.To, out.Body.Calls, out.Body.More = q.From.UTC(), q.To.UTC(), append([]fact.AbandonedCall{}, calls...), more
	return out, nil
}

func (s *Server) callAbandoned(ctx context.Context, in *abandonedCallInput) (*callbackOutput, error) {
	calls, _, err := s.opt.Operations.History(in.Call)
	switch {
	case err != nil:
		return nil, s.unread("a call's history can't be read", err)
	case len(calls) != 1 || string(calls[0].ID) != in.Call || calls[0].Direction != fact.Inbound || !s.knows(visitorOf(ctx), calls[0].Queue):
		return nil, huma.Error404NotFound("There is no such call.")
	}
	c := calls[0]
	row, err := s.opt.Callbacks.ListCallback(visitorOf(ctx).user.Login, fact.Missed{Conversation: c.Conversation, Queue: c.Queue, Number: c.From, Entry: c.Entry})
	if err != nil {
		return nil, obey(err)
	}
	return &callbackOutput{Body: row.View("open")}, nil
}
