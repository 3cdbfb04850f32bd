package main

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"time"

	"mediasrv/config"
)

// The quota is of all agents together and of the company's month; what can't be measured leaves what was.
func TestQuotaIsMeasured(t *testing.T) {
	zone := time.FixedZone("here", 9*3600)
	cfg := &config.Config{
		Company: config.Company{TimeZone: zone}, Recordings: config.Recordings{Quota: 5},
		Queues: map[string]*config.Queue{"support": {Agents: []string{"aiko", "ben"}}, "sales": {Agents: []string{"ben", "chen"}}},
	}
	var asked time.Time
	used, broken := int64(3e9), error(nil)
	q := &quotaMeter{
		cfg: func() *config.Config { return cfg }, log: slog.New(slog.DiscardHandler),
		recorded: func(_ context.Context, since time.Time) (int64, error) { asked = since; return used, broken },
	}
	now := time.Date(2026, 11, 30, 16, 0, 0, 0, time.UTC) // December has begun where the company is
	q.measure(t.Context(), now)
	if want := time.Date(2026, 12, 1, 0, 0, 0, 0, zone); !asked.Equal(want) {
		t.Errorf("asked since %v, want %v", asked, want)
	}
	if got := q.State(); got.Used != 3e9 || got.Quota != 15e9 || got.High() {
		t.Errorf("%+v", got)
	}
	used = 12e9
	q.measure(t.Context(), now.Add(time.Hour))
	used = 13e9
	q.measure(t.Context(), now.Add(2*time.Hour))
	broken = errors.New("locked")
	q.measure(t.Context(), now.Add(3*time.Hour))
	if got := q.State(); got.Used != 13e9 || !got.High() || !got.Since.Equal(now.Add(time.Hour)) {
		t.Errorf("%+v, want high since an hour after the first", got)
	}
	cfg = &config.Config{Company: cfg.Company}
	q.measure(t.Context(), now.Add(4*time.Hour))
	if got := q.State(); got.Quota != 0 || got.High() {
		t.Errorf("without a quota: %+v", got)
	}
}
