package web

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// Signalling is what /metrics shows of the SIP side's defences and limits; the counts are since the start.
type Signalling struct {
	Banned       int    // addresses now
	Bans         uint64 // ever
	FailedLogins uint64
	Dropped      uint64        // messages of strangers and of banned addresses
	Refused      uint64        // calls that a limit refused
	Overloaded   uint64        // calls that were refused since messages waited too long
	Wait         time.Duration // of messages, from coming in to being handled, lately
	Connections  int           // TCP and TLS now
}

// sipCollector shows Signalling.
type sipCollector struct {
	figures func() Figures

	banned, bans, failed, dropped, refused, overloaded, wait, connections *prometheus.Desc
}

func newSIPCollector(figures func() Figures) *sipCollector {
	d := func(name, help string) *prometheus.Desc {
		return prometheus.NewDesc("mediasrv_sip_"+name, help, nil, nil)
	}
	return &sipCollector{
		figures:     figures,
		banned:      d("banned_addresses", "Addresses that are banned now for failed logins."),
		bans:        d("bans_total", "Addresses that were banned."),
		failed:      d("failed_logins_total", "SIP logins that were wrong."),
		dropped:     d("dropped_total", "SIP messages of strangers and banned addresses that were dropped without an answer."),
		refused:     d("refused_calls_total", "Calls that a limit of a trunk or of the server refused."),
		overloaded:  d("overload_refused_calls_total", "Calls that were refused because messages waited too long to be handled."),
		wait:        d("wait_seconds", "How long SIP messages wait between coming in and being handled, on the average of the last tenth of a second."),
		connections: d("connections", "TCP and TLS connections now."),
	}
}

// Describe implements prometheus.Collector.
func (c *sipCollector) Describe(ch chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{c.banned, c.bans, c.failed, c.dropped, c.refused, c.overloaded, c.wait, c.connections} {
		ch <- d
	}
}

// Collect implements prometheus.Collector.
func (c *sipCollector) Collect(ch chan<- prometheus.Metric) {
	f := c.figures().Signalling
	for d, v := range map[*prometheus.Desc]int{c.banned: f.Banned, c.connections: f.Connections} {
		ch <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, float64(v))
	}
	ch <- prometheus.MustNewConstMetric(c.wait, prometheus.GaugeValue, f.Wait.Seconds())
	for d, v := range map[*prometheus.Desc]uint64{c.bans: f.Bans, c.failed: f.FailedLogins, c.dropped: f.Dropped, c.refused: f.Refused, c.overloaded: f.Overloaded} {
		ch <- prometheus.MustNewConstMetric(d, prometheus.CounterValue, float64(v))
	}
}
