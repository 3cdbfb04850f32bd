package routing

import (
	"mediasrv/config"
	"mediasrv/routing/fact"
	"mediasrv/routing/floor"
)

// overflow sends a caller who may not wait, or for whom nobody is there, where the queue says: a message first, if there is one. Where that leads
// nowhere the call ends.
func (w *waiter) overflow(n *floor.Notice) {
	then, why := w.queue.MaxWaiting.Then, fact.EndQueueFull
	if n.Kind == floor.Deserted {
		then, why = w.queue.NoAgents.Then, fact.EndNoAgents
	}
	w.event(fact.Event{At: n.At, Kind: fact.Overflowed, Queue: w.queue.Name, Detail: why.String() + ": " + n.Why})
	w.log.Info("caller may not wait", "queue", w.queue.Name, "why", why, "detail", n.Why)
	w.turnedAway, w.closed = why, true
	w.say(then)
}

// say lets the caller hear an action's message, after which it leads somewhere, if it does.
func (w *waiter) say(a config.Action) {
	w.chosen = a
	w.reply = w.prompts.For(a.Message)
	w.view.Replying = w.reply != nil
}
