package store

import (
	"testing"

	"mediasrv/routing/fact"
)

func row(id fact.CallID) item     { return item{rank: rankRow, what: fact.Call{ID: id}} }
func event(d string) item         { return item{rank: rankEvent, what: fact.Event{Detail: d}} }
func ranks(j *journal) (n [4]int) { return ranksOf(j.pending) }

func ranksOf(items []item) (n [4]int) {
	for _, it := range items {
		n[it.rank]++
	}
	return n
}

func TestJournalDropsTheOldestEventsFirst(t *testing.T) {
	j := newJournal(0, 100)
	j.append(item{rank: rankHint, what: renewal{}})
	for range 40 {
		j.append(row("c"), event("e"), item{rank: rankChange, what: fact.AgentChange{}})
	}
	pending, dropped := j.stats()
	if got := ranks(j); got[rankRow] != 40 || got[rankChange] != 40 || got[rankHint] != 0 || pending > 100 || dropped != uint64(120-pending) {
		t.Errorf("ranks %v, pending %d, dropped %d", got, pending, dropped)
	}
	for _, it := range j.pending {
		if it.rank == rankEvent && it.sequence < 40 {
			t.Errorf("event %d is kept while newer ones were dropped", it.sequence)
		}
	}
	for range 200 {
		j.append(row("d"))
	}
	if got := ranks(j); got[rankRow] > 100 || got[rankEvent]+got[rankChange] != 0 {
		t.Errorf("ranks %v: not bounded, or rows went before events", got)
	}
}

func TestJournalKeepsTheOrderWhenAGroupComesBack(t *testing.T) {
	j := newJournal(7, 100)
	j.append(event("a"), event("b"), event("c"))
	batch := j.take(2)
	j.append(event("d"))
	done := j.flushed()
	j.giveBack(batch)
	batch = j.take(10)
	for i, want := range []string{"a", "b", "c", "d"} {
		if e := batch[i].what.(fact.Event); e.Detail != want || batch[i].sequence != int64(8+i) {
			t.Errorf("%d: %s with sequence %d", i, e.Detail, batch[i].sequence)
		}
	}
	select {
	case <-done:
		t.Error("flushed before it was written")
	default:
	}
	j.append(event("later"))
	j.settled(1)
	select {
	case <-done:
	default:
		t.Error("not flushed, though all that was there is written")
	}
	if pending, dropped := j.stats(); pending != 1 || dropped != 1 {
		t.Errorf("pending %d, dropped %d", pending, dropped)
	}
}

func TestJournalForgetsRowsThatWereReplaced(t *testing.T) {
	j := newJournal(0, 4)
	for i := range 3 {
		j.append(item{rank: rankRow, what: fact.Call{ID: "c", Queue: string(rune('a' + i))}})
	}
	j.append(item{rank: rankRow, what: fact.Leg{ID: "c"}})
	j.giveBack(j.take(4))
	if len(j.pending) != 2 || j.pending[0].what.(fact.Call).Queue != "c" {
		t.Errorf("pending %+v", j.pending)
	}
	if _, dropped := j.stats(); dropped != 0 {
		t.Errorf("dropped %d: a replaced row is no loss", dropped)
	}
}

func BenchmarkAppendToAFullJournal(b *testing.B) {
	j := newJournal(0, maxPending)
	for range maxPending {
		j.append(event("e"))
	}
	for b.Loop() {
		j.append(event("e"))
	}
}
