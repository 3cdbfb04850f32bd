package web

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"mediasrv/routing/fact"
)

// Recordings has what was recorded. Errors of reading are for the log.
type Recordings interface {
	// Recordings are those that a filter lets through, the latest first. It reads the database.
	Recordings(ctx context.Context, f fact.RecordingFilter) ([]fact.RecordingView, error)
	// Recording finds one; false: there is none.
	Recording(ctx context.Context, id string) (fact.RecordingView, bool, error)
	// RecordingSound opens one, or the legs of one segment as stereo, and says when it was finished.
	RecordingSound([]fact.RecordingView) (io.ReadSeekCloser, time.Time, error)
	// RecordingWave is the picture of one, or of the legs of one segment. It reads all of their sound, and gives up when ctx ends.
	RecordingWave(ctx context.Context, of []fact.RecordingView, points int) ([]fact.RecordingLane, error)
	// RecordingText is its metadata as JSON, signed, as it was written.
	RecordingText(fact.RecordingView) ([]byte, error)
	// DeleteRecording deletes the files and keeps who did it, and why. It waits for the disk.
	DeleteRecording(v fact.RecordingView, user, reason string) error
	// HoldRecording puts it under legal hold, or takes that away. It never blocks.
	HoldRecording(fact.RecordingHeld)
	// Deletions is what was deleted since a time, the latest first, at most so many.
	Deletions(ctx context.Context, since time.Time, most int) ([]fact.RecordingDeleted, error)
}

const (
	recordingsMost     = 100
	recordingSoundPath = "/api/recordings/{id}/sound"
	recordingTextPath  = "/api/recordings/{id}/metadata"
)

type recordingsInput struct {
	Agent       string    `query:"agent" maxLength:"64" doc:"login; agents get their own only, whatever stands here"`
	Queue       string    `query:"queue" maxLength:"64"`
	Customer    string    `query:"customer" maxLength:"64" doc:"a part of the number or the name"`
	Call        string    `query:"call" maxLength:"64"`
	Disposition string    `query:"disposition" maxLength:"100"`
	From        time.Time `query:"from" doc:"began then or later"`
	To          time.Time `query:"to" doc:"began before"`
	Before      string    `query:"before" maxLength:"64" doc:"id of the last one of the page before"`
}

type recordingsOutput struct {
	Body struct {
		Recordings []fact.RecordingView `json:"recordings"`
		More       bool                 `json:"more" doc:"there are older ones: ask again with before"`
	}
}

type recordingInput struct {
	ID string `path:"id" maxLength:"64"`
}

type recordingOutput struct{ Body fact.RecordingView }

type deleteRecordingInput struct {
	ID   string `path:"id" maxLength:"64"`
	Body struct {
		Reason string `json:"reason" minLength:"3" maxLength:"500" doc:"why; it is kept"`
	}
}

type holdRecordingInput struct {
	ID   string `path:"id" maxLength:"64"`
	Body struct {
		Hold   bool   `json:"hold" doc:"false: it may be deleted again"`
		Reason string `json:"reason" minLength:"3" maxLength:"500" doc:"why; shown with the recording"`
	}
}

type deletionsInput struct {
	Since time.Time `query:"since" required:"true"`
}

type deletionsOutput struct {
	Body struct {
		Deletions []fact.RecordingDeleted `json:"deletions"`
	}
}

// addRecordings adds the routes of recordings: agents hear their own calls, supervisors and admins all.
func (s *Server) addRecordings(api huma.API) {
	route(s, api, needLogin, huma.Operation{
		OperationID: "recordings", Method: http.MethodGet, Path: "/api/recordings", Summary: "What was recorded, the latest first",
		Description: "Agents get those of their own calls; supervisors and admins all. At most 100 at a time.",
		Errors:      []int{http.StatusServiceUnavailable},
	}, s.listRecordings)
	route(s, api, needLogin, huma.Operation{
		OperationID: "recordings-csv", Method: http.MethodGet, Path: "/api/recordings.csv", Summary: "The same as CSV, to be downloaded",
		Errors:    []int{http.StatusServiceUnavailable},
		Responses: map[string]*huma.Response{"200": {Description: "CSV (RFC 4180) in UTF-8", Content: map[string]*huma.MediaType{"text/csv": {}}}},
	}, func(ctx context.Context, in *recordingsInput) (*csvOutput, error) {
		list, err := s.listRecordings(ctx, in)
		if err != nil {
			return nil, err
		}
		var text bytes.Buffer
		err = writeCSV(&text, list.Body.Recordings)
		return &csvOutput{Type: "text/csv; charset=utf-8", Disposition: `attachment; filename="recordings.csv"`, Body: text.Bytes()}, err
	})
	route(s, api, needLogin, huma.Operation{
		OperationID: "recording", Method: http.MethodGet, Path: "/api/recordings/{id}", Summary: "One recording",
		Errors: []int{http.StatusNotFound, http.StatusServiceUnavailable},
	}, func(ctx context.Context, in *recordingInput) (*recordingOutput, error) {
		v, err := s.recordingFor(ctx, in.ID)
		return &recordingOutput{Body: v}, err
	})
	route(s, api, needSupervisor, huma.Operation{
		OperationID: "delete-recording", Method: http.MethodDelete, Path: "/api/recordings/{id}", Summary: "Delete a recording",
		Description:   "Sound and metadata go; who, when and why stay. Copies that were uploaded are not touched.",
		DefaultStatus: http.StatusNoContent, Errors: []int{http.StatusNotFound, http.StatusConflict, http.StatusServiceUnavailable},
	}, s.deleteRecording)
	route(s, api, needSupervisor, huma.Operation{
		OperationID: "hold-recording", Method: http.MethodPut, Path: "/api/recordings/{id}/hold", Summary: "Put a recording under legal hold, or take that away",
		Description:   "What is under hold can't be deleted, by nobody and by no time that it is kept for.",
		DefaultStatus: http.StatusNoContent, Errors: []int{http.StatusNotFound, http.StatusServiceUnavailable},
	}, s.holdRecording)
	route(s, api, needSupervisor, huma.Operation{
		OperationID: "recording-deletions", Method: http.MethodGet, Path: "/api/recording-deletions", Summary: "Which recordings were deleted, by whom and why",
		Description: "The latest first, at most 1000.", Errors: []int{http.StatusServiceUnavailable},
	}, func(ctx context.Context, in *deletionsInput) (*deletionsOutput, error) {
		const most = 1000
		all, err := s.opt.Recordings.Deletions(ctx, in.Since, most)
		if err != nil {
			return nil, s.unread("deletions can't be read", err)
		}
		out := &deletionsOutput{}
		out.Body.Deletions = append([]fact.RecordingDeleted{}, all...)
		return out, nil
	})
	s.addRecordingFiles(api)
	s.addRecordingWave(api)
}

// filter is what the visitor may see of what was asked for.
func (in *recordingsInput) filter(v visitor) fact.RecordingFilter {
	f := fact.RecordingFilter{
		Agent: in.Agent, Number: in.Customer, Call: fact.CallID(in.Call), Disposition: in.Disposition, From: in.From, To: in.To, Before: in.Before,
		Most: recordingsMost + 1,
	}
	if in.Queue != "" {
		f.Queues = []string{in.Queue}
	}
	if !oversees(v) {
		f.Agent = v.user.Login
	}
	return f
}

// oversees says whether somebody may hear all.
func oversees(v visitor) bool { return v.user.Role == roleSupervisor || v.user.Role == roleAdmin }

func (s *Server) listRecordings(ctx context.Context, in *recordingsInput) (*recordingsOutput, error) {
	all, err := s.opt.Recordings.Recordings(ctx, in.filter(visitorOf(ctx)))
	if err != nil {
		return nil, s.unread("recordings can't be read", err)
	}
	out := &recordingsOutput{}
	if len(all) > recordingsMost {
		all, out.Body.More = all[:recordingsMost], true
	}
	out.Body.Recordings = append([]fact.RecordingView{}, all...)
	return out, nil
}

// recordingFor finds a recording that the visitor may hear; others are not there.
func (s *Server) recordingFor(ctx context.Context, id string) (fact.RecordingView, error) {
	v, found, err := s.opt.Recordings.Recording(ctx, id)
	switch who := visitorOf(ctx); {
	case err != nil:
		return v, s.unread("a recording can't be read", err)
	case !found || !oversees(who) && (v.Agent == "" || v.Agent != who.user.Login):
		return fact.RecordingView{}, huma.Error404NotFound("There is no such recording.")
	}
	return v, nil
}

func (s *Server) deleteRecording(ctx context.Context, in *deleteRecordingInput) (*struct{}, error) {
	v, err := s.recordingFor(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	if v.Held != nil {
		return nil, huma.Error409Conflict("This recording is under legal hold (" + v.HeldWhy + "). Take the hold away first.")
	}
	who := visitorOf(ctx).user.Login
	if err := s.opt.Recordings.DeleteRecording(v, who, in.Body.Reason); err != nil {
		s.log.Error("a recording can't be deleted", "recording", v.ID, "error", err)
		return nil, huma.Error503ServiceUnavailable("The recording can't be deleted now: the disk says no. The log says why; try again.")
	}
	s.log.Info("a recording was deleted", "recording", v.ID, "call", v.Call, "by", who)
	return nil, nil
}

func (s *Server) holdRecording(ctx context.Context, in *holdRecordingInput) (*struct{}, error) {
	v, err := s.recordingFor(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	held := fact.RecordingHeld{ID: v.ID}
	if in.Body.Hold {
		held.At, held.User, held.Reason = time.Now().UTC(), visitorOf(ctx).user.Login, in.Body.Reason
	}
	s.opt.Recordings.HoldRecording(held)
	what := map[bool]fact.AuditKind{true: fact.AuditRecordingHeld, false: fact.AuditRecordingUnheld}[in.Body.Hold]
	s.acted(ctx, fact.Audit{What: what, Call: v.Call, User: v.Agent, Detail: v.Part + ": " + in.Body.Reason})
	s.log.Info("a recording's legal hold was changed", "recording", v.ID, "hold", in.Body.Hold, "by", visitorOf(ctx).user.Login, "reason", in.Body.Reason)
	return nil, nil
}

// writeCSV writes recordings as a table.
func writeCSV(w io.Writer, all []fact.RecordingView) error {
	t := csv.NewWriter(w)
	rows := [][]string{{"id", "began", "seconds", "agent", "customer", "name", "queue", "direction", "disposition", "part", "conversation", "call", "leg", "format", "bytes", "sha256", "gaps", "marks"}}
	for _, v := range all {
		rows = append(rows, []string{
			v.ID, v.Began.UTC().Format(time.RFC3339), strconv.FormatFloat(v.Seconds, 'f', 1, 64), v.Agent, harmless(v.Number), harmless(v.Name), v.Queue, v.Direction, harmless(v.Disposition),
			v.Part, string(v.Conversation), string(v.Call), string(v.Leg), v.Format, strconv.FormatInt(v.Bytes, 10), v.SHA256, gapsText(v.Gaps), harmless(marksText(v.Marks)),
		})
	}
	return t.WriteAll(rows)
}

// gapsText is what a table says of gaps: channel, seconds and cause.
func gapsText(gaps []fact.Gap) string {
	words := make([]string, 0, len(gaps))
	for _, g := range gaps {
		words = append(words, fmt.Sprintf("%d %.1f-%.1f %s", g.Channel, g.From.Seconds(), g.To.Seconds(), g.Cause))
	}
	return strings.Join(words, "; ")
}

// marksText is what a table says of what happened in the call.
func marksText(marks []fact.Mark) string {
	words := make([]string, 0, len(marks))
	for _, m := range marks {
		words = append(words, strings.TrimSpace(fmt.Sprintf("%.1f %s %s", m.At.Seconds(), m.Kind, m.Detail)))
	}
	return strings.Join(words, "; ")
}
