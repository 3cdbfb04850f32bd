package web

import "github.com/prometheus/client_golang/prometheus"

// Webhook is how a webhook is doing.
type Webhook struct {
	Name     string
	Waiting  int // events that it is still to be told of
	Told     uint64
	Failures uint64
	Dropped  uint64
}

// webhookCollector shows how webhooks are told.
type webhookCollector struct {
	figures                          func() Figures
	waiting, told, failures, dropped *prometheus.Desc
}

func newWebhookCollector(figures func() Figures) *webhookCollector {
	d := func(name, help string) *prometheus.Desc {
		return prometheus.NewDesc("mediasrv_webhook_"+name, help, []string{"webhook"}, nil)
	}
	return &webhookCollector{
		figures:  figures,
		waiting:  d("waiting", "Events that a webhook is still to be told of."),
		told:     d("told_total", "Events that it was told of."),
		failures: d("failures_total", "Tries that failed; they are repeated."),
		dropped:  d("dropped_total", "Events that were given up: it did not answer for too long."),
	}
}

// Describe implements prometheus.Collector.
func (c *webhookCollector) Describe(ch chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{c.waiting, c.told, c.failures, c.dropped} {
		ch <- d
	}
}

// Collect implements prometheus.Collector.
func (c *webhookCollector) Collect(ch chan<- prometheus.Metric) {
	for _, h := range c.figures().Webhooks {
		show := func(d *prometheus.Desc, kind prometheus.ValueType, v float64) {
			ch <- prometheus.MustNewConstMetric(d, kind, v, h.Name)
		}
		show(c.waiting, prometheus.GaugeValue, float64(h.Waiting))
		show(c.told, prometheus.CounterValue, float64(h.Told))
		show(c.failures, prometheus.CounterValue, float64(h.Failures))
		show(c.dropped, prometheus.CounterValue, float64(h.Dropped))
	}
}
