package web

import (
	"net/http"
	"reflect"
	"slices"
	"time"

	"mediasrv/routing/fact"

	"github.com/danielgtaylor/huma/v2"
)

const trunksPath = "/api/trunks/events"

// trunksEvery is how often the trunks are looked at for pages that show them.
const trunksEvery = time.Second

// trunkView is a trunk as programs and pages see it. Times that don't apply are null.
type trunkView struct {
	Name         string            `json:"name"`
	Kind         string            `json:"kind" enum:"byoc,carrier"`
	Health       string            `json:"health" enum:"up,degraded,down,unknown" doc:"down: no target answers, or the registration is not there; degraded: some of it"`
	Registration *registrationView `json:"registration" doc:"null: the trunk asks for none"`
	Targets      []targetView      `json:"targets"`
	In           int               `json:"in" doc:"calls now that came in by it"`
	Out          int               `json:"out" doc:"calls now that go out by it"`
	Window       float64           `json:"window" doc:"seconds that the figures below are of"`
	Attempts     int               `json:"attempts"`
	Answered     int               `json:"answered"`
	Failures     int               `json:"failures" doc:"the network failed: no answer at all, 408, 5xx"`
	ASR          float64           `json:"asr" doc:"answered of attempts, 0 to 1"`
	PDD          float64           `json:"pdd" doc:"post-dial delay: mean seconds until it rang; 0: none did"`
}

type registrationView struct {
	State   fact.RegistrationState `json:"state" enum:"registering,registered,refused,failed,not-registered"`
	Since   *time.Time             `json:"since"`
	Server  string                 `json:"server"`
	Expires *time.Time             `json:"expires"`
	Next    *time.Time             `json:"next"`
	Error   string                 `json:"error"`
}

type targetView struct {
	Server  string            `json:"server" doc:"as the file has it"`
	Address string            `json:"address" example:"udp/192.0.2.1:5060"`
	Health  fact.TargetHealth `json:"health" enum:"unknown,up,down"`
	Since   *time.Time        `json:"since"`
	RTT     float64           `json:"rtt" doc:"seconds; 0: not known"`
	Error   string            `json:"error" doc:"the last failure, also while it is up"`
	ErrorAt *time.Time        `json:"errorAt"`
	Again   *time.Time        `json:"again" doc:"when it is tried again"`
}

// trunksMessage is what the trunks' event stream sends.
type trunksMessage struct {
	Type   string      `json:"type" enum:"trunks"`
	Trunks []trunkView `json:"trunks"`
}

func trunkViews(all []fact.TrunkState) []trunkView {
	views := make([]trunkView, 0, len(all))
	for _, t := range all {
		v := trunkView{
			Name: t.Name, Kind: t.Kind, Health: health(t), Targets: make([]targetView, 0, len(t.Targets)), In: t.In, Out: t.Out,
			Window: t.Window.Seconds(), Attempts: t.Attempts, Answered: t.Answered, Failures: t.Failures, ASR: t.ASR, PDD: t.PDD.Seconds(),
		}
		if r := t.Registration; r.State != fact.RegistrationNone {
			v.Registration = &registrationView{
				State: r.State, Since: known(r.Since), Server: r.Server, Expires: known(r.Expires), Next: known(r.Next), Error: r.Error,
			}
		}
		for _, target := range t.Targets {
			v.Targets = append(v.Targets, targetView{
				Server: target.Server, Address: target.Address, Health: target.Health, Since: known(target.Since), RTT: target.RTT.Seconds(),
				Error: target.Error, ErrorAt: known(target.ErrorAt), Again: known(target.Again),
			})
		}
		views = append(views, v)
	}
	return views
}

// known is a time, or null.
func known(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC()
	return &t
}

// health is one word for a trunk.
func health(t fact.TrunkState) string {
	count := func(h fact.TargetHealth) (n int) {
		for _, target := range t.Targets {
			if target.Health == h {
				n++
			}
		}
		return n
	}
	up, down := count(fact.TargetUp), count(fact.TargetDown)
	lost := slices.Contains([]fact.RegistrationState{fact.RegistrationRefused, fact.RegistrationFailed, fact.Unregistered}, t.Registration.State)
	switch registered := t.Registration.State == fact.Registered; {
	case lost || down > 0 && down == len(t.Targets):
		return "down"
	case down > 0:
		return "degraded"
	case up > 0 || registered || t.In+t.Out > 0:
		return "up"
	}
	return "unknown"
}

// trunkEvents streams the trunks to an operators' page.
func (s *Server) trunkEvents(w http.ResponseWriter, r *http.Request) {
	watched(s, w, r, trunksEvery, func() trunksMessage {
		return trunksMessage{Type: "trunks", Trunks: trunkViews(s.opt.Operations.Trunks())}
	}, nil)
}

// describeTrunkEvents adds the stream to the API's description.
func describeTrunkEvents(api huma.API) {
	schema := huma.SchemaFromType(api.OpenAPI().Components.Schemas, reflect.TypeFor[trunksMessage]())
	api.OpenAPI().AddOperation(&huma.Operation{
		OperationID: "trunk-events", Method: http.MethodGet, Path: trunksPath, Summary: "WebSocket: every trunk, at every change",
		Description: "At most one message a second. Closed as the desk's event stream is.",
		Security:    []map[string][]string{{cookieScheme: {}}},
		Responses: map[string]*huma.Response{
			"101": {Description: "A message of the stream", Content: map[string]*huma.MediaType{"application/json": {Schema: schema}}},
		},
	})
}
