package web

import (
	"context"
	"net/http"

	"mediasrv/routing/fact"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
)

const cookieScheme = "session"

// me is who a session belongs to.
type me struct {
	User  string `json:"user"`
	Name  string `json:"name"`
	Role  string `json:"role" enum:"agent,supervisor,admin"`
	Agent bool   `json:"agent" doc:"takes calls"`
}

type meOutput struct {
	Body struct {
		me
		Company  string       `json:"company"`
		Statuses []statusName `json:"statuses" doc:"the company's own names, besides the four"`
		CRM      *crmView     `json:"crm,omitempty" doc:"the company's own page of a call; left out: none"`
	}
}

type crmView struct {
	URL  string `json:"url" doc:"to be filled in: {number}, {name}, {call}, {entry}, {queue}, {agent}"`
	Open string `json:"open" enum:"click,answer"`
}

type phoneOutput struct {
	Body struct {
		fact.PhoneLogin
		Path string `json:"path" example:"/sip" doc:"of the WebSocket that speaks SIP (RFC 7118), on this host"`
	}
}

type statusInput struct {
	Body struct {
		Status string `json:"status" enum:"available,busy,away,offline"`
		Name   string `json:"name,omitempty" maxLength:"64" doc:"the company's own name for it; see GET /api/me"`
	}
}

// statusOf is the status by the name that the centre knows; an error: there is no such name for it.
func (s *Server) statusOf(in *statusInput) (string, error) {
	if in.Body.Name == "" {
		return in.Body.Status, nil
	}
	if cfg := s.opt.Config(); cfg.Company.StatusAs(in.Body.Name) != in.Body.Status {
		return "", huma.Error409Conflict("The company has no such name for this status.")
	}
	return in.Body.Name, nil
}

// statusName is a name of the company for a status.
type statusName struct {
	Name string `json:"name"`
	As   string `json:"as" enum:"available,busy,away,offline"`
}

type wrapUpInput struct {
	Body fact.WrapUpResult
}

// newAPI makes the HTTP API; its description is at /api/openapi.json and /api/openapi.yaml.
func (s *Server) newAPI() huma.API {
	cfg := huma.DefaultConfig("mediasrv", "1")
	cfg.Info.Description = "The agent desk's API. Every route but login needs the session cookie that login sets, or a program's token."
	cfg.OpenAPIPath = "/api/openapi"
	cfg.DocsPath, cfg.SchemasPath = "", ""
	cfg.CreateHooks = nil // they would add "$schema" to every body
	cfg.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		cookieScheme: {Type: "apiKey", In: "cookie", Name: cookieSecure, Description: "On plain HTTP the name is " + cookiePlain + "."},
		tokenScheme:  {Type: "http", Scheme: "bearer", Description: "A token that an admin has given to a program: `mediasrv token create`."},
	}
	for _, name := range []string{".json", ".yaml", "-3.0.json", "-3.0.yaml"} {
		s.access["GET "+cfg.OpenAPIPath+name] = needNothing
	}
	return humago.New(s.mux, cfg)
}

// addRoutes adds the API's routes.
func (s *Server) addRoutes(api huma.API) {
	route(s, api, needNothing, huma.Operation{
		OperationID: "login", Method: http.MethodPost, Path: "/api/login", Summary: "Log in",
		Errors: []int{http.StatusUnauthorized, http.StatusTooManyRequests, http.StatusServiceUnavailable},
	}, s.login)
	route(s, api, needLogin, huma.Operation{
		OperationID: "logout", Method: http.MethodPost, Path: "/api/logout", Summary: "Log out", DefaultStatus: http.StatusNoContent,
	}, s.logout)
	route(s, api, needLogin, huma.Operation{
		OperationID: "me", Method: http.MethodGet, Path: "/api/me", Summary: "Who is logged in",
	}, s.me)
	route(s, api, needPhone, huma.Operation{
		OperationID: "phone", Method: http.MethodPost, Path: "/api/phone", Summary: "Get a SIP login for this browser login",
		Description: "Calling it again gives a fresh one and revokes the one before.",
	}, s.phone)
	route(s, api, needAgent, huma.Operation{
		OperationID: "status", Method: http.MethodPut, Path: "/api/me/status", Summary: "Set the own status",
		DefaultStatus: http.StatusNoContent, Errors: []int{http.StatusConflict},
	}, func(ctx context.Context, in *statusInput) (*struct{}, error) {
		status, err := s.statusOf(in)
		if err != nil {
			return nil, err
		}
		return nil, obey(s.opt.Centre.SetStatus(visitorOf(ctx).user.Login, status))
	})
	route(s, api, needAgent, huma.Operation{
		OperationID: "wrap-up-extend", Method: http.MethodPost, Path: "/api/me/wrap-up/extend", Summary: "Get 10 s more for the wrap-up",
		DefaultStatus: http.StatusNoContent, Errors: []int{http.StatusConflict},
	}, func(ctx context.Context, _ *struct{}) (*struct{}, error) {
		return nil, obey(s.opt.Centre.ExtendWrapUp(visitorOf(ctx).user.Login))
	})
	route(s, api, needAgent, huma.Operation{
		OperationID: "wrap-up-done", Method: http.MethodPost, Path: "/api/me/wrap-up/done", Summary: "End the wrap-up",
		DefaultStatus: http.StatusNoContent, Errors: []int{http.StatusConflict},
	}, func(ctx context.Context, in *wrapUpInput) (*struct{}, error) {
		return nil, obey(s.opt.Centre.FinishWrapUp(visitorOf(ctx).user.Login, in.Body))
	})
	route(s, api, needAgent, huma.Operation{
		OperationID: "hangup", Method: http.MethodPost, Path: "/api/me/hangup", Summary: "Hang up the own call",
		DefaultStatus: http.StatusNoContent, Errors: []int{http.StatusConflict},
	}, func(ctx context.Context, _ *struct{}) (*struct{}, error) {
		return nil, obey(s.opt.Centre.Hangup(visitorOf(ctx).user.Login))
	})
	route(s, api, needAgent, huma.Operation{
		OperationID: "recording-pause", Method: http.MethodPost, Path: "/api/me/recording/pause", Summary: "Pause the recording of the own call",
		Description:   "Nothing that is said until it goes on is in any file.",
		DefaultStatus: http.StatusNoContent, Errors: []int{http.StatusConflict},
	}, func(ctx context.Context, _ *struct{}) (*struct{}, error) {
		return nil, obey(s.opt.Centre.PauseRecording(visitorOf(ctx).user.Login))
	})
	route(s, api, needAgent, huma.Operation{
		OperationID: "recording-resume", Method: http.MethodPost, Path: "/api/me/recording/resume", Summary: "Go on with the recording, a second from now",
		DefaultStatus: http.StatusNoContent, Errors: []int{http.StatusConflict},
	}, func(ctx context.Context, _ *struct{}) (*struct{}, error) {
		return nil, obey(s.opt.Centre.ResumeRecording(visitorOf(ctx).user.Login))
	})
}

// route adds one operation.
func route[I, O any](s *Server, api huma.API, n need, op huma.Operation, f func(context.Context, *I) (*O, error)) {
	op.MaxBodyBytes = maxBody
	if n != needNothing {
		op.Errors = append(op.Errors, http.StatusUnauthorized)
		op.Security = []map[string][]string{{cookieScheme: {}}, {tokenScheme: {}}}
	}
	if n == needAgent || n == needPhone || n == needSupervisor || n == needAdmin {
		op.Errors = append(op.Errors, http.StatusForbidden)
	}
	s.access[op.Method+" "+op.Path] = n
	huma.Register(api, op, f)
}

// obey turns the centre's refusal into a 409 whose detail is its sentence.
func obey(err error) error {
	if err == nil {
		return nil
	}
	return huma.Error409Conflict(err.Error())
}

func (s *Server) me(ctx context.Context, _ *struct{}) (*meOutput, error) {
	u := visitorOf(ctx).user
	out := &meOutput{}
	out.Body.me = me{User: u.Login, Name: u.Name, Role: u.Role, Agent: u.Agent}
	cfg := s.opt.Config()
	out.Body.Company, out.Body.Statuses = cfg.Company.Name, []statusName{}
	for _, named := range cfg.Company.Statuses {
		out.Body.Statuses = append(out.Body.Statuses, statusName(named))
	}
	if cfg.CRM.URL != "" {
		out.Body.CRM = &crmView{URL: cfg.CRM.URL, Open: map[bool]string{true: "answer", false: "click"}[cfg.CRM.Answer]}
	}
	return out, nil
}

func (s *Server) phone(ctx context.Context, _ *struct{}) (*phoneOutput, error) {
	v := visitorOf(ctx)
	out := &phoneOutput{}
	out.Body.PhoneLogin = s.opt.Phones.Grant(v.user.Login)
	out.Body.Path = sipPath
	if old := s.live.setPhone(v.live, out.Body.AuthUser); old != "" {
		s.opt.Phones.Revoke(old)
	}
	return out, nil
}
