package web

import (
	"net/http"
	"reflect"
	"slices"
	"time"

	"mediasrv/routing/fact"

	"github.com/danielgtaylor/huma/v2"
)

const (
	wallboardPath  = "/api/wallboard/events"
	wallboardEvery = 500 * time.Millisecond // how often queues and agents are looked at for pages that show them
)

// wallboardMessage is what the wallboard's event stream sends.
type wallboardMessage struct {
	Type   string      `json:"type" enum:"wallboard"`
	Now    time.Time   `json:"now" doc:"the server's clock"`
	Queues []wallQueue `json:"queues" doc:"by name"`
	Agents []wallAgent `json:"agents" doc:"by user"`

	Calls []fact.RunningCall `json:"calls" doc:"those that run, the oldest first"`
}

// wallQueue is a queue as supervisors see it.
type wallQueue struct {
	Name      string             `json:"name"`
	Waiting   int                `json:"waiting"`
	Longest   *time.Time         `json:"longest" doc:"since when the longest waiting caller waits; null: nobody waits"`
	Within    float64            `json:"within" doc:"seconds in which a caller is to be answered"`
	Callbacks fact.CallbackCount `json:"callbacks" doc:"that hold, and of them those that are due"`
	Agents    map[string]int     `json:"agents" doc:"its agents by state: what they do (ringing, talking, wrap-up), or if idle their status"`
	Today     *wallToday         `json:"today" doc:"null: not known yet"`
}

// wallToday is what has happened in a queue today, by the company's clock. It may be some seconds old.
type wallToday struct {
	Offered      int      `json:"offered"`
	Answered     int      `json:"answered"`
	Abandoned    int      `json:"abandoned" doc:"short ones apart"`
	ServiceLevel *float64 `json:"serviceLevel" doc:"0 to 1; null: nobody has called"`
	AnswerSpeed  *float64 `json:"answerSpeed" doc:"mean wait of those who were answered, in seconds"`

	CallbacksAsked   int `json:"callbacksAsked"`
	CallbacksReached int `json:"callbacksReached" doc:"customer and agent have talked"`
	CallbacksFailed  int `json:"callbacksFailed" doc:"all attempts were in vain"`
	CallbacksLost    int `json:"callbacksLost" doc:"the customer was called first, answered, and gave up before an agent came"`
}

// wallAgent is an agent as supervisors see them.
type wallAgent struct {
	fact.AgentView
	State  string   `json:"state" enum:"ringing,talking,wrap-up,available,busy,away,offline" doc:"what the agent does, or if idle the status"`
	Queues []string `json:"queues" doc:"by name"`
}

// wallboardEvents streams queues and agents to a supervisor's page.
func (s *Server) wallboardEvents(w http.ResponseWriter, r *http.Request) {
	watched(s, w, r, wallboardEvery, s.wallboard, func(m *wallboardMessage) { m.Now = time.Now().UTC() })
}

// wallboard is everything but the time.
func (s *Server) wallboard() wallboardMessage {
	cfg, figures, today := s.opt.Config(), s.opt.Figures(), s.today.figures(s)
	m := wallboardMessage{Type: "wallboard", Queues: []wallQueue{}, Agents: []wallAgent{}, Calls: s.opt.Centre.Running()}
	queuesOf, states := map[string][]string{}, map[string]string{}
	for _, q := range figures.Queues {
		if of := cfg.Queues[q.Name]; of != nil {
			for _, user := range of.Agents {
				queuesOf[user] = append(queuesOf[user], q.Name)
			}
		}
	}
	for _, a := range figures.Agents {
		v := wallAgent{AgentView: a, State: a.Activity, Queues: append([]string{}, queuesOf[a.User]...)}
		if a.Activity == "idle" {
			v.State = a.Status
		}
		slices.Sort(v.Queues)
		states[a.User] = v.State
		m.Agents = append(m.Agents, v)
	}
	for _, q := range figures.Queues {
		v := wallQueue{Name: q.Name, Waiting: q.Waiting, Longest: q.Longest, Callbacks: q.Callbacks, Agents: map[string]int{}}
		if of := cfg.Queues[q.Name]; of != nil {
			v.Within = of.ServiceLevel.Within.Seconds()
			for _, user := range of.Agents {
				if state := states[user]; state != "" {
					v.Agents[state]++
				}
			}
		}
		if today != nil {
			f := today[q.Name]
			v.Today = &wallToday{
				Offered: f.Offered, Answered: f.Answered, Abandoned: f.Abandoned, ServiceLevel: f.ServiceLevel, AnswerSpeed: f.AnswerSpeed,
				CallbacksAsked: f.CallbacksAsked, CallbacksReached: f.CallbacksReached, CallbacksFailed: f.CallbacksFailed, CallbacksLost: f.CallbacksAbandoned,
			}
		}
		m.Queues = append(m.Queues, v)
	}
	return m
}

// describeWallboard adds the stream to the API's description.
func describeWallboard(api huma.API) {
	schema := huma.SchemaFromType(api.OpenAPI().Components.Schemas, reflect.TypeFor[wallboardMessage]())
	api.OpenAPI().AddOperation(&huma.Operation{
		OperationID: "wallboard-events", Method: http.MethodGet, Path: wallboardPath, Summary: "WebSocket: every queue and agent, at every change",
		Description: "At most two messages a second. Closed as the desk's event stream is.",
		Security:    []map[string][]string{{cookieScheme: {}}},
		Responses: map[string]*huma.Response{
			"101": {Description: "A message of the stream", Content: map[string]*huma.MediaType{"application/json": {Schema: schema}}},
		},
	})
}
