package web

import "github.com/prometheus/client_golang/prometheus"

// Signalling is what /metrics shows of the SIP side's defences and limits; the counts are since the start.
type Signalling struct {
	Banned       int    // addresses now
	Bans         uint64 // ever
	FailedLogins uint64
	Dropped      uint64 // messages of strangers and of banned addresses
	Refused      uint64 // calls that a limit refused
	Connections  int    // TCP and TLS now
}

// sipCollector shows Signalling.
type sipCollector struct {
	figures func() Figures

	banned, bans, failed, dropped, refused, connections *prometheus.Desc
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
		connections: d("connections", "TCP and TLS connections now."),
	}
}

// Describe implements prometheus.Collector.
func (c *sipCollector) Describe(ch chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{c.banned, c.bans, c.failed, c.dropped, c.refused, c.connections} {
		ch <- d
	}
}

// Collect implements prometheus.Collector.
func (c *sipCollector) Collect(ch chan<- prometheus.Metric) {
	f := c.figures().Signalling
	for d, v := range map[*prometheus.Desc]int{c.banned: f.Banned, c.connections: f.Connections} {
		ch <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, float64(v))
	}
	for d, v := range map[*prometheus.Desc]uint64{c.bans: f.Bans, c.failed: f.FailedLogins, c.dropped: f.Dropped, c.refused: f.Refused} {
		ch <- prometheus.MustNewConstMetric(d, prometheus.CounterValue, float64(v))
	}
}
