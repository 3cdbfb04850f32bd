package store

import (
	"mediasrv/routing/fact"
)

// rowKey names a row that is always written whole; nil: the item is no such row.
func rowKey(what any) any {
	switch r := what.(type) {
	case fact.Call:
		return r.ID
	case fact.Leg:
		return r.ID
	case fact.Conversation:
		return r.ID
	case fact.Situation:
		return situationOf(r.Call)
	default:
		return nil
	}
}

// situationOf is the key of a call's situation.
type situationOf fact.CallID

// latest leaves out of a batch what a later item of it writes over: a short call changes its rows more often than there are groups. Situations of calls that end
// in the batch go as well. The batch itself stays as it is.
func latest(batch []item) []item {
	last := make(map[any]int, len(batch))
	for i, it := range batch {
		if key := rowKey(it.what); key != nil {
			last[key] = i
		}
		if call, is := it.what.(fact.Call); is && !call.Ended.IsZero() {
			last[situationOf(call.ID)] = i
		}
	}
	out := make([]item, 0, len(batch))
	for i, it := range batch {
		if key := rowKey(it.what); key == nil || last[key] == i {
			out = append(out, it)
		}
	}
	return out
}
