package config

import (
	"fmt"
	"maps"
	"net/netip"
	"path/filepath"
	"slices"
	"time"
)

// defaults is what holds when the file is silent.
func defaults(dir string) *Config {
	return &Config{
		Listen: Listen{
			SIP:     []SIPAddress{{Transport: "udp", Port: 5060}, {Transport: "tcp", Port: 5060}},
			Web:     ":8443",
			RTPMin:  10000,
			RTPMax:  19999,
			RTPRest: 30 * time.Second,
		},
		DataDir: filepath.Join(dir, "data"),
		Ban:     Ban{Failures: 10, Within: 10 * time.Minute, For: time.Hour},
		Company: Company{
			Name:        "Contact centre",
			TimeZone:    time.UTC,
			Speech:      Speech{Engine: "espeak-ng", Language: "en", Rate: 1},
			RingTimeout: 30 * time.Second,
			Reconnect:   30 * time.Second,
			WrapUp:      WrapUp{Time: 30 * time.Second, Extend: true},
			Recording:   Recording{Inbound: true, Outbound: true, PerLeg: true, Format: "wav"},
			Consent:     Consent{Wait: 3 * time.Second},
			Hold:        Meanwhile{Every: meanwhileEvery},
			Transfer:    Transfer{Meanwhile: Meanwhile{Every: meanwhileEvery}, EarlyMedia: true},

			ServiceLevel: ServiceLevel{Within: 20 * time.Second, Short: 5 * time.Second},
		},
		Trunks: map[string]*Trunk{"loopback": {
			Name: "loopback", Kind: "byoc", Transport: "udp", SRTP: "off", Codecs: []string{"PCMU", "PCMA"}, Inbound: true, Identity: usualIdentity(), NumbersAs: "e164",
			Addresses: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128")},
		}},
		Numbers:    map[string]*Number{},
		Menus:      map[string]*Menu{},
		Hours:      map[string]*Hours{},
		Voicemails: map[string]*Voicemail{},
		Callbacks:  map[string]*Callback{},
		Waiting:    map[string]*WaitingStrategy{},
		Queues:     map[string]*Queue{},
		Users:      map[string]*User{},
	}
}

// LongestWait ends the wait of callers whose strategy doesn't say how long it may be, and of the built-in one.
const LongestWait = 30 * time.Minute

// builder makes the Config of a tree that was checked. It notes what only the whole file can tell: references and contradictions.
type builder struct {
	*checker
	root *node
	cfg  *Config

	asked []asked // skills that callers of a queue need

	queueNames, userNames, waitingNames, trunkNames, menuNames, hoursNames, voicemailNames, callbackNames section
}

func (b *builder) build(path string) *Config {
	b.cfg = defaults(b.dir)
	b.cfg.Path = path
	b.queueNames, b.userNames = b.section("queues", "queue"), b.section("users", "user")
	b.waitingNames, b.trunkNames = b.section("waiting_strategies", "waiting strategy"), b.section("trunks", "trunk")
	b.menuNames, b.hoursNames = b.section("menus", "menu"), b.section("hours", "entry of hours")
	b.voicemailNames = b.section("voicemails", "entry of voicemails")
	b.callbackNames = b.section("callbacks", "entry of callbacks")
	b.top()
	b.listen(b.root.get("listen"))
	b.company(b.root.get("company"))
	b.users(b.root.get("users"))
	b.trunks(b.root.get("trunks"))
	b.routes(b.root.get("routes"))
	b.menus(b.root.get("menus"))
	b.hours(b.root.get("hours"))
	b.waiting(b.root.get("waiting_strategies"))
	b.queues(b.root.get("queues"))
	b.callbacks(b.root.get("callbacks"))
	b.defaultQueue(b.root.get("company", "default_queue"))
	b.refused(b.root.get("company", "refused"))
	b.voicemails(b.root.get("voicemails"))
	b.callbackQueues(b.root.get("menus"))
	b.numbers(b.root.get("numbers"))
	b.dialFroms()
	b.digestUsers()
	b.allStaffed()
	b.circles()
	b.recordings(b.root.get("recordings"))
	b.cfg.Webhooks, b.cfg.CRM = b.webhooks(b.root.get("webhooks")), crm(b.root.get("crm"))
	b.directory(b.root.get("directory"))
	b.cfg.Files = slices.Sorted(maps.Keys(b.files))
	return b.cfg
}

func (b *builder) top() {
	for _, key := range []string{"numbers", "queues", "users"} {
		n := b.root.get(key)
		switch {
		case n == nil:
			b.mistakes = append(b.mistakes, Mistake{
				At: Position{File: b.file, Line: 1, Column: 1}, Key: key, Text: "is missing: the smallest file has a number, a queue and a user",
			})
		case len(n.entries) == 0 && n.isMap():
			b.wrong(n, "is empty: expected at least one")
		}
	}
	b.cfg.PublicAddress = val(b.root.get("public_address"), b.cfg.PublicAddress)
	b.cfg.Nameservers = vals[netip.AddrPort](b.root.get("nameservers"))
	if dir := b.root.get("data_dir"); dir != nil && dir.value != nil {
		b.cfg.DataDir = b.path(val(dir, ""))
	}
	b.cfg.Drain = val(b.root.get("drain"), b.cfg.Drain)
	b.cfg.Demo = val(b.root.get("demo"), b.cfg.Demo)
	b.guard(b.root.get("ban"), b.root.get("limits"))
	b.tls(b.root.get("tls"))
}

// tls looks whether the certificate can be used: a server that starts without is worse than one that says so.
func (b *builder) tls(n *node) {
	b.cfg.TLS.Off = val(n, "") == "off"
	certificate, key := n.get("certificate"), n.get("key")
	if certificate == nil && key == nil && n != nil && n.kind == nothing {
		b.wrong(n, "is empty: expected off or {certificate: FILE, key: FILE}; left out: self-signed")
	}
	k := b.pair(certificate, key)
	b.cfg.TLS.Certificate, b.cfg.TLS.Key = k.Certificate, k.Key
}

func (b *builder) readable(n *node) bool {
	if b.silent {
		return true
	}
	path := b.path(val(n, ""))
	b.uses(path)
	err := regular(path)
	if err != nil {
		b.wrong(n, err.Error())
	}
	return err == nil
}

func (b *builder) company(n *node) {
	c := &b.cfg.Company
	c.Name = val(n.get("name"), c.Name)
	c.TimeZone = val(n.get("time_zone"), c.TimeZone)
	c.Country = val(n.get("country"), c.Country)
	c.RingTimeout = val(n.get("ring_timeout"), c.RingTimeout)
	c.Reconnect = val(n.get("reconnect"), c.Reconnect)
	c.WrapUp = wrapUpOf(n.get("wrap_up")).over(c.WrapUp)
	c.Recording = recordingOf(n.get("recording")).over(c.Recording)
	c.ServiceLevel = serviceLevelOf(n.get("service_level")).over(c.ServiceLevel)
	b.dialOut(n.get("dial_out"))
	speech := n.get("speech")
	c.Speech = Speech{
		Engine:   val(speech.get("engine"), c.Speech.Engine),
		Language: val(speech.get("language"), c.Speech.Language),
		Voice:    val(speech.get("voice"), c.Speech.Voice),
		Rate:     val(speech.get("rate"), c.Speech.Rate),
		URL:      val(speech.get("url"), ""),
		Key:      val(speech.get("key"), ""),
		Model:    val(speech.get("model"), ""),
	}
	switch {
	case speech != nil:
		c.Speech.At = speech.at
	case n != nil:
		c.Speech.At = n.at
	}
	b.engine(speech)
	c.Consent = b.consent(n.get("consent"), c.Consent)
	c.Hold = b.meanwhile(n.get("hold"), c.Hold)
	c.Transfer = b.transfer(n.get("transfer"), c.Transfer)
	c.Dispositions = b.dispositions(n.get("dispositions"), c.Dispositions)
	b.statuses(n.get("statuses"))
}

// engine checks that an engine has what it needs. What another one needs may stay, for going back to it.
func (b *builder) engine(n *node) {
	s := &b.cfg.Company.Speech
	if args := n.get("command"); args != nil {
		s.Command = vals[string](args)
	}
	switch {
	case s.Engine == "command" && n.get("command") == nil:
		b.wrong(n.get("engine"), `command needs command beside it, such as ["piper", "--model", "{voice}.onnx", "--output_file", "-"]`)
	case s.Engine == "http" && n.get("url") == nil:
		b.wrong(n.get("engine"), "http needs url beside it, such as https://speech.example.com/v1/audio/speech")
	}
}

// noDoubles refuses values that stand twice in a list.
func (b *builder) noDoubles(n *node) {
	seen := map[any]bool{}
	for _, item := range n.items {
		if item.value != nil && seen[item.value] {
			b.wrong(item, item.text+" is in the list twice")
		}
		seen[item.value] = true
	}
}

// section is a map of the file whose names others refer to.
type section struct {
	what  string // one of them: "queue"
	names []string
	has   map[string]bool
}

// section reads the names of a map at the top, in the order of the file.
func (b *builder) section(key, what string) section {
	s := section{what: what, has: map[string]bool{}}
	each(b.root.get(key), func(name, _ *node) {
		s.names = append(s.names, name.text)
		s.has[name.text] = true
	})
	return s
}

// exists checks a reference at the place of its use.
func (b *builder) exists(n *node, in section) bool {
	if n == nil || n.value == nil {
		return false
	}
	if in.has[n.text] {
		return true
	}
	b.wrong(n, fmt.Sprintf("there is no %s %q; %s", in.what, n.text, suggest(n.text, in.names)))
	return false
}

func (b *builder) defaultQueue(n *node) {
	if b.exists(n, b.queueNames) {
		b.cfg.Company.DefaultQueue = n.text
	}
	if n == nil && len(b.cfg.Queues) == 1 {
		b.cfg.Company.DefaultQueue = slices.Collect(maps.Keys(b.cfg.Queues))[0]
	}
}

// each visits the names of a map once, those that are there twice too: the first counts.
func each(n *node, visit func(key, value *node)) {
	if n == nil {
		return
	}
	done := map[string]bool{}
	for _, e := range n.entries {
		if !done[e.key.text] {
			done[e.key.text] = true
			visit(e.key, e.value)
		}
	}
}
