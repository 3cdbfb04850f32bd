package stats

import (
	"maps"
	"slices"
	"time"

	"mediasrv/routing/fact"
)

// mostRows bounds an answer.
const mostRows = 200_000

// Table sums up what a query asks for.
type Table struct {
	q       fact.StatisticsQuery
	borders []time.Time
	groups  map[string][]sums
}

// NewTable makes the table of a query. Its errors are sentences for whoever asked.
func NewTable(q fact.StatisticsQuery) (*Table, error) {
	switch q.By {
	case fact.ByCompany, fact.ByQueue, fact.ByEntry, fact.ByTrunk:
		if q.Agent != "" {
			return nil, ErrAgentFilter
		}
	case fact.ByAgent:
		if q.Entry != "" || q.Trunk != "" {
			return nil, ErrNumberFilter
		}
	default:
		return nil, ErrUnknown
	}
	b, err := borders(q.From, q.To, q.Interval, q.Zone)
	if err != nil {
		return nil, err
	}
	return &Table{q: q, borders: b, groups: make(map[string][]sums)}, nil
}

// Began counts a call that came in.
func (t *Table) Began(entry, trunk string, at time.Time) {
	if t.q.By == fact.ByAgent || t.q.By == fact.ByQueue || t.q.Queue != "" || !t.wanted("", entry, trunk) {
		return
	}
	if s := t.at(t.name("", entry, trunk), at); s != nil {
		s.calls++
	}
}

// Add counts what happened in a call that came in to entry by trunk. c.Sum must have been called.
func (t *Table) Add(c *Call, entry, trunk string) {
	if t.q.By == fact.ByAgent {
		for _, o := range c.Offers {
			t.addOffer(o, o.Agent)
		}
		return
	}
	for _, v := range c.Visits {
		if t.wanted(v.Queue, entry, trunk) {
			if s := t.at(t.name(v.Queue, entry, trunk), v.At); s != nil {
				s.addVisit(v, t.q.LevelOf(v.Queue), t.q.Now)
			}
		}
	}
	for _, v := range c.Closed {
		if t.wanted(v.Queue, entry, trunk) {
			if s := t.at(t.name(v.Queue, entry, trunk), v.At); s != nil {
				s.closed++
			}
		}
	}
	for _, o := range c.Offers {
		if t.wanted(o.Queue, entry, trunk) {
			if s := t.at(t.name(o.Queue, entry, trunk), o.At); s != nil {
				s.addOffer(o)
			}
		}
	}
}

func (t *Table) addOffer(o Offer, agent string) {
	if t.q.Queue != "" && t.q.Queue != o.Queue || t.q.Agent != "" && t.q.Agent != agent {
		return
	}
	if s := t.at(agent, o.At); s != nil {
		s.addOffer(o)
		if o.Outcome == Taken {
			s.answered++
			s.addWork(o.Work)
		}
	}
}

// State counts that an agent was in a state for a time, which is split at the borders.
func (t *Table) State(agent, status, activity string, from, to time.Time) {
	if t.q.By != fact.ByAgent || t.q.Agent != "" && t.q.Agent != agent {
		return
	}
	if first := t.borders[0]; from.Before(first) {
		from = first
	}
	for i := find(t.borders, from); i >= 0 && i < len(t.borders)-1 && from.Before(to); i++ {
		until := t.borders[i+1]
		if to.Before(until) {
			until = to
		}
		t.group(agent)[i].addState(status, activity, until.Sub(from))
		from = until
	}
}

// Rows are the figures: of each name that something is known of every interval, by name and time.
func (t *Table) Rows() ([]fact.StatisticsRow, error) {
	if t.q.By == fact.ByCompany {
		t.group("")
	}
	if len(t.groups)*(len(t.borders)-1) > mostRows {
		return nil, ErrManyRows
	}
	rows := make([]fact.StatisticsRow, 0, len(t.groups)*(len(t.borders)-1))
	for _, name := range slices.Sorted(maps.Keys(t.groups)) {
		for i, s := range t.groups[name] {
			row := fact.StatisticsRow{Name: name, From: t.borders[i].UTC(), To: t.borders[i+1].UTC(), Figures: s.figures()}
			if t.q.By == fact.ByAgent {
				row.Agent = s.times()
			}
			rows = append(rows, row)
		}
	}
	return rows, nil
}

// wanted says whether the filters take it. queue empty: not known yet.
func (t *Table) wanted(queue, entry, trunk string) bool {
	return (t.q.Queue == "" || t.q.Queue == queue) && (t.q.Entry == "" || t.q.Entry == entry) && (t.q.Trunk == "" || t.q.Trunk == trunk)
}

func (t *Table) name(queue, entry, trunk string) string {
	switch t.q.By {
	case fact.ByQueue:
		return queue
	case fact.ByEntry:
		return entry
	case fact.ByTrunk:
		return trunk
	case fact.ByCompany, fact.ByAgent:
	}
	return ""
}

// at is where a moment counts; nil: outside the time asked for.
func (t *Table) at(name string, at time.Time) *sums {
	i := find(t.borders, at)
	if i < 0 {
		return nil
	}
	return &t.group(name)[i]
}

func (t *Table) group(name string) []sums {
	g := t.groups[name]
	if g == nil {
		g = make([]sums, len(t.borders)-1)
		t.groups[name] = g
	}
	return g
}
