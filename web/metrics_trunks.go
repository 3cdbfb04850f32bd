package web

import (
	"mediasrv/routing/fact"

	"github.com/prometheus/client_golang/prometheus"
)

// Out is what became of calls out, since the start.
type Out struct {
	Calls     int               // now
	Refused   map[string]uint64 // that may not be dialled, by why; every reason is there, with 0 too
	Emergency uint64
}

// trunkCollector shows trunks and calls out.
type trunkCollector struct {
	trunks func() []fact.TrunkState
	out    func() Out

	calls, registered, up, rtt, attempts, failures, asr, pdd, outNow, refused, emergency *prometheus.Desc
}

func newTrunkCollector(trunks func() []fact.TrunkState, out func() Out) *trunkCollector {
	d := func(name, help string, labels ...string) *prometheus.Desc {
		return prometheus.NewDesc("mediasrv_"+name, help, labels, nil)
	}
	return &trunkCollector{
		trunks: trunks, out: out,
		calls:      d("trunk_calls", "Calls now, by trunk and direction.", "trunk", "direction"),
		registered: d("trunk_registered", "1: our registration with the trunk stands; 0: it doesn't.", "trunk"),
		up:         d("trunk_target_up", "1: the address answers; 0: it doesn't. Not there before anything was sent to it.", "trunk", "address"),
		rtt:        d("trunk_target_rtt_seconds", "Time until the address last answered.", "trunk", "address"),
		attempts:   d("trunk_attempts", "Calls out that ended within the last minutes.", "trunk"),
		failures:   d("trunk_failures", "Those of them that the network failed: no answer at all, 408, 5xx.", "trunk"),
		asr:        d("trunk_answer_ratio", "Share of them that were answered.", "trunk"),
		pdd:        d("trunk_post_dial_delay_seconds", "Mean time until they rang.", "trunk"),
		outNow:     d("dial_out_calls", "Calls out now."),
		refused:    d("dial_out_refused_total", "Calls out that dial_out did not allow, by why.", "why"),
		emergency:  d("emergency_calls_total", "Emergency calls."),
	}
}

// Describe implements prometheus.Collector.
func (c *trunkCollector) Describe(ch chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{
		c.calls, c.registered, c.up, c.rtt, c.attempts, c.failures, c.asr, c.pdd, c.outNow, c.refused, c.emergency,
	} {
		ch <- d
	}
}

// Collect implements prometheus.Collector.
func (c *trunkCollector) Collect(ch chan<- prometheus.Metric) {
	gauge := func(d *prometheus.Desc, v float64, labels ...string) {
		ch <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, labels...)
	}
	yes := func(is bool) float64 {
		if is {
			return 1
		}
		return 0
	}
	for _, t := range c.trunks() {
		gauge(c.calls, float64(t.In), t.Name, "in")
		gauge(c.calls, float64(t.Out), t.Name, "out")
		if t.Registration.State != fact.RegistrationNone {
			gauge(c.registered, yes(t.Registration.State == fact.Registered), t.Name)
		}
		for _, target := range t.Targets {
			if target.Health != fact.TargetUnknown {
				gauge(c.up, yes(target.Health == fact.TargetUp), t.Name, target.Address)
			}
			if target.RTT > 0 {
				gauge(c.rtt, target.RTT.Seconds(), t.Name, target.Address)
			}
		}
		gauge(c.attempts, float64(t.Attempts), t.Name)
		gauge(c.failures, float64(t.Failures), t.Name)
		if t.Attempts > 0 {
			gauge(c.asr, t.ASR, t.Name)
		}
		if t.PDD > 0 {
			gauge(c.pdd, t.PDD.Seconds(), t.Name)
		}
	}
	out := c.out()
	gauge(c.outNow, float64(out.Calls))
	for why, n := range out.Refused {
		ch <- prometheus.MustNewConstMetric(c.refused, prometheus.CounterValue, float64(n), why)
	}
	ch <- prometheus.MustNewConstMetric(c.emergency, prometheus.CounterValue, float64(out.Emergency))
}
