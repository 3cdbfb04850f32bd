package web

import "github.com/prometheus/client_golang/prometheus"

// CallbackFigures are those of promises to call customers.
type CallbackFigures struct {
	Open     map[string]int    // that hold now, by queue
	Attempts uint64            // since the start
	Ended    map[string]uint64 // since the start, by how
}

// callbackEnds are how callbacks end, shown as 0 from the start.
var callbackEnds = []string{"completed", "exhausted", "cancelled"}

// callbackCollector shows CallbackFigures.
type callbackCollector struct {
	figures               func() Figures
	open, attempts, ended *prometheus.Desc
}

func newCallbackCollector(figures func() Figures) *callbackCollector {
	d := func(name, help string, labels ...string) *prometheus.Desc {
		return prometheus.NewDesc("mediasrv_"+name, help, labels, nil)
	}
	return &callbackCollector{
		figures:  figures,
		open:     d("callbacks_waiting", "Customers who are to be called back.", "queue"),
		attempts: d("callback_attempts_total", "Calls to customers who were to be called back."),
		ended:    d("callbacks_ended_total", "Callbacks that have ended, by how: completed (both have talked), exhausted (never reached), cancelled.", "how"),
	}
}

// Describe implements prometheus.Collector.
func (c *callbackCollector) Describe(ch chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{c.open, c.attempts, c.ended} {
		ch <- d
	}
}

// Collect implements prometheus.Collector.
func (c *callbackCollector) Collect(ch chan<- prometheus.Metric) {
	f := c.figures().Callbacks
	for queue, n := range f.Open {
		ch <- prometheus.MustNewConstMetric(c.open, prometheus.GaugeValue, float64(n), queue)
	}
	ch <- prometheus.MustNewConstMetric(c.attempts, prometheus.CounterValue, float64(f.Attempts))
	for _, how := range callbackEnds {
		ch <- prometheus.MustNewConstMetric(c.ended, prometheus.CounterValue, float64(f.Ended[how]), how)
	}
}
