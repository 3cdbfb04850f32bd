package web

import (
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// metrics is what /metrics shows: counters of web's own, and the figures of the others, read at each scrape.
type metrics struct {
	registry *prometheus.Registry
	logins   *prometheus.CounterVec
	panics   prometheus.Counter
}

func newMetrics(figures func() Figures, lines func() []Line, sockets func() int) (*metrics, error) {
	m := &metrics{
		registry: prometheus.NewRegistry(),
		logins: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "mediasrv_web_logins_total", Help: "Attempts to log in, by result: ok, wrong, throttled, error.",
		}, []string{"result"}),
		panics: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "mediasrv_web_panics_total", Help: "Requests whose handler panicked: each is a bug.",
		}),
	}
	for _, result := range []string{"ok", "wrong", "throttled", "error"} {
		m.logins.WithLabelValues(result) // shown as 0 from the start
	}
	for _, c := range []prometheus.Collector{
		m.logins, m.panics, newFigureCollector(figures, sockets), newSIPCollector(figures), newQueueCollector(figures), newLineCollector(lines), newUploadCollector(figures), newWebhookCollector(figures), newCallbackCollector(figures),
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
	} {
		if err := m.registry.Register(c); err != nil {
			return nil, err
		}
	}
	return m, nil
}

func (m *metrics) handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{MaxRequestsInFlight: 4, Timeout: 10 * time.Second})
}

// figureCollector shows Figures.
type figureCollector struct {
	figures func() Figures
	sockets func() int

	calls, waiting, longest, agents, phones, lateTicks, lateness, drops, oneWays, oneWaysNow, noPorts, ports, pending, lost, commitErrors, open, asks *prometheus.Desc
}

func newFigureCollector(figures func() Figures, sockets func() int) *figureCollector {
	d := func(name, help string, labels ...string) *prometheus.Desc {
		return prometheus.NewDesc("mediasrv_"+name, help, labels, nil)
	}
	return &figureCollector{
		figures: figures, sockets: sockets,
		calls:        d("calls", "Calls now."),
		waiting:      d("queue_waiting", "Callers who wait in a queue now.", "queue"),
		longest:      d("queue_longest_wait_seconds", "How long the caller who waits longest has waited; 0: nobody waits.", "queue"),
		agents:       d("agents", "Agents now, by the status they chose and by what they do.", "status", "activity"),
		phones:       d("agents_with_phone", "Agents with a registered phone now."),
		lateTicks:    d("media_late_ticks_total", "Passes of a media worker that began late."),
		lateness:     d("media_lateness_seconds", "How late the latest pass of any media worker was in the last full second."),
		drops:        d("media_dropped_total", "Packets and frames dropped, by reason.", "reason"),
		oneWays:      d("media_one_way_total", "Times that nothing was heard of a leg's party for 3 s, though both ways were agreed."),
		noPorts:      d("media_no_port_total", "Legs for which no RTP port was free: their calls were refused with 503."),
		ports:        d("media_ports", "Pairs of RTP ports now, by state: used, resting (for 30 s after a leg), free.", "state"),
		oneWaysNow:   d("media_one_way_legs", "Legs now of whose party nothing is heard, though both ways were agreed."),
		pending:      d("store_pending_records", "Records in memory that are not in the database yet."),
		lost:         d("store_dropped_records_total", "Records lost because the database could not be written for too long, or refused them."),
		commitErrors: d("store_commit_errors_total", "Commits that failed; they are tried again."),
		asks:         d("menu_asks_total", "Questions to the HTTP services of menus, by result: answered, timeout, bad-answer, failed.", "result"),
		open:         d("web_sockets", "Open event streams and SIP WebSockets."),
	}
}

// Describe implements prometheus.Collector.
func (c *figureCollector) Describe(ch chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{
		c.calls, c.waiting, c.longest, c.agents, c.phones, c.lateTicks, c.lateness, c.drops, c.oneWays, c.oneWaysNow, c.noPorts, c.ports, c.pending, c.lost, c.commitErrors, c.open, c.asks,
	} {
		ch <- d
	}
}

// Collect implements prometheus.Collector.
func (c *figureCollector) Collect(ch chan<- prometheus.Metric) {
	gauge := func(d *prometheus.Desc, v float64, labels ...string) {
		ch <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, labels...)
	}
	counter := func(d *prometheus.Desc, v uint64, labels ...string) {
		ch <- prometheus.MustNewConstMetric(d, prometheus.CounterValue, float64(v), labels...)
	}
	f := c.figures()
	gauge(c.calls, float64(f.Calls))
	now := time.Now()
	for _, q := range f.Queues {
		longest := 0.0
		if q.Longest != nil {
			longest = max(0, now.Sub(*q.Longest).Seconds())
		}
		gauge(c.waiting, float64(q.Waiting), q.Name)
		gauge(c.longest, longest, q.Name)
	}
	type state struct{ status, activity string }
	agents, phones := make(map[state]int), 0
	for _, a := range f.Agents {
		agents[state{a.Status, a.Activity}]++
		if a.Phone {
			phones++
		}
	}
	for s, n := range agents {
		gauge(c.agents, float64(n), s.status, s.activity)
	}
	gauge(c.phones, float64(phones))
	counter(c.lateTicks, f.MediaLateTicks)
	gauge(c.lateness, f.MediaLateness.Seconds())
	for reason, n := range f.MediaDrops {
		counter(c.drops, n, reason)
	}
	counter(c.oneWays, f.OneWays)
	counter(c.noPorts, f.NoPorts)
	for state, n := range f.Ports {
		gauge(c.ports, float64(n), state)
	}
	gauge(c.oneWaysNow, float64(f.OneWaysNow))
	gauge(c.pending, float64(f.JournalDepth))
	counter(c.lost, f.JournalDropped)
	counter(c.commitErrors, f.JournalErrors)
	gauge(c.open, float64(c.sockets()))
	for result, n := range f.Asks {
		counter(c.asks, n, result)
	}
}
