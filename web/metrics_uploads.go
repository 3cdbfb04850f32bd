package web

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// uploadCollector shows how recordings get to other places.
type uploadCollector struct {
	figures                                 func() Figures
	waiting, done, bytes, failures, failing *prometheus.Desc
}

func newUploadCollector(figures func() Figures) *uploadCollector {
	d := func(name, help string) *prometheus.Desc {
		return prometheus.NewDesc("mediasrv_upload_"+name, help, []string{"to"}, nil)
	}
	return &uploadCollector{
		figures:  figures,
		waiting:  d("waiting", "Recordings (and ledgers) that are not uploaded yet."),
		done:     d("done_total", "Recordings (and ledgers) that were uploaded."),
		bytes:    d("bytes_total", "Bytes that were uploaded."),
		failures: d("failures_total", "Uploads that failed; they are tried again."),
		failing:  d("failing_seconds", "How long every upload has failed; 0: they don't."),
	}
}

// Describe implements prometheus.Collector.
func (c *uploadCollector) Describe(ch chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{c.waiting, c.done, c.bytes, c.failures, c.failing} {
		ch <- d
	}
}

// Collect implements prometheus.Collector.
func (c *uploadCollector) Collect(ch chan<- prometheus.Metric) {
	for _, u := range c.figures().Uploads {
		failing := 0.0
		if !u.Failing.IsZero() {
			failing = max(0, time.Since(u.Failing).Seconds())
		}
		show := func(d *prometheus.Desc, kind prometheus.ValueType, v float64) {
			ch <- prometheus.MustNewConstMetric(d, kind, v, u.To)
		}
		show(c.waiting, prometheus.GaugeValue, float64(u.Waiting))
		show(c.done, prometheus.CounterValue, float64(u.Done))
		show(c.bytes, prometheus.CounterValue, float64(u.Bytes))
		show(c.failures, prometheus.CounterValue, float64(u.Failures))
		show(c.failing, prometheus.GaugeValue, failing)
	}
}
