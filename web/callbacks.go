package web

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"mediasrv/routing/fact"
)

// Callbacks are the promises to call customers. Errors of commands are sentences for the agent.
type Callbacks interface {
	// Callbacks are those that a filter chooses, those that hold first. It reads the database.
	Callbacks(ctx context.Context, f fact.CallbackFilter) ([]fact.CallbackView, error)
	// CallbackEvents is what has happened to the callbacks of a conversation. It reads the database.
	CallbackEvents(ctx context.Context, conversation fact.ConversationID) ([]fact.Event, error)
	PlanCallback(user string, p fact.CallbackPlan) (fact.Callback, error)
	// CallBack rings an agent's phone, and then that of somebody who has left a message; ListCallback puts somebody onto the list of the queue's agents.
	CallBack(user string, who fact.Missed) (fact.CallID, error)
	ListCallback(user string, who fact.Missed) (fact.Callback, error)
	TakeCallback(user string, id fact.CallbackID) error
	MakeCallback(user string, id fact.CallbackID) (fact.CallID, error)
	CloseCallback(user string, id fact.CallbackID) error
	// CancelCallback takes a promise back; everywhere: also one of a queue that isn't the user's.
	CancelCallback(user string, id fact.CallbackID, everywhere bool) error
}

type callbacksInput struct {
	State        string    `query:"state" enum:"open,in-queue,assigned,active,no-answer,completed,exhausted,cancelled" doc:"open: all that still hold; left out: all"`
	Type         string    `query:"type" enum:"automatic,manual"`
	Conversation string    `query:"conversation" enum:"open,waiting,solved,closed" doc:"status of the conversation"`
	Queue        string    `query:"queue" maxLength:"64"`
	Since        time.Time `query:"since" doc:"pending since this time or longer"`
	Date         string    `query:"date" pattern:"^[0-9]{4}-[0-9]{2}-[0-9]{2}$" example:"2026-11-21" doc:"due on this day, in the company's time zone"`
}

type callbacksOutput struct {
	Body struct {
		Callbacks []fact.CallbackView `json:"callbacks" doc:"at most 500"`
	}
}

type planInput struct {
	Body struct {
		Number   string    `json:"number,omitempty" maxLength:"32" doc:"left out: the customer of the own call, or of the one that is being wrapped up"`
		Queue    string    `json:"queue,omitempty" maxLength:"64" doc:"left out: that of the call, else the first of the own ones"`
		At       time.Time `json:"at" doc:"not in the past"`
		Personal bool      `json:"personal,omitempty" doc:"the own phone rings; false: that of anybody of the queue"`
		Callback string    `json:"callback,omitempty" maxLength:"64" doc:"the entry of callbacks in the file whose rules hold; left out: automatic, with 5 attempts, 15 min apart"`
	}
}

type callbackOutput struct{ Body fact.CallbackView }

type callbackInput struct {
	ID string `path:"id" maxLength:"64"`
}

type callbackEventsInput struct {
	Conversation string `path:"conversation" maxLength:"64"`
}

type callbackEventsOutput struct {
	Body struct {
		Events []historyEvent `json:"events"`
	}
}

// addCallbacks adds the routes of callbacks: agents have those of their queues, supervisors and admins all.
func (s *Server) addCallbacks(api huma.API) {
	route(s, api, needLogin, huma.Operation{
		OperationID: "callbacks", Method: http.MethodGet, Path: "/api/callbacks", Summary: "Customers who are to be called, or were",
		Description: "Of the own queues; supervisors get those of all. Those that hold come first, the next due one at the top.",
		Errors:      []int{http.StatusServiceUnavailable},
	}, s.listCallbacks)
	route(s, api, needAgent, huma.Operation{
		OperationID: "callback-plan", Method: http.MethodPost, Path: "/api/callbacks", Summary: "Promise a customer a call",
		Description: "There is one for each customer and queue: another promise changes the time of the first.", Errors: []int{http.StatusConflict},
	}, s.planCallback)
	route(s, api, needLogin, huma.Operation{
		OperationID: "callback-events", Method: http.MethodGet, Path: "/api/conversations/{conversation}/callbacks", Summary: "What has happened to the callbacks of a conversation",
		Errors: []int{http.StatusServiceUnavailable},
	}, s.callbackEvents)
	route(s, api, needAgent, huma.Operation{
		OperationID: "callback-call", Method: http.MethodPost, Path: "/api/callbacks/{id}/call", Summary: "Call a customer of the list",
		Description: "The own phone rings first; the customer is called when it is answered.", DefaultStatus: http.StatusAccepted, Errors: []int{http.StatusConflict},
	}, s.makeCallback)
	for name, do := range map[string]struct {
		about string
		f     func(user string, id fact.CallbackID) error
	}{
		"take": {"Take one of the list, also one that a colleague has taken and not called", s.opt.Callbacks.TakeCallback},
		"done": {"Close one of the list that needs no call any more", s.opt.Callbacks.CloseCallback},
	} {
		route(s, api, needAgent, huma.Operation{
			OperationID: "callback-" + name, Method: http.MethodPost, Path: "/api/callbacks/{id}/" + name, Summary: do.about,
			DefaultStatus: http.StatusNoContent, Errors: []int{http.StatusConflict},
		}, func(ctx context.Context, in *callbackInput) (*struct{}, error) {
			return nil, obey(do.f(visitorOf(ctx).user.Login, fact.CallbackID(in.ID)))
		})
	}
	route(s, api, needLogin, huma.Operation{
		OperationID: "callback-cancel", Method: http.MethodDelete, Path: "/api/callbacks/{id}", Summary: "Take a promise back",
		DefaultStatus: http.StatusNoContent, Errors: []int{http.StatusConflict},
	}, func(ctx context.Context, in *callbackInput) (*struct{}, error) {
		u := visitorOf(ctx).user
		return nil, obey(s.opt.Callbacks.CancelCallback(u.Login, fact.CallbackID(in.ID), u.Role == roleSupervisor || u.Role == roleAdmin))
	})
}

func (s *Server) listCallbacks(ctx context.Context, in *callbacksInput) (*callbacksOutput, error) {
	f := fact.CallbackFilter{
		State: fact.CallbackState(in.State), Type: in.Type, About: in.Conversation, Before: in.Since, Queues: s.queuesOf(visitorOf(ctx)),
	}
	switch who := visitorOf(ctx); {
	case in.Queue == "":
	case s.knows(who, in.Queue):
		f.Queues = []string{in.Queue}
	default:
		f.Queues = []string{}
	}
	if in.Date != "" {
		zone := s.opt.Config().Company.TimeZone
		if zone == nil {
			zone = time.UTC
		}
		var err error
		if f.Day, err = time.ParseInLocation(time.DateOnly, in.Date, zone); err != nil {
			return nil, huma.Error422UnprocessableEntity("The date must be one such as 2026-11-21.")
		}
	}
	all, err := s.opt.Callbacks.Callbacks(ctx, f)
	if err != nil {
		return nil, s.unread("callbacks can't be read", err)
	}
	out := &callbacksOutput{}
	out.Body.Callbacks = append([]fact.CallbackView{}, all...)
	return out, nil
}

func (s *Server) planCallback(ctx context.Context, in *planInput) (*callbackOutput, error) {
	row, err := s.opt.Callbacks.PlanCallback(visitorOf(ctx).user.Login, fact.CallbackPlan{
		Number: in.Body.Number, Queue: in.Body.Queue, At: in.Body.At, Personal: in.Body.Personal, Plan: in.Body.Callback,
	})
	if err != nil {
		return nil, obey(err)
	}
	return &callbackOutput{Body: row.View("open")}, nil
}

func (s *Server) makeCallback(ctx context.Context, in *callbackInput) (*callOutput, error) {
	id, err := s.opt.Callbacks.MakeCallback(visitorOf(ctx).user.Login, fact.CallbackID(in.ID))
	if err != nil {
		return nil, obey(err)
	}
	out := &callOutput{}
	out.Body.ID = id
	return out, nil
}

func (s *Server) callbackEvents(ctx context.Context, in *callbackEventsInput) (*callbackEventsOutput, error) {
	all, err := s.opt.Callbacks.CallbackEvents(ctx, fact.ConversationID(in.Conversation))
	if err != nil {
		return nil, s.unread("events of callbacks can't be read", err)
	}
	out := &callbackEventsOutput{}
	out.Body.Events = make([]historyEvent, 0, len(all))
	who := visitorOf(ctx)
	for _, e := range all {
		if s.knows(who, e.Queue) {
			out.Body.Events = append(out.Body.Events, historyEvent{At: e.At, Kind: e.Kind, Leg: e.Leg, Queue: e.Queue, Agent: e.Agent, Detail: e.Detail})
		}
	}
	return out, nil
}
