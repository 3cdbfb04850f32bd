package store

import "mediasrv/routing/fact"

// latest leaves out of a batch what a later item of it writes over (keyOf): a short call changes its rows more often than there are groups. Situations of calls that end
// in the batch go as well. The batch itself stays as it is.
func latest(batch []item) []item {
	last := make(map[any]int, len(batch))
	for i, it := range batch {
		if key := keyOf(it.what); key != nil {
			last[key] = i
		}
		if call, is := it.what.(fact.Call); is && !call.Ended.IsZero() {
			last[keyOf(fact.Situation{Call: call.ID})] = i
		}
	}
	out := make([]item, 0, len(batch))
	for i, it := range batch {
		if key := keyOf(it.what); key == nil || last[key] == i {
			out = append(out, it)
		}
	}
	return out
}
