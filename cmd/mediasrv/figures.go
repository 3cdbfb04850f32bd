package main

import (
	"mediasrv/media"
	"mediasrv/routing/dialout"
	"mediasrv/routing/stats"
	"mediasrv/web"
)

// figures are the numbers for /metrics.
func (s *server) figures() web.Figures {
	calls, journal, engine := s.centre.Stats(), s.store.Stats(), s.engine.Stats()
	out := web.Out{Calls: calls.Out.Calls, Emergency: calls.Out.Emergency, Refused: map[string]uint64{}}
	for _, why := range dialout.Reasons() {
		out.Refused[string(why)] = calls.Out.Refused[why]
	}
	return web.Figures{
		Out: out,
		Asks: map[string]uint64{
			"answered": calls.Asks.Answered, "timeout": calls.Asks.Timeout, "bad-answer": calls.Asks.BadAnswer, "failed": calls.Asks.Failed,
		},
		Since:  since(calls.Since),
		Queues: calls.Queues, Agents: calls.Agents, Calls: s.centre.Calls(),
		MediaLateTicks: engine.LateTicks, MediaLateness: engine.Lateness, MediaDrops: engine.Dropped, OneWays: engine.OneWays, OneWaysNow: engine.OneWaysNow,
		NoPorts: engine.NoPorts, Ports: map[string]int{"used": engine.Ports.Used, "resting": engine.Ports.Resting, "free": engine.Ports.Free},
		JournalDepth: journal.Pending, JournalDropped: journal.Dropped, JournalErrors: journal.Errors,
		Signalling: web.Signalling(s.stack.Stats()), Uploads: s.uploads(), Webhooks: s.webhooks(), Callbacks: callbackFigures(calls.Back),
	}
}

// uploads say how recordings get to other places, for /metrics.
func (s *server) uploads() (all []web.Upload) {
	for _, u := range s.recorder.Uploads() {
		all = append(all, web.Upload{To: u.Kind, Waiting: u.Waiting, Done: u.Uploaded, Bytes: u.Bytes, Failures: u.Failures, Failing: u.Failing})
	}
	return all
}

func since(queues []stats.Queue) []web.QueueCounts {
	outcomes := map[string]stats.Outcome{
		"answered": stats.Answered, "abandoned": stats.Abandoned, "overflowed": stats.Overflowed, "timed-out": stats.TimedOut, "failed": stats.Failed,
	}
	all := make([]web.QueueCounts, 0, len(queues))
	for _, q := range queues {
		c := web.QueueCounts{
			Queue: q.Name, Offered: q.Offered, Closed: q.Closed, Ended: map[string]uint64{},
			Wait: web.Histogram(q.Wait), GaveUp: web.Histogram(q.GaveUp), Handling: web.Histogram(q.Handling),
		}
		for name, outcome := range outcomes {
			c.Ended[name] = q.Ended[outcome]
		}
		all = append(all, c)
	}
	return all
}

// lines say how the lines of the trunks have been, for /metrics.
func (s *server) lines() []web.Line {
	var lines []web.Line
	for trunk, m := range s.stack.Quality() {
		lines = append(lines, web.Line{
			Trunk: trunk, Received: direction(m.Received), Sent: direction(m.Sent), RoundTrip: web.Histogram(m.RoundTrip),
			Late: m.Late, Discarded: m.Discarded, Concealed: m.Concealed,
		})
	}
	return lines
}

func direction(w media.MeasuredWay) web.Direction {
	return web.Direction{MOS: web.Histogram(w.MOS), Loss: web.Histogram(w.Loss), Jitter: web.Histogram(w.Jitter)}
}
