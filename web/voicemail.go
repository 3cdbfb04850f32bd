package web

import (
	"context"
	"io"
	"net/http"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"mediasrv/routing/fact"
)

// Voicemails has the messages that callers have left. Errors of reading are for the log.
type Voicemails interface {
	// Voicemails are those of some queues (nil: of all): to be dealt with, the oldest first, or with done the others, the latest first. It reads the database.
	Voicemails(ctx context.Context, queues []string, done bool) ([]fact.VoicemailView, error)
	// Voicemail finds one; false: there is none.
	Voicemail(ctx context.Context, id fact.VoicemailID) (fact.VoicemailView, bool, error)
	// Sound opens a message's recording, and says when it was finished.
	Sound(fact.VoicemailView) (io.ReadSeekCloser, time.Time, error)
	// Mark keeps what was done with a message. It never blocks.
	Mark(fact.VoicemailView, fact.VoicemailMark)
}

const soundPath = "/api/voicemails/{id}/sound"

type voicemailsInput struct {
	Done bool `query:"done" doc:"those that were dealt with"`
}

type voicemailsOutput struct {
	Body struct {
		Voicemails []fact.VoicemailView `json:"voicemails"`
	}
}

type voicemailInput struct {
	ID   string `path:"id" maxLength:"64"`
	Body struct {
		Done bool `json:"done" doc:"false: it is to be dealt with again"`
	}
}

type heardInput struct {
	ID string `path:"id" maxLength:"64"`
}

// addVoicemails adds the routes of messages: agents have those of their queues, supervisors and admins all.
func (s *Server) addVoicemails(api huma.API) {
	route(s, api, needLogin, huma.Operation{
		OperationID: "voicemails", Method: http.MethodGet, Path: "/api/voicemails", Summary: "Messages that callers have left",
		Description: "Of the own queues; supervisors get those of all. At most 200: the oldest that are still to be dealt with, or the latest that were.",
		Errors:      []int{http.StatusServiceUnavailable},
	}, func(ctx context.Context, in *voicemailsInput) (*voicemailsOutput, error) {
		all, err := s.opt.Voicemails.Voicemails(ctx, s.queuesOf(visitorOf(ctx)), in.Done)
		if err != nil {
			return nil, s.unread("voicemails can't be read", err)
		}
		out := &voicemailsOutput{}
		out.Body.Voicemails = append([]fact.VoicemailView{}, all...)
		return out, nil
	})
	route(s, api, needLogin, huma.Operation{
		OperationID: "voicemail-heard", Method: http.MethodPost, Path: "/api/voicemails/{id}/heard", Summary: "Say that a message was heard",
		DefaultStatus: http.StatusNoContent, Errors: []int{http.StatusNotFound, http.StatusServiceUnavailable},
	}, func(ctx context.Context, in *heardInput) (*struct{}, error) {
		return nil, s.markVoicemail(ctx, in.ID, fact.VoicemailMark{})
	})
	route(s, api, needLogin, huma.Operation{
		OperationID: "voicemail-done", Method: http.MethodPut, Path: "/api/voicemails/{id}/done", Summary: "Say that a message was dealt with, or is to be again",
		DefaultStatus: http.StatusNoContent, Errors: []int{http.StatusNotFound, http.StatusServiceUnavailable},
	}, func(ctx context.Context, in *voicemailInput) (*struct{}, error) {
		return nil, s.markVoicemail(ctx, in.ID, fact.VoicemailMark{Done: true, Again: !in.Body.Done})
	})
	route(s, api, needAgent, huma.Operation{
		OperationID: "voicemail-call", Method: http.MethodPost, Path: "/api/voicemails/{id}/call", Summary: "Call back whoever has left a message",
		Description:   "The own phone rings first; the customer is called when it is answered. Who is not reached is on the list of callbacks.",
		DefaultStatus: http.StatusAccepted, Errors: []int{http.StatusNotFound, http.StatusConflict, http.StatusServiceUnavailable},
	}, s.callVoicemail)
	s.handle("GET "+soundPath, needLogin, http.HandlerFunc(s.sound))
	api.OpenAPI().AddOperation(&huma.Operation{
		OperationID: "voicemail-sound", Method: http.MethodGet, Path: soundPath, Summary: "A message's sound: WAV, or Ogg Opus, with ranges (RFC 9110, 14)",
		Security:   []map[string][]string{{cookieScheme: {}}},
		Parameters: []*huma.Param{{Name: "id", In: "path", Required: true, Schema: &huma.Schema{Type: huma.TypeString}}},
		Responses: map[string]*huma.Response{
			"200": {Description: "All of it", Content: map[string]*huma.MediaType{"audio/wav": {Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}}}},
			"206": {Description: "A part"}, "404": {Description: "There is no such message, or its sound is not there (yet)"},
		},
	})
}

func (s *Server) callVoicemail(ctx context.Context, in *heardInput) (*callOutput, error) {
	v, err := s.voicemailFor(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	id, err := s.opt.Callbacks.CallBack(visitorOf(ctx).user.Login, fact.Missed{
		Conversation: v.Conversation, Queue: v.Queue, Number: v.Number, Name: v.Name, Entry: v.Entry,
	})
	if err != nil {
		return nil, obey(err)
	}
	out := &callOutput{}
	out.Body.ID = id
	return out, nil
}

// queuesOf are the queues whose messages and callbacks somebody may know of, by name; nil: all, also those that are no longer in the file.
func (s *Server) queuesOf(v visitor) []string {
	if oversees(v) {
		return nil
	}
	all := []string{}
	for name, q := range s.opt.Config().Queues {
		if slices.Contains(q.Agents, v.user.Login) {
			all = append(all, name)
		}
	}
	slices.Sort(all)
	return all
}

// knows says whether somebody may know of what is a queue's.
func (s *Server) knows(v visitor, queue string) bool {
	of := s.queuesOf(v)
	return of == nil || slices.Contains(of, queue)
}

// voicemailFor finds a message that the visitor may hear; others are not there.
func (s *Server) voicemailFor(ctx context.Context, id string) (fact.VoicemailView, error) {
	v, found, err := s.opt.Voicemails.Voicemail(ctx, fact.VoicemailID(id))
	switch {
	case err != nil:
		return v, s.unread("a voicemail can't be read", err)
	case !found || !s.knows(visitorOf(ctx), v.Queue):
		return v, huma.Error404NotFound("There is no such message.")
	}
	return v, nil
}

func (s *Server) markVoicemail(ctx context.Context, id string, m fact.VoicemailMark) error {
	v, err := s.voicemailFor(ctx, id)
	if err != nil {
		return err
	}
	m.ID, m.At, m.User = v.ID, time.Now().UTC(), visitorOf(ctx).user.Login
	s.opt.Voicemails.Mark(v, m)
	return nil
}

// unread logs why the database could not be read.
func (s *Server) unread(what string, err error) error {
	s.log.Error("the database does not answer", "what", what, "error", err)
	return huma.Error503ServiceUnavailable("The database does not answer. Try again in a moment.")
}

// sound serves a message's recording.
func (s *Server) sound(w http.ResponseWriter, r *http.Request) {
	v, err := s.voicemailFor(r.Context(), r.PathValue("id"))
	if err != nil {
		refuseError(w, err)
		return
	}
	if !v.Ready {
		refuse(w, http.StatusNotFound, "The sound of this message is not there yet. Try again in a moment.")
		return
	}
	sound, at, err := s.opt.Voicemails.Sound(v)
	if err != nil {
		s.log.Warn("a voicemail's sound can't be read", "voicemail", v.ID, "path", v.Path, "error", err)
		refuseSound(w, err, "The sound of this message is gone.")
		return
	}
	defer func() { _ = sound.Close() }()
	kind, _ := soundFile(v.Path)
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Cache-Control", "private, no-cache")
	http.ServeContent(w, r, "", at, sound)
}
