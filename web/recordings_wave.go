package web

import (
	"context"
	"errors"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"mediasrv/routing/fact"
)

const allLegs = "all"

type recordingWaveInput struct {
	ID     string `path:"id" maxLength:"64"`
	Legs   string `query:"legs" enum:"all," doc:"all: all legs of the same stretch of the call"`
	Points int    `query:"points" minimum:"10" maximum:"4000" default:"800" doc:"how many stretches"`
}

type recordingWaveOutput struct {
	Body struct {
		Lanes []fact.RecordingLane `json:"lanes"`
	}
}

// addRecordingWave adds the picture of a recording, for pages that show where somebody speaks.
func (s *Server) addRecordingWave(api huma.API) {
	route(s, api, needLogin, huma.Operation{
		OperationID: "recording-wave", Method: http.MethodGet, Path: "/api/recordings/{id}/wave", Summary: "How loud a recording is, from its beginning to its end",
		Description: "A lane for each channel: the loudest moment in each of some equal stretches.",
		Errors:      []int{http.StatusNotFound, http.StatusServiceUnavailable},
	}, func(ctx context.Context, in *recordingWaveInput) (*recordingWaveOutput, error) {
		v, err := s.recordingFor(ctx, in.ID)
		if err != nil {
			return nil, err
		}
		views, err := s.asked(ctx, v, in.Legs == allLegs)
		if err != nil {
			return nil, err
		}
		if err := s.opt.Heavy.Acquire(ctx, 1); err != nil {
			return nil, huma.Error503ServiceUnavailable("The server has too much to do. Try again.")
		}
		defer s.opt.Heavy.Release(1)
		out := &recordingWaveOutput{}
		if out.Body.Lanes, err = s.opt.Recordings.RecordingWave(ctx, views, in.Points); err != nil {
			if ctx.Err() == nil {
				s.log.Warn("a recording's sound can't be read", "recording", v.ID, "error", err)
			}
			if errors.Is(err, fact.ErrSealed) {
				return nil, huma.Error409Conflict(sealedText)
			}
			return nil, huma.Error404NotFound("The sound of this recording is gone.")
		}
		return out, nil
	})
}

// asked is a recording, or all legs of its stretch of the call: they are the visitor's to hear if it is. A stretch of which there is a file of all only is
// that file.
func (s *Server) asked(ctx context.Context, v fact.RecordingView, all bool) ([]fact.RecordingView, error) {
	if !all || v.Part == partMerged || v.Segment == "" {
		return []fact.RecordingView{v}, nil
	}
	found, err := s.opt.Recordings.Recordings(ctx, fact.RecordingFilter{Call: v.Call, Agent: v.Agent, Segment: v.Segment, Most: recordingsMost})
	if err != nil {
		return nil, s.unread("recordings can't be read", err)
	}
	var legs []fact.RecordingView
	for _, other := range found {
		if other.Part != partMerged {
			legs = append(legs, other)
		}
	}
	if len(legs) == 0 { // it was deleted a moment ago
		return []fact.RecordingView{v}, nil
	}
	return legs, nil
}

const partMerged = "merged"
