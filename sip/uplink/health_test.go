package uplink

import (
	"slices"
	"testing"
	"time"

	"mediasrv/routing/fact"
)

// What each event does to an address that is unknown, up, and down with its hold over or not.
func TestHealth(t *testing.T) {
	now := time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)
	const u, up, down = fact.TargetUnknown, fact.TargetUp, fact.TargetDown
	held := health{state: down, hold: now.Add(time.Second)}
	free := health{state: down, hold: now}
	for _, c := range []struct {
		name   string
		event  Event
		before health
		after  fact.TargetHealth
	}{
		{"answered", Answered, health{state: u}, up},
		{"answered", Answered, health{state: up}, up},
		{"answered", Answered, held, up},
		{"failed", Failed, health{state: u}, down},
		{"failed", Failed, health{state: up}, down},
		{"no room", NoRoom, health{state: up}, down},
		{"erred once", Erred, health{state: up}, up},
		{"erred thrice", Erred, health{state: up, erred: 2}, down},
		{"erred, answered between", Erred, health{state: up, erred: 0}, up},
		{"alive", Alive, health{state: u}, up},
		{"alive, but calls fail", Alive, held, down},
		{"alive", Alive, free, up},
		{"silent", Silent, health{state: u}, down},
		{"silent", Silent, health{state: up}, down},
		{"silent, but it never answers OPTIONS and takes calls", Silent, health{state: up, deaf: true}, up},
		{"closing", Closing, health{state: up}, down},
		{"closing, deaf", Closing, health{state: up, deaf: true}, down},
	} {
		h := c.before
		changed := h.on(c.event, now, "", 0, 0)
		if h.state != c.after || changed != (c.after != c.before.state) || changed != h.since.Equal(now) {
			t.Errorf("%s, %s: got %s (changed %t, since %v), want %s", c.before.state, c.name, h.state, changed, h.since, c.after)
		}
	}
}

// An address that doesn't answer OPTIONS but takes calls is found out by the first call that it takes.
func TestHealthOfTheDeaf(t *testing.T) {
	now := time.Now()
	h := health{state: fact.TargetUnknown}
	h.on(Silent, now, "OPTIONS: no answer", 0, 0)
	h.on(Answered, now, "", 0, time.Millisecond)
	h.on(Silent, now, "OPTIONS: no answer", 0, 0)
	if h.state != fact.TargetUp {
		t.Error(h.state)
	}
	h.on(Failed, now, "INVITE: no answer", 0, 0) // then a call has to find out that it is dead
	if h.state != fact.TargetDown {
		t.Error(h.state)
	}
}

// Retry-After is obeyed, within reason; the hold doubles and ends at two minutes.
func TestHealthHold(t *testing.T) {
	now := time.Now()
	for wait, want := range map[time.Duration]time.Duration{0: firstHold, time.Second: firstHold, time.Minute: time.Minute, time.Hour: mostHold} {
		h := health{state: fact.TargetUp}
		if h.on(NoRoom, now, "503", wait, 0); h.hold.Sub(now) != want {
			t.Errorf("Retry-After %v: held for %v, want %v", wait, h.hold.Sub(now), want)
		}
	}
	h := health{state: fact.TargetUp}
	var holds []time.Duration
	for range 7 {
		h.on(Failed, now, "", 0, 0)
		holds = append(holds, h.hold.Sub(now)/time.Second)
	}
	if want := []time.Duration{5, 10, 20, 40, 80, 120, 120}; !slices.Equal(holds, want) {
		t.Error(holds)
	}
	h.on(Answered, now, "", 0, 0)
	if h.on(Failed, now, "", 0, 0); h.hold.Sub(now) != firstHold {
		t.Error("a success doesn't end the doubling")
	}
	if h.usable(now.Add(time.Hour), true) || !h.usable(now.Add(firstHold), false) {
		t.Error("with OPTIONS they say when it is back; without, a call finds out after the hold")
	}
}

func TestElements(t *testing.T) {
	got := elements(`"a,\"b" <sip:x;p="q,r">;lr, <sip:y,z@h;lr>,sip:w`)
	if want := []string{`"a,\"b" <sip:x;p="q,r">;lr`, `<sip:y,z@h;lr>`, `sip:w`}; !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
}

// Figures fall out after an hour.
func TestFigures(t *testing.T) {
	var f figures
	start := time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)
	for i := range 24 {
		f.now(start.Add(time.Duration(i)*slice)).attempts++
	}
	if n := f.sum(start.Add(23 * slice)).attempts; n != kept {
		t.Errorf("%d slices are counted, want %d", n, kept)
	}
	if n := f.sum(start.Add(40 * slice)).attempts; n != 0 {
		t.Errorf("%d of long ago", n)
	}
}
