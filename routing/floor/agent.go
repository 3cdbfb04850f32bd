package floor

import (
	"time"

	"mediasrv/config"
	"mediasrv/routing/fact"
)

// extension is what "+10 s" adds to a wrap-up.
const extension = 10 * time.Second

// notSet is the disposition of a wrap-up that ended by time.
const notSet = "not set"

// reasons are what the history of an agent says about a change, where it says anything.
var reasons = map[AgentEvent]string{
	DidRefuse: "refused", DidMiss: "missed", LostOffer: "offer lost", NoMicrophone: "microphone",
}

// agent is one agent of the floor.
type agent struct {
	user    string
	name    string
	queues  []string
	skills  map[string]int
	leaving bool // no longer in the file: only finishes what has begun
	state   AgentState
	phones  int
	open    int // conversations that are not closed

	since    time.Time // of status and activity
	idleFrom time.Time
	freeFrom time.Time // zero: can't be offered a call
	wasIdle  time.Time // idleFrom before the offer; given back when the offer was lost through nobody's fault

	offer    Offer     // ringing and talking
	held     bool      // the agent's call is on hold
	answered time.Time // when the agent took the call; zero: none
	wrapUp   *fact.WrapUpView
	notice   string
	reason   string
	label    string // the company's name for the status; empty: none
}

// candidate is the picker's view; false: the agent can't be offered a call.
func (a *agent) candidate() (Candidate, bool) {
	if !a.state.Free() || a.phones == 0 {
		return Candidate{}, false
	}
	return Candidate{User: a.user, Queues: a.queues, Skills: a.skills, Open: a.open, IdleFrom: a.idleFrom, FreeFrom: a.freeFrom}, true
}

// settle brings the times of the agent up to date after a change of state or phones.
func (a *agent) settle(old AgentState, now time.Time) {
	if old.Status != a.state.Status || old.Activity != a.state.Activity {
		a.since = now
		if a.state.Activity == Idle {
			a.idleFrom = now
		}
	}
	if a.state.Activity == Idle {
		a.offer = Offer{}
	}
	switch {
	case !a.state.Free() || a.phones == 0:
		a.freeFrom = time.Time{}
	case a.freeFrom.IsZero():
		a.freeFrom = now
	}
}

// explain says why the state has changed: to the history, and to the agent where it was not the agent's choice.
func (a *agent) explain(e AgentEvent, old AgentState) {
	a.reason = reasons[e]
	if e > ChoseOffline && old.Status != a.state.Status {
		a.label = ""
	}
	switch {
	case e == DidMiss && old.Status == Available && a.state.Status == Away:
		a.reason, a.notice = "not answering", "You are away: not answering. You missed two calls in a row."
	case e == NoMicrophone:
		a.notice = "You are away: the browser may not use the microphone. Allow it, then become available again."
	case e <= ChoseOffline:
		a.notice, a.reason = "", a.label
	}
}

func (a *agent) view() AgentView {
	v := AgentView{
		AgentView: fact.AgentView{
			User: a.user, Name: a.name, Status: a.state.Status.String(), Label: a.label, Activity: a.state.Activity.String(),
			Since: a.since, Phone: a.phones > 0,
		},
		Queues:   a.queues,
		Call:     a.offer.Call,
		Queue:    a.offer.Queue,
		Missed:   int(a.state.Missed),
		IdleFrom: a.idleFrom,
		Notice:   a.notice,
		Reason:   a.reason,
	}
	if a.held && a.state.Activity == Talking {
		v.Activity = onHold
	}
	if a.state.Activity == Ringing {
		v.RingUntil = a.offer.RingUntil
	}
	if a.wrapUp != nil {
		w := *a.wrapUp
		v.WrapUp = &w
	}
	return v
}

// newAgents makes the agents of a file, offline and without a phone.
func newAgents(cfg *config.Config, now time.Time) map[string]*agent {
	agents := make(map[string]*agent)
	for login, u := range cfg.Users {
		if u.Agent {
			agents[login] = &agent{user: login, name: u.Name, skills: u.Skills, since: now, idleFrom: now}
		}
	}
	for name, q := range cfg.Queues {
		for _, user := range q.Agents {
			if a := agents[user]; a != nil {
				a.queues = append(a.queues, name)
			}
		}
	}
	return agents
}
