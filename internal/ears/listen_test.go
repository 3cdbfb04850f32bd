package ears

import (
	"maps"
	"slices"
	"strings"
	"time"

	"mediasrv/media/mediatest"
	"mediasrv/routing/fact"
)

// Times of a look at a call. What was said before a change is still on its way for a while: in jitter buffers, and in codecs.
const (
	settles = 240 * time.Millisecond
	listens = 300 * time.Millisecond
)

// Levels: what is heard has at least the one most of the time, and at no time anything else has the other.
const (
	heard = loudness / 4
	leak  = loudness / 12
)

// set is names of who and what is heard.
type set map[string]bool

func of(names ...string) set {
	s := set{}
	for _, n := range names {
		s[n] = true
	}
	return s
}

func (s set) String() string { return strings.Join(slices.Sorted(maps.Keys(s)), ", ") }

func (s set) and(other set) set {
	all := set{}
	maps.Copy(all, s)
	maps.Copy(all, other)
	return all
}

// tones are all tones of the world.
func tones() map[string]float64 {
	all := maps.Clone(sounds)
	for name, v := range voices {
		all[name] = v.hz
	}
	return all
}

// look is what a moment of a call has to sound like: by the names of those at the ears what they hear, and who is recorded.
type look struct {
	from, to time.Time
	ears     map[string]set // whose voices
	plays    map[string]set // what the server plays to them: one of these; none, and "": silence
	recorded set
}

// same says that the same is to be heard.
func (l look) same(other look) bool {
	return maps.EqualFunc(l.ears, other.ears, maps.Equal[set, set]) && maps.Equal(l.recorded, other.recorded)
}

// permitted is what the page says of the only call, as sound.
func (w *world) permitted() look {
	w.t.Helper()
	l := look{ears: map[string]set{}, plays: map[string]set{}, recorded: set{}}
	running := w.Running()
	if len(running) != 1 || len(running[0].Parties) == 0 {
		return l
	}
	parties := running[0].Parties
	talks := func(p fact.PartyView) bool { return p.State == "talking" || p.State == "barge" }
	talk, whisper, customer, agent := set{}, set{}, false, false
	for _, p := range parties {
		customer = customer || p.Role == "customer" && talks(p)
		agent = agent || p.Role == "agent"
		switch {
		case p.Muted:
		case talks(p):
			talk[w.nameOf(p)] = true
		case p.State == "whisper":
			whisper[w.nameOf(p)] = true
		}
	}
	for _, p := range parties {
		hears := set{}
		if p.State != "held" && p.State != "ringing" {
			hears = maps.Clone(talk)
			if p.Role == "agent" {
				hears = hears.and(whisper)
			}
		}
		delete(hears, w.nameOf(p))
		l.ears[w.nameOf(p)] = hears
		switch {
		case slices.ContainsFunc(p.Hears, w.isEarly):
			hears["outside"] = true
		case p.State == "held":
			l.plays[w.nameOf(p)] = of("hold", "message")
		case p.Role == "agent":
			l.plays[w.nameOf(p)] = of("", "ringback")
		}
	}
	if customer && agent {
		l.recorded = talk
	}
	return l
}

// isEarly says that a party outside has not answered, but can be heard.
func (w *world) isEarly(id fact.LegID) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	p := w.people[id]
	return p != nil && p.early && !p.leg.Answered()
}

func (w *world) nameOf(p fact.PartyView) string {
	switch {
	case p.User != "":
		return p.User
	case p.Role == "customer":
		return "customer"
	}
	return "outside"
}

// listen checks what sounds at every ear, on the way there and then for a while; before is what was permitted before. false: the call has moved on meanwhile
// (a phone has rung for too long, say), and only that was checked which holds for all of it.
func (w *world) listen(before, now look) (look, bool) {
	w.t.Helper()
	began := w.permitted()
	w.pass(settles)
	on := w.onTheWay()
	now.from = time.Now()
	w.pass(listens)
	now.to = time.Now()
	end := w.permitted()
	still := began.same(end)
	for _, p := range w.here() {
		may := before.ears[p.name].and(now.ears[p.name]).and(end.ears[p.name])
		w.onlyHears(p, on[p], "in the change", may, heard) // a tone that is cut clicks at all frequencies
		pcm := p.far.Heard()
		p.far.Forget()
		switch {
		case !still:
			w.onlyHears(p, pcm, "in the change", may, heard)
		default:
			w.hears(p, pcm, now)
		}
	}
	return now, still
}

// onTheWay is what everybody has heard so far, which is forgotten.
func (w *world) onTheWay() map[*person][]int16 {
	all := map[*person][]int16{}
	for _, p := range w.here() {
		all[p] = p.far.Heard()
		p.far.Forget()
	}
	return all
}

// hears checks that somebody hears what is said in a look, and nothing else.
func (w *world) hears(p *person, pcm []int16, now look) {
	w.t.Helper()
	w.onlyHears(p, pcm, "now", now.ears[p.name], leak)
	for name := range now.ears[p.name] {
		if level := mediatest.Level(pcm, voices[name].hz); level < heard {
			w.t.Errorf("%s doesn't hear %s: %.0f", p.name, name, level)
		}
	}
	if now.ears[p.name] != nil {
		w.plays(p, pcm, now.plays[p.name])
	}
}

// onlyHears checks that somebody hears the voices only of those who may be heard.
func (w *world) onlyHears(p *person, pcm []int16, when string, may set, most float64) {
	w.t.Helper()
	for name, v := range voices {
		if levels := mediatest.Levels(pcm, v.hz); !may[name] && len(levels) > 0 && slices.Max(levels) > most {
			w.t.Errorf("%s hears %s %s: %.0f; may: %v", p.name, name, when, levels, may)
		}
	}
}

// plays checks what the server plays to somebody.
func (w *world) plays(p *person, pcm []int16, want set) {
	w.t.Helper()
	got := set{}
	for name, hz := range sounds {
		if levels := mediatest.Levels(pcm, hz); len(levels) > 0 && slices.Max(levels) > heard {
			got[name] = true
			if !want[name] {
				w.t.Errorf("%s is played %s; may: %v", p.name, name, want)
			}
		}
	}
	if len(want) > 0 && len(got) == 0 && !want[""] {
		w.t.Errorf("%s hears silence; want one of: %v", p.name, want)
	}
}
