package config

import (
	"strings"
	"testing"
	"time"
)

func TestDialogs(t *testing.T) {
	const trunk = "trunks: {t: {accept: {addresses: [192.0.2.1]}, "
	cfg := mustRead(t, smallest+trunk+"session_timer: off, ptime: 40ms, reliable_provisional: required, limits: {longest_ring: 1m, longest_call: 0s}}}\n")
	if d := cfg.Trunks["t"].Dialogs; d.Timer.Expires != 0 || d.Timer.Min != 90*time.Second || d.Ptime != 40*time.Millisecond || d.Reliable != "required" ||
		d.LongestRing != time.Minute || d.LongestCall != 0 {
		t.Errorf("%+v", d)
	}
	for text, want := range map[string]string{
		"ptime: 25ms":                           "trunks.t.ptime",
		"ptime: 70ms":                           "trunks.t.ptime",
		"ptime: 20":                             "trunks.t.ptime",
		"session_timer: on":                     "trunks.t.session_timer",
		"session_timer: {expires: 60s}":         "trunks.t.session_timer.expires",
		"session_timer: {min: 1h}":              "is longer than expires",
		"session_timer: {expires: 5m, min: 6m}": "trunks.t.session_timer.min",
		"session_timer: {refresher: uac}":       "trunks.t.session_timer.refresher",
		"reliable_provisional: yes":             "trunks.t.reliable_provisional",
		"early_media: gated":                    "trunks.t.early_media",
		"dtmf: sip-info":                        "trunks.t.dtmf",
		"offer: delayed":                        "trunks.t.offer",
		"transfer: {refer: 1}":                  "trunks.t.transfer.refer",
		"limits: {longest_ring: 1s}":            "trunks.t.limits.longest_ring",
	} {
		_, err := read("x.yml", []byte(smallest+trunk+text+"}}\n"))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
}
