package routing

import (
	"context"
	"maps"
	"slices"
	"sync"
	"time"

	"mediasrv/config"
	"mediasrv/media/prompt"
	"mediasrv/routing/fact"
	"mediasrv/routing/floor"
	"mediasrv/routing/hours"
)

const (
	noticeText    = 2000                 // characters of a message at most
	noticeLongest = 366 * 24 * time.Hour // ahead
	noticeSpeaks  = 20 * time.Second     // an engine may take for one
)

// Why what a supervisor sets for a queue is refused.
const (
	ErrUnknownQueue   = floor.ErrUnknownQueue
	ErrNoticeTime     = Refusal("The time must be ahead, by at most a year.")
	ErrNoticeText     = Refusal("The message must have at most 2000 characters.")
	ErrNoticeSilent   = Refusal("An incident needs a message.")
	ErrNoticeFile     = Refusal("The audio file can't be played: the log says why.")
	ErrNoSuchNotice   = Refusal("Nothing of this kind is set for the queue.")
	ErrNoticeHasBoth  = Refusal("The message is either a text or a file.")
	ErrUnknownNotice  = Refusal("A notice is closed or incident.")
	ErrNoticeNotReady = Refusal("The message could not be made in time. Try again.")
)

// notice is what a supervisor has set, with its message made.
type notice struct {
	fact.QueueNotice
	message *prompt.Prompt // nil: none
}

// notices are all that hold, or have held last.
type notices struct {
	mu  sync.Mutex
	all map[noticeKey]*notice
}

type noticeKey struct {
	queue string
	kind  fact.NoticeKind
}

func (n *notices) put(v *notice) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.all == nil {
		n.all = make(map[noticeKey]*notice)
	}
	n.all[noticeKey{v.Queue, v.Kind}] = v
}

// of is what holds for a queue at a time; nil: nothing of this kind.
func (n *notices) of(queue string, kind fact.NoticeKind, at time.Time) *notice {
	n.mu.Lock()
	defer n.mu.Unlock()
	v := n.all[noticeKey{queue, kind}]
	if v == nil || !at.Before(v.Until) {
		return nil
	}
	return v
}

// silent are those that hold and whose message could not be made.
func (n *notices) silent(at time.Time) (all []fact.QueueNotice) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, v := range n.all {
		if v.message == nil && (v.Say != "" || v.File != "") && at.Before(v.Until) {
			all = append(all, v.QueueNotice)
		}
	}
	return all
}

// speak gives a notice its message, if it is still the one that holds.
func (n *notices) speak(of fact.QueueNotice, message *prompt.Prompt) {
	n.mu.Lock()
	defer n.mu.Unlock()
	at := noticeKey{of.Queue, of.Kind}
	if v := n.all[at]; v != nil && v.QueueNotice == of {
		n.all[at] = &notice{of, message}
	}
}

// SetNotice closes a queue, or sets an incident, until a time. The message is made first, which may take seconds. Errors are Refusals.
func (c *Centre) SetNotice(ctx context.Context, n fact.QueueNotice) error {
	now := c.clock.Now().UTC()
	n.At, n.Until = now, n.Until.UTC()
	if err := c.settable(n, now); err != nil {
		return err
	}
	message, err := c.noticeMessage(ctx, n)
	if err != nil {
		return err
	}
	c.notices.put(&notice{n, message})
	c.back.Look()
	c.opt.Store.Append(n)
	c.opt.Store.Append(fact.Event{At: now, Kind: fact.QueueNoticeSet, Queue: n.Queue, Agent: n.By, Detail: string(n.Kind) + " until " + n.Until.Format(time.RFC3339)})
	what := map[fact.NoticeKind]fact.AuditKind{fact.QueueClosed: fact.AuditQueueClosed, fact.QueueIncident: fact.AuditIncident}[n.Kind]
	return c.audited(nil, fact.Audit{Who: n.By, What: what, Detail: n.Queue + " until " + n.Until.Format(time.RFC3339)})
}

func (c *Centre) settable(n fact.QueueNotice, now time.Time) error {
	switch {
	case c.now.Load().cfg.Queues[n.Queue] == nil:
		return ErrUnknownQueue
	case n.Kind != fact.QueueClosed && n.Kind != fact.QueueIncident:
		return ErrUnknownNotice
	case !n.Until.After(now) || n.Until.After(now.Add(noticeLongest)):
		return ErrNoticeTime
	case len([]rune(n.Say)) > noticeText:
		return ErrNoticeText
	case n.Say != "" && n.File != "":
		return ErrNoticeHasBoth
	case n.Kind == fact.QueueIncident && n.Say == "" && n.File == "":
		return ErrNoticeSilent
	}
	return nil
}

// noticeMessage makes what is to be heard; nil: nothing of its own.
func (c *Centre) noticeMessage(ctx context.Context, n fact.QueueNotice) (*prompt.Prompt, error) {
	if n.Say == "" && n.File == "" {
		return nil, nil //nolint:nilnil // both are true
	}
	ctx, cancel := context.WithTimeout(ctx, noticeSpeaks)
	defer cancel()
	now := c.now.Load()
	made, err := render(ctx, now.cfg, &config.Audio{Say: n.Say, File: n.File}, now.speaker)
	switch {
	case err == nil:
		return made, nil
	case ctx.Err() != nil:
		return nil, ErrNoticeNotReady
	}
	c.opt.Log.Error("a message for a queue can't be made", "queue", n.Queue, "error", err)
	if n.File != "" {
		return nil, ErrNoticeFile
	}
	return nil, ErrNoSpeech
}

// EndNotice takes back what a supervisor has set.
func (c *Centre) EndNotice(queue string, kind fact.NoticeKind, by string) error {
	now := c.clock.Now().UTC()
	held := c.notices.of(queue, kind, now)
	if held == nil {
		return ErrNoSuchNotice
	}
	ended := held.QueueNotice
	ended.Until, ended.By = now, by
	c.notices.put(&notice{QueueNotice: ended})
	c.back.Look()
	c.opt.Store.Append(ended)
	c.opt.Store.Append(fact.Event{At: now, Kind: fact.QueueNoticeEnded, Queue: queue, Agent: by, Detail: string(kind)})
	what := map[fact.NoticeKind]fact.AuditKind{fact.QueueClosed: fact.AuditQueueOpened, fact.QueueIncident: fact.AuditIncidentEnded}[kind]
	return c.audited(nil, fact.Audit{Who: by, What: what, Detail: queue})
}

// RestoreNotices goes on with what supervisors had set before the start. A message that can't be made is left out, and logged. It may take seconds.
func (c *Centre) RestoreNotices(ctx context.Context, all []fact.QueueNotice) {
	for _, n := range all {
		message, err := c.noticeMessage(ctx, n)
		if err != nil {
			c.opt.Log.Error("what a supervisor has set holds without its message", "queue", n.Queue, "kind", string(n.Kind), "error", err)
		}
		c.notices.put(&notice{n, message})
	}
	c.back.Look()
}

// QueueStates are all queues of the file by name, and whether they take callers now.
func (c *Centre) QueueStates() []fact.QueueState {
	now, cfg := c.clock.Now(), c.now.Load().cfg
	var all []fact.QueueState
	for _, name := range slices.Sorted(maps.Keys(cfg.Queues)) {
		state := fact.QueueState{Name: name}
		state.Open, state.Why = c.takes(cfg.Queues[name], now, cfg.Company.TimeZone)
		if n := c.notices.of(name, fact.QueueClosed, now); n != nil {
			state.Closed = &n.QueueNotice
		}
		if n := c.notices.of(name, fact.QueueIncident, now); n != nil {
			state.Incident = &n.QueueNotice
		}
		all = append(all, state)
	}
	return all
}

// QueueOpen says whether a queue takes callers now, and if not, why: who wants to send somebody there is told so beforehand. It waits for nobody.
func (c *Centre) QueueOpen(queue string) (open bool, why string) {
	cfg := c.now.Load().cfg
	q := cfg.Queues[queue]
	if q == nil {
		return false, string(ErrUnknownQueue)
	}
	return c.takes(q, c.clock.Now(), cfg.Company.TimeZone)
}

// takes is the rule: a supervisor's closing, then the hours. Times in the reason are of a zone; nil: of UTC.
func (c *Centre) takes(q *config.Queue, at time.Time, zone *time.Location) (open bool, why string) {
	if n := c.notices.of(q.Name, fact.QueueClosed, at); n != nil {
		return false, "closed by " + n.By + " until " + wallTime(n.Until, zone)
	}
	if open, why := hours.Why(q.Hours, at); !open {
		return false, why
	}
	return true, ""
}

// wallTime is a time as people of a zone read it.
func wallTime(t time.Time, zone *time.Location) string {
	if zone == nil {
		zone = time.UTC
	}
	return t.In(zone).Format("Mon 2006-01-02 15:04")
}

// incident lets the caller hear what a supervisor has set for the queue, before the wait.
func (s *script) incident(sit Situation, q *config.Queue) Situation {
	n := s.c.notices.of(q.Name, fact.QueueIncident, s.c.clock.Now())
	if n == nil || n.message == nil || sit.Greeted {
		return sit
	}
	s.event(fact.Event{Kind: fact.IncidentPlayed, Queue: q.Name, Detail: n.message.Name() + ", set by " + n.By})
	if r := s.ask(question{prompt: n.message}); r.over != fact.EndUnset {
		return sit.over(r.over)
	}
	return sit
}
