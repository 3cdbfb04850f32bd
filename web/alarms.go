package web

import (
	"context"
	"net/http"
	"reflect"
	"time"

	"mediasrv/routing/fact"

	"github.com/danielgtaylor/huma/v2"
	"github.com/prometheus/client_golang/prometheus"
)

const alarmsPath = "/api/alarms/events"

// alarmsEvery is how often the alarms are looked at for pages that show them.
const alarmsEvery = time.Second

// Alarms is what operators have to mend. Its methods wait for nobody.
type Alarms interface {
	// Alarms are those that hold, in the order in which they are to be shown.
	Alarms() []fact.Alarm
	// Raised counts those since the start, by kind; every kind is there.
	Raised() map[fact.AlarmKind]uint64
}

// alarmView is an alarm as programs and pages see it.
type alarmView struct {
	Kind    fact.AlarmKind `json:"kind" enum:"trunk,rtp-ports,overload,one-way-audio,speech,prompt-file,database,recordings,upload,reload"`
	Subject string         `json:"subject" doc:"which of its kind; empty: there is one only"`
	Since   time.Time      `json:"since"`
	What    string         `json:"what" doc:"what is wrong, and what callers notice of it"`
	Do      string         `json:"do" doc:"what to do"`
}

type alarmsOutput struct {
	Body struct {
		Alarms []alarmView `json:"alarms"`
	}
}

// alarmsMessage is what the alarms' event stream sends.
type alarmsMessage struct {
	Type   string      `json:"type" enum:"alarms"`
	Alarms []alarmView `json:"alarms"`
}

func viewOfAlarms(all []fact.Alarm) []alarmView {
	views := make([]alarmView, 0, len(all))
	for _, a := range all {
		views = append(views, alarmView(a))
	}
	return views
}

// addAlarms adds the route that lists them.
func (s *Server) addAlarms(api huma.API) {
	route(s, api, needSupervisor, huma.Operation{
		OperationID: "alarms", Method: http.MethodGet, Path: "/api/alarms", Summary: "What is wrong with the server now, and what to do",
	}, func(context.Context, *struct{}) (*alarmsOutput, error) {
		out := &alarmsOutput{}
		out.Body.Alarms = viewOfAlarms(s.opt.Alarms.Alarms())
		return out, nil
	})
}

// alarmEvents streams the alarms to an operators' page.
func (s *Server) alarmEvents(w http.ResponseWriter, r *http.Request) {
	watched(s, w, r, alarmsEvery, func() alarmsMessage {
		return alarmsMessage{Type: "alarms", Alarms: viewOfAlarms(s.opt.Alarms.Alarms())}
	}, nil)
}

// describeAlarmEvents adds the stream to the API's description.
func describeAlarmEvents(api huma.API) {
	schema := huma.SchemaFromType(api.OpenAPI().Components.Schemas, reflect.TypeFor[alarmsMessage]())
	api.OpenAPI().AddOperation(&huma.Operation{
		OperationID: "alarm-events", Method: http.MethodGet, Path: alarmsPath, Summary: "WebSocket: what is wrong with the server, at every change",
		Description: "At most one message a second. Closed as the desk's event stream is.",
		Security:    []map[string][]string{{cookieScheme: {}}},
		Responses: map[string]*huma.Response{
			"101": {Description: "A message of the stream", Content: map[string]*huma.MediaType{"application/json": {Schema: schema}}},
		},
	})
}

// alarmCollector shows the alarms.
type alarmCollector struct {
	alarms      Alarms
	hold, total *prometheus.Desc
}

func newAlarmCollector(alarms Alarms) *alarmCollector {
	d := func(name, help string) *prometheus.Desc {
		return prometheus.NewDesc("mediasrv_"+name, help, []string{"kind"}, nil)
	}
	return &alarmCollector{
		alarms: alarms,
		hold:   d("alarms", "What is wrong now, by kind; 0: nothing."),
		total:  d("alarms_total", "Alarms since the start, by kind."),
	}
}

// Describe implements prometheus.Collector.
func (c *alarmCollector) Describe(ch chan<- *prometheus.Desc) {
	ch <- c.hold
	ch <- c.total
}

// Collect implements prometheus.Collector.
func (c *alarmCollector) Collect(ch chan<- prometheus.Metric) {
	now := make(map[fact.AlarmKind]int)
	for _, a := range c.alarms.Alarms() {
		now[a.Kind]++
	}
	for kind, n := range c.alarms.Raised() {
		ch <- prometheus.MustNewConstMetric(c.hold, prometheus.GaugeValue, float64(now[kind]), string(kind))
		ch <- prometheus.MustNewConstMetric(c.total, prometheus.CounterValue, float64(n), string(kind))
	}
}
