package dialog

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"mediasrv/routing/fact"
	"mediasrv/sip/transaction"

	"github.com/emiago/sipgo/sip"
)

var errNoAnswer = errors.New("dialog: no SDP where the answer must be")

// Party names one side of a call that we begin.
type Party struct {
	Name string
	URI  sip.Uri
}

// outgoing is the INVITE that begins a dialog as UAC.
type outgoing struct {
	tx         *transaction.Client
	cancelled  bool
	patience   *time.Timer
	ring       *time.Timer // until it has rung for long enough
	rung       bool
	heard      bool
	over       []string // To tags of 2xx that were ended
	forks      map[string]*fork
	current    *fork       // whose negotiation the session has
	offered    any         // the negotiation after our offer
	seq        uint32      // the last CSeq that it had
	silence    *time.Timer // until the next hop is tried
	knock      *time.Timer
	begun      time.Time             // the INVITE to this hop
	reported   bool                  // how this hop is
	rang       bool                  // at this hop
	hops       int                   // that were left
	dropped    []*transaction.Client // INVITEs to hops that were left, which rang there after all
	redirected []string              // where 3xx led
}

// Dial makes a dialog as UAC, from one party to another, at a target by a flow. Start sends the INVITE.
func Dial(cfg Config, callID, tag string, from, to Party, target sip.Uri, flow transaction.Flow) *Dialog {
	d := newDialog(cfg, callID)
	d.state = Calling
	d.local = party{name: from.Name, uri: from.URI, tag: tag}
	d.remote = party{name: to.Name, uri: to.URI}
	d.target = target
	d.routes = cfg.Routes
	d.flow = flow
	d.calling, d.caller = &outgoing{}, true
	return d
}

// Start sends the INVITE. Any goroutine may call it.
func (d *Dialog) Start() { d.queue.Do(d.call) }

// Quit is Hangup at a shutdown: a peer that was never heard of isn't waited for.
func (d *Dialog) Quit(why fact.EndReason) {
	d.Hangup(why)
	if d.state == Cancelling && !d.calling.heard && d.calling.tx != nil {
		d.calling.tx.Give()
	}
}

func (d *Dialog) call() {
	o := d.calling
	if d.state == Cancelling { // given up before anything was sent
		d.on(GotFailure)
		d.settle()
		return
	}
	var offer []byte
	if !d.cfg.Manners.LateOffer {
		var err error
		if offer, err = d.cfg.Session.Offer(); err != nil {
			d.log.Warn("no offer", "err", err)
			d.on(GotFailure)
			d.end(fact.EndInternal, err.Error())
			d.settle()
			return
		}
	}
	o.offered, o.forks, o.current = d.cfg.Session.Mark(), map[string]*fork{}, nil
	req := d.request(sip.INVITE, offer)
	d.timing(req)
	if d.cfg.Manners.Reliable == Required {
		req.AppendHeader(sip.NewHeader("Require", "100rel"))
	}
	if d.cfg.Manners.Early != EarlyNever {
		req.AppendHeader(sip.NewHeader("P-Early-Media", "supported"))
	}
	for _, h := range d.cfg.Headers {
		req.AppendHeader(sip.HeaderClone(h))
	}
	if d.cfg.Hops != 0 {
		hops := sip.MaxForwardsHeader(max(d.cfg.Hops, 0)) //nolint:gosec // it came from such a header
		req.ReplaceHeader(&hops)
	}
	if d.cfg.Edit != nil {
		d.cfg.Edit(req)
	}
	if long := d.cfg.Manners.LongestRing; long > 0 && o.ring == nil {
		o.ring = d.after(long, func() { d.Hangup(fact.EndNoAnswer) })
	}
	d.sendInvite(req, 0)
	d.doubt()
}

func (d *Dialog) sendInvite(req *sip.Request, tries int) {
	var tx *transaction.Client
	tx = d.queue.Send(req, d.flow, func(res *sip.Response, err error) {
		if err == nil && !d.calling.heard {
			d.calling.heard = true
			if d.cfg.Heard != nil {
				d.cfg.Heard()
			}
		}
		if d.calling.tx != tx {
			d.late(tx, res, err)
			return // of the INVITE before the one with the login
		}
		d.trust()
		if err == nil {
			d.reportResponse(res)
		} else {
			d.report(Report{Err: err})
		}
		switch {
		case err != nil && d.reroute(err.Error()):
		case err != nil:
			d.inviteFailed(failureOf(err), err.Error())
		case res.IsProvisional():
			d.progress(res)
		case res.IsSuccess():
			d.established(res)
		default:
			d.inviteRefused(req, res, tries)
		}
	})
	d.calling.tx, d.calling.seq = tx, req.CSeq().SeqNo
}

func (d *Dialog) progress(res *sip.Response) {
	if !d.on(GotProvisional) {
		return
	}
	if d.state == Cancelling {
		d.cancel(d.why)
		return
	}
	if res.StatusCode == sip.StatusTrying {
		return
	}
	f := d.forkOf(res)
	if f == nil {
		return
	}
	reliable, fresh := f.fresh(res)
	if !fresh {
		return
	}
	d.learnAbilities(res)
	d.calling.rang = d.calling.rang || res.StatusCode == sip.StatusRinging
	if res.StatusCode == sip.StatusRinging && !d.calling.rung {
		d.calling.rung = true
		d.cfg.Owner.Ringing()
	}
	heard, answer := d.preview(f, res, reliable)
	if reliable && d.cfg.Manners.Reliable != Off {
		d.acknowledge(f, res, answer)
	}
	d.early(res, heard)
}

// preview takes the SDP of a provisional response: the answer to our offer; or, if that is the peer's to make and the response is reliable, an offer,
// which PRACK answers.
func (d *Dialog) preview(f *fork, res *sip.Response, reliable bool) (heard bool, answer []byte) {
	body, err := description(res)
	switch {
	case err != nil || body == nil:
		return false, nil
	case !d.cfg.Manners.LateOffer:
		d.turn(f)
		heard = f.settled || d.take(f, body) == nil
		f.settled = f.settled || reliable && heard
		return heard, nil
	case !reliable || f.settled:
		return f.settled, nil
	}
	d.turn(f)
	if answer, err = d.cfg.Session.Answer(body); err != nil {
		d.log.Info("the offer in a provisional response is refused", "err", err)
		return false, nil
	}
	f.settled = true
	return true, answer
}

// early tells the owner that the peer can be heard, if it may.
func (d *Dialog) early(res *sip.Response, heard bool) {
	if heard && d.cfg.Manners.Early.hears(res) {
		d.cfg.Owner.Early()
	}
}

// take applies a fork's answer; the same one again changes nothing.
func (d *Dialog) take(f *fork, answer []byte) error {
	if slices.Equal(answer, f.taken) {
		return nil
	}
	if err := d.cfg.Session.Accept(answer); err != nil {
		return err
	}
	f.taken = slices.Clone(answer)
	return nil
}

// established takes a 2xx to our INVITE: the first, a repeated one, or one of another fork.
func (d *Dialog) established(res *sip.Response) {
	tag := transaction.ToTag(res)
	if d.state != Calling && d.state != Proceeding && d.state != Cancelling {
		if d.acknowledgeAgain(res) {
			return
		}
		d.endFork(res, tag)
		return
	}
	f := d.forkOf(res)
	if f == nil { // of so many phones none can be told apart: the first that answers is taken
		clear(d.calling.forks)
		f = d.forkOf(res)
	}
	d.learnAbilities(res)
	d.choose(f)
	d.stop(d.calling.patience)
	d.stop(d.calling.ring)
	d.on(GotSuccess)
	d.calling.tx.Give()     // its 2xx again and those of other forks come to Again; 32 s (RFC 6026, Timer M) of a transaction cost more than the call
	if d.state == Leaving { // it crossed our CANCEL
		d.ack(res, nil)
		d.bye(d.why)
		return
	}
	answer, err := d.finalAnswer(f, res)
	d.ack(res, answer)
	if err != nil {
		why := fact.EndNotAcceptable
		if errors.Is(err, errNoAnswer) {
			why = fact.EndProtocol
		}
		d.on(Hangup)
		d.bye(why)
		d.end(why, err.Error())
		return
	}
	d.granted(res)
	d.slim()
	d.stands()
	d.cfg.Owner.Answered()
	d.negotiate()
}

// slim lets go of what only the way here needed: messages, what was negotiated with phones that didn't answer, and where else the call might have gone. It is
// most of what a call weighs. The first INVITE's transaction still takes repetitions for some seconds.
func (d *Dialog) slim() {
	d.invite, d.answer, d.demand, d.prack = nil, nil, interval{}, reliable{}
	if o := d.calling; o != nil {
		d.calling = &outgoing{seq: o.seq, over: o.over, heard: o.heard, dropped: o.dropped}
	}
	c := &d.cfg
	c.Headers, c.Edit, c.Others, c.Routes, c.Report, c.Redirect, c.Retag, c.Empty, c.KnowHop, c.Know, c.Heard = nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil
}

// stands begins to count a call that is up.
func (d *Dialog) stands() {
	if long := d.cfg.Manners.LongestCall; long > 0 {
		d.after(long, func() { d.Hangup(fact.EndLimit) })
	}
}

// finalAnswer takes the SDP of the 200, or leaves that of a provisional response in place. A late offer is answered in the ACK.
func (d *Dialog) finalAnswer(f *fork, res *sip.Response) (answer []byte, err error) {
	body, err := description(res)
	switch {
	case f.settled: // whatever the 200 repeats
		return nil, nil
	case err != nil:
		return nil, err
	case body == nil && f.taken != nil:
		return nil, nil
	case body == nil:
		return nil, errNoAnswer
	case d.cfg.Manners.LateOffer:
		return d.cfg.Session.Answer(body)
	}
	return nil, d.take(f, body)
}

// endFork acknowledges a second 2xx, of another phone, and ends that call (RFC 3261, 13.2.2.4).
func (d *Dialog) endFork(res *sip.Response, tag string) {
	other := d.remote
	other.tag = tag
	target := d.target
	if c := res.Contact(); usable(c) {
		target = *c.Address.Clone()
	}
	routes := recordRoutes(res, true)
	flow := hop(d.flow, target, routes)
	d.queue.Write(d.buildFor(other, target, routes, sip.ACK, res.CSeq().SeqNo, nil), flow)
	if slices.Contains(d.calling.over, tag) {
		return
	}
	d.calling.over = append(d.calling.over, tag)
	d.lastOur++
	bye := d.buildFor(other, target, routes, sip.BYE, d.lastOur, nil)
	bye.AppendHeader(reason(fact.EndElsewhere))
	d.queue.Send(bye, flow, func(*sip.Response, error) {})
}

func (d *Dialog) inviteRefused(req *sip.Request, res *sip.Response, tries int) {
	if d.state.Live() {
		next := d.authorize(req, res, tries)
		if next == nil {
			next = d.longer(req, res, tries)
		}
		if next != nil {
			d.sendInvite(next, tries+1)
			return
		}
	}
	if d.elsewhere(res) || d.redirect(res) {
		return
	}
	d.refused(res)
}

// refused ends the call with what the last hop said.
func (d *Dialog) refused(res *sip.Response) {
	d.status = res.StatusCode
	d.inviteFailed(whyRefused(res), said(fmt.Sprintf("%d %s", res.StatusCode, res.Reason), res))
}

func (d *Dialog) inviteFailed(why fact.EndReason, text string) {
	if !d.on(GotFailure) {
		return
	}
	d.end(why, text)
	d.settle()
}

func failureOf(err error) fact.EndReason {
	switch {
	case errors.Is(err, transaction.ErrFlowGone):
		return fact.EndUnreachable
	case errors.Is(err, transaction.ErrTimeout):
		return fact.EndTimeout
	}
	return fact.EndTransport
}

// FailureOf is the reason behind a final response.
func FailureOf(status int) fact.EndReason {
	switch status {
	case sip.StatusBusyHere, sip.StatusGlobalBusyEverywhere:
		return fact.EndBusy
	case sip.StatusGlobalDecline, 607, 608, sip.StatusForbidden, sip.StatusUnauthorized, sip.StatusProxyAuthRequired:
		return fact.EndRefused
	case sip.StatusTemporarilyUnavailable, sip.StatusRequestTimeout:
		return fact.EndNoAnswer
	case sip.StatusNotFound, sip.StatusGone, sip.StatusAddressIncomplete, sip.StatusGlobalDoesNotExistAnywhere:
		return fact.EndUnknownNumber
	case sip.StatusNotAcceptableHere, sip.StatusGlobalNotAcceptable, sip.StatusUnsupportedMediaType, sip.StatusNotAcceptable:
		return fact.EndNotAcceptable
	case sip.StatusServiceUnavailable:
		return fact.EndCongestion
	case 430:
		return fact.EndUnreachable
	case sip.StatusRequestTerminated:
		return fact.EndElsewhere
	}
	return fact.EndRemote
}
