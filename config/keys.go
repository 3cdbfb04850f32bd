package config

import "time"

// file is every key that the operator's file has, and those that are known to come.
func file() *shape {
	return of(
		field{key: "listen", what: listenKeys(), about: "Where the server can be reached."},
		field{
			key: "public_address", what: reads("auto or an IP address", publicAddress), std: "auto",
			about: "The address that carriers and browsers reach; `auto`: those of this machine.",
		},
		field{
			key: "data_dir", what: words("a folder", 1024), std: "data",
			about: "Database, recordings, prompt cache and certificates. Relative paths start at this file's folder.",
		},
		field{
			key: "nameservers", what: listOf(reads("an address such as 192.0.2.53 or 192.0.2.53:53", nameserver)), or: "those of /etc/resolv.conf",
			about: "Who is asked where the servers of trunks are.",
		},
		field{key: "tls", what: tlsKeys(), or: "a self-signed certificate, made and kept in `data_dir`", about: "The web port's certificate; `off` only behind a proxy on the same machine."},
		field{key: "drain", what: durationIn(0, day), std: "0s", about: "How long SIGTERM lets running calls go on."},
		field{key: "ban", what: banKeys(), about: "Who guesses SIP logins is shut out for a time."},
		field{key: "limits", what: limitsKeys(), about: "What the whole server may carry; trunks have limits of their own."},
		field{
			key: "demo", what: yesNo(), std: "false",
			about: "At the first start make, keep and print logins for users without a password.",
		},
		field{key: "company", what: companyKeys(), about: "What holds for everybody unless a queue or a user says otherwise."},
		field{
			key: "trunks", what: named("TRUNK", trunkKeys()), or: "`loopback`: calls from this machine, for test calls",
			about: "Carriers and PBXs that calls come from.",
		},
		field{key: "routes", what: routesKeys(), or: "all numbers by every trunk that carries calls out, in the order of the file", about: "Ways out to numbers, by what they begin with; the longest beginning wins."},
		field{key: "numbers", what: numbersKeys(), or: "required", about: "Entry points, quoted; national ones are read by `company.country`. What ends in `*` is a pattern: any further digits."},
		field{key: "waiting_strategies", what: named("STRATEGY", waitingKeys()), or: "none", about: "What waiting callers hear."},
		field{key: "queues", what: named("QUEUE", queueKeys()), or: "required", about: "Where callers wait for agents."},
		field{key: "users", what: usersKeys(), or: "required", about: "Who can log in; passwords are set by `mediasrv passwd`."},
		field{key: "menus", what: named("MENU", menuKeys()), or: "none", about: "What callers can choose from by pressing keys."},
		field{key: "hours", what: named("HOURS", hoursKeys()), or: "none", about: "When somebody works."},
		field{key: "voicemails", what: named("VOICEMAIL", voicemailKeys()), or: "none", about: "Where callers leave messages."},
		field{key: "recordings", what: recordingsKeys(), about: "What becomes of recordings when they are closed."},
		field{key: "webhooks", what: named("WEBHOOK", webhookKeys()), or: "none", about: "Programs that are told what happens in calls."},
		field{key: "crm", what: crmKeys(), about: "The page of the company's own that agents see on a call."},
		field{key: "callbacks", what: named("CALLBACK", callbackKeys()), or: "none", about: "How customers are called back who have asked for it."},
		directoryField(),
	)
}

func listenKeys() *shape {
	return of(
		field{
			key: "sip", what: listOf(reads("such as udp://:5060, tcp://192.0.2.1:5060 or tls://:5061", sipAddress)), std: "[udp://:5060, tcp://:5060]",
			about: "SIP over UDP, TCP and TLS (1.2, 1.3). Port 0 is any free one.",
		},
		field{key: "tls", what: listenTLSKeys(), about: "The certificate of `tls://` listeners, read again when its file changes."},
		field{key: "web", what: reads(`such as ":8443" or 192.0.2.1:8443`, webAddress), std: `":8443"`, about: "Agent desk, API, SIP over WebSocket and metrics."},
		field{key: "rtp", what: reads("a range such as 10000-19999 that begins with an even port", rtpPorts), std: "10000-19999", about: "UDP ports for media, two per party."},
		field{
			key: "rtp_rest", what: durationIn(time.Second, 5*time.Minute), std: "30s",
			about: "How long a port isn't used again after a call: packets for that call would get into the new one. N ports bear N / 4 / this many bridged calls a second; where that is too few, and there are no more ports, 10s does as well with peers that stop at BYE.",
		},
	)
}

func tlsKeys() *shape {
	s := of(
		field{key: "certificate", what: words("a PEM file", 1024), or: "none", about: "Certificate chain as PEM."},
		field{key: "key", what: words("a PEM file", 1024), or: "none", about: "The certificate's private key as PEM."},
		later("acme"),
	)
	s.expects = "off, or {certificate: FILE, key: FILE}"
	s.scalar = oneOf([]string{"off"}).scalar
	return s
}

func companyKeys() *shape {
	return of(
		field{key: "name", what: words("a name", 100), std: "Contact centre", about: "Shown on the desk."},
		field{key: "time_zone", what: reads("a name such as Asia/Tokyo", timeZone), std: "UTC", about: "For times that people read."},
		field{key: "country", what: reads("two letters such as JP", country), or: "none: numbers must begin with +", about: "How numbers without a country code are read."},
		field{key: "speech", what: speechKeys(), about: "The voice that reads texts."},
		field{key: "default_queue", what: ref("a queue"), or: "the only queue", about: "Where a number without a target leads."},
		field{key: "ring_timeout", what: ringTimeout(), std: "30s", about: "How long one agent rings, 3 to 60 seconds."},
		field{key: "reconnect", what: durationIn(0, 10*time.Minute), std: "30s", about: "How long an agent's browser that has lost its line in a call is waited for, while the caller hears the hold music; then the caller goes back to the head of the queue. `0s`: at once."},
		field{key: "wrap_up", what: wrapUpKeys("30s", "true", ""), about: "Time after a call in which the agent gets no other."},
		field{key: "recording", what: recordingKeys("[inbound, outbound]", "per-leg", "wav", "false", ""), about: "Which calls are recorded, and as what."},
		field{key: "dispositions", what: dispositionKeys(""), about: "What an agent can call the outcome of a call."},
		field{key: "dial_out", what: dialOutKeys(""), about: "What may be dialled; users and trunks can have it different."},
		field{key: "refused", what: refusedKeys(), about: "What callers hear who choose a number by a key and can't be connected with it."},
		field{key: "service_level", what: serviceLevelKeys("20s", "5s", ""), about: "What statistics count as answered in time."},
		field{key: "consent", what: consentKeys("3s", ""), about: "What callers hear before they are recorded."},
		field{key: "hold", what: holdKeys(""), about: "What callers hear on hold."},
		field{key: "transfer", what: onwardKeys("true", "false", "false", ""), about: "What callers hear while they are connected with somebody else, and with whom they may be."},
		statusesField(),
	)
}

func speechKeys() *shape {
	return of(
		field{key: "engine", what: oneOf([]string{"espeak-ng", "command", "http"}), std: "espeak-ng", about: "What speaks: a program that comes with the system, any other one, or an HTTP service."},
		field{key: "language", what: reads("a code such as en or ja", voice), std: "en", about: "Language of texts."},
		field{key: "voice", what: reads("a voice such as en-gb", voice), or: "the language's", about: "Voice of that language."},
		field{key: "rate", what: decimal(0.5, 2), std: "1.0", about: "Speed; 1 is normal."},
		field{
			key: "command", what: listOf(words("a word of a command line", 1024)), or: "none",
			about: "Of the engine `command`: reads the text from standard input, writes WAV to standard output; `{language}`, `{voice}` and `{rate}` are filled in.",
		},
		field{key: "url", what: reads("an address such as https://speech.example.com/v1/audio/speech", httpURL), or: "none", about: "Of the engine `http`: an endpoint like OpenAI's for speech."},
		field{key: "key", what: secret(), or: "none", about: "Sent to it as bearer token: `env:NAME` or `file:PATH`."},
		field{key: "model", what: words("a name", 100), or: "none", about: "The model that it is asked for."},
	)
}

func ringTimeout() *shape { return durationIn(3*time.Second, time.Minute) }

func wrapUpKeys(length, extend, from string) *shape {
	return of(
		field{key: "time", what: durationIn(0, time.Hour), std: length, or: from, about: "Length; `0s`: none."},
		field{key: "extend", what: yesNo(), std: extend, or: from, about: "May the agent add ten seconds, as often as wanted?"},
	)
}

func serviceLevelKeys(within, short, from string) *shape {
	return of(
		field{key: "within", what: durationIn(time.Second, time.Hour), std: within, or: from, about: "The service level is the share of callers who are answered within this time."},
		field{key: "short", what: durationIn(0, 5*time.Minute), std: short, or: from, about: "Who gives up sooner than this doesn't count."},
	)
}

func recordingKeys(calls, files, format, external, from string) *shape {
	return of(
		field{key: "calls", what: listOf(direction()), std: calls, or: from, about: "`inbound`, `outbound`; `[]`: none."},
		field{key: "files", what: oneOf([]string{"per-leg", "merged", "both"}), std: files, or: from, about: "One file per party, one stereo file (customer left, agent right), or both."},
		field{
			key: "format", what: oneOf([]string{"wav", "alaw", "ulaw", "opus"}), std: format, or: from,
			about: "What the sound is kept as: `wav`: PCM, 58 MB per hour and voice; `alaw`, `ulaw`: G.711 in WAV, half of it; `opus`: Ogg Opus, about 7 MB, for more of the processor.",
		},
		field{key: "external", what: yesNo(), std: external, or: from, about: "Does the recording go on when a call was transferred to a number outside, and no agent is left in it?"},
		field{key: "keep", what: durationIn(24*time.Hour, 20*365*24*time.Hour), or: kept(from), about: "How long recordings are kept; then they are deleted, unless they are under legal hold. It holds for those that are there already as well."},
	)
}

func kept(from string) string {
	if from == "" {
		return "until somebody deletes them"
	}
	return from
}

func direction() *shape { return oneOf([]string{"inbound", "outbound"}) }

func trunkKeys() *shape {
	s := of(
		field{key: "kind", what: oneOf([]string{"byoc", "carrier"}), std: "byoc", about: "`byoc`: your own carrier or PBX points at us; `carrier`: a provider."},
		field{key: "accept", what: acceptKeys(), about: "Whose calls are taken: by address, by login, or either."},
		field{key: "servers", what: listOf(serverKeys()), std: "[]", about: "Where calls out go: the next one if a server doesn't answer within 2 s, has no room or fails (408, 5xx). A name without a port is looked up as SRV, then as an address (RFC 3263)."},
		field{key: "transport", what: oneOf([]string{"udp", "tcp", "tls", "auto"}), std: "udp", about: "How the servers are reached; `auto`: as the NAPTR and SRV records of their names say, by those that `listen.sip` has."},
		field{key: "login", what: loginKeys(), about: "Our digest login with the servers."},
		field{key: "directions", what: listOf(direction()), or: "inbound with `accept`, outbound with `servers`", about: "Each can be switched on by itself."},
		field{key: "codecs", what: codecList(), std: "[PCMU, PCMA]", about: "In order of preference."},
		field{key: "limits", what: of(
			field{key: "calls", what: integer(0, 100_000), std: "0", about: "Calls at once, in and out; 0: no limit."},
			longestRing(), longestCall(),
			perSecond("of this trunk"),
		), about: "What the trunk may carry."},
		field{key: "srtp", what: oneOf([]string{"off", "optional", "required"}), std: "off", about: "Encrypted media with keys in SDP (SDES): `off` refuses it, `optional` offers it and takes either, `required` refuses plain media. The keys are as secret as the signalling."},
		field{key: "identity", what: identityKeys(), about: "Whom the trunk is shown as the caller, and what it is believed."},
		field{key: "numbers_as", what: oneOf([]string{"e164", "plus-less", "national"}), std: "e164", about: "How numbers are written to the trunk: +81312345678, 81312345678, or as people of `company.country` dial them (0312345678, abroad 010…). What is no telephone number, and emergency numbers, go as they are."},
		field{key: "international_prefix", what: reads(`quoted digits such as "00" or "+"`, internationalPrefix), or: "the country's", about: "What stands before the country code of numbers abroad, with `numbers_as: national`."},
		field{key: "headers", what: headerKeys(), about: "For odd carriers: changes to the INVITEs that begin calls out."},
		field{key: "dial_out", what: dialOutOf("0", "Calls at once that came in by this trunk and go out again; 0: no limit."), about: "What calls that came in by this trunk may dial; overrides the company's."},
	)
	s.fields = append(s.fields, uplinkFields()...)
	s.fields = append(s.fields, secureFields()...)
	s.fields = append(s.fields, dialogFields()...)
	return s
}

func codecList() *shape { return listOf(oneOf([]string{"PCMU", "PCMA", "G722", "opus"})) }

func loginKeys() *shape {
	s := of(
		field{key: "username", what: reads("letters, digits and + _ . @ - (at most 64)", digestUser), or: "that of `accept`", about: "User name, and our number where a caller's isn't known."},
		field{key: "password", what: secret(), or: "that of `accept`", about: "Its password: `env:NAME` or `file:PATH`."},
	)
	s.fields = append(s.fields, registerFields()...)
	return s
}

func acceptKeys() *shape {
	return of(
		field{
			key: "addresses", what: listOf(reads("an address or a network such as 192.0.2.0/24", prefix)), std: "[]",
			about: "Calls from here need no login.",
		},
		field{key: "username", what: reads("letters, digits and + _ . @ - (at most 64)", digestUser), or: "none", about: "User name of a digest login."},
		field{key: "password", what: secret(), or: "none", about: "Its password: `env:NAME` or `file:PATH`."},
	)
}

func numbersKeys() *shape {
	return &shape{
		expects: `a map of quoted numbers such as "+81312345678": {to: {queue: support}}`,
		names: &names{are: "NUMBER", quote: true, each: of(
			field{key: "to", what: of(
				field{key: "queue", what: ref("a queue"), or: "`company.default_queue`", about: "Calls go into this queue."},
				field{key: "trunk", what: ref("a trunk"), or: "none", about: "Or out by this trunk: the caller is connected with whoever answers there."},
				field{
					key: "number", what: words("a quoted number such as \"+81312345678\", or dialled", 64), or: "with `trunk` the one that was dialled",
					about: "Whom to call: by `trunk`, else as `routes` says. `dialled`: the number that was dialled.",
				},
				field{key: "codecs", what: codecList(), or: "the trunk's", about: "What the far end is offered, in order of preference; the caller's own goes first."},
				field{key: "menu", what: ref("a menu"), or: "none", about: "Or callers hear this menu."},
				field{key: "voicemail", what: ref("an entry of voicemails"), or: "none", about: "Or leave a message, as this entry of `voicemails` says."},
				later("callback"), later("agent"),
			), about: "Where calls to the number go."},
			field{key: "priority", what: integer(0, 99), or: "the queue's", about: "Callers with a higher one are answered first."},
			needsField("Which skills the agent must have, besides those of the queue; of a skill in both these hold."),
			field{key: "waiting", what: ref("a waiting strategy"), or: "the queue's", about: "What callers of this number hear while they wait."},
			field{key: "recording", what: recordingKeys("", "", "", "", "the company's"), about: "Overrides the company's, for calls out by a trunk."},
			field{key: "trunk", what: ref("a trunk"), or: "as `routes` says", about: "The way out of calls that show this number as their caller."},
		)},
	}
}

func waitingKeys() *shape {
	return of(
		field{key: "greeting", what: audioKeys(), or: "none", about: "Played once, first."},
		field{key: "music", what: audioKeys(), or: "the built-in music", about: "Repeated while the caller waits."},
		field{key: "music_in_step", what: yesNo(), std: "false", about: "Do all callers hear the same place of the music, as on the radio? Else it begins anew for each."},
		field{
			key: "longest_wait", what: of(append([]field{
				{key: "after", what: durationIn(time.Second, day), std: "30m", about: "Then the message plays, if there is one, and the call ends."},
			}, audioFields()...)...), about: "How long a caller waits at most.",
		},
		field{key: "announcements", what: listOf(announcementKeys()), std: "[]", about: "Played again and again over the music, each at its own interval."},
		keysOf("What callers can press at any time while they wait."),
	)
}

func announcementKeys() *shape {
	return of(append([]field{
		{key: "every", what: durationIn(5*time.Second, day), std: "60s", about: "From the end of one to the beginning of the next."},
	}, append(audioFields(),
		keysOf("What callers can press while it plays and for `wait` after it."),
		field{key: "wait", what: durationIn(0, time.Minute), std: "5s", about: "How long its keys hold after it."},
	)...)...)
}

func audioKeys() *shape { return of(audioFields()...) }

func audioFields() []field {
	return []field{
		{key: "say", what: words("a text", 2000), or: "none", about: "Text to speak; in announcements `{position}` is the place in the queue and `{wait}` the estimated wait. Or instead:"},
		{key: "file", what: promptFile(), or: "none", about: "A file of at most 4 MB: mp2, mp3, ircam, m4a, m4r, voc, vox or wav."},
		{key: "language", what: reads("a code such as en or ja", voice), or: "`company.speech.language`", about: "Of the text."},
		{key: "voice", what: reads("a voice such as en-gb", voice), or: "`company.speech.voice`, or the language's", about: "Of the text."},
		{key: "rate", what: decimal(0.5, 2), or: "`company.speech.rate`", about: "Of the text; 1 is normal."},
	}
}

func queueKeys() *shape {
	return of(
		field{key: "agents", what: listOf(ref("a user")), or: "every user who takes calls", about: "Who answers."},
		field{key: "waiting", what: ref("a waiting strategy"), or: "built in: ringback, then music, 30 minutes at most", about: "What callers hear while they wait."},
		field{key: "answer", what: oneOf([]string{"at-once", "with-agent"}), std: "at-once", about: "When the call is answered, and so charged; until then callers hear early media."},
		field{key: "ring_timeout", what: ringTimeout(), or: "the company's", about: "How long one agent rings, 3 to 60 seconds."},
		field{key: "reconnect", what: durationIn(0, 10*time.Minute), or: "the company's", about: "How long an agent's browser that has lost its line is waited for."},
		ringKey(),
		needsField("Which skills the agents who are rung must have."),
		maxWaitingKey(), noAgentsKey(),
		field{key: "wrap_up", what: wrapUpKeys("", "", "the company's"), about: "Overrides the company's."},
		field{key: "recording", what: recordingKeys("", "", "", "", "the company's"), about: "Overrides the company's."},
		field{key: "priority", what: integer(0, 99), std: "0", about: "Callers with a higher one are answered first."},
		field{key: "hours", what: ref("hours"), or: "always", about: "When callers are taken; outside them they hear the away message, and those who wait already are still offered."},
		field{key: "service_level", what: serviceLevelKeys("", "", "the company's"), about: "Overrides the company's."},
		field{key: "consent", what: consentKeys("", "the company's"), about: "Overrides the company's."},
		field{key: "hold", what: holdKeys("the company's"), about: "Overrides the company's."},
		field{key: "transfer", what: onwardKeys("", "", "", "the company's"), about: "Overrides the company's."},
		dialFromField("the number that leads to the queue, or any other of `numbers`", "Which of `numbers` agents may show when they call out for the queue, the usual one first."),
		field{key: "dispositions", what: dispositionKeys("the company's"), about: "Overrides the company's."},
	)
}

func usersKeys() *shape {
	return &shape{expects: "a map of logins", names: &names{
		are: "LOGIN", check: login, hint: "small letters, digits and . _ - (at most 32)",
		each: of(
			field{key: "name", what: words("a name", 100), or: "the login", about: "Shown to others and part of recordings' names."},
			field{key: "role", what: oneOf([]string{"agent", "supervisor", "admin"}), std: "agent", about: "What the user may do."},
			field{key: "agent", what: yesNo(), or: "true for the role `agent`", about: "Does the user take calls?"},
			field{key: "phone", what: of(
				field{key: "username", what: reads("letters, digits and + _ . @ - (at most 64)", digestUser), or: "the login", about: "The phone's SIP user name."},
				field{key: "password", what: secret(), or: "required", about: "Its password: `env:NAME` or `file:PATH`."},
			), or: "none", about: "A desk phone beside the browser. Its buttons do what the desk's do: hold, and transfer to a login, a queue or a number. A second call, to one of these, asks somebody while the caller is held; a transfer between the two completes it."},
			field{key: "wrap_up", what: wrapUpKeys("", "", "the queue's"), about: "Overrides the queue's."},
			field{key: "recording", what: recordingKeys("", "", "", "", "the queue's"), about: "Overrides the queue's."},
			field{key: "dial_out", what: dialOutOf("2", "The user's calls out at once; 0: no limit."), about: "What the user may dial; overrides the company's."},
			dialFromField("the queue's", "Overrides the queue's."),
			userSkillsKeys(),
			field{key: "queues", what: listOf(ref("a queue")), or: "those whose `agents` name the user, or have no `agents`", about: "Queues that the user works in, besides those whose `agents` name the user."},
		),
	}}
}

func named(are string, each *shape) *shape {
	return &shape{expects: "a map of names", names: &names{are: are, check: name, hint: "letters, digits, spaces and . _ - (at most 64)", each: each}}
}
