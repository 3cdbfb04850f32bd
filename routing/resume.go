package routing

import (
	"encoding/json"
	"slices"

	"mediasrv/routing/fact"
)

// savedStages are those whose calls somebody would miss after a crash. The others last for moments only, or are calls of trunks.
var savedStages = []Stage{StageMenu, StageAway, StageWait, StageTalk, StageTransfer}

// saveSituation keeps where the call is, so that a start after a crash knows who was cut off and from what.
func (s *script) saveSituation(sit Situation) {
	if !slices.Contains(savedStages, sit.Stage) {
		return
	}
	whole, err := json.Marshal(sit)
	if err != nil {
		s.log.Error("the situation can't be kept", "stage", sit.Stage, "error", err)
		return
	}
	s.c.opt.Store.Append(fact.Situation{
		Call: s.row.ID, Stage: string(sit.Stage), Queue: s.row.Queue, Priority: sit.Priority, Front: sit.Front, Since: sit.Since,
		At: s.c.clock.Now().UTC(), Whole: string(whole),
	})
}

// resume takes up what the last run has left: the cards of calls that agents wrap up, and those whom a crash has cut off.
func (c *Centre) resume(r fact.Resume) {
	kept := c.floor.Kept()
	for _, call := range r.Calls {
		if !slices.Contains(kept, call.ID) {
			continue
		}
		c.desk.change(call.ID, func(k *card) {
			k.call, k.over, k.disposition = call, true, call.Disposition
			k.name = c.conversations.name(call.Conversation)
		})
	}
	for _, o := range r.Orphans {
		c.opt.Log.Warn("call was cut off by a crash", "call", o.Call.ID, "from", o.Call.From, "queue", o.Call.Queue, "agent", o.Call.Agent,
			"stage", o.Last.Stage, "waits", o.Waits)
	}
}
