package web

import "github.com/prometheus/client_golang/prometheus"

// Line is how the lines of one trunk have been since the start: histograms over the seconds of its legs.
type Line struct {
	Trunk     string    // empty: agents' phones and browsers
	Received  Direction // what is heard of the parties
	Sent      Direction // what their reports (RTCP) say of what they hear
	RoundTrip Histogram // s
	Late      uint64    // packets
	Discarded uint64    // packets
	Concealed uint64    // pieces of 20 ms
}

// Direction is one way of a line.
type Direction struct {
	MOS    Histogram
	Loss   Histogram // 0 to 1
	Jitter Histogram // s
}

// Histogram counts values. Counts has one more than Bounds: of the values above all bounds.
type Histogram struct {
	Bounds []float64 // upper ones, growing
	Counts []uint64
	Sum    float64
}

// lineCollector shows Lines.
type lineCollector struct {
	lines func() []Line

	mos, loss, jitter, trip, late, discarded, concealed *prometheus.Desc
}

func newLineCollector(lines func() []Line) *lineCollector {
	d := func(name, help string, labels ...string) *prometheus.Desc {
		return prometheus.NewDesc("mediasrv_line_"+name, help, append([]string{"trunk"}, labels...), nil)
	}
	return &lineCollector{
		lines:     lines,
		mos:       d("mos", "Quality of the seconds of legs by the E-model, 1 to 4.5.", "direction"),
		loss:      d("loss_ratio", "Share of packets that were lost.", "direction"),
		jitter:    d("jitter_seconds", "Jitter of packets (RFC 3550).", "direction"),
		trip:      d("round_trip_seconds", "Round trip, by the peers' reports."),
		late:      d("late_packets_total", "Packets that came after their time."),
		discarded: d("discarded_packets_total", "Packets that were left out: too many at once, or to shorten the delay."),
		concealed: d("concealed_seconds_total", "Sound that was made up for packets that didn't come in time."),
	}
}

// Describe implements prometheus.Collector.
func (c *lineCollector) Describe(ch chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{c.mos, c.loss, c.jitter, c.trip, c.late, c.discarded, c.concealed} {
		ch <- d
	}
}

// Collect implements prometheus.Collector.
func (c *lineCollector) Collect(ch chan<- prometheus.Metric) {
	counter := func(d *prometheus.Desc, v float64, labels ...string) {
		ch <- prometheus.MustNewConstMetric(d, prometheus.CounterValue, v, labels...)
	}
	for _, l := range c.lines() {
		for name, way := range map[string]Direction{"received": l.Received, "sent": l.Sent} {
			ch <- way.MOS.metric(c.mos, l.Trunk, name)
			ch <- way.Loss.metric(c.loss, l.Trunk, name)
			ch <- way.Jitter.metric(c.jitter, l.Trunk, name)
		}
		ch <- l.RoundTrip.metric(c.trip, l.Trunk)
		counter(c.late, float64(l.Late), l.Trunk)
		counter(c.discarded, float64(l.Discarded), l.Trunk)
		counter(c.concealed, float64(l.Concealed)*0.02, l.Trunk)
	}
}

// metric is the histogram as Prometheus counts: each bucket holds those below as well.
func (h Histogram) metric(d *prometheus.Desc, labels ...string) prometheus.Metric {
	buckets := make(map[float64]uint64, len(h.Bounds))
	var n uint64
	for i, count := range h.Counts {
		n += count
		if i < len(h.Bounds) {
			buckets[h.Bounds[i]] = n
		}
	}
	return prometheus.MustNewConstHistogram(d, n, h.Sum, buckets, labels...)
}
