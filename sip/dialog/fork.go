package dialog

import (
	"mediasrv/sip/transaction"

	"github.com/emiago/sipgo/sip"
)

// maxForks bounds the early dialogs of one call; what further phones say is ignored until one answers.
const maxForks = 32

// fork is one early dialog of a call of ours (RFC 3261, 12.1): each phone that rings has one.
type fork struct {
	tag     string
	target  sip.Uri
	routes  []sip.Uri
	flow    transaction.Flow
	rseq    uint32 // of the last reliable provisional response
	settled bool   // offer and answer have been exchanged reliably
	taken   []byte // the last answer from it
	mark    any    // the negotiation, while another fork's is in the session; nil: as it was after our offer
	lastHis uint32 // CSeq
	hisSeen bool
}

// forkOf is the early dialog that a response belongs to, made if there is none; nil: too many.
func (d *Dialog) forkOf(res *sip.Response) *fork {
	tag := transaction.ToTag(res)
	f := d.calling.forks[tag]
	if f == nil {
		if len(d.calling.forks) >= maxForks {
			return nil
		}
		f = &fork{tag: tag, target: d.target, flow: d.flow}
		d.calling.forks[tag] = f
	}
	f.routes = recordRoutes(res, true)
	if c := res.Contact(); usable(c) {
		f.target = *c.Address.Clone()
		f.flow = hop(d.flow, f.target, f.routes)
	}
	return f
}

// turn makes the session's negotiation that of a fork.
func (d *Dialog) turn(f *fork) {
	o := d.calling
	if o.current == f {
		return
	}
	if o.current != nil {
		o.current.mark = d.cfg.Session.Mark()
		if f.mark == nil {
			d.cfg.Session.Return(o.offered)
		} else {
			d.cfg.Session.Return(f.mark)
		}
	}
	o.current = f
}

// settle makes a fork's early dialog the dialog.
func (d *Dialog) choose(f *fork) {
	d.turn(f)
	d.remote.tag, d.routes, d.target, d.flow = f.tag, f.routes, f.target, f.flow
	d.lastHis, d.hisSeen = f.lastHis, f.hisSeen
}

// within runs something as if a fork's early dialog were the dialog, to make a request in it.
func (d *Dialog) within(f *fork, make func() *sip.Request) (*sip.Request, transaction.Flow) {
	remote, target, routes, flow := d.remote, d.target, d.routes, d.flow
	d.remote.tag, d.target, d.routes, d.flow = f.tag, f.target, f.routes, f.flow
	req := make()
	d.remote, d.target, d.routes, d.flow = remote, target, routes, flow
	return req, f.flow
}
