package web

import (
	"mime"
	"net/http"
	"path"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"mediasrv/routing/fact"
)

// addRecordingFiles adds what isn't JSON of ours: the sound with ranges, and the signed metadata as it was written.
func (s *Server) addRecordingFiles(api huma.API) {
	text := &huma.Schema{Type: huma.TypeString}
	id := []*huma.Param{{Name: "id", In: "path", Required: true, Schema: text}}
	legs := &huma.Param{Name: "legs", In: "query", Schema: text, Description: "all: all legs of the same stretch of the call, as stereo with the customer on the left"}
	for _, f := range []struct {
		operation, path, summary, kind string
		serve                          http.HandlerFunc
		asks                           []*huma.Param
	}{
		{"recording-sound", recordingSoundPath, "A recording's sound, WAV or Ogg Opus, with ranges (RFC 9110, 14); download=1: as a file", "audio/wav", s.recordingSound, append(id[:1:1], legs)},
		{"recording-metadata", recordingTextPath, "A recording's signed metadata, as it was written", "application/json", s.recordingText, id},
	} {
		s.handle("GET "+f.path, needLogin, f.serve)
		api.OpenAPI().AddOperation(&huma.Operation{
			OperationID: f.operation, Method: http.MethodGet, Path: f.path, Summary: f.summary,
			Security: []map[string][]string{{cookieScheme: {}}}, Parameters: f.asks,
			Responses: map[string]*huma.Response{
				"200": {Description: "It", Content: map[string]*huma.MediaType{f.kind: {Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}}}},
				"404": {Description: "There is no such recording, or it is not yours"},
			},
		})
	}
}

// wanted finds the recording of a request; false: it was refused.
func (s *Server) wanted(w http.ResponseWriter, r *http.Request) (fact.RecordingView, bool) {
	v, err := s.recordingFor(r.Context(), r.PathValue("id"))
	if err != nil {
		refuseError(w, err)
	}
	return v, err == nil
}

func (s *Server) recordingSound(w http.ResponseWriter, r *http.Request) {
	v, ok := s.wanted(w, r)
	if !ok {
		return
	}
	views, err := s.asked(r.Context(), v, r.URL.Query().Get("legs") == allLegs)
	if err != nil {
		refuseError(w, err)
		return
	}
	sound, at, err := s.opt.Recordings.RecordingSound(views)
	if err != nil {
		s.log.Warn("a recording's sound can't be read", "recording", v.ID, "error", err)
		refuseSound(w, err, "The sound of this recording is gone.")
		return
	}
	defer func() { _ = sound.Close() }()
	kind, name := soundFile(v.Path)
	if len(views) > 1 {
		kind, name = "audio/wav", strings.Replace(path.Base(v.Path), "_"+v.Part+"_", "_all_", 1)
		name = strings.TrimSuffix(name, path.Ext(name)) + ".wav"
	}
	asFile(w, r, kind, name)
	http.ServeContent(w, r, "", at, sound)
}

func (s *Server) recordingText(w http.ResponseWriter, r *http.Request) {
	v, ok := s.wanted(w, r)
	if !ok {
		return
	}
	text, err := s.opt.Recordings.RecordingText(v)
	if err != nil {
		s.log.Warn("a recording's metadata can't be read", "recording", v.ID, "error", err)
		refuse(w, http.StatusNotFound, "The metadata of this recording are gone.")
		return
	}
	name := path.Base(v.Path)
	asFile(w, r, "application/json", name[:len(name)-len(path.Ext(name))]+".json")
	_, _ = w.Write(text)
}

// asFile sets the headers of a file; browsers keep it under its name if they are asked to download.
func asFile(w http.ResponseWriter, r *http.Request, kind, name string) {
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Cache-Control", "private, no-cache")
	if r.URL.Query().Get("download") != "" {
		w.Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": name}))
	}
}
