package ears

import (
	"context"
	"log/slog"
	"maps"
	"net/netip"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"mediasrv/config"
	"mediasrv/internal/fake"
	"mediasrv/media"
	"mediasrv/media/codec"
	"mediasrv/media/mediatest"
	"mediasrv/media/prompt"
	"mediasrv/media/rtp"
	"mediasrv/recorder"
	"mediasrv/routing"
	"mediasrv/routing/fact"
)

// The numbers of the test's contact centre.
const (
	supportNumber = "+81312345678"
	outside       = "+81312340000"
)

// voice is the tone and the codec of a party. Far ends of all codecs are in every call, so that it is relayed, transcoded and mixed at all rates.
type voice struct {
	hz    float64
	codec codec.Type
}

// voices are far apart, and no harmonic of one is another one.
var voices = map[string]voice{ //nolint:gochecknoglobals // constant
	"customer": {430, codec.PCMU},
	"aiko":     {610, codec.Opus},
	"ben":      {790, codec.G722},
	"chen":     {1070, codec.PCMA},
	"dana":     {1330, codec.Opus},
	"outside":  {1690, codec.PCMU},
}

// sounds are what the server plays, by what it says.
var sounds = map[string]float64{"hold": 1990, "message": 2290, "ringback": 2590, "queue": 2830} //nolint:gochecknoglobals // constant

// loudness of each party: all of them together are not clipped.
const loudness = mediatest.Amplitude / 2

// world is a contact centre with real sound, in a bubble.
type world struct {
	*routing.Centre
	t      *testing.T
	dialer fake.Dialer
	store  fake.Store
	index  index
	dir    string // of recordings

	network rtp.Network
	engine  *media.Engine

	mu     sync.Mutex
	people map[fact.LegID]*person // whose legs live
	names  map[fact.LegID]string  // of all in the call, also of those who have gone
	caller *person
}

// person is somebody at a far end.
type person struct {
	name  string
	leg   *fake.Leg
	far   *mediatest.Far
	early bool // its network speaks before it answers
}

// speaksEarly is the early media of whoever is outside.
func (p *person) speaksEarly() {
	p.early = true
	p.leg.Early()
}

// inWorld runs a test in a bubble in which all agents have a phone and are available.
func inWorld(t *testing.T, do func(w *world)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		w := &world{t: t, dir: t.TempDir(), people: map[fact.LegID]*person{}, names: map[fact.LegID]string{}}
		w.store.Forget = true
		w.dialer.OnDial = func(l *fake.Leg) error { w.connect(l, nameOf(l)); return nil }
		var err error
		w.engine, err = media.New(media.Config{Workers: 1, Bind: netip.MustParseAddr("127.0.0.1"), Listen: w.network.Listen})
		w.must(err)
		rec, err := recorder.New(recorder.Options{Dir: w.dir, Key: filepath.Join(t.TempDir(), "key"), Index: &w.index})
		w.must(err)
		w.Centre = routing.New(routing.Options{
			Config: centreConfig(), Dialer: &w.dialer, Recorder: rec, Store: &w.store, Prompts: madePrompts(t), Log: slog.New(slog.DiscardHandler),
		})
		ctx, stop := context.WithCancel(context.Background())
		var all sync.WaitGroup
		all.Go(func() { w.Run(ctx) })
		all.Go(func() {
			if err := rec.Run(ctx); err != nil {
				t.Error(err)
			}
		})
		defer func() { // also after a Fatal
			stop()
			all.Wait()
			w.engine.Deliver()
		}()
		for _, user := range slices.Sorted(maps.Keys(centreConfig().Users)) {
			w.Reachable(user, 1)
			w.must(w.SetStatus(user, "available"))
			w.pass(5 * time.Millisecond) // so that they are idle since different times
		}
		do(w)
		w.HangupAll(fact.EndShutdown)
		w.pass(time.Second)
	})
}

func centreConfig() *config.Config {
	say := func(text string) *config.Audio { return &config.Audio{Say: text} }
	while := config.Meanwhile{Music: say("hold"), Message: say("message"), Every: 5 * time.Second}
	cfg := &config.Config{
		Company: config.Company{Country: "JP", DialOut: config.DialOut{Countries: []string{"JP"}}},
		Numbers: map[string]*config.Number{supportNumber: {Number: supportNumber, Queue: "support"}},
		Waiting: map[string]*config.WaitingStrategy{"calm": {Name: "calm", Music: say("queue"), LongestWait: 10 * time.Minute}},
		Queues:  map[string]*config.Queue{},
		Users:   map[string]*config.User{},
		Trunks:  map[string]*config.Trunk{"carrier": {Name: "carrier", Outbound: true, Servers: []string{"a"}}},
		Routes:  []config.Route{{Trunks: []string{"carrier"}}},
	}
	for _, login := range []string{"aiko", "ben", "chen", "dana"} {
		cfg.Users[login] = &config.User{Login: login, Name: login, Role: "supervisor", Agent: true}
	}
	for queue, agents := range map[string][]string{"support": {"aiko", "ben", "chen"}, "sales": {"dana"}} {
		cfg.Queues[queue] = &config.Queue{
			Name: queue, Agents: agents, Waiting: "calm", Answer: "at-once", RingTimeout: 4 * time.Second, Hold: while,
			Transfer:  config.Transfer{Meanwhile: while, AnyAgent: true, AnyNumber: true, EarlyMedia: true},
			Recording: config.Recording{Inbound: true, PerLeg: true, Merged: true},
		}
	}
	return cfg
}

// madePrompts are tones, a second of each.
func madePrompts(t *testing.T) *routing.Prompts {
	t.Helper()
	tone := func(name string) (*prompt.Prompt, error) {
		pcm := mediatest.Tone(sounds[name], 0, prompt.Rate)
		for i := range pcm {
			pcm[i] /= 2
		}
		return prompt.New(name, pcm, prompt.Rate)
	}
	p, faults := routing.Prepare(t.Context(), centreConfig(), speaker(tone), slog.New(slog.DiscardHandler))
	for _, err := range faults {
		t.Fatal(err)
	}
	var err error
	if p.Ringback, err = tone("ringback"); err != nil {
		t.Fatal(err)
	}
	if p.Music, err = tone("queue"); err != nil {
		t.Fatal(err)
	}
	return p
}

// speaker says each text as the tone of that name.
type speaker func(name string) (*prompt.Prompt, error)

func (f speaker) Speak(_ context.Context, what routing.Speech) (*prompt.Prompt, error) {
	return f(what.Text)
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func nameOf(l *fake.Leg) string {
	if user := l.Party().User; user != "" {
		return user
	}
	return "outside"
}

// connect gives a leg its far end, which speaks from the first moment, also while it rings: nobody may hear that.
func (w *world) connect(l *fake.Leg, name string) *person {
	far, err := mediatest.NewFar(w.network.Listen, voices[name].codec)
	if err != nil {
		w.t.Error(err)
		return nil
	}
	far.Say(voices[name].hz)
	far.Loud(loudness)
	far.Call(l.Real().Local().Addr)
	l.Real().Negotiate(far.Negotiated())
	p := &person{name: name, leg: l, far: far}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.people[l.ID()], w.names[l.ID()] = p, name
	return p
}

// call is a customer's. Its far end is connected before the call is handed over, as by SIP.
func (w *world) call() {
	w.t.Helper()
	room, err := w.engine.Open(nil)
	w.must(err)
	in := fake.NewRealRoom(room)
	party := fact.Party{Number: "+819012345678", Trunk: "carrier"}
	leg := fake.NewLeg(in, party)
	w.caller = w.connect(leg, "customer")
	leg.Connect(w.Handle(leg, in, fact.Invite{Trunk: "carrier", From: party, To: supportNumber, SIPID: "sip", At: time.Now()}))
	w.pass(0)
}

// here are all whose legs live.
func (w *world) here() []*person {
	w.mu.Lock()
	defer w.mu.Unlock()
	var all []*person
	for id, p := range w.people {
		if p.leg.Ended() {
			_ = p.far.Close()
			delete(w.people, id)
			continue
		}
		all = append(all, p)
	}
	return all
}

// pass lets time pass: scripts, the media engine and all far ends do what is theirs.
func (w *world) pass(d time.Duration) {
	synctest.Wait()
	for range d / (5 * time.Millisecond) {
		time.Sleep(5 * time.Millisecond)
		synctest.Wait()
		for _, p := range w.here() {
			p.far.Step(time.Now())
		}
		w.engine.Step(time.Now())
		w.engine.Deliver()
	}
	synctest.Wait()
}
