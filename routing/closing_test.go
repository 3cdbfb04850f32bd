package routing_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"mediasrv/internal/fake"
	"mediasrv/routing"
	"mediasrv/routing/fact"
)

// A supervisor closes a queue: callers hear the message and can press the keys of its hours; who waits already isn't touched; at the end of the time
// the queue takes callers again, and so it does when the closing is taken back.
func TestSupervisorClosesAQueue(t *testing.T) {
	inMenus(t, func(w *world) {
		w.only()
		waits := w.call("+819012345670", supportNumber)
		closing := fact.QueueNotice{Queue: "support", Kind: fact.QueueClosed, Until: time.Now().Add(time.Hour), Say: "lunch", By: "dana"}
		w.must(w.SetNotice(context.Background(), closing))
		if open, why := w.QueueOpen("support"); open || !strings.HasPrefix(why, "closed by dana until ") {
			t.Errorf("open %v: %q", open, why)
		}
		c := w.call("+819012345678", supportNumber)
		w.hearsNow(c, "lunch")
		w.after(2 * time.Second)
		w.endedAs(c, fact.EndClosed)
		if waits.Ended() {
			t.Error("who waited was sent away")
		}
		away := fake.Of[fact.Event](&w.store)
		said := ""
		for _, e := range away {
			if e.Kind == fact.AwayPlayed {
				said = e.Detail
			}
		}
		if !strings.HasPrefix(said, "closed by dana until ") {
			t.Errorf("the time line says %q", said)
		}
		w.after(time.Hour)
		d := w.call("+819012345679", supportNumber)
		w.hearsNow(d, "greeting")
		d.hangsUp()
		closing.Until = time.Now().Add(time.Hour)
		w.must(w.SetNotice(context.Background(), closing))
		w.must(w.EndNotice("support", fact.QueueClosed, "dana"))
		e := w.call("+819012345671", supportNumber)
		w.hearsNow(e, "greeting")
		e.hangsUp()
		waits.hangsUp()
		var did []string
		for _, a := range w.store.Audits() {
			did = append(did, a.Who+" "+string(a.What)+" "+strings.Fields(a.Detail)[0])
		}
		if want := []string{"dana queue-closed support", "dana queue-closed support", "dana queue-opened support"}; !slices.Equal(did, want) {
			t.Errorf("the audit trail has %v, want %v", did, want)
		}
	})
}

// Without a message of the supervisor callers hear what the hours say, and their keys are good.
func TestClosedQueueHasTheKeysOfItsHours(t *testing.T) {
	inMenus(t, func(w *world) {
		w.must(w.SetNotice(context.Background(), fact.QueueNotice{Queue: "closed", Kind: fact.QueueClosed, Until: time.Now().Add(time.Hour), Say: "lunch", By: "dana"}))
		c := w.call("+819012345678", closedNumber)
		w.hearsNow(c, "lunch")
		w.presses(c, "1")
		w.hearsNow(c, "greeting")
		c.hangsUp()
		w.must(w.SetNotice(context.Background(), fact.QueueNotice{Queue: "sales", Kind: fact.QueueClosed, Until: time.Now().Add(time.Hour), By: "dana"}))
		d := w.call("+819012345678", salesNumber)
		if hears := d.hears(); !strings.HasPrefix(hears, `We are closed`) {
			t.Errorf("hears %q", hears)
		}
		d.hangsUp()
	})
}

// An incident is heard before the wait, also as early media, and not by who waits already.
func TestIncident(t *testing.T) {
	inMenus(t, func(w *world) {
		w.only("aiko")
		for _, queue := range []string{"support", "late"} {
			w.must(w.SetNotice(context.Background(), fact.QueueNotice{Queue: queue, Kind: fact.QueueIncident, Until: time.Now().Add(time.Hour), Say: "shop is down", By: "dana"}))
		}
		c := w.call("+819012345678", supportNumber)
		w.hearsNow(c, "shop is down")
		w.isQuiet("aiko")
		w.after(1100 * time.Millisecond)
		w.hearsNow(c, "greeting")
		c.hangsUp()
		w.after(time.Second)
		d := w.call("+819012345679", lateNumber)
		w.hearsNow(d, "shop is down")
		if d.Answered() {
			t.Error("the caller was answered for it")
		}
		d.hangsUp()
		w.happened(fact.QueueNoticeSet, fact.IncidentPlayed, fact.Queued)
		states := w.QueueStates()
		for _, s := range states {
			if (s.Name == "support" || s.Name == "late") != (s.Incident != nil) || s.Closed != nil {
				t.Errorf("%+v", s)
			}
		}
	})
}

func TestNoticesThatAreRefused(t *testing.T) {
	inMenus(t, func(w *world) {
		soon := time.Now().Add(time.Hour)
		for want, n := range map[routing.Refusal]fact.QueueNotice{
			routing.ErrUnknownQueue:  {Queue: "none", Kind: fact.QueueClosed, Until: soon},
			routing.ErrUnknownNotice: {Queue: "support", Kind: "other", Until: soon},
			routing.ErrNoticeTime:    {Queue: "support", Kind: fact.QueueClosed, Until: time.Now()},
			routing.ErrNoticeText:    {Queue: "support", Kind: fact.QueueClosed, Until: soon, Say: strings.Repeat("x", 2001)},
			routing.ErrNoticeHasBoth: {Queue: "support", Kind: fact.QueueClosed, Until: soon, Say: "x", File: "/x.wav"},
			routing.ErrNoticeSilent:  {Queue: "support", Kind: fact.QueueIncident, Until: soon},
			routing.ErrNoticeFile:    {Queue: "support", Kind: fact.QueueIncident, Until: soon, File: "/nowhere.wav"},
		} {
			if err := w.SetNotice(context.Background(), n); !errors.Is(err, want) {
				t.Errorf("%v, want %v", err, want)
			}
		}
		far := fact.QueueNotice{Queue: "support", Kind: fact.QueueClosed, Until: time.Now().Add(400 * 24 * time.Hour)}
		if err := w.SetNotice(context.Background(), far); !errors.Is(err, routing.ErrNoticeTime) {
			t.Error(err)
		}
		if err := w.EndNotice("support", fact.QueueClosed, "dana"); !errors.Is(err, routing.ErrNoSuchNotice) {
			t.Error(err)
		}
		if open, why := w.QueueOpen("none"); open || why == "" {
			t.Error("a queue that isn't there is open")
		}
	})
}

// What was set goes on after a restart, with its message; what has ended doesn't.
func TestNoticesAreRestored(t *testing.T) {
	inMenus(t, func(w *world) {
		w.RestoreNotices(context.Background(), []fact.QueueNotice{
			{Queue: "support", Kind: fact.QueueClosed, Until: time.Now().Add(time.Hour), Say: "lunch", By: "dana"},
			{Queue: "sales", Kind: fact.QueueClosed, Until: time.Now().Add(time.Hour), File: "/nowhere.wav", By: "dana"},
		})
		c := w.call("+819012345678", supportNumber)
		w.hearsNow(c, "lunch")
		c.hangsUp()
		if open, _ := w.QueueOpen("sales"); open {
			t.Error("a closing whose message is gone holds no more")
		}
	})
}
