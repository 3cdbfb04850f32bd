package config

import (
	"fmt"
	"slices"
	"time"
)

func (b *builder) users(n *node) {
	each(n, func(key, u *node) {
		user := &User{
			Login:     key.text,
			Name:      val(u.get("name"), key.text),
			Role:      val(u.get("role"), "agent"),
			wrapUp:    wrapUpOf(u.get("wrap_up")),
			Skills:    skillsOf(u.get("skills")),
			recording: recordingOf(u.get("recording")),
			dialOut:   dialOutChangeOf(u.get("dial_out"), usualCalls),
		}
		user.Agent = val(u.get("agent"), user.Role == "agent")
		user.queues = b.ownQueues(user, u.get("queues"))
		if phone := u.get("phone"); phone != nil {
			user.Phone = &Phone{Username: val(phone.get("username"), key.text), Password: val(phone.get("password"), "")}
			if phone.get("password") == nil {
				b.wrong(phone, "needs a password: env:NAME or file:PATH")
			}
		}
		b.cfg.Users[key.text] = user
	})
}

// ownQueues are those that a user names; nil: the file doesn't say.
func (b *builder) ownQueues(user *User, n *node) []string {
	if n == nil {
		return nil
	}
	if !user.Agent {
		b.wrong(n, fmt.Sprintf("%s takes no calls: set users.%s.agent to true", user.Login, user.Login))
		return nil
	}
	b.noDoubles(n)
	all := []string{}
	for _, item := range n.items {
		if b.exists(item, b.queueNames) {
			all = append(all, item.text)
		}
	}
	return all
}

// agents are the users who take calls of a queue that doesn't name them, in the order of the file: those who name no queues, or this one.
func (b *builder) agents(queue string) []string {
	var all []string
	for _, login := range b.userNames.names {
		if u := b.cfg.Users[login]; u.Agent && (u.queues == nil || slices.Contains(u.queues, queue)) {
			all = append(all, login)
		}
	}
	return all
}

// joiners are the users who name a queue, besides those that it names.
func (b *builder) joiners(queue string, named []string) []string {
	for _, login := range b.userNames.names {
		if u := b.cfg.Users[login]; u.Agent && slices.Contains(u.queues, queue) && !slices.Contains(named, login) {
			named = append(named, login)
		}
	}
	return named
}

func (b *builder) waiting(n *node) {
	each(n, func(key, w *node) {
		longest := w.get("longest_wait")
		b.cfg.Waiting[key.text] = &WaitingStrategy{
			Name:           key.text,
			Greeting:       b.audio(w.get("greeting"), true),
			Music:          b.audio(w.get("music"), true),
			MusicInStep:    val(w.get("music_in_step"), false),
			LongestWait:    val(longest.get("after"), LongestWait),
			LongestMessage: b.audio(longest, false),
			Announcements:  b.announcements(w.get("announcements")),
			Keys:           b.actions(w.get("keys")),
		}
	})
}

func (b *builder) announcements(n *node) []Announcement {
	if n == nil {
		return nil
	}
	var all []Announcement
	for _, item := range n.items {
		if item.isMap() {
			all = append(all, Announcement{Message: b.audio(item, true), Every: val(item.get("every"), time.Minute), Replies: b.replies(item)})
		}
	}
	return all
}

// audio reads say or file; nil if there is neither.
func (b *builder) audio(n *node, must bool) *Audio {
	if n == nil || !n.isMap() {
		return nil
	}
	say, path := n.get("say"), n.get("file")
	switch {
	case say != nil && path != nil:
		b.wrong(path, "stands beside say: expected one of them")
		return nil
	case say == nil && path == nil && must:
		b.wrong(n, "is empty: expected say or file")
		return nil
	case say == nil:
		for _, key := range []string{"language", "voice", "rate"} {
			if of := n.get(key); of != nil {
				b.wrong(of, "is only for a text: expected say beside it")
			}
		}
		if path == nil {
			return nil
		}
		return &Audio{File: val(path, ""), At: path.at}
	}
	return b.spoken(n, say)
}

// spoken fills in the company's voice; a text in another language gets that language's.
func (b *builder) spoken(n, say *node) *Audio {
	speech := b.cfg.Company.Speech
	a := &Audio{
		Say:      val(say, ""),
		Language: val(n.get("language"), speech.Language),
		Rate:     val(n.get("rate"), speech.Rate),
		At:       say.at,
	}
	standard := speech.Voice
	if a.Language != speech.Language {
		standard = ""
	}
	a.Voice = val(n.get("voice"), standard)
	return a
}

func (b *builder) queues(n *node) {
	each(n, func(key, q *node) {
		company := &b.cfg.Company
		queue := &Queue{
			Name:        key.text,
			Agents:      b.agentsOf(key.text, q),
			Answer:      val(q.get("answer"), "at-once"),
			RingTimeout: val(q.get("ring_timeout"), company.RingTimeout),
			Reconnect:   val(q.get("reconnect"), company.Reconnect),
			Ring:        val(q.get("ring"), RingOne),
			WrapUp:      wrapUpOf(q.get("wrap_up")).over(company.WrapUp),
			Recording:   recordingOf(q.get("recording")).over(company.Recording),
			Consent:     b.consent(q.get("consent"), company.Consent),
			Hold:        b.meanwhile(q.get("hold"), company.Hold),
			Transfer:    b.transfer(q.get("transfer"), company.Transfer),
			Priority:    val(q.get("priority"), 0),

			ServiceLevel: serviceLevelOf(q.get("service_level")).over(company.ServiceLevel),
			Dispositions: b.dispositions(q.get("dispositions"), company.Dispositions),
		}
		b.overflows(queue, q)
		if skills := q.get("skills"); skills != nil {
			queue.Skills = b.needs(skills)
			b.asked = append(b.asked, asked{skills, queue.Skills, queue.Name})
		}
		if w := q.get("waiting"); b.exists(w, b.waitingNames) {
			queue.Waiting = w.text
		}
		if h := q.get("hours"); b.exists(h, b.hoursNames) {
			queue.Hours = b.cfg.Hours[h.text]
		}
		b.cfg.Queues[key.text] = queue
	})
}

func (b *builder) agentsOf(queue string, q *node) []string {
	n := q.get("agents")
	if n == nil {
		return b.agents(queue)
	}
	b.noDoubles(n)
	var all []string
	for _, item := range n.items {
		if !b.exists(item, b.userNames) {
			continue
		}
		if !b.cfg.Users[item.text].Agent {
			b.wrong(item, fmt.Sprintf("%s takes no calls: set users.%s.agent to true", item.text, item.text))
			continue
		}
		all = append(all, item.text)
	}
	if n.kind == list && len(n.items) == 0 {
		b.wrong(n, "is empty: nobody would answer; leave it out for everybody")
	}
	return b.joiners(queue, all)
}

// digestUsers refuses SIP user names that two would share: our realm is one.
func (b *builder) digestUsers() {
	owner := map[string]string{}
	take := func(n *node, user, who string) {
		if n == nil || user == "" {
			return
		}
		if other, taken := owner[user]; taken {
			b.wrong(n, fmt.Sprintf("the SIP user name %q is already that of %s", user, other))
			return
		}
		owner[user] = who
	}
	each(b.root.get("trunks"), func(key, t *node) {
		if n := t.get("accept", "username"); n != nil {
			take(n, val(n, ""), "the trunk "+key.text)
		}
	})
	each(b.root.get("users"), func(key, u *node) {
		phone := u.get("phone")
		if phone == nil {
			return
		}
		at := phone.get("username")
		if at == nil {
			at = phone
		}
		user := b.cfg.Users[key.text].Phone.Username
		if user != key.text && b.userNames.has[user] {
			b.wrong(at, fmt.Sprintf("the SIP user name %q is the login of another user", user))
			return
		}
		take(at, user, key.text+"'s phone")
	})
}
