package dialog

import (
	"log/slog"
	"net/netip"
	"time"

	"mediasrv/routing/fact"
	"mediasrv/sip/digest"
	"mediasrv/sip/transaction"

	"github.com/emiago/sipgo/sip"
)

// RFC 3261 timers.
const (
	t1      = 500 * time.Millisecond
	t2      = 4 * time.Second
	timeout = 64 * t1
)

// Session is the offer and answer of one dialog. Its methods are called on the dialog's queue and must not block.
type Session interface {
	// Offer describes what we have. The answer comes by Accept.
	Offer() ([]byte, error)
	// Answer answers the peer's offer. An error refuses it and leaves the session as it was: a *Refusal says how, others are 488.
	Answer(offer []byte) ([]byte, error)
	// Accept takes the answer to the last Offer.
	Accept(answer []byte) error
	// Again is what was said last, as an offer that changes nothing (RFC 4028, 7.4).
	Again() ([]byte, error)
	// Mark is how far the negotiation is; Return goes back there, and to what was agreed then. The phones of a forked call have one each.
	Mark() any
	Return(to any)
}

// Refusal is an error that knows its SIP status.
type Refusal struct {
	Code    int
	Phrase  string
	Err     error
	Headers []sip.Header
}

func (r *Refusal) Error() string { return r.Err.Error() }

func (r *Refusal) Unwrap() error { return r.Err }

// Owner hears what happens. Its methods are called on the dialog's queue and must not block.
type Owner interface {
	// Ringing: 180 came. Early: provisional SDP came. Answered: the session stands, in either role.
	Ringing()
	Early()
	Answered()
	// Digit came by INFO.
	Digit(d byte)
	// Transfer is asked for by the peer (REFER); how it goes is said by Dialog.Transferred. Moved says how the one goes that we have asked for.
	Transfer(t Transfer)
	Moved(status int)
	// Ended is called once, when the call is over for both; text is what the peer said. The BYE may still be under way.
	Ended(why fact.EndReason, text string)
	// Gone is called once, last: nothing of the dialog is left.
	Gone()
}

// Place is how we are named towards one flow: in Via, Contact.
type Place struct {
	User   string // of Contact; empty: that of our own address
	Host   string
	Port   int // 0: none
	Params sip.HeaderParams
}

// Config is what both roles need.
type Config struct {
	Queue    *transaction.Queue // the dialog holds it until it is gone; the caller's hold is taken over
	Session  Session
	Owner    Owner
	Place    Place
	Headers  []sip.Header       // in the INVITE that we send
	Edit     func(*sip.Request) // the last hand on that INVITE; nil: none
	Hops     int                // its Max-Forwards; 0: 70, negative: 0
	Others   []Hop              // where else to try, if the target has no room or can't be reached
	Routes   []sip.Uri          // of the target, as Hop has them; so are the next two
	Doubtful bool
	Report   func(Report)
	Redirect func(contacts []sip.Uri, done func([]Hop)) // finds hops for a 3xx; done may be called later, by anybody; nil: 3xx ends the call
	Retag    func(old, tag string)                      // the local tag is another one from now on; nil: it mustn't be
	Empty    func(netip.AddrPort) bool                  // asks, for a moment, whether nobody listens at an address; nil: it isn't asked
	KnowHop  func(transaction.Flow) (forget func())     // Know for one of Others
	Manners  Manners
	Login    *Login // for 401 and 407; nil: none
	Know     func() (forget func())
	Heard    func() // at the first response to our INVITE; nil: not wanted
	Log      *slog.Logger
}

// Login answers digest challenges.
type Login struct{ Username, Password string }

// Dialog is one dialog. All its methods but Do are called on its queue.
type Dialog struct {
	cfg   Config
	queue *transaction.Queue
	log   *slog.Logger

	state   State
	callID  string
	local   party
	remote  party
	target  sip.Uri // where the peer wants requests
	routes  []sip.Uri
	flow    transaction.Flow
	logins  digest.Client // what servers and proxies have asked for
	lastOur uint32        // CSeq
	lastHis uint32
	hisSeen bool

	caller   bool                // UAC: the INVITE that began it was ours
	invite   *transaction.Server // UAS: the INVITE that began it; nil: it has its ACK
	answer   []byte              // UAS: our answer to its offer; nil: it had none
	ringing  *time.Timer         // UAS: 18x again (RFC 3261, 13.3.1.1)
	calling  *outgoing           // UAC: the INVITE that began it
	acks     []acked             // UAC: the ACKs of 2xx that may be repeated
	accepted *acceptance         // the 2xx of ours that waits for its ACK
	ours     *reinvite           // the re-INVITE of ours that is under way
	due      bool                // another one is to follow
	retry    *time.Timer         // then
	prack    reliable            // UAS
	demand   interval            // UAS: what the INVITE asks for
	watch    watch
	peer     abilities
	referral *referral // REFER of the peer's
	moving   *moving   // REFER of ours
	digits   []byte    // to be sent by INFO
	timers   map[*time.Timer]struct{}

	over   bool // Owner.Ended was called
	gone   bool
	forget func()
	why    fact.EndReason
	status int // UAC: of the response that refused our INVITE; UAS: what to refuse the INVITE with; 0: none
}

type party struct {
	name string
	uri  sip.Uri
	tag  string
}

// Do runs f on the dialog's queue.
func (d *Dialog) Do(f func()) { d.queue.Do(f) }

// State is where the dialog is.
func (d *Dialog) State() State { return d.state }

// CallID and LocalTag name the dialog; the remote tag may change while it is early.
func (d *Dialog) CallID() string { return d.callID }

// LocalTag is our tag.
func (d *Dialog) LocalTag() string { return d.local.tag }

// Status is that of the response which refused our INVITE; 0: none did.
func (d *Dialog) Status() int { return d.status }

// Flow is how the dialog's requests go.
func (d *Dialog) Flow() transaction.Flow { return d.flow }

// Follow lets the dialog's requests go by another connection of the same browser.
func (d *Dialog) Follow(flow transaction.Flow) { d.flow = flow }

func newDialog(cfg Config, callID string) *Dialog {
	d := &Dialog{cfg: cfg, queue: cfg.Queue, log: cfg.Log, callID: callID, timers: map[*time.Timer]struct{}{}, forget: func() {}}
	if cfg.Know != nil {
		d.forget = cfg.Know()
	}
	return d
}

// on follows the state table.
func (d *Dialog) on(e Event) bool {
	to, ok := d.state.On(e)
	d.state = to
	return ok
}

// end tells the owner, once.
func (d *Dialog) end(why fact.EndReason, text string) {
	if d.over {
		return
	}
	d.over = true
	d.why = why
	d.cfg.Owner.Ended(why, text)
}

// settle lets go of everything when the state says so.
func (d *Dialog) settle() {
	if d.state != Ended || d.gone {
		return
	}
	d.gone = true
	d.end(fact.EndInternal, "")
	d.accepted, d.prack.res = nil, nil
	if d.ours != nil { // its refusal is still acknowledged, but not waited for without end
		tx, queue := d.ours.tx, d.queue
		time.AfterFunc(timeout, func() { queue.Do(tx.Give) })
	}
	for t := range d.timers {
		t.Stop()
	}
	clear(d.timers)
	d.forget()
	d.cfg.Owner.Gone()
	d.queue.Release()
}

// after runs f on the queue later, unless the timer is stopped or the dialog gone.
func (d *Dialog) after(wait time.Duration, f func()) *time.Timer {
	var t *time.Timer
	t = time.AfterFunc(wait, func() {
		d.queue.Do(func() {
			if _, runs := d.timers[t]; runs {
				delete(d.timers, t)
				f()
			}
		})
	})
	d.timers[t] = struct{}{}
	return t
}

// stop stops what after began; nil is nothing.
func (d *Dialog) stop(t *time.Timer) {
	if t != nil {
		t.Stop()
		delete(d.timers, t)
	}
}

// Timers is how many timers run.
func (d *Dialog) Timers() int { return len(d.timers) }
