package web

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"mediasrv/routing/fact"
)

// Persons has what is kept of customers. Errors of reading are for the log.
type Persons interface {
	// Person is all that is kept of a number. It reads the database.
	Person(ctx context.Context, number string) (fact.Person, error)
	// PersonGoesOn says how many open callbacks and calls somebody has.
	PersonGoesOn(ctx context.Context, number string) (callbacks, calls int, err error)
	// ErasePerson takes a person out of all rows. It never blocks.
	ErasePerson(fact.PersonErased)
}

type personInput struct {
	Number string `query:"number" required:"true" minLength:"3" maxLength:"64" doc:"as calls have it: E.164"`
}

type personOutput struct{ Body fact.Person }

type erasePersonInput struct {
	Body struct {
		Number string `json:"number" minLength:"3" maxLength:"64" doc:"as calls have it: E.164"`
		Legs   string `json:"legs,omitempty" enum:"all,customer" default:"all" doc:"which recordings go: all, or those in which the customer is heard"`
		Reason string `json:"reason" minLength:"3" maxLength:"500" doc:"why; it is kept, so don't name the person"`
	}
}

type erased struct {
	Deleted int  `json:"deleted" doc:"recordings"`
	Left    int  `json:"left" doc:"recordings of others' voices, which were not to go"`
	Held    int  `json:"held" doc:"recordings under legal hold, which stay; while there are any, the rows stay as well"`
	Rows    bool `json:"rows" doc:"number, name and notes are gone from the database"`
}

type erasePersonOutput struct{ Body erased }

// addPersons adds what the law gives customers: to know what is kept of them, and to have it erased.
func (s *Server) addPersons(api huma.API) {
	route(s, api, needAdmin, huma.Operation{
		OperationID: "person", Method: http.MethodGet, Path: "/api/person", Summary: "All that is kept of a customer, by the number",
		Errors: []int{http.StatusServiceUnavailable},
	}, func(ctx context.Context, in *personInput) (*personOutput, error) {
		p, err := s.opt.Persons.Person(ctx, in.Number)
		if err != nil {
			return nil, s.unread("what is kept of a person can't be read", err)
		}
		s.acted(ctx, fact.Audit{What: fact.AuditPersonExported, Detail: fmt.Sprintf("%d calls, %d recordings", len(p.Calls), len(p.Recordings))})
		return &personOutput{Body: p}, nil
	})
	route(s, api, needAdmin, huma.Operation{
		OperationID: "erase-person", Method: http.MethodPost, Path: "/api/person/erase", Summary: "Erase a customer",
		Description: "Recordings are deleted, and number, name and notes go from the database; calls stay without them, since they count in statistics. Copies that were uploaded are not touched. " +
			"409: there is a call or an open callback.",
		Errors: []int{http.StatusConflict, http.StatusServiceUnavailable},
	}, s.erasePerson)
}

func (s *Server) erasePerson(ctx context.Context, in *erasePersonInput) (*erasePersonOutput, error) {
	callbacks, calls, err := s.opt.Persons.PersonGoesOn(ctx, in.Body.Number)
	if err != nil {
		return nil, s.unread("what is kept of a person can't be read", err)
	}
	if callbacks+calls > 0 {
		return nil, huma.Error409Conflict(fmt.Sprintf("There are %d calls going on and %d open callbacks with this number. Wait until they are over, or cancel the callbacks, and try again.", calls, callbacks))
	}
	p, err := s.opt.Persons.Person(ctx, in.Body.Number)
	if err != nil {
		return nil, s.unread("what is kept of a person can't be read", err)
	}
	done, err := s.deleteOf(ctx, p, in.Body.Legs == "customer", in.Body.Reason)
	if err == nil && done.Held == 0 {
		s.opt.Persons.ErasePerson(fact.PersonErased{Number: in.Body.Number, At: time.Now().UTC()})
		done.Rows = true
	}
	s.acted(ctx, fact.Audit{
		What:   fact.AuditPersonErased,
		Detail: fmt.Sprintf("%s; recordings: %d deleted, %d left, %d under legal hold", in.Body.Reason, done.Deleted, done.Left, done.Held),
	})
	if err != nil {
		s.log.Error("a person's recordings can't all be deleted", "deleted", done.Deleted, "error", err)
		return nil, huma.Error503ServiceUnavailable(fmt.Sprintf("%d recordings were deleted, then the disk said no. The log says why; try again, it goes on from there.", done.Deleted))
	}
	s.log.Info("a person was erased", "recordings", done.Deleted, "left", done.Left, "held", done.Held, "rows", done.Rows, "by", visitorOf(ctx).user.Login)
	return &erasePersonOutput{Body: done}, nil
}

// deleteOf deletes a person's recordings, or those only in which the customer is heard.
func (s *Server) deleteOf(ctx context.Context, p fact.Person, customerOnly bool, reason string) (done erased, err error) {
	for _, v := range p.Recordings {
		switch {
		case v.Held != nil:
			done.Held++
		case customerOnly && !heardIn(v.Part):
			done.Left++
		default:
			if err := s.opt.Recordings.DeleteRecording(v, visitorOf(ctx).user.Login, reason); err != nil {
				return done, err
			}
			done.Deleted++
		}
	}
	return done, nil
}

// heardIn says whether the customer is heard in such a file.
func heardIn(part string) bool {
	return part == string(fact.SeatCustomer) || part == partMerged || part == "voicemail"
}
