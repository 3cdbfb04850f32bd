package dialog

import (
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"mediasrv/routing/fact"
	"mediasrv/sip/transaction"

	"github.com/emiago/sipgo/sip"
)

// Hop is a way to the far end.
type Hop struct {
	Target   sip.Uri
	Routes   []sip.Uri // Route headers of the INVITE: an outbound proxy, a Service-Route
	Flow     transaction.Flow
	Place    Place
	Doubtful bool         // it didn't answer lately
	Report   func(Report) // called with what came of the INVITE; nil: nobody wants to know
}

// Report is what came of an INVITE at a hop: the first response that says how the hop is, or why there is none.
type Report struct {
	Status int
	Text   string        // of a response
	After  time.Duration // since the INVITE
	Retry  time.Duration // that the hop wants to be left alone (Retry-After)
	Err    error         // nothing came, or it couldn't be sent
}

// How long a hop may be silent: first somebody looks whether anybody is there, then the next one is tried (RFC 3263, 4.3). The last one is waited for longer, unless
// it was silent before; RFC 3261 would wait for 32 s, which no caller does.
const (
	knockAfter   = 200 * time.Millisecond
	silenceLimit = 2 * time.Second
	lastSilence  = 8 * time.Second
)

// mostRedirects bounds the 3xx that one call follows, besides that none is followed twice.
const mostRedirects = 5

var (
	errNobody = errors.New("nobody listens there")
	errSilent = errors.New("no answer within")
)

// doubt begins to watch whether anything comes from the hop.
func (d *Dialog) doubt() {
	o := d.calling
	tx := o.tx
	o.begun = time.Now()
	if empty := d.cfg.Empty; empty != nil && !d.flow.Reliable() {
		remote := d.flow.Remote
		o.knock = time.AfterFunc(knockAfter, func() {
			if !empty(remote) {
				return
			}
			d.queue.Do(func() {
				if d.calling.tx == tx && d.state == Calling {
					d.nobody(errNobody)
				}
			})
		})
	}
	if limit := d.patience(); limit > 0 {
		o.silence = d.after(limit, func() {
			if d.calling.tx == tx && d.state == Calling {
				d.nobody(fmt.Errorf("%w %s", errSilent, limit))
			}
		})
	}
}

// patience is how long the hop may be silent; 0: as long as RFC 3261 has it, for peers of whom nobody wants to know.
func (d *Dialog) patience() time.Duration {
	switch {
	case len(d.cfg.Others) > 0 || d.cfg.Doubtful && d.cfg.Report != nil:
		return silenceLimit
	case d.cfg.Report != nil:
		return lastSilence
	}
	return 0
}

// trust ends doubt: something came.
func (d *Dialog) trust() {
	d.stop(d.calling.silence)
	d.stop(d.calling.knock)
}

// report tells whoever wants to know how the hop is.
func (d *Dialog) report(r Report) {
	if d.cfg.Report != nil {
		r.Text = strings.ToValidUTF8(r.Text, "?")
		d.cfg.Report(r)
	}
}

// reportResponse is report for the first response of a hop, and for a final one that blames it.
func (d *Dialog) reportResponse(res *sip.Response) {
	o := d.calling
	if first := !o.reported; first || blames(res.StatusCode) {
		o.reported = true
		r := Report{Status: res.StatusCode, Text: fmt.Sprintf("%d %s", res.StatusCode, res.Reason), Retry: RetryIn(res)}
		if first {
			r.After = time.Since(o.begun)
		}
		d.report(r)
	}
}

// blames says that a final response means that this hop can't, and another one perhaps can (RFC 3263, 4.3; carriers want it of every 5xx).
func blames(status int) bool { return status == sip.StatusRequestTimeout || status/100 == 5 }

// RetryIn is how long a response's sender wants to be left alone (RFC 3261, 20.33).
func RetryIn(res *sip.Response) time.Duration {
	h := res.GetHeader("Retry-After")
	if h == nil {
		return 0
	}
	digits, _, _ := strings.Cut(strings.TrimSpace(h.Value()), " ")
	digits, _, _ = strings.Cut(digits, ";")
	n, err := strconv.Atoi(digits)
	if err != nil || n < 0 || n > int(time.Hour/time.Second) {
		return 0
	}
	return time.Duration(n) * time.Second
}

// nobody gives a hop up that says nothing.
func (d *Dialog) nobody(why error) {
	d.report(Report{Err: why})
	if d.reroute(why.Error()) {
		return
	}
	tx := d.calling.tx
	d.calling.tx = nil
	tx.Give()
	d.inviteFailed(fact.EndUnreachable, why.Error())
}

// elsewhere goes to another hop, or to the same in another way, after a final response that allows it.
func (d *Dialog) elsewhere(res *sip.Response) bool {
	status := res.StatusCode
	switch {
	case !d.state.Live():
		return false
	case status == sip.StatusRequestTimeout && d.calling.rang:
		return false // the callee has heard it ring
	case blames(status):
		return d.reroute(res.StartLine())
	case status == sip.StatusLoopDetected && d.calling.hops > 0 && d.cfg.Retag != nil:
		// The hop before has passed the call on after all, and both meet in one server, which takes the second for the first's double (RFC 3261, 8.2.2.2): it is called
		// once more by another name.
		d.cfg.Others = slices.Insert(d.cfg.Others, 0, d.here())
		old := d.local.tag
		d.local.tag = rand.Text()[:16]
		d.cfg.Retag(old, d.local.tag)
		d.calling.hops = 0
		return d.move(res.StartLine())
	case status == sip.StatusLoopDetected && d.calling.hops > 0:
		return d.reroute(res.StartLine())
	}
	return false
}

// here is the hop that the call is at.
func (d *Dialog) here() Hop {
	return Hop{Target: d.target, Routes: d.routes, Flow: d.flow, Place: d.cfg.Place, Doubtful: d.cfg.Doubtful, Report: d.cfg.Report}
}

// reroute sends the INVITE to the next hop; false: there is none.
func (d *Dialog) reroute(why string) bool {
	if len(d.cfg.Others) == 0 || !d.state.Live() {
		return false
	}
	d.calling.hops++
	return d.move(why)
}

// move sends the INVITE to the first of the others, as a new transaction with a new CSeq.
func (d *Dialog) move(why string) bool {
	if !d.on(Rerouted) {
		return false
	}
	d.trust()
	o := d.calling
	next := d.cfg.Others[0]
	d.cfg.Others = d.cfg.Others[1:]
	d.log.Warn("the next server is tried", "why", strings.ToValidUTF8(why, "?"), "server", next.Flow.ID)
	user := d.cfg.Place.User
	d.target, d.routes, d.flow = next.Target, next.Routes, next.Flow
	d.cfg.Place, d.cfg.Report, d.cfg.Doubtful = next.Place, next.Report, next.Doubtful
	d.cfg.Place.User = user
	d.remote.tag = ""
	o.reported, o.rang = false, false
	d.forget()
	d.forget = func() {}
	if d.cfg.KnowHop != nil {
		d.forget = d.cfg.KnowHop(next.Flow)
	}
	d.call() // the transaction before lives on until its end: if that hop does ring after all, it is cancelled there
	return true
}

// late takes what comes from a hop that was given up: a call that rings there after all is cancelled, one that is taken is ended. Or it is the 2xx again that
// made the dialog.
func (d *Dialog) late(tx *transaction.Client, res *sip.Response, err error) {
	switch {
	case err != nil || tx == nil:
	case res.IsSuccess() && d.acknowledgeAgain(res):
	case res.IsProvisional():
		if o := d.calling; !slices.Contains(o.dropped, tx) {
			o.dropped = append(o.dropped, tx)
			d.sendCancel(tx, fact.EndElsewhere)
		}
	case res.IsSuccess() && transaction.ToTag(res) != d.remote.tag:
		now := d.flow
		d.flow = tx.Flow
		d.endFork(res, transaction.ToTag(res))
		d.flow = now
	}
}

// redirect takes a 3xx: its Contacts, the most wanted first, are tried if the owner allows it. False: they aren't.
func (d *Dialog) redirect(res *sip.Response) bool {
	o := d.calling
	if d.cfg.Redirect == nil || !d.state.Live() || res.StatusCode/100 != 3 {
		return false
	}
	var contacts []sip.Uri
	for _, c := range byWish(res) {
		if name := c.String(); !slices.Contains(o.redirected, name) && len(o.redirected) < mostRedirects {
			o.redirected = append(o.redirected, name)
			contacts = append(contacts, c)
		}
	}
	if len(contacts) == 0 || !d.on(Rerouted) {
		return false
	}
	d.cfg.Redirect(contacts, func(hops []Hop) { d.queue.Do(func() { d.follow(res, hops) }) })
	return true
}

// follow goes where a 3xx leads.
func (d *Dialog) follow(res *sip.Response, hops []Hop) {
	if d.state == Calling && len(hops) > 0 {
		d.cfg.Others = append(hops, d.cfg.Others...)
		if d.move(res.StartLine()) {
			return
		}
	}
	d.refused(res)
}

// byWish are the Contacts of a response, the one with the highest q first (RFC 3261, 20.10).
func byWish(res *sip.Response) []sip.Uri {
	type wished struct {
		uri sip.Uri
		q   float64
	}
	var all []wished
	for _, h := range res.GetHeaders("Contact") {
		c, ok := h.(*sip.ContactHeader)
		if !ok || c.Address.Wildcard || c.Address.Host == "" {
			continue
		}
		q := 1.0
		if text, has := c.Params.Get("q"); has {
			if n, err := strconv.ParseFloat(text, 64); err == nil {
				q = n
			}
		}
		all = append(all, wished{*c.Address.Clone(), q})
	}
	slices.SortStableFunc(all, func(a, b wished) int {
		switch {
		case a.q > b.q:
			return -1
		case a.q < b.q:
			return 1
		}
		return 0
	})
	out := make([]sip.Uri, len(all))
	for i, w := range all {
		out[i] = w.uri
	}
	return out
}

// phrases are the words of statuses that are passed on.
//
//nolint:gochecknoglobals // a constant table
var phrases = map[int]string{
	sip.StatusBadRequest: "Bad Request", sip.StatusForbidden: "Forbidden", sip.StatusNotFound: "Not Found",
	sip.StatusRequestTimeout: "Request Timeout", sip.StatusGone: "Gone", sip.StatusTemporarilyUnavailable: "Temporarily Unavailable",
	sip.StatusTooManyHops: "Too Many Hops", sip.StatusAddressIncomplete: "Address Incomplete", sip.StatusBusyHere: "Busy Here",
	sip.StatusRequestTerminated: "Request Terminated", sip.StatusNotAcceptableHere: "Not Acceptable Here",
	sip.StatusInternalServerError: "Server Internal Error", sip.StatusServiceUnavailable: "Service Unavailable",
	sip.StatusGlobalBusyEverywhere: "Busy Everywhere", sip.StatusGlobalDecline: "Decline",
	sip.StatusGlobalDoesNotExistAnywhere: "Does Not Exist Anywhere",
	sip.StatusGatewayTimeout:             "Gateway Timeout", 607: "Unwanted", 608: "Rejected",
}

func phraseOf(status int) string {
	if p := phrases[status]; p != "" {
		return p
	}
	return "Refused"
}
