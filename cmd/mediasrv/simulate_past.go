package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"time"

	"mediasrv/config"
	"mediasrv/routing/fact"
	"mediasrv/routing/simulate"
	"mediasrv/web"
)

// past takes the calls of a day from the database.
func (c *simulateCmd) past(ctx context.Context, cfg *config.Config, p *simulate.Plan) (err error) {
	q, err := web.NewStatisticsQuery(cfg, c.Day, "", time.Now())
	if err != nil {
		return usageError{"simulate: --day: " + err.Error()}
	}
	p.From, p.To = q.From, q.To
	db, err := openBooks(cfg)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	calls, err := db.PastCalls(ctx, q.From, q.To, time.Now())
	if err != nil {
		return err
	}
	if len(calls) == 0 {
		return fmt.Errorf("simulate: no call came in on %s", q.From.In(q.Zone).Format(time.DateOnly))
	}
	p.Callers, p.Talk = c.again(calls)
	return nil
}

// again lets those of a day call again. What of them is not known is drawn from what the others did: who was answered would have waited longer, for as long
// as people of that day did on average before they gave up; who gave up would have talked as others did.
func (c *simulateCmd) again(calls []fact.PastCall) ([]simulate.Caller, time.Duration) {
	var waited, talk, wrapUp time.Duration
	gaveUp, talked := 0, 0
	for _, p := range calls {
		waited += p.Waited
		if p.GaveUp {
			gaveUp++
		}
		if p.Talked {
			talked, talk, wrapUp = talked+1, talk+p.Talk, wrapUp+p.WrapUp
		}
	}
	patience, usual, usualWrapUp := c.Patience, c.Talk, c.WrapUp
	if gaveUp > 0 { // the likeliest average of memoryless patience, of which most was never used up
		patience = waited / time.Duration(gaveUp)
	}
	if talked > 0 {
		usual, usualWrapUp = talk/time.Duration(talked), wrapUp/time.Duration(talked)
	}
	rnd := rand.New(rand.NewPCG(c.Seed, 3))
	all := make([]simulate.Caller, 0, len(calls))
	for _, p := range calls {
		who := simulate.Caller{At: p.At, From: p.From, To: p.Entry, Trunk: p.Trunk, Patience: p.Waited, Talk: p.Talk, WrapUp: p.WrapUp}
		more, long, after := around(rnd, patience), around(rnd, usual), around(rnd, max(0, usualWrapUp)) // always drawn: the others' don't depend on it
		if !p.GaveUp {
			who.Patience += more
		}
		if !p.Talked {
			who.Talk, who.WrapUp = long, after
		}
		for _, k := range p.Keys {
			who.Keys = append(who.Keys, simulate.Key(k))
		}
		all = append(all, who)
	}
	return all, usual
}

// shifts say when agents of a file are there: as on the day that is played again, and where nothing is known of somebody, all the time.
func (c *simulateCmd) shifts(ctx context.Context, books, of *config.Config, p simulate.Plan) (all []simulate.Shift, err error) {
	known := map[string]bool{}
	if c.Day != "" {
		db, err := openBooks(books)
		if err != nil {
			return nil, err
		}
		defer func() { err = errors.Join(err, db.Close()) }()
		changes, err := db.PastStatuses(ctx, p.From, p.To)
		if err != nil {
			return nil, err
		}
		for _, ch := range changes {
			known[ch.User] = true
			if u := of.Users[ch.User]; u != nil && u.Agent && c.there(ch.User) {
				all = append(all, simulate.Shift{At: ch.At, User: ch.User, Status: ch.Status})
			}
		}
	}
	for _, user := range slices.Sorted(maps.Keys(of.Users)) {
		isNew := books.Users[user] == nil || !books.Users[user].Agent
		if of.Users[user].Agent && !known[user] && c.there(user) && (c.Day == "" || isNew) {
			all = append(all, simulate.Shift{At: p.From, User: user, Status: "available"})
		}
	}
	slices.SortStableFunc(all, func(a, b simulate.Shift) int { return a.At.Compare(b.At) })
	return all, nil
}
