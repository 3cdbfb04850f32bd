package web

import (
	"context"
	"net/http"
	"time"

	"mediasrv/routing/fact"

	"github.com/danielgtaylor/huma/v2"
)

// Operations is what operators watch, and can do.
type Operations interface {
	// Trunks is how every trunk is doing, by name. It waits for nobody.
	Trunks() []fact.TrunkState
	// Start places a call without a caller. It may take seconds, to speak the text. Errors are sentences.
	Start(fact.Order) (fact.CallID, error)
	// Order says how such a call goes, as soon as more than after things have happened, or ctx ends; false: there is none.
	Order(ctx context.Context, id fact.CallID, after int) (fact.OrderView, bool)
	// EndOrder hangs it up.
	EndOrder(id fact.CallID) error
	// History finds the calls that a name may mean, the latest first: an id or the end of one, a Call-ID header, a caller's number, "last". Of a
	// single one it has the time line. It reads the database.
	History(name string) ([]fact.Call, []fact.Event, error)
	// Reload reads the file again and says what became of it; by says who wants it. It waits until ctx ends at most, and then reports false: the
	// reload goes on.
	Reload(ctx context.Context, by string) (fact.Reload, bool)
	// Reloads are the last one (none yet: At is zero), and how many there were of each kind.
	Reloads() (last fact.Reload, applied, refused uint64)
	// QueueStates are all queues by name. It waits for nobody.
	QueueStates() []fact.QueueState
	// SetNotice closes a queue, or sets an incident, for a time; the message is made first, which may take seconds. Errors are sentences.
	SetNotice(ctx context.Context, n fact.QueueNotice) error
	// EndNotice takes it back.
	EndNotice(queue string, kind fact.NoticeKind, by string) error
}

// orderWait is how long a request may wait for news of a call. It is shorter than requestTime.
const orderWait = 20 * time.Second

type callInput struct {
	Body struct {
		Number string  `json:"number" minLength:"1" maxLength:"64" pattern:"^[0-9A-Za-z+*#._-]+$" example:"+81312345678" doc:"whom to call: E.164, or as the trunk takes it"`
		Trunk  string  `json:"trunk,omitempty" maxLength:"64" doc:"the way out; left out: as routes say"`
		From   string  `json:"from,omitempty" maxLength:"64" pattern:"^[0-9+*#]*$" doc:"the number that is shown; left out: the trunk's account, or none"`
		Say    string  `json:"say,omitempty" maxLength:"2000" doc:"text that is spoken to who answers; left out: a tone"`
		Tone   float64 `json:"tone,omitempty" minimum:"0" maximum:"3800" doc:"Hz; left out: 440"`
		For    int     `json:"for,omitempty" minimum:"1" maximum:"3600" default:"10" doc:"seconds after the answer; then we hang up"`
	}
}

type callOutput struct {
	Body struct {
		ID fact.CallID `json:"id"`
	}
}

type orderInput struct {
	ID    string `path:"id" maxLength:"64"`
	After int    `query:"after" minimum:"0" doc:"how many events are known already: the answer waits for another, at most 20 s"`
}

type orderOutput struct{ Body fact.OrderView }

type endInput struct {
	ID string `path:"id" maxLength:"64"`
}

type trunksOutput struct {
	Body struct {
		Trunks []trunkView `json:"trunks"`
	}
}

// addOperations adds the routes of supervisors and admins.
func (s *Server) addOperations(api huma.API) {
	route(s, api, needSupervisor, huma.Operation{
		OperationID: "trunks", Method: http.MethodGet, Path: "/api/trunks", Summary: "How every trunk and registration is doing",
	}, func(context.Context, *struct{}) (*trunksOutput, error) {
		out := &trunksOutput{}
		out.Body.Trunks = trunkViews(s.opt.Operations.Trunks())
		return out, nil
	})
	route(s, api, needSupervisor, huma.Operation{
		OperationID: "history", Method: http.MethodGet, Path: "/api/history/{call}", Summary: "What happened in a call, and why",
		Description: "An id or the end of one, a leg's Call-ID header, a caller's number, or `last`. With several calls there are no events.",
		Errors:      []int{http.StatusNotFound, http.StatusServiceUnavailable},
	}, s.history)
	route(s, api, needSupervisor, huma.Operation{
		OperationID: "call", Method: http.MethodPost, Path: "/api/calls", Summary: "Call a number over a trunk and play something to who answers",
		Description: "What may be dialled is up to `dial_out` in the file. Follow the call with GET.",
		Errors:      []int{http.StatusConflict}, DefaultStatus: http.StatusAccepted,
	}, s.placeCall)
	route(s, api, needSupervisor, huma.Operation{
		OperationID: "call-progress", Method: http.MethodGet, Path: "/api/calls/{id}", Summary: "How a call that was placed goes",
		Description: "Known until five minutes after its end.", Errors: []int{http.StatusNotFound},
	}, s.callProgress)
	route(s, api, needSupervisor, huma.Operation{
		OperationID: "call-end", Method: http.MethodDelete, Path: "/api/calls/{id}", Summary: "Hang up a call that was placed",
		DefaultStatus: http.StatusNoContent, Errors: []int{http.StatusConflict},
	}, func(_ context.Context, in *endInput) (*struct{}, error) {
		return nil, obey(s.opt.Operations.EndOrder(fact.CallID(in.ID)))
	})
}

func (s *Server) placeCall(ctx context.Context, in *callInput) (*callOutput, error) {
	user := visitorOf(ctx).user.Login
	id, err := s.opt.Operations.Start(fact.Order{
		Number: in.Body.Number, Trunk: in.Body.Trunk, From: in.Body.From, Say: in.Body.Say, Tone: in.Body.Tone,
		For: time.Duration(in.Body.For) * time.Second, By: user,
	})
	if err != nil {
		return nil, obey(err)
	}
	s.log.Info("call placed", "call", id, "number", in.Body.Number, "trunk", in.Body.Trunk, "user", user)
	out := &callOutput{}
	out.Body.ID = id
	return out, nil
}

func (s *Server) callProgress(ctx context.Context, in *orderInput) (*orderOutput, error) {
	ctx, cancel := context.WithTimeout(ctx, orderWait)
	defer cancel()
	defer context.AfterFunc(s.closing, cancel)()
	view, ok := s.opt.Operations.Order(ctx, fact.CallID(in.ID), in.After)
	if !ok {
		return nil, huma.Error404NotFound("There is no such call, or it ended long ago.")
	}
	return &orderOutput{Body: view}, nil
}
