package config

import "time"

// Voicemail takes messages from callers.
type Voicemail struct {
	Name     string
	Queue    string // whose agents hear the messages
	Greeting *Audio // nil: the built-in one
	Thanks   *Audio // after a message that the caller has ended; nil: none
	Longest  time.Duration
	Silence  time.Duration // that ends a message
	Callback string        // an entry of callbacks, for whoever has left one; empty: nobody is called back by itself
}

func voicemailKeys() *shape {
	return of(
		field{key: "queue", what: ref("a queue"), or: "`company.default_queue`, or the only queue", about: "Whose agents see and hear the messages."},
		field{key: "greeting", what: audioKeys(), or: "a built-in text in the company's language", about: "What callers hear before the tone; `#` skips it."},
		field{key: "thanks", what: audioKeys(), or: "none", about: "What callers hear after a message that they end with `#`, by saying nothing more, or by its length."},
		field{key: "callback", what: ref("an entry of callbacks"), or: "none", about: "Whoever leaves a message is called back, as this entry of `callbacks` says; else agents call from the list of messages."},
		field{key: "longest", what: durationIn(5*time.Second, 30*time.Minute), std: "3m", about: "How long a message may be."},
		field{key: "silence", what: durationIn(2*time.Second, time.Minute), std: "6s", about: "A message ends when nothing is said for this long."},
	)
}

func (b *builder) voicemails(n *node) {
	each(n, func(key, v *node) {
		box := &Voicemail{
			Name: key.text, Queue: b.cfg.Company.DefaultQueue, Greeting: b.audio(v.get("greeting"), true), Thanks: b.audio(v.get("thanks"), true),
			Longest: val(v.get("longest"), 3*time.Minute), Silence: val(v.get("silence"), 6*time.Second),
		}
		switch queue := v.get("queue"); {
		case queue == nil && box.Queue == "" && !b.mistaken(v):
			b.wrong(key, "belongs to nobody: expected queue: NAME, or company.default_queue")
		case b.exists(queue, b.queueNames):
			box.Queue = queue.text
		}
		if plan := v.get("callback"); b.exists(plan, b.callbackNames) {
			box.Callback = plan.text
		}
		b.cfg.Voicemails[key.text] = box
	})
}
