package store

import (
	"reflect"
	"testing"
	"time"

	"mediasrv/routing/fact"
)

// What is written again in the same group is written once, as it is last; lines of time lines all are. A call that ends takes its situation along.
func TestGroupWritesRowsOnce(t *testing.T) {
	of := func(what any) item { return item{what: what} }
	ended := fact.Call{ID: "c", Ended: time.Unix(1, 0)}
	batch := []item{
		of(fact.Call{ID: "c"}), of(fact.Leg{ID: "c"}), of(fact.Situation{Call: "c"}), of(fact.Event{Call: "c"}), of(fact.Situation{Call: "d"}),
		of(fact.Leg{ID: "other"}), of(fact.Event{Call: "c"}), of(fact.Situation{Call: "c", Priority: 1}), of(fact.Leg{ID: "c", Codec: "PCMU"}), of(ended),
	}
	want := []item{batch[3], batch[4], batch[5], batch[6], batch[8], batch[9]}
	before := append([]item(nil), batch...)
	if got := latest(batch); !reflect.DeepEqual(got, want) {
		t.Errorf("written are %+v", got)
	}
	if !reflect.DeepEqual(batch, before) {
		t.Error("the batch itself has changed")
	}
}
