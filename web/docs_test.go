package web

import (
	"os"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
)

func readDoc(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile("../docs/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestEveryRouteIsDocumented(t *testing.T) {
	doc := readDoc(t, "api.md")
	l := newLab(t, nil)
	for pattern := range l.server.access {
		if pattern == "/" || pattern == "/api/" {
			continue
		}
		if !strings.Contains(doc, "`"+pattern+"`") {
			t.Errorf("docs/api.md lacks `%s`", pattern)
		}
	}
}

func TestEveryMetricIsDocumented(t *testing.T) {
	doc := readDoc(t, "metrics.md")
	l := newLab(t, nil)
	descs := make(chan *prometheus.Desc, 100)
	newFigureCollector(func() Figures { return Figures{} }, l.server.live.sockets).Describe(descs)
	newLineCollector(nil).Describe(descs)
	newSIPCollector(nil).Describe(descs)
	newUploadCollector(nil).Describe(descs)
	newWebhookCollector(nil).Describe(descs)
	newCallbackCollector(nil).Describe(descs)
	newQueueCollector(nil).Describe(descs)
	newTrunkCollector(nil, nil).Describe(descs)
	newReloadCollector(nil).Describe(descs)
	newAlarmCollector(nil).Describe(descs)
	l.server.metrics.logins.Describe(descs)
	l.server.metrics.panics.Describe(descs)
	close(descs)
	for d := range descs {
		_, rest, _ := strings.Cut(d.String(), `fqName: "`)
		name, _, _ := strings.Cut(rest, `"`)
		if !strings.Contains(doc, "`"+name) {
			t.Errorf("docs/metrics.md lacks `%s`", name)
		}
	}
}
