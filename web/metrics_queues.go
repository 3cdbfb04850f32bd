package web

import "github.com/prometheus/client_golang/prometheus"

// queueCollector shows what has happened in queues since the start.
type queueCollector struct {
	figures func() Figures

	offered, ended, closed, wait, handling *prometheus.Desc
}

func newQueueCollector(figures func() Figures) *queueCollector {
	d := func(name, help string, labels ...string) *prometheus.Desc {
		return prometheus.NewDesc("mediasrv_queue_"+name, help, append([]string{"queue"}, labels...), nil)
	}
	return &queueCollector{
		figures:  figures,
		offered:  d("offered_total", "Calls that entered the queue."),
		ended:    d("ended_total", "Visits of the queue that ended, by outcome: answered, abandoned, overflowed, timed-out, failed.", "outcome"),
		closed:   d("closed_total", "Callers who were told that the queue is closed."),
		wait:     d("wait_seconds", "How long callers waited who were answered or abandoned.", "outcome"),
		handling: d("handling_seconds", "Talk, hold and wrap-up of agents."),
	}
}

// Describe implements prometheus.Collector.
func (c *queueCollector) Describe(ch chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{c.offered, c.ended, c.closed, c.wait, c.handling} {
		ch <- d
	}
}

// Collect implements prometheus.Collector.
func (c *queueCollector) Collect(ch chan<- prometheus.Metric) {
	counter := func(d *prometheus.Desc, v uint64, labels ...string) {
		ch <- prometheus.MustNewConstMetric(d, prometheus.CounterValue, float64(v), labels...)
	}
	for _, q := range c.figures().Since {
		counter(c.offered, q.Offered, q.Queue)
		counter(c.closed, q.Closed, q.Queue)
		for outcome, n := range q.Ended {
			counter(c.ended, n, q.Queue, outcome)
		}
		ch <- q.Wait.metric(c.wait, q.Queue, "answered")
		ch <- q.GaveUp.metric(c.wait, q.Queue, "abandoned")
		ch <- q.Handling.metric(c.handling, q.Queue)
	}
}
