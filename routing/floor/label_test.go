package floor

import (
	"testing"
	"time"

	"mediasrv/config"
)

// A name of the company stands for a status, is the reason in the history, and is gone with the next choice.
func TestNamesOfStatuses(t *testing.T) {
	now := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	cfg := &config.Config{
		Company: config.Company{Statuses: []config.StatusName{{Name: "lunch", As: "away"}, {Name: "tea", As: "away"}}},
		Users:   map[string]*config.User{"aiko": {Login: "aiko", Agent: true}},
	}
	var told []Notice
	c := newCore(cfg, Rounds{}, nil, func(n Notice) { told = append(told, n) }, now)
	for i, step := range []struct{ choice, status, label, reason string }{
		{"available", "available", "", ""}, {"lunch", "away", "lunch", "lunch"}, {"tea", "away", "tea", "tea"}, {"away", "away", "", ""}, {"busy", "busy", "", ""},
	} {
		at := now.Add(time.Duration(i) * time.Minute)
		told = nil
		if err := c.setStatus("aiko", step.choice, at); err != nil {
			t.Fatal(err)
		}
		last := told[len(told)-1]
		if a := last.Agent; a.Status != step.status || a.Label != step.label || a.Reason != step.reason || !a.Since.Equal(at) || !last.Moved {
			t.Errorf("%s: %+v, moved %v", step.choice, a, last.Moved)
		}
	}
	if err := c.setStatus("aiko", "dinner", now); err != ErrUnknownStatus { //nolint:errorlint // it is this very value
		t.Errorf("an unknown one: %v", err)
	}
}
