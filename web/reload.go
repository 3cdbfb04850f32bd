package web

import (
	"context"
	"net/http"
	"time"

	"mediasrv/routing/fact"

	"github.com/danielgtaylor/huma/v2"
	"github.com/prometheus/client_golang/prometheus"
)

// reloadWait is how long a request may wait for a reload. It is shorter than requestTime.
const reloadWait = 25 * time.Second

// reloadView is a reload as programs and pages see it.
type reloadView struct {
	At      *time.Time   `json:"at" doc:"null: the file has not been read again since the start"`
	By      string       `json:"by" doc:"a user, or how it was asked for"`
	Took    float64      `json:"took" doc:"seconds"`
	Applied bool         `json:"applied" doc:"false: refused, and all is as before"`
	Changes []string     `json:"changes" example:"[\"queues.support\"]" doc:"what is another now"`
	Restart []string     `json:"restart" example:"[\"listen.sip\"]" doc:"changed, but holds from the next start on"`
	Wrong   []reloadFlaw `json:"wrong" doc:"why it was refused"`
}

type reloadFlaw struct {
	File   string `json:"file"`
	Line   int    `json:"line"`
	Column int    `json:"column"`
	Key    string `json:"key"`
	Text   string `json:"text"`
	Secret bool   `json:"secret" doc:"the line has a secret in the clear: it must not be shown"`
}

type reloadOutput struct{ Body reloadView }

func viewOfReload(r fact.Reload) *reloadOutput {
	out := &reloadOutput{Body: reloadView{
		At: known(r.At), By: r.By, Took: r.Took.Seconds(), Applied: r.Applied, Changes: append([]string{}, r.Changes...), Restart: append([]string{}, r.Restart...),
		Wrong: []reloadFlaw{},
	}}
	for _, m := range r.Wrong {
		out.Body.Wrong = append(out.Body.Wrong, reloadFlaw(m))
	}
	return out
}

// addReload adds the routes for reading the file again.
func (s *Server) addReload(api huma.API) {
	route(s, api, needSupervisor, huma.Operation{
		OperationID: "reload-last", Method: http.MethodGet, Path: "/api/reload", Summary: "What became of the last reload of the file",
	}, func(context.Context, *struct{}) (*reloadOutput, error) {
		last, _, _ := s.opt.Operations.Reloads()
		return viewOfReload(last), nil
	})
	route(s, api, needAdmin, huma.Operation{
		OperationID: "reload", Method: http.MethodPost, Path: "/api/reload", Summary: "Read the file again",
		Description: "It is checked as a whole, then applied at once, or refused with all as before: `applied` says which.",
		Errors:      []int{http.StatusServiceUnavailable},
	}, func(ctx context.Context, _ *struct{}) (*reloadOutput, error) {
		ctx, cancel := context.WithTimeout(ctx, reloadWait)
		defer cancel()
		verdict, done := s.opt.Operations.Reload(ctx, visitorOf(ctx).user.Login)
		if !done {
			return nil, huma.Error503ServiceUnavailable("The file is still being checked. GET says what became of it.")
		}
		return viewOfReload(verdict), nil
	})
}

// reloadCollector shows what became of reloads.
type reloadCollector struct {
	reloads           func() (fact.Reload, uint64, uint64)
	total, ok, lateOn *prometheus.Desc
}

func newReloadCollector(reloads func() (fact.Reload, uint64, uint64)) *reloadCollector {
	d := func(name, help string, labels ...string) *prometheus.Desc {
		return prometheus.NewDesc("mediasrv_"+name, help, labels, nil)
	}
	return &reloadCollector{
		reloads: reloads,
		total:   d("reloads_total", "Times the file was read again, by result: applied, refused.", "result"),
		ok:      d("reload_ok", "0: the last reload was refused, and an older file holds."),
		lateOn:  d("reload_needs_restart", "Keys of the file that have changed and hold from the next start on."),
	}
}

// Describe implements prometheus.Collector.
func (c *reloadCollector) Describe(ch chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{c.total, c.ok, c.lateOn} {
		ch <- d
	}
}

// Collect implements prometheus.Collector.
func (c *reloadCollector) Collect(ch chan<- prometheus.Metric) {
	last, applied, refused := c.reloads()
	ch <- prometheus.MustNewConstMetric(c.total, prometheus.CounterValue, float64(applied), "applied")
	ch <- prometheus.MustNewConstMetric(c.total, prometheus.CounterValue, float64(refused), "refused")
	ok := 0.0
	if last.At.IsZero() || last.Applied {
		ok = 1
	}
	ch <- prometheus.MustNewConstMetric(c.ok, prometheus.GaugeValue, ok)
	ch <- prometheus.MustNewConstMetric(c.lateOn, prometheus.GaugeValue, float64(len(last.Restart)))
}
