// Package testcall places one call as a caller would: the body of `mediasrv call NUMBER`. It works against any SIP server.
package testcall

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/netip"
	"strings"
	"time"

	"mediasrv/media"
	"mediasrv/media/prompt"
	"mediasrv/routing"
	"mediasrv/routing/fact"
	"mediasrv/sip"
)

// patience is how long a server may say nothing at all.
const patience = 5 * time.Second

// Options says what to call and what to do there.
type Options struct {
	Number     string
	Server     string        // host:port; without port 5060
	From       string        // number; empty: withheld
	PlayFile   string        // audio that the called party hears; empty: none
	ToneHz     float64       // or a tone; 0: none
	Digits     string        // 0-9 * # A-D; w waits a second
	ListenFile string        // WAV file for what is heard; empty: none
	For        time.Duration // hang up after this long of talking; 0: never
	Username   string        // digest login; empty: none
	Password   string
	Log        *slog.Logger // nil: none

	patience time.Duration // 0: patience; tests
}

// What ends a call without an answer; Run's errors match them.
var (
	ErrNoServer = errors.New("testcall: no answer from the server")
	ErrRefused  = errors.New("testcall: not answered")
	ErrOptions  = errors.New("testcall: can't begin")
)

// Run places the call and prints a line for each thing that happens. It blocks until the call has ended; the end of ctx hangs up. The error
// is nil if the call was answered.
func Run(ctx context.Context, o Options, out io.Writer) error {
	c := &call{o: o, out: out, began: time.Now(), events: make(chan routing.LegEvent, 64), heard: make(chan struct{})}
	if err := c.prepare(ctx); err != nil {
		return err
	}
	return errors.Join(c.run(ctx), c.ear.close())
}

type call struct {
	o      Options
	out    io.Writer
	began  time.Time
	server netip.AddrPort
	sound  *prompt.Prompt
	ear    *ear // nil: nobody listens
	stack  *sip.Stack
	engine *media.Engine
	room   *media.Room
	leg    routing.Leg
	events chan routing.LegEvent
	heard  chan struct{} // closed at the first answer of any kind

	answered bool
	early    bool
}

func (c *call) say(format string, args ...any) {
	_, _ = fmt.Fprintf(c.out, "%7.2f s  %s\n", time.Since(c.began).Seconds(), fmt.Sprintf(format, args...))
}

// prepare checks everything that can be wrong before anything is sent.
func (c *call) prepare(ctx context.Context) error {
	if c.o.Log == nil {
		c.o.Log = slog.New(slog.DiscardHandler)
	}
	if c.o.patience == 0 {
		c.o.patience = patience
	}
	if strings.Trim(c.o.Number, "+0123456789*#abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_.") != "" || c.o.Number == "" {
		return fmt.Errorf("%w: %q is no number", ErrOptions, c.o.Number)
	}
	if bad := strings.Trim(c.o.Digits, "0123456789*#ABCDw"); bad != "" {
		return fmt.Errorf("%w: digits %q: only 0-9, *, #, A-D and w (wait a second) are known", ErrOptions, c.o.Digits)
	}
	var err error
	if c.server, err = lookUp(ctx, c.o.Server); err != nil {
		return fmt.Errorf("%w: server %q: %w", ErrOptions, c.o.Server, err)
	}
	if err := c.loadSound(ctx); err != nil {
		return fmt.Errorf("%w: play %w", ErrOptions, err)
	}
	if c.o.ListenFile != "" {
		if c.ear, err = newEar(c.o.ListenFile); err != nil {
			return fmt.Errorf("%w: listen: %w", ErrOptions, err)
		}
	}
	return nil
}

func (c *call) loadSound(ctx context.Context) (err error) {
	switch {
	case c.o.PlayFile != "":
		c.sound, err = prompt.Load(ctx, c.o.PlayFile)
	case c.o.ToneHz > 0:
		c.sound = prompt.Tone(c.o.ToneHz, 10*time.Second)
	default: // something has to be sent: it opens the way through NAT, and servers hang up on the dead
		c.sound, err = prompt.New("silence", make([]int16, 8000), 8000)
	}
	return err
}

func lookUp(ctx context.Context, server string) (netip.AddrPort, error) {
	host, port, err := net.SplitHostPort(server)
	if err != nil {
		host, port = strings.Trim(server, "[]"), "5060"
	}
	n, err := net.DefaultResolver.LookupPort(ctx, "udp", port)
	if err != nil {
		return netip.AddrPort{}, err
	}
	found, err := net.DefaultResolver.LookupNetIP(ctx, "ip", host)
	if err != nil {
		return netip.AddrPort{}, err
	}
	addr := found[0].Unmap()
	for _, a := range found {
		if a.Unmap().Is4() {
			addr = a.Unmap()
			break
		}
	}
	return netip.AddrPortFrom(addr, uint16(n)), nil //nolint:gosec // a port
}

func (c *call) run(ctx context.Context) error {
	probe, refused, err := knock(c.server)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrNoServer, err)
	}
	defer probe.Close() //nolint:errcheck // it only listens
	local, _ := netip.ParseAddrPort(probe.LocalAddr().String())
	pc, err := net.ListenPacket("udp", netip.AddrPortFrom(local.Addr(), 0).String())
	if err != nil {
		return fmt.Errorf("%w: %w", ErrOptions, err)
	}
	if c.engine, err = media.New(media.Config{Workers: 1, Log: c.o.Log}); err != nil {
		_ = pc.Close()
		return fmt.Errorf("%w: %w", ErrOptions, err)
	}
	if c.stack, err = sip.New(sip.Config{Media: c.engine, Packets: []net.PacketConn{pc}, Log: c.o.Log}); err != nil {
		_ = pc.Close()
		return fmt.Errorf("%w: %w", ErrOptions, err)
	}
	stop := c.serve()
	defer stop()
	if c.room, err = c.engine.Open(c.o.Log); err != nil {
		return fmt.Errorf("%w: %w", ErrOptions, err)
	}
	defer c.room.Close()
	c.say("calling %s at %s", c.o.Number, c.server)
	c.leg, err = c.stack.Call(ctx, sip.CallOptions{
		URI: "sip:" + c.o.Number + "@" + c.server.String(), From: c.o.From, Username: c.o.Username, Password: c.o.Password,
		Heard: func() { close(c.heard) },
	}, c.room, c.sink)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrOptions, err)
	}
	return c.follow(ctx, refused)
}

// serve runs stack and engine until the returned function is called; that waits for both.
func (c *call) serve() (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	stackDone, engineDone := make(chan struct{}), make(chan struct{})
	engineCtx, stopEngine := context.WithCancel(context.Background())
	go func() { defer close(stackDone); _ = c.stack.Run(ctx) }()
	go func() { defer close(engineDone); _ = c.engine.Run(engineCtx) }()
	return func() {
		cancel()
		<-stackDone
		stopEngine()
		<-engineDone
	}
}

// sink never blocks: a call has few events.
func (c *call) sink(e routing.LegEvent) {
	select {
	case c.events <- e:
	default:
	}
}

// follow is the call's script.
func (c *call) follow(ctx context.Context, refused <-chan error) error {
	silence := time.NewTimer(c.o.patience)
	defer silence.Stop()
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	var over <-chan time.Time
	var failure error
	done, heard := ctx.Done(), c.heard
	digits := make(chan string, 64)
	stopDigits := make(chan struct{})
	defer close(stopDigits)
	for {
		select {
		case e := <-c.events:
			if e.Kind == routing.LegEnded {
				return c.ended(e, failure)
			}
			if c.on(e) {
				if c.o.For > 0 {
					over = time.After(c.o.For)
				}
				go c.press(digits, stopDigits)
			}
		case d := <-digits:
			c.say("%s", d)
		case <-heard:
			silence.Stop()
			heard = nil
		case <-tick.C:
			c.ear.listen()
		case err := <-refused:
			if !c.answered && c.heard == heard {
				failure = fmt.Errorf("%w: no answer from %s: %w (is a SIP server running there?)", ErrNoServer, c.server, err)
				c.leg.Hangup(fact.EndCallerGone)
			}
		case <-silence.C:
			failure = fmt.Errorf("%w: no answer from %s within %s (is a SIP server running there, and does it know this address?)", ErrNoServer, c.server, c.o.patience)
			c.leg.Hangup(fact.EndCallerGone)
		case <-over:
			c.say("hanging up after %s", c.o.For)
			c.leg.Hangup(fact.EndCallerHungUp)
		case <-done:
			c.say("hanging up")
			done = nil
			c.leg.Hangup(fact.EndCallerHungUp)
		}
	}
}

// on tells an event; true if it is the answer.
func (c *call) on(e routing.LegEvent) bool {
	switch e.Kind {
	case routing.LegRinging:
		c.say("ringing")
	case routing.LegEarly:
		if !c.early {
			c.early = true
			c.say("early media (%s)", c.leg.Codec())
			c.open(false)
		}
	case routing.LegAnswered:
		c.answered = true
		c.say("answered (%s)", c.leg.Codec())
		c.open(true)
		return true
	case routing.LegDigit:
		c.say("digit %c received", e.Digit)
	case routing.LegHeld:
		c.say("far end: sends %v, takes %v", e.Sends, e.Takes)
	case routing.LegEnded, routing.LegTransfer, routing.LegMoved, routing.LegReplaced, routing.LegAsks:
	}
	return false
}

// open begins to listen and, once answered, to speak.
func (c *call) open(speak bool) {
	id := c.leg.Endpoint()
	var p media.Plan
	if speak {
		p.Rows[id].Prompt = media.Play{Token: 1, Audio: c.sound, Loop: c.o.PlayFile == ""}
	}
	if c.ear != nil {
		c.ear.begin()
		p.Taps[0] = media.TapRow{Tap: c.ear.tap, Of: id}
	}
	c.room.Set(p)
}

// press sends the digits, and says so.
func (c *call) press(said chan<- string, stop <-chan struct{}) {
	wait := func(d time.Duration) bool {
		select {
		case <-time.After(d):
			return true
		case <-stop:
			return false
		}
	}
	sender, ok := c.leg.(interface{ SendDigits(digits string) error })
	if !ok || c.o.Digits == "" || !wait(200*time.Millisecond) {
		return
	}
	for _, d := range c.o.Digits {
		if d == 'w' {
			if !wait(time.Second) {
				return
			}
			continue
		}
		text := fmt.Sprintf("digit %c sent", d)
		if err := sender.SendDigits(string(d)); err != nil {
			text = fmt.Sprintf("digit %c not sent: %v", d, err)
		}
		select {
		case said <- text:
		case <-stop:
			return
		}
		if !wait(200 * time.Millisecond) {
			return
		}
	}
}

func (c *call) ended(e routing.LegEvent, failure error) error {
	c.ear.listen()
	status := ""
	if e.Text != "" {
		status = " (" + e.Text + ")"
	}
	c.say("ended: %s%s", ending(e.Why, c.answered), status)
	switch {
	case failure != nil:
		return failure
	case c.answered:
		return nil
	}
	return fmt.Errorf("%w: %s%s", ErrRefused, ending(e.Why, false), status)
}

// ending says it for people.
func ending(why fact.EndReason, answered bool) string {
	switch {
	case why == fact.EndCallerHungUp && answered:
		return "hung up"
	case why == fact.EndCallerHungUp, why == fact.EndCallerGone:
		return "given up before an answer"
	}
	return strings.ReplaceAll(why.String(), "-", " ")
}
