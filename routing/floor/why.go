package floor

import (
	"fmt"
	"strings"
	"time"

	"mediasrv/config"
)

// whyMost is how many agents an explanation names.
const whyMost = 20

// explain says why each agent of a call's queue but the chosen one is not offered it. chosen nil: nobody is.
func (c *core) explain(e *entry, chosen *agent, now time.Time) string {
	var said []string
	more := 0
	for _, user := range c.cfg.Queues[e.Queue].Agents {
		a := c.agents[user]
		switch {
		case a == nil || a == chosen:
		case len(said) == whyMost:
			more++
		default:
			said = append(said, user+": "+c.passedOver(a, e, chosen, now))
		}
	}
	if more > 0 {
		said = append(said, fmt.Sprintf("and %d more", more))
	}
	return strings.Join(said, "; ")
}

// passedOver says why an agent is not offered a call.
func (c *core) passedOver(a *agent, e *entry, chosen *agent, now time.Time) string {
	lacks := c.lacks(a, e, now)
	switch {
	case a.state.Activity == Ringing && a.offer.Call == e.Call:
		return "rings for this call too"
	case a.state.Activity == Ringing:
		return "rings for another call"
	case a.state.Activity == Talking:
		return "in a call"
	case a.state.Activity == WrappingUp:
		return "in wrap-up until " + c.clock(a.wrapUp.Until)
	case a.state.Status != Available:
		return a.state.Status.String() + since(a.since, now)
	case a.phones == 0:
		return "no phone is connected"
	case lacks != "":
		return lacks
	case e.Rung[a.user]:
		return "was rung in this round already"
	case chosen == nil:
		return "free"
	case c.cfg.Queues[e.Queue].Ring == config.RingTopDown:
		return "free, but " + chosen.user + " stands before in the list"
	case a.freeFrom.After(e.Round) != chosen.freeFrom.After(e.Round):
		return "free, but " + chosen.user + " has come since the round began"
	case a.open != chosen.open:
		return fmt.Sprintf("free, but has %d open conversations, %s has %d", a.open, chosen.user, chosen.open)
	}
	return "free, but " + chosen.user + " has been idle for longer"
}

// clock is a time of the day as the company's people read it.
func (c *core) clock(t time.Time) string {
	if zone := c.cfg.Company.TimeZone; zone != nil {
		t = t.In(zone)
	}
	return t.Format("15:04:05")
}

func since(t, now time.Time) string {
	if d := now.Sub(t).Round(time.Second); d > 0 {
		return " for " + d.String()
	}
	return ""
}
