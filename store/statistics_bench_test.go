package store

import (
	"database/sql"
	"fmt"
	"log/slog"
	"os"
	"strconv"
	"testing"
	"time"

	"mediasrv/routing/fact"
)

// BenchmarkStatistics asks for the figures of a day of 5,000 calls, which is the last of BENCH_DAYS (20) in the database.
func BenchmarkStatistics(b *testing.B) {
	days, _ := strconv.Atoi(os.Getenv("BENCH_DAYS"))
	if days == 0 {
		days = 20
	}
	path := b.TempDir() + "/" + FileName
	s, err := Open(path, "n1", slog.New(slog.DiscardHandler))
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	first := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for day := range days {
		if err := s.inTx(b.Context(), func(tx *sql.Tx) error { return usualDay(&rowWriter{tx: tx, node: s.node}, s.journal, first, day) }); err != nil {
			b.Fatal(err)
		}
	}
	if info, err := os.Stat(path); err == nil {
		b.Logf("%d days: %d MB", days, info.Size()>>20)
	}
	last := first.AddDate(0, 0, days-1)
	for _, by := range []fact.StatisticsBy{fact.ByQueue, fact.ByAgent} {
		for _, n := range []int{1, 7} {
			b.Run(fmt.Sprintf("%s-%d-days", by, n), func(b *testing.B) {
				for b.Loop() {
					rows, err := s.Statistics(b.Context(), fact.StatisticsQuery{
						From: last.AddDate(0, 0, 1-n), To: last.AddDate(0, 0, 1), Now: last.AddDate(0, 0, 2), By: by, Interval: fact.EveryHour, Zone: time.UTC,
						Usual: fact.ServiceLevel{Within: 20 * time.Second, Short: 5 * time.Second},
					})
					if err != nil || len(rows) == 0 {
						b.Fatal(len(rows), err)
					}
				}
			})
		}
	}
	b.Run("abandoned-1-day", func(b *testing.B) {
		for b.Loop() {
			if all, _, err := s.Abandoned(b.Context(), fact.StatisticsQuery{From: last, To: last.AddDate(0, 0, 1)}, nil, "", 500); err != nil || len(all) == 0 {
				b.Fatal(len(all), err)
			}
		}
	})
}

// usualDay writes 5,000 calls of ten queues and fifty agents: one in ten gives up, each other is offered twice.
func usualDay(w *rowWriter, j *journal, first time.Time, day int) error {
	for n := range 5000 {
		t := first.AddDate(0, 0, day).Add(8*time.Hour + time.Duration(n)*7*time.Second)
		id, queue, agent := fact.CallID(fmt.Sprintf("%08d-%05d", day, n)), fmt.Sprintf("queue %d", n%10), fmt.Sprintf("agent%d", n%50)
		event := func(after time.Duration, kind fact.EventKind, agent, detail string) error {
			return w.put(item{sequence: j.nextSequence(), what: fact.Event{At: t.Add(after), Conversation: fact.ConversationID(id), Call: id, Kind: kind, Queue: queue, Agent: agent, Detail: detail}})
		}
		change := func(after time.Duration, activity string) error {
			return w.put(item{sequence: j.nextSequence(), what: fact.AgentChange{At: t.Add(after), User: agent, Status: "available", Activity: activity, Call: id}})
		}
		s := time.Second
		end := "agent-hung-up"
		if n%10 == 0 {
			end = "caller-hung-up"
		}
		errs := []error{
			w.put(item{what: fact.Call{ID: id, Direction: fact.Inbound, Entry: "+815012345678", Trunk: "carrier", From: fmt.Sprintf("+8190%08d", n*day%100000), Queue: queue, Began: t}}),
			event(0, fact.CallBegan, "", ""), event(0, fact.CallAnswered, "", ""), event(0, fact.Queued, "", ""), event(0, fact.GreetingPlayed, "", "hello"),
			event(0, fact.Considered, "", "agent1: in a call; agent2: in a call; agent3: in a call; agent4: away for 10m"),
		}
		if n%10 == 0 {
			errs = append(errs, event(20*s, fact.CallEnded, "", end))
		} else {
			errs = append(errs, event(s, fact.Considered, agent, "agent1: in a call; agent2: in a call"), event(s, fact.Offered, agent, ""), change(s, "ringing"),
				event(5*s, fact.OfferRefused, agent, ""), change(5*s, "idle"), event(6*s, fact.Considered, agent, ""), event(6*s, fact.Offered, agent, ""), change(6*s, "ringing"),
				event(9*s, fact.AgentAnswered, agent, ""), change(9*s, "talking"), event(9*s, fact.RecordingBegan, agent, ""), event(99*s, fact.RecordingEnded, agent, ""),
				event(99*s, fact.CallEnded, agent, end), event(99*s, fact.WrapUpBegan, agent, ""), change(99*s, "wrap-up"), event(120*s, fact.WrapUpEnded, agent, ""), change(120*s, "idle"))
		}
		for _, err := range errs {
			if err != nil {
				return err
			}
		}
	}
	return nil
}
