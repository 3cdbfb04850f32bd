package web

import (
	"bytes"
	"context"
	"encoding/csv"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"mediasrv/routing/fact"
)

// Trail is the audit trail: who did what to others, to running calls, queues and recordings.
type Trail interface {
	// Audit are the rows that a filter lets through, the latest first. It reads the database. Errors are for the log.
	Audit(context.Context, fact.AuditFilter) ([]fact.AuditView, error)
	// Acted adds a row. It never blocks.
	Acted(fact.Audit)
}

const (
	auditPage = 100
	auditCSV  = 50_000 // rows of a file at most
)

type auditInput struct {
	Who    string    `query:"who" maxLength:"64" doc:"login of who did it"`
	What   string    `query:"what" maxLength:"32" doc:"what was done"`
	User   string    `query:"user" maxLength:"64" doc:"login of whom it was done to"`
	Call   string    `query:"call" maxLength:"64"`
	From   time.Time `query:"from" doc:"then or later"`
	To     time.Time `query:"to" doc:"before"`
	Before string    `query:"before" maxLength:"64" doc:"id of the last one of the page before"`
}

type auditOutput struct {
	Body struct {
		Audit []fact.AuditView `json:"audit"`
		More  bool             `json:"more" doc:"there are older ones: ask again with before"`
	}
}

// addAudit adds the routes of the audit trail.
func (s *Server) addAudit(api huma.API) {
	route(s, api, needSupervisor, huma.Operation{
		OperationID: "audit", Method: http.MethodGet, Path: "/api/audit", Summary: "Who did what, the latest first",
		Description: "What supervisors and admins did to others, to running calls, queues, recordings and tokens. At most 100 at a time.",
		Errors:      []int{http.StatusServiceUnavailable},
	}, func(ctx context.Context, in *auditInput) (*auditOutput, error) {
		all, err := s.audit(ctx, in, auditPage+1)
		if err != nil {
			return nil, err
		}
		out := &auditOutput{}
		out.Body.More = len(all) > auditPage
		out.Body.Audit = append([]fact.AuditView{}, all[:min(len(all), auditPage)]...)
		return out, nil
	})
	route(s, api, needSupervisor, huma.Operation{
		OperationID: "audit-csv", Method: http.MethodGet, Path: "/api/audit.csv", Summary: "The same as CSV, to be downloaded",
		Errors:    []int{http.StatusServiceUnavailable},
		Responses: map[string]*huma.Response{"200": {Description: "CSV (RFC 4180) in UTF-8", Content: map[string]*huma.MediaType{"text/csv": {}}}},
	}, func(ctx context.Context, in *auditInput) (*csvOutput, error) {
		all, err := s.audit(ctx, in, auditCSV)
		if err != nil {
			return nil, err
		}
		return &csvOutput{Type: "text/csv; charset=utf-8", Disposition: `attachment; filename="audit.csv"`, Body: auditText(all)}, nil
	})
}

func (s *Server) audit(ctx context.Context, in *auditInput, most int) ([]fact.AuditView, error) {
	all, err := s.opt.Trail.Audit(ctx, fact.AuditFilter{
		Who: in.Who, What: in.What, User: in.User, Call: in.Call, From: in.From, To: in.To, Before: in.Before, Most: most,
	})
	if err != nil {
		s.log.Error("the audit trail can't be read", "error", err)
		return nil, huma.Error503ServiceUnavailable("The database does not answer. Try again in a moment.")
	}
	return all, nil
}

// auditText is rows as CSV. What people have typed is no formula for spreadsheets.
func auditText(all []fact.AuditView) []byte {
	var text bytes.Buffer
	w := csv.NewWriter(&text)
	w.UseCRLF = true
	_ = w.Write([]string{"at", "who", "what", "user", "call", "detail"}) // a buffer takes all
	for _, a := range all {
		_ = w.Write([]string{a.At.UTC().Format(time.RFC3339), harmless(a.Who), string(a.What), harmless(a.User), string(a.Call), harmless(a.Detail)})
	}
	w.Flush()
	return text.Bytes()
}

// acted puts what a visitor did into the trail.
func (s *Server) acted(ctx context.Context, a fact.Audit) {
	a.ID, a.At, a.Who = uuid.Must(uuid.NewV7()).String(), time.Now().UTC(), visitorOf(ctx).user.Login
	s.opt.Trail.Acted(a)
}
