package config

// Refused is what callers hear who were to be connected with a number, by a key, and can't be. Each text may be nil: the built-in one.
type Refused struct {
	NotAllowed *Audio // the number may not be dialled
	NoLine     *Audio // no trunk leads there, has room, or works
	Busy       *Audio
	NoAnswer   *Audio
	Then       Action // empty: the call ends
}

func refusedKeys() *shape {
	const builtIn = "a built-in text in the company's language"
	return of(
		field{key: "not_allowed", what: sharedAudio(), or: builtIn, about: "`dial_out` does not allow the number."},
		field{key: "no_line", what: sharedAudio(), or: builtIn, about: "No trunk leads there, has room, or works."},
		field{key: "busy", what: sharedAudio(), or: builtIn, about: "The number is busy."},
		field{key: "no_answer", what: sharedAudio(), or: builtIn, about: "Nobody answers there, or it was refused."},
		field{key: "then", what: actionKeys(), or: "the call ends", about: "Where the caller goes after that."},
	)
}

// refused is read after the menus and queues, to which it may lead.
func (b *builder) refused(n *node) {
	b.cfg.Company.Refused = Refused{
		NotAllowed: b.audio(n.get("not_allowed"), true), NoLine: b.audio(n.get("no_line"), true),
		Busy: b.audio(n.get("busy"), true), NoAnswer: b.audio(n.get("no_answer"), true), Then: b.action(n.get("then")),
	}
}

// sharedAudio is what audioKeys is, with its keys documented once.
func sharedAudio() *shape {
	s := audioKeys()
	s.shared, s.expects = "AUDIO", "{say: TEXT} or {file: FILE}"
	return s
}
