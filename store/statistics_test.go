package store

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"testing"
	"time"

	"mediasrv/routing/fact"
	"mediasrv/routing/stats"
)

// noon is when the tests' calls begin: 12:00 in UTC.
func noon() time.Time { return time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC) }

func at(seconds float64) time.Time {
	return noon().Add(time.Duration(seconds * float64(time.Second)))
}

// tale is a call's events in short.
type tale struct {
	s     *Store
	call  fact.CallID
	queue string
}

func (s *Store) tale(id, entry, trunk, caller, queue string, began float64) tale {
	s.Append(fact.Call{ID: fact.CallID(id), Direction: fact.Inbound, Entry: entry, Trunk: trunk, From: caller, Queue: queue, Began: at(began)})
	return tale{s, fact.CallID(id), queue}
}

func (t tale) tell(seconds float64, kind fact.EventKind, agent, detail string) tale {
	t.s.Append(fact.Event{At: at(seconds), Call: t.call, Kind: kind, Queue: t.queue, Agent: agent, Detail: detail})
	return t
}

func (t tale) in(queue string) tale { t.queue = queue; return t }

// aDay is what the truth table counts: eight calls, two queues, two agents.
func aDay(s *Store) {
	// 1: answered by aiko after 10 s, talks 100 s, wrap-up 20 s.
	s.tale("c1", "+1", "t1", "+100", "support", 0).tell(0, fact.Queued, "", "").tell(2, fact.Offered, "aiko", "").
		tell(10, fact.AgentAnswered, "aiko", "").tell(110, fact.CallEnded, "aiko", "caller-hung-up").tell(110, fact.WrapUpBegan, "aiko", "").
		tell(130, fact.WrapUpEnded, "aiko", "")
	// 2: refused by ben, missed by aiko, answered by ben after 40 s; no wrap-up, 60 s of talk.
	s.tale("c2", "+1", "t1", "+101", "support", 100).tell(100, fact.Queued, "", "").tell(101, fact.Offered, "ben", "").tell(103, fact.OfferRefused, "ben", "").
		tell(103, fact.Offered, "aiko", "").tell(133, fact.OfferMissed, "aiko", "").tell(138, fact.Offered, "ben", "").
		tell(140, fact.AgentAnswered, "ben", "").tell(200, fact.CallEnded, "ben", "agent-hung-up")
	// 3: gives up after 3 s: short. 4: after 5 s exactly: abandoned.
	s.tale("c3", "+1", "t1", "+102", "support", 200).tell(200, fact.Queued, "", "").tell(203, fact.CallEnded, "", "caller-hung-up")
	s.tale("c4", "+1", "t2", "+103", "support", 300).tell(300, fact.Queued, "", "").tell(301, fact.Offered, "ben", "").tell(305, fact.CallEnded, "", "caller-gone")
	// 5: by a key from support (after 30 s) to sales, where the longest wait is reached after 60 s.
	s.tale("c5", "+2", "t2", "+104", "support", 400).tell(400, fact.Queued, "", "").tell(430, fact.LeftQueue, "", "").
		in("sales").tell(430, fact.Queued, "", "").tell(490, fact.CallEnded, "", "longest-wait")
	// 6: sales is closed. 7: the server stops.
	s.tale("c6", "+2", "t2", "+105", "sales", 500).tell(500, fact.AwayPlayed, "", "").tell(510, fact.CallEnded, "", "closed")
	s.tale("c7", "+2", "t2", "+106", "sales", 600).tell(600, fact.Queued, "", "").tell(615, fact.CallEnded, "", "shutdown")
	// 8: in sales at 14:59.999, answered at 15:20 (20.001 s: too late), the agent is lost, answered again by aiko, who talks still.
	s.tale("c8", "+2", "t1", "+107", "sales", 899.999).tell(899.999, fact.Queued, "", "").tell(900, fact.Offered, "ben", "").tell(920, fact.AgentAnswered, "ben", "").
		tell(950, fact.OfferFailed, "ben", "agent lost: gone").tell(950, fact.Queued, "", "").tell(955, fact.Offered, "aiko", "").tell(960, fact.AgentAnswered, "aiko", "")
	// 9: waits still. Not of the day: 10 was there before noon.
	s.tale("c9", "+1", "t1", "+108", "support", 990).tell(990, fact.Queued, "", "")
	s.tale("c0", "+1", "t1", "+109", "support", -1).tell(-0.001, fact.Queued, "", "").tell(5, fact.AgentAnswered, "aiko", "").tell(6, fact.CallEnded, "", "caller-hung-up")
}

func ask(t *testing.T, s *Store, q fact.StatisticsQuery) []fact.StatisticsRow {
	t.Helper()
	if q.Zone == nil {
		q.Zone = time.UTC
	}
	if q.Usual == (fact.ServiceLevel{}) {
		q.Usual = fact.ServiceLevel{Within: 20 * time.Second, Short: 5 * time.Second}
	}
	rows, err := s.Statistics(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

func TestStatisticsOfQueuesByHand(t *testing.T) {
	s, _ := openAt(t, dbPath(t))
	start(t, s)
	aDay(s)
	flush(t, s)
	q := fact.StatisticsQuery{From: at(0), To: at(3600), Now: at(1000), By: fact.ByQueue, Interval: fact.WholeTime}
	sales := fact.StatisticsRow{Name: "sales", From: at(0), To: at(3600), Figures: fact.Figures{
		Closed: 1, Offered: 4, Answered: 2, AnsweredWithin: 1, TimedOut: 1, Failed: 1,
		ServiceLevel: new(1.0 / 4), AnswerSpeed: new(15.0005), LongestWait: 20.001,
		Talk: 30 + 40, TalkMean: new(35.0), LongestTalk: 40, HoldMean: new(0.0), WrapUpMean: new(0.0), HandlingMean: new(35.0), Offers: 2,
	}}
	support := fact.StatisticsRow{Name: "support", From: at(0), To: at(3600), Figures: fact.Figures{
		Offered: 6, Answered: 2, AnsweredWithin: 1, Abandoned: 1, AbandonedShort: 1, Overflowed: 1, Waiting: 1,
		ServiceLevel: new(1.0 / 4), AnswerSpeed: new(25.0), LongestWait: 40, AbandonWait: new(5.0),
		Talk: 160, TalkMean: new(80.0), LongestTalk: 100, HoldMean: new(0.0), WrapUp: 20, WrapUpMean: new(10.0), HandlingMean: new(90.0),
		Offers: 5, Missed: 1, Refused: 1, OffersLost: 1,
	}}
	same(t, ask(t, s, q), []fact.StatisticsRow{sales, support})

	q.Levels = map[string]fact.ServiceLevel{"support": {Within: 40 * time.Second, Short: 3 * time.Second}}
	support.AnsweredWithin, support.Abandoned, support.AbandonedShort, support.AbandonWait, support.ServiceLevel = 2, 2, 0, new(4.0), new(2.0/5)
	q.Queue = "support"
	same(t, ask(t, s, q), []fact.StatisticsRow{support})

	q = fact.StatisticsQuery{From: at(0), To: at(3600), Now: at(1000), By: fact.ByEntry, Interval: fact.WholeTime, Trunk: "t2"}
	rows := ask(t, s, q)
	if len(rows) != 2 || rows[0].Name != "+1" || rows[0].Calls != 1 || rows[0].Abandoned != 1 || rows[1].Calls != 3 || rows[1].Closed != 1 || rows[1].Offered != 3 {
		t.Errorf("%+v", rows)
	}
	q.Trunk, q.By = "", fact.ByCompany
	if rows = ask(t, s, q); len(rows) != 1 || rows[0].Calls != 9 || rows[0].Offered != 10 || rows[0].Answered != 4 {
		t.Errorf("%+v", rows)
	}
}

func TestStatisticsOfAgentsByHand(t *testing.T) {
	s, _ := openAt(t, dbPath(t))
	start(t, s)
	aDay(s)
	change := func(seconds float64, user, status, activity string) {
		s.Append(fact.AgentChange{At: at(seconds), User: user, Status: status, Activity: activity})
	}
	change(-500, "aiko", "offline", "idle")
	change(-100, "aiko", "available", "idle")
	change(2, "aiko", "available", "ringing")
	change(10, "aiko", "available", "talking")
	change(50, "aiko", "away", "talking")
	change(110, "aiko", "away", "wrap-up")
	change(130, "aiko", "away", "idle")
	change(900, "aiko", "busy", "idle")
	change(-50, "ben", "offline", "idle")
	flush(t, s)
	q := fact.StatisticsQuery{From: at(0), To: at(1800), Now: at(1000), By: fact.ByAgent, Interval: fact.EveryQuarter}
	rows := ask(t, s, q)
	if len(rows) != 4 || rows[1].From != at(900) || rows[1].To != at(1800) {
		t.Fatalf("%+v", rows)
	}
	same(t, rows[:3], []fact.StatisticsRow{
		{Name: "aiko", From: at(0), To: at(900), Figures: fact.Figures{
			Offers: 2, Missed: 1, Answered: 1, Talk: 100, LongestTalk: 100, WrapUp: 20, TalkMean: new(100.0), HoldMean: new(0.0), WrapUpMean: new(20.0), HandlingMean: new(120.0),
			Agent: &fact.AgentTimes{LoggedIn: 900, Available: 2, Ringing: 8, Talking: 100, WrapUp: 20, Away: 770, Occupancy: new(120.0 / 130)},
		}},
		{Name: "aiko", From: at(900), To: at(1800), Figures: fact.Figures{
			Offers: 1, Answered: 1, Talk: 40, LongestTalk: 40, TalkMean: new(40.0), HoldMean: new(0.0), WrapUpMean: new(0.0), HandlingMean: new(40.0),
			Agent: &fact.AgentTimes{LoggedIn: 100, Busy: 100},
		}},
		{Name: "ben", From: at(0), To: at(900), Figures: fact.Figures{
			Offers: 3, Refused: 1, OffersLost: 1, Answered: 1, Talk: 60, LongestTalk: 60, TalkMean: new(60.0), HoldMean: new(0.0), WrapUpMean: new(0.0), HandlingMean: new(60.0),
			Agent: &fact.AgentTimes{},
		}},
	})
	q.Agent, q.Queue, q.Interval = "ben", "sales", fact.WholeTime
	if rows = ask(t, s, q); len(rows) != 1 || rows[0].Name != "ben" || rows[0].Offers != 1 || rows[0].Talk != 30 {
		t.Errorf("ben in sales: %+v", rows)
	}
}

func same(t *testing.T, got, want []fact.StatisticsRow) {
	t.Helper()
	if len(got) != len(want) {
		t.Errorf("%d rows, want %d", len(got), len(want))
	}
	for i := range min(len(got), len(want)) {
		round(&got[i].Figures)
		round(&want[i].Figures)
		if !reflect.DeepEqual(got[i], want[i]) {
			a, _ := json.Marshal(got[i])
			b, _ := json.Marshal(want[i])
			t.Errorf("row %d:\n got %s\nwant %s", i, a, b)
		}
	}
}

// round takes away what floating point adds.
func round(f *fact.Figures) {
	v := reflect.ValueOf(f).Elem()
	for _, v := range v.Fields() {
		switch {
		case v.Kind() == reflect.Float64:
			v.SetFloat(math.Round(v.Float()*1e6) / 1e6)
		case v.Type() == reflect.TypeFor[*float64]() && !v.IsNil():
			v.Set(reflect.ValueOf(new(math.Round(v.Elem().Float()*1e6) / 1e6)))
		}
	}
}

func TestStatisticsThatMakeNoSense(t *testing.T) {
	s, _ := openAt(t, dbPath(t))
	good := fact.StatisticsQuery{From: at(0), To: at(60), Now: at(0), By: fact.ByQueue, Interval: fact.EveryHour, Zone: time.UTC}
	for name, c := range map[string]struct {
		change func(*fact.StatisticsQuery)
		want   error
	}{
		"backwards":         {func(q *fact.StatisticsQuery) { q.To = q.From }, stats.ErrNoTime},
		"unknown interval":  {func(q *fact.StatisticsQuery) { q.Interval = "week" }, stats.ErrUnknown},
		"unknown subject":   {func(q *fact.StatisticsQuery) { q.By = "cat" }, stats.ErrUnknown},
		"agent of queues":   {func(q *fact.StatisticsQuery) { q.Agent = "aiko" }, stats.ErrAgentFilter},
		"number of agents":  {func(q *fact.StatisticsQuery) { q.By, q.Entry = fact.ByAgent, "+1" }, stats.ErrNumberFilter},
		"quarters of years": {func(q *fact.StatisticsQuery) { q.To, q.Interval = at(1e8), fact.EveryQuarter }, stats.ErrManyRows},
	} {
		q := good
		c.change(&q)
		if _, err := s.Statistics(t.Context(), q); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
}

// invented is a random call whose figures are known when it is made, and are added up without any cleverness.
type invented struct {
	rng  *rand.Rand
	s    *Store
	rows map[string]*fact.Figures // by queue and hour
	day  time.Time
}

func (v *invented) row(queue string, when time.Time) *fact.Figures {
	key := fmt.Sprint(queue, " ", when.Format("2006-01-02T15"))
	if v.rows[key] == nil {
		v.rows[key] = &fact.Figures{}
	}
	return v.rows[key]
}

// call makes a call of up to three queues.
func (v *invented) call(n int) {
	id := fact.CallID(fmt.Sprintf("call-%05d", n))
	now := v.day.Add(time.Duration(v.rng.IntN(6*3600*1000)) * time.Millisecond)
	v.s.Append(fact.Call{ID: id, Direction: fact.Inbound, Entry: "+1", Trunk: "t", Began: now})
	say := func(kind fact.EventKind, queue, agent, detail string) {
		v.s.Append(fact.Event{At: now, Call: id, Kind: kind, Queue: queue, Agent: agent, Detail: detail})
	}
	pass := func(most int) time.Duration {
		d := time.Duration(v.rng.IntN(most)) * time.Millisecond
		now = now.Add(d)
		return d
	}
	for {
		queue := []string{"a", "b", "c"}[v.rng.IntN(3)]
		f := v.row(queue, now)
		entered := now
		say(fact.Queued, queue, "", "")
		f.Offered++
		for range v.rng.IntN(3) {
			pass(4000)
			agent := []string{"x", "y"}[v.rng.IntN(2)]
			say(fact.Considered, queue, agent, "")
			say(fact.Offered, queue, agent, "")
			rang := v.row(queue, now)
			rang.Offers++
			pass(20000)
			if v.rng.IntN(2) == 0 {
				say(fact.OfferMissed, queue, agent, "")
				rang.Missed++
			} else {
				say(fact.OfferRefused, queue, agent, "")
				rang.Refused++
			}
		}
		pass(30000)
		waited := now.Sub(entered)
		switch v.rng.IntN(6) {
		case 0: // gives up
			say(fact.CallEnded, queue, "", "caller-hung-up")
			if waited < 5*time.Second {
				f.AbandonedShort++
			} else {
				f.Abandoned++
			}
			return
		case 1: // goes on by a key
			say(fact.LeftQueue, queue, "", "")
			f.Overflowed++
			pass(5000)
			say(fact.MenuEntered, "", "", "")
			pass(5000)
		case 2:
			say(fact.CallEnded, queue, "", "longest-wait")
			f.TimedOut++
			return
		default: // answered
			v.row(queue, now).Offers++
			say(fact.Offered, queue, "z", "")
			say(fact.AgentAnswered, queue, "z", "")
			f.Answered++
			if waited <= 20*time.Second {
				f.AnsweredWithin++
			}
			f.LongestWait = max(f.LongestWait, waited.Seconds())
			talk := pass(600000)
			f.Talk += talk.Seconds()
			f.LongestTalk = max(f.LongestTalk, talk.Seconds())
			say(fact.CallEnded, queue, "z", "agent-hung-up")
			say(fact.WrapUpBegan, queue, "z", "")
			f.WrapUp += pass(60000).Seconds()
			say(fact.WrapUpEnded, queue, "z", "")
			return
		}
	}
}

func TestStatisticsOfRandomCalls(t *testing.T) {
	for seed := range uint64(5) {
		s, _ := openAt(t, dbPath(t))
		start(t, s)
		v := &invented{rng: rand.New(rand.NewPCG(seed, 1)), s: s, rows: map[string]*fact.Figures{}, day: noon()}
		for n := range 400 {
			v.call(n)
		}
		flush(t, s)
		rows := ask(t, s, fact.StatisticsQuery{From: noon(), To: noon().Add(12 * time.Hour), Now: noon().Add(24 * time.Hour), By: fact.ByQueue, Interval: fact.EveryHour})
		found := 0
		for _, r := range rows {
			want := v.rows[r.Name+" "+r.From.Format("2006-01-02T15")]
			if want == nil {
				want = &fact.Figures{}
			} else {
				found++
			}
			got := r.Figures
			for _, p := range []**float64{&got.ServiceLevel, &got.AnswerSpeed, &got.AbandonWait, &got.TalkMean, &got.HoldMean, &got.WrapUpMean, &got.HandlingMean} {
				*p = nil
			}
			round(&got)
			round(want)
			if got != *want {
				t.Fatalf("seed %d, %s at %s:\n got %+v\nwant %+v", seed, r.Name, r.From, got, *want)
			}
		}
		if found != len(v.rows) {
			t.Errorf("seed %d: %d of %d rows", seed, found, len(v.rows))
		}
	}
}

func TestAgentTimesOfRandomChanges(t *testing.T) {
	s, _ := openAt(t, dbPath(t))
	start(t, s)
	rng := rand.New(rand.NewPCG(7, 7))
	const long = 4 * 3600
	var each [long]string // the state in each second, the slow way
	state := "offline/idle"
	for second := -5000; second < long; second++ {
		if rng.IntN(200) == 0 || second == -5000 {
			status := []string{"available", "busy", "away", "offline"}[rng.IntN(4)]
			activity := []string{"idle", "idle", "ringing", "talking", "wrap-up"}[rng.IntN(5)]
			state = status + "/" + activity
			s.Append(fact.AgentChange{At: at(float64(second)), User: "aiko", Status: status, Activity: activity})
		}
		if second >= 0 {
			each[second] = state
		}
	}
	flush(t, s)
	rows := ask(t, s, fact.StatisticsQuery{From: at(100), To: at(long - 100), Now: at(long), By: fact.ByAgent, Interval: fact.EveryQuarter})
	if len(rows) != 16 {
		t.Fatalf("%d rows", len(rows))
	}
	for _, r := range rows {
		var want fact.AgentTimes
		for second := int(r.From.Sub(noon()).Seconds()); second < int(r.To.Sub(noon()).Seconds()); second++ {
			to := map[string]*float64{"available/idle": &want.Available, "busy/idle": &want.Busy, "away/idle": &want.Away, "offline/idle": new(float64)}[each[second]]
			for suffix, p := range map[string]*float64{"/ringing": &want.Ringing, "/talking": &want.Talking, "/wrap-up": &want.WrapUp} {
				if n := len(each[second]) - len(suffix); n > 0 && each[second][n:] == suffix {
					to = p
				}
			}
			*to++
			if each[second] != "offline/idle" {
				want.LoggedIn++
			}
		}
		got := *r.Agent
		got.Occupancy = nil
		if got != want {
			t.Errorf("%s: %+v, want %+v", r.From, got, want)
		}
	}
}

func TestAbandonedCallers(t *testing.T) {
	s, _ := openAt(t, dbPath(t))
	start(t, s)
	gave := func(id, caller string, began, waited float64) {
		s.tale(id, "+1", "t1", caller, "support", began).tell(began, fact.Queued, "", "").tell(began+waited, fact.CallEnded, "", "caller-hung-up")
	}
	later := func(id string, direction fact.Direction, from, entry string, began float64, talked time.Time) {
		s.Append(fact.Call{ID: fact.CallID(id), Direction: direction, From: from, Entry: entry, Began: at(began), Talked: talked})
	}
	gave("a1", "+100", 0, 10)                                                                      // calls again, is answered
	gave("a2", "+101", 10, 10)                                                                     // is called in vain
	gave("a3", "+102", 20, 3)                                                                      // nothing; had talked before
	gave("a4", "", 30, 30)                                                                         // withheld
	gave("a5", "+103", 40, 30)                                                                     // twice, then is called back
	gave("a6", "+103", 100, 6)                                                                     //
	gave("a7", "+104", -100, 150)                                                                  // queued before the time
	later("b1", fact.Inbound, "+100", "+1", 60, at(65))                                            //
	later("b2", fact.Outbound, "", "+101", 60, time.Time{})                                        //
	later("b3", fact.Inbound, "+102", "+1", 5, at(15))                                             // before it gave up
	later("b4", fact.Outbound, "+103", "+1", 500, at(510))                                         //
	later("b5", fact.Inbound, "", "+1", 600, at(610))                                              // somebody withheld
	s.Append(fact.Conversation{ID: "conv", Name: "Aiko Yamada", Customer: "+100", Status: "open"}, // the name is that of the conversation
		fact.Call{ID: "a1", Direction: fact.Inbound, Conversation: "conv", Entry: "+1", Trunk: "t1", From: "+100", Queue: "support", Began: at(0)})
	flush(t, s)
	q := fact.StatisticsQuery{From: at(0), To: at(3600), Now: at(3600), Usual: fact.ServiceLevel{Within: time.Second, Short: 5 * time.Second}}
	all, more, err := s.Abandoned(t.Context(), q, nil, "", 6)
	if err != nil || more {
		t.Fatal(more, err)
	}
	got := ""
	for _, a := range all {
		got += fmt.Sprintf("%s %s %q %s %gs short=%t %s %d\n", a.Call, a.Number, a.Name, a.At.Format("04:05"), a.Waited, a.Short, a.State, a.Times)
	}
	want := `a6 +103 "" 01:46 6s short=false reached 2
a5 +103 "" 01:10 30s short=false reached 2
a4  "" 01:00 30s short=false open 1
a3 +102 "" 00:23 3s short=true open 1
a2 +101 "" 00:20 10s short=false tried 1
a1 +100 "Aiko Yamada" 00:10 10s short=false reached 1
`
	if got != want {
		t.Errorf("got\n%s, want\n%s", got, want)
	}
	for after, want := range map[fact.CallID]string{"": "a6 a5 more", "a5": "a4 a3 more", "a3": "a2 a1 ", "a1": ""} {
		page, more, err := s.Abandoned(t.Context(), q, nil, after, 2)
		got := ""
		for _, a := range page {
			got += string(a.Call) + " "
		}
		if more {
			got += "more"
		}
		if err != nil || got != want || len(page) > 0 && page[0].Number == "+103" && page[0].Times != 2 {
			t.Errorf("after %s: %q %v, want %q", after, got, err, want)
		}
	}
	if _, _, err := s.Abandoned(t.Context(), q, nil, "b1", 2); !errors.As(err, new(fact.QueryError)) {
		t.Errorf("after a call that isn't in the list: %v", err)
	}
	if all, _, err := s.Abandoned(t.Context(), q, []string{"sales"}, "", 10); err != nil || len(all) != 0 {
		t.Errorf("of another queue: %v %v", all, err)
	}
	q.Queue = "sales"
	if all, _, err := s.Abandoned(t.Context(), q, nil, "", 10); err != nil || len(all) != 0 {
		t.Errorf("%v %v", all, err)
	}
}

// Callbacks are counted from their events, and customers who were called first and gave up from the ends of their calls.
func TestStatisticsOfCallbacks(t *testing.T) {
	s, _ := openAt(t, dbPath(t))
	start(t, s)
	for i, kind := range []fact.EventKind{fact.CallbackAsked, fact.CallbackDialled, fact.CallbackEnded} {
		s.Append(fact.Event{At: at(float64(i)), Call: "b1", Kind: kind, Queue: "support", Detail: "completed"})
	}
	for id, end := range map[fact.CallID]fact.EndReason{"b2": fact.EndCallerHungUp, "b3": fact.EndShutdown} {
		s.Append(fact.Call{ID: id, Direction: fact.Outbound, From: "+100", Began: at(10), Ended: at(20), End: end},
			fact.Event{At: at(12), Call: id, Kind: fact.Queued, Queue: "support"})
	}
	flush(t, s)
	q := fact.StatisticsQuery{From: at(0), To: at(60), Now: at(60), By: fact.ByQueue, Interval: fact.WholeTime, Zone: time.UTC}
	rows, err := s.Statistics(t.Context(), q)
	want := fact.Figures{CallbacksAsked: 1, CallbackAttempts: 1, CallbacksReached: 1, CallbacksAbandoned: 1}
	if err != nil || len(rows) != 1 || rows[0].Figures != want {
		t.Errorf("%+v %v, want %+v", rows, err, want)
	}
}
