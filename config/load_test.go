package config

import (
	"net/netip"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"
)

const smallest = `numbers: {"+815012345678":}
queues: {support:}
users: {aiko:}
`

// mistakesOf reads a text as a file and returns its mistakes, one per line: LINE:COL KEY: TEXT.
func mistakesOf(t *testing.T, text string) []string {
	t.Helper()
	_, err := read(filepath.Join(t.TempDir(), "mediasrv.yml"), []byte(text))
	if err == nil {
		return nil
	}
	all, ok := err.(Mistakes) //nolint:errorlint // Load promises exactly this type
	if !ok {
		t.Fatalf("the error is a %T, want Mistakes", err)
	}
	var lines []string
	for _, m := range all {
		line := strings.TrimPrefix(m.String(), m.At.File+":")
		lines = append(lines, line)
	}
	return lines
}

func mustRead(t *testing.T, text string) *Config {
	t.Helper()
	cfg, err := read(filepath.Join(t.TempDir(), "mediasrv.yml"), []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return cfg
}

func TestSmallestFile(t *testing.T) {
	cfg := mustRead(t, smallest)
	q := cfg.Queues["support"]
	if n := cfg.Numbers["+815012345678"]; n == nil || n.Queue != "support" {
		t.Errorf("the number leads to %+v, want the only queue", n)
	}
	if !reflect.DeepEqual(q.Agents, []string{"aiko"}) {
		t.Errorf("agents %v, want every user who takes calls", q.Agents)
	}
	if q.Answer != "at-once" || q.RingTimeout != 30*time.Second || q.WrapUp != (WrapUp{30 * time.Second, true}) || !q.Recording.PerLeg || q.Recording.Merged {
		t.Errorf("queue has other defaults: %+v", q)
	}
	if u := cfg.Users["aiko"]; u.Name != "aiko" || u.Role != "agent" || !u.Agent || u.Phone != nil {
		t.Errorf("user has other defaults: %+v", u)
	}
	if tr := cfg.Trunks["loopback"]; tr == nil || !tr.Inbound || tr.Outbound || !tr.Addresses[0].Contains(netip.MustParseAddr("127.0.0.1")) {
		t.Errorf("trunks %v, want loopback", cfg.Trunks)
	}
	if !filepath.IsAbs(cfg.DataDir) || filepath.Base(cfg.DataDir) != "data" || !filepath.IsAbs(cfg.Path) {
		t.Errorf("data in %s, file %s: want absolute paths", cfg.DataDir, cfg.Path)
	}
}

func TestCompanyQueueUser(t *testing.T) {
	cfg := mustRead(t, `
company:
  default_queue: a
  ring_timeout: 20s
  wrap_up: {time: 10s, extend: false}
  recording: {calls: [inbound], files: merged}
  service_level: {within: 1m}
  speech: {language: en, voice: en-gb, rate: 1.5}
numbers:
  "+815012345678": {to: {queue: b}, priority: 7}
  "+815012345679":
queues:
  a: {priority: 3}
  b: {ring_timeout: 5s, wrap_up: {time: 45s}, recording: {files: both, format: alaw}, waiting: w, service_level: {short: 0s}}
users:
  aiko: {wrap_up: {extend: true}}
  ben: {recording: {calls: []}}
  dana: {role: supervisor}
  eve: {role: supervisor, agent: true}
waiting_strategies:
  w:
    greeting: {say: Hello}
    longest_wait: {after: 1m30s, say: Konnichiwa, language: ja}
`)
	if a, b := cfg.Queues["a"], cfg.Queues["b"]; a.RingTimeout != 20*time.Second || b.RingTimeout != 5*time.Second {
		t.Errorf("ring timeouts %v %v", a.RingTimeout, b.RingTimeout)
	}
	if a, b := cfg.Queues["a"], cfg.Queues["b"]; a.ServiceLevel != (ServiceLevel{time.Minute, 5 * time.Second}) || b.ServiceLevel != (ServiceLevel{time.Minute, 0}) {
		t.Errorf("service levels %v %v", a.ServiceLevel, b.ServiceLevel)
	}
	for _, c := range []struct {
		queue, user string
		want        WrapUp
	}{
		{"a", "ben", WrapUp{10 * time.Second, false}},
		{"a", "aiko", WrapUp{10 * time.Second, true}},
		{"b", "ben", WrapUp{45 * time.Second, false}},
		{"b", "aiko", WrapUp{45 * time.Second, true}},
		{"gone", "gone", WrapUp{10 * time.Second, false}},
	} {
		if got := cfg.WrapUpFor(c.queue, c.user); got != c.want {
			t.Errorf("wrap-up of %s in %s: %+v, want %+v", c.user, c.queue, got, c.want)
		}
	}
	for _, c := range []struct {
		queue, user string
		want        Recording
	}{
		{"a", "aiko", Recording{Inbound: true, Merged: true, Format: "wav"}},
		{"b", "aiko", Recording{Inbound: true, PerLeg: true, Merged: true, Format: "alaw"}},
		{"b", "ben", Recording{PerLeg: true, Merged: true, Format: "alaw"}},
		{"gone", "gone", Recording{Inbound: true, Merged: true, Format: "wav"}},
	} {
		if got := cfg.RecordingFor(c.queue, c.user); got != c.want {
			t.Errorf("recording of %s in %s: %+v, want %+v", c.user, c.queue, got, c.want)
		}
	}
	if got := cfg.Queues["a"].Agents; !reflect.DeepEqual(got, []string{"aiko", "ben", "eve"}) {
		t.Errorf("agents %v, want those who take calls, in the order of the file", got)
	}
	if n := cfg.Numbers["+815012345678"]; n.Queue != "b" || n.Priority != 7 {
		t.Errorf("%+v", n)
	}
	if n := cfg.Numbers["+815012345679"]; n.Queue != "a" || n.Priority != 3 {
		t.Errorf("%+v, want the default queue and its priority", n)
	}
	w := cfg.Waiting["w"]
	if w.LongestWait != 90*time.Second || w.Greeting.Voice != "en-gb" || w.Greeting.Rate != 1.5 {
		t.Errorf("%+v %+v", w, w.Greeting)
	}
	if m := w.LongestMessage; m.Language != "ja" || m.Voice != "" || m.At.Line != 23 {
		t.Errorf("message in another language: %+v, want no voice and its line", m)
	}
}

func TestMistakes(t *testing.T) {
	t.Setenv("EMPTY", "")
	for name, c := range map[string]struct {
		text string // "+" in front: after the smallest file
		want []string
	}{
		"empty":               {"", []string{"1:1: is empty: the smallest"}},
		"only comments":       {"# hi\n", []string{"1:1: is empty: the smallest"}},
		"null":                {"~", []string{"1:1: is empty: the smallest"}},
		"text":                {"hello", []string{`1:1: expected a map of keys, got "hello"`}},
		"list":                {"- a", []string{"1:1: expected a map of keys, got a list"}},
		"two documents":       {"a: 1\n---\nb: 2\n", []string{"3:1: a second document"}},
		"nothing of value":    {"drain: 1s", []string{"1:1: numbers: is missing", "1:1: queues: is missing", "1:1: users: is missing"}},
		"empty maps":          {"numbers:\nqueues: {}\nusers: {}", []string{"1:1: numbers: is empty", "2:9: queues: is empty", "3:8: users: is empty"}},
		"not UTF-8":           {"company: {name: \"caf\xe9\"}", []string{"1:21: byte 0xe9 is not text"}},
		"UTF-16":              {"\xff\xfea\x00", []string{"1:1: is UTF-16"}},
		"control":             {"a: \x00", []string{"1:4: byte 0x00"}},
		"tabs":                {"listen:\n\tweb: x\n \trtp: 1\n", []string{"2:1: a tab", "3:2: a tab"}},
		"syntax":              {"listen: [1\nqueues: {}", []string{"2:1: this is not YAML"}},
		"indentation":         {"drain: 1s\n demo: true", []string{"1:8: this is not YAML: mapping value is not allowed in this context; is a line"}},
		"anchor":              {"+company: &c {name: x}", []string{"4:10: anchors"}},
		"tag":                 {"+drain: !!str 1s", []string{"4:8: tags"}},
		"merge":               {"+company: {<<: {name: x}}", []string{"4:11: merge keys"}},
		"deep":                {strings.Repeat("[", 40), []string{"1:33: lists and maps are nested"}},
		"unknown":             {"+compani: {name: x}", []string{"4:1: compani: unknown key; did you mean company?"}},
		"unknown, far":        {"+listen: {zebra: 1}", []string{"4:10: listen.zebra: unknown key; there is: sip, tls, web, rtp"}},
		"statuses":            {"+company: {statuses: {lunch: awy, busy: away, tea:}}", []string{"4:29: company.statuses.lunch: \"awy\" is not known; did you mean away?", `4:34: company.statuses.busy: "busy" is a status already`, "4:46: company.statuses.tea: has no value"}},
		"later, deep":         {"+tls: {acme: desk.example.com}", []string{"4:7: tls.acme: is not in this version"}},
		"duplicate key":       {"+drain: 1s\ndrain: 2s", []string{"5:1: drain: is there twice, first in line 4"}},
		"duplicate user":      {"numbers: {\"+815012345678\":}\nqueues: {q:}\nusers: {a:, a:}", []string{"3:13: users.a: is there twice, first in line 3"}},
		"no unit":             {"+drain: 30", []string{`4:8: drain: has no unit: write 30s`}},
		"bad duration":        {"+drain: 5 minutes", []string{`4:8: drain: "5 minutes" is no duration: expected a duration from 0s to 1d`}},
		"too long":            {"+drain: 2d", []string{"4:8: drain: 2d is out of range: expected a duration from 0s to 1d"}},
		"overflow":            {"+drain: 99999999999999999999s", []string{"4:8: drain: "}},
		"ring too short":      {"+company: {ring_timeout: 2s}", []string{"4:25: company.ring_timeout: 2s is out of range: expected a duration from 3s to 1m"}},
		"ring too long":       {"+company: {ring_timeout: 61s}", []string{"4:25: company.ring_timeout: 61s is out of range"}},
		"yes":                 {"+demo: yes", []string{`4:7: demo: "yes" is neither true nor false: expected true or false`}},
		"true as text":        {"+company: {name: true}", []string{"4:17: company.name: true means yes or no to YAML"}},
		"no value":            {"+drain:", []string{"4:1: drain: has no value"}},
		"list for a value":    {"+drain: [1s]", []string{"4:8: drain: expected a duration from 0s to 1d, got a list"}},
		"value for a list":    {"+listen: {sip: udp://:5060}", []string{`4:15: listen.sip: expected a list, each such as udp://:5060, tcp://192.0.2.1:5060 or tls://:5061, got "udp://:5060"`}},
		"map for a list":      {"+trunks: {a: {servers: {x: y}}}", []string{"4:23: trunks.a.servers: expected a list"}},
		"tls listener":        {"+listen: {sip: [tls://:5061]}", []string{`4:16: listen.sip[0]: needs a certificate that carriers trust: tls:`}},
		"ws listener":         {"+listen: {sip: [ws://:5061]}", []string{`4:16: listen.sip[0]: "ws://:5061" ws:// is not in this version`}},
		"tls and tcp":         {"+listen: {sip: [tcp://:5061, tls://:5061], tls: {key: k.pem}}", []string{"4:29: listen.sip[1]: tls port 5061 is already", "4:54: listen.tls.key: needs certificate"}},
		"trunk by tls":        {"+trunks: {t: {servers: [a.example], transport: tls}}", []string{"4:47: trunks.t.transport: needs a listener that calls leave by: add tls://:5061"}},
		"client, no ca":       {"+trunks: {t: {servers: [a.example], tls: {client_certificate: required}}}", []string{"4:62: trunks.t.tls.client_certificate: needs ca beside it", "4:62: trunks.t.tls.client_certificate: needs a listener"}},
		"trunk's half":        {"+trunks: {t: {servers: [a.example], tls: {certificate: c.pem, verify: names}}}", []string{"4:55: trunks.t.tls.certificate: needs key beside it", `4:70: trunks.t.tls.verify: "names" is not known; did you mean name?`}},
		"no authority":        {"+trunks: {t: {servers: [a.example], tls: {ca: c.pem}}}", []string{"4:46: trunks.t.tls.ca: /"}},
		"ban":                 {"+ban: {failures: -1, for: 0s}", []string{"4:17: ban.failures: -1 is out of range", "4:26: ban.for: 0s is out of range"}},
		"rate":                {"+limits: {calls_per_second: many}", []string{`4:28: limits.calls_per_second: "many" is not a whole number`}},
		"port":                {"+listen: {sip: [udp://:70000]}", []string{`4:16: listen.sip[0]: "udp://:70000" port "70000" is not a number`}},
		"same listener":       {"+listen: {sip: [udp://:5060, udp://127.0.0.1:5060]}", []string{"4:29: listen.sip[1]: udp port 5060 is already listened on"}},
		"web on SIP's":        {`+listen: {web: ":5060"}`, []string{"4:15: listen.web: tcp port 5060 is already listened on"}},
		"SIP within media":    {"+listen: {rtp: 5000-6000}", []string{"4:15: listen.rtp: port 5060 of SIP over UDP is within"}},
		"web as URL":          {"+listen: {web: 'https://x:8443'}", []string{`4:15: listen.web: "https://x:8443" is a URL: write ":8443"`}},
		"odd RTP":             {"+listen: {rtp: 10001-20000}", []string{`4:15: listen.rtp: "10001-20000" begins with an odd port`}},
		"backward RTP":        {"+listen: {rtp: 20000-10000}", []string{`4:15: listen.rtp: "20000-10000" has fewer than four ports`}},
		"public":              {"+public_address: 192.0.2.300", []string{`4:17: public_address: "192.0.2.300" is no IP address: expected auto or an IP address`}},
		"CIDR":                {"+trunks: {a: {accept: {addresses: [192.0.2.0/33, 192.0.2.7/24, 0.0.0.0/0]}}}", []string{"4:35: trunks.a.accept.addresses[0]: \"192.0.2.0/33\" is neither", "4:49: trunks.a.accept.addresses[1]: \"192.0.2.7/24\" has bits set behind /24: did you mean 192.0.2.0/24?", "4:63: trunks.a.accept.addresses[2]: \"0.0.0.0/0\" is the whole Internet"}},
		"same source":         {"+trunks: {a: {accept: {addresses: [192.0.2.1]}}, b: {accept: {addresses: [192.0.2.1/32]}}}", []string{"4:74: trunks.b.accept.addresses[0]: calls from 192.0.2.1/32 already belong to the trunk a"}},
		"idle trunk":          {"+trunks: {a: {}}", []string{"4:10: trunks.a: carries no calls"}},
		"direction":           {"+trunks: {a: {servers: [x], directions: [inbound]}}", []string{"4:40: trunks.a.directions: inbound needs accept"}},
		"codec":               {"+trunks: {a: {servers: [x], codecs: [G722, PCMX]}}", []string{`4:43: trunks.a.codecs[1]: "PCMX" is not known; did you mean PCMU?`}},
		"server":              {"+trunks: {a: {servers: ['x:0', 'a b']}}", []string{"4:24: trunks.a.servers[0]:", "4:31: trunks.a.servers[1]:"}},
		"country":             {"+company: {country: jp}", []string{`4:20: company.country: "jp" is written in small letters: write JP`}},
		"zone":                {"+company: {time_zone: Asia/Tokio}", []string{`4:22: company.time_zone: "Asia/Tokio" is no time zone that this machine knows: expected a name such as Asia/Tokyo`}},
		"unquoted number":     {"numbers: {+815012345678: {}}\nqueues: {q:}\nusers: {a:}", []string{`1:11: numbers.+815012345678: a telephone number must be quoted, or YAML reads it as a sum: write "+815012345678"`}},
		"unreadable numbers":  {"company: {country: JP}\nnumbers: {\"12\":, \"hello\":, \"+99912345678\":, \"+81501234567890123\":}\nqueues: {q:}\nusers: {a:}", []string{`2:11: numbers.12: "12" is too short for a number of JP`, `2:18: numbers.hello: "hello" is no telephone number: expected`, `2:28: numbers.+99912345678: "+99912345678" has a country code that does not exist`, `2:45: numbers.+81501234567890123:`}},
		"no country":          {"numbers: {\"05012345678\":}\nqueues: {q:}\nusers: {a:}", []string{`1:11: numbers.05012345678: "05012345678" has no country code: begin it with +, or set company.country`}},
		"same number":         {"company: {country: JP}\nnumbers: {\"+815012345678\":, \"050-1234-5678\":}\nqueues: {q:}\nusers: {a:}", []string{"2:29: numbers.050-1234-5678: is the same number as +815012345678 in line 2"}},
		"nowhere":             {"numbers: {\"+815012345678\":}\nqueues: {q:, r:}\nusers: {a:}", []string{"1:11: numbers.+815012345678: leads nowhere"}},
		"missing queue":       {"numbers: {\"+815012345678\": {to: {queue: suport}}}\nqueues: {support:}\nusers: {a:}", []string{`1:41: numbers.+815012345678.to.queue: there is no queue "suport"; did you mean support?`}},
		"missing default":     {"+company: {default_queue: sales}", []string{`4:26: company.default_queue: there is no queue "sales"; there is: support`}},
		"missing strategy":    {"numbers: {\"+815012345678\": {waiting: calm}}\nqueues: {q: {waiting: calmer}}\nusers: {a:}\nwaiting_strategies: {calm1: {}}", []string{`1:38: numbers.+815012345678.waiting: there is no waiting strategy "calm"; did you mean calm1?`, `2:23: queues.q.waiting: there is no waiting strategy "calmer"; did you mean calm1?`}},
		"missing agent":       {"numbers: {\"+815012345678\":}\nqueues: {q: {agents: [aika, ben, ben]}}\nusers: {aiko:, ben: {agent: false}}", []string{`2:23: queues.q.agents[0]: there is no user "aika"; did you mean aiko?`, "2:29: queues.q.agents[1]: ben takes no calls", "2:34: queues.q.agents[2]: ben is in the list twice", "2:34: queues.q.agents[2]: ben takes no calls"}},
		"no agents":           {"numbers: {\"+815012345678\":}\nqueues: {q: {agents: []}}\nusers: {a:}", []string{"2:22: queues.q.agents: is empty: nobody"}},
		"login":               {"numbers: {\"+815012345678\":}\nqueues: {q:}\nusers: {Aiko:, 'a b':}", []string{`3:9: users.Aiko: "Aiko" has capitals: write aiko`, `3:16: users.a b: "a b" is no login`}},
		"bare secret":         {"+trunks: {a: {accept: {username: u, password: hunter2}}}", []string{"4:46: trunks.a.accept.password: secrets don't stand in this file"}},
		"numeric secret":      {"+trunks: {a: {accept: {username: u, password: 12345}}}", []string{"4:46: trunks.a.accept.password: secrets don't stand in this file"}},
		"list of secrets":     {"+trunks: {a: {accept: {username: u, password: [hunter2]}}}", []string{"4:46: trunks.a.accept.password: expected env:NAME or file:PATH, got a list"}},
		"missing variable":    {"+trunks: {a: {accept: {username: u, password: env:NOT_SET_ANYWHERE}}}", []string{"4:46: trunks.a.accept.password: the environment variable NOT_SET_ANYWHERE is not set"}},
		"empty variable":      {"+trunks: {a: {accept: {username: u, password: env:EMPTY}}}", []string{"4:46: trunks.a.accept.password: the environment variable EMPTY is empty"}},
		"missing secret file": {"+trunks: {a: {accept: {username: u, password: file:gone}}}", []string{"4:46: trunks.a.accept.password: the secret's file /"}},
		"half a login":        {"+trunks: {a: {accept: {username: u}}, b: {accept: {password: env:HOME}}}", []string{"4:33: trunks.a.accept.username: needs a password", "4:61: trunks.b.accept.password: needs a username"}},
		"phones":              {"numbers: {\"+815012345678\":}\nqueues: {q:}\nusers:\n  a: {phone: {username: x, password: env:HOME}}\n  b: {phone: {username: x, password: env:HOME}}\n  c: {phone: {username: a, password: env:HOME}}\n  d: {phone: {}}", []string{`5:25: users.b.phone.username: the SIP user name "x" is already that of a's phone`, `6:25: users.c.phone.username: the SIP user name "a" is the login of another user`, "7:14: users.d.phone: needs a password"}},
		"audio":               {"+waiting_strategies: {w: {greeting: {}, music: {say: x, file: y.wav}, longest_wait: {file: gone.wav, voice: en}}}", []string{"4:36: waiting_strategies.w.greeting: is empty: expected say or file", "4:62: waiting_strategies.w.music.file: /", "4:62: waiting_strategies.w.music.file: stands beside say", "4:91: waiting_strategies.w.longest_wait.file: /", "4:108: waiting_strategies.w.longest_wait.voice: is only for a text"}},
		"audio type":          {"+waiting_strategies: {w: {greeting: {file: x.ogg}}}", []string{`4:43: waiting_strategies.w.greeting.file: "x.ogg" "ogg" is no type of audio that is read: expected a file of at most 4 MB: mp2`}},
		"dispositions":        {"+company: {dispositions: {required: true, list: []}}", []string{"4:36: company.dispositions.required: is true, but list has none"}},
		"disposition twice":   {"+company: {dispositions: {list: [a, a]}}", []string{"4:36: company.dispositions.list[1]: a is in the list twice"}},
		"half a certificate":  {"+tls: {key: k.pem}", []string{"4:12: tls.key: needs certificate"}},
		"no certificate":      {"+tls: {certificate: c.pem, key: k.pem}", []string{"4:20: tls.certificate: /", "4:32: tls.key: /"}},
		"tls on":              {"+tls: on", []string{`4:6: tls: "on" is not known`}},
		"acme":                {"+tls: {acme: x.example}", []string{"4:7: tls.acme: is not in this version"}},
		"CRLF":                {"demo: true\r\n# x\r\nw: 日本 # c\r\ndrian: 1s\r\n", []string{"1:1: numbers", "1:1: queues", "1:1: users", "3:1: w: unknown", "4:1: drian: unknown key; did you mean drain?"}},
		"engine":              {"+company: {speech: {engine: http, rate: 3}}", []string{"4:28: company.speech.engine: http needs url beside it", `4:40: company.speech.rate: 3 is out of range: expected a number from 0.5 to 2`}},
		"priority":            {"+queues: {support: {priority: -1}}", nil},
	} {
		t.Run(name, func(t *testing.T) {
			text := c.text
			if rest, ok := strings.CutPrefix(text, "+"); ok {
				text = smallest + rest
			}
			if c.want == nil {
				c.want = []string{"4:1: queues: is there twice"}
			}
			got := mistakesOf(t, text)
			for i := range max(len(got), len(c.want)) {
				switch {
				case i >= len(got):
					t.Errorf("missing: %s", c.want[i])
				case i >= len(c.want):
					t.Errorf("not expected: %s", got[i])
				case !strings.HasPrefix(got[i], c.want[i]):
					t.Errorf("got  %s\nwant %s…", got[i], c.want[i])
				}
			}
			for _, line := range got {
				if strings.Contains(line, "hunter2") || strings.Contains(line, "12345 ") {
					t.Errorf("shows the secret: %s", line)
				}
			}
		})
	}
}

func TestAllMistakesInTheOrderOfTheFile(t *testing.T) {
	got := mistakesOf(t, "drain: x\nqueues: {q: {agents: [nobody], ring_timeout: 1s}}\nnumbers: {\"1\":}\nusers: {a: {rolle: x}}\ndirectory:\n")
	want := []string{"1:8", "2:23", "2:46", "3:11", "4:13", "5:1"}
	if len(got) != len(want) {
		t.Fatalf("got %d mistakes, want %d:\n%s", len(got), len(want), strings.Join(got, "\n"))
	}
	for i := range want {
		if !strings.HasPrefix(got[i], want[i]+":") {
			t.Errorf("mistake %d is %s, want it at %s", i, got[i], want[i])
		}
	}
}

func TestLinesWithSecretsAreMarked(t *testing.T) {
	for value, want := range map[string]bool{"hunter2": true, "[hunter2]": true, "env:NOT_SET_ANYWHERE": false} {
		_, err := read("/m.yml", []byte(smallest+"trunks: {a: {accept: {username: u, password: "+value+"}}}\n"))
		m, ok := err.(Mistakes) //nolint:errorlint // Load promises exactly this type
		if !ok || len(m) != 1 || m[0].Secret != want {
			t.Errorf("%s: %+v, want one mistake, secret: %v", value, err, want)
		}
	}
}

func TestAnyFreePort(t *testing.T) {
	cfg := mustRead(t, smallest+"listen: {sip: [udp://127.0.0.1:0, udp://127.0.0.1:0, tcp://:0], web: 127.0.0.1:0}")
	if l := cfg.Listen; len(l.SIP) != 3 || l.SIP[0].Port != 0 || l.Web != "127.0.0.1:0" {
		t.Errorf("%+v", cfg.Listen)
	}
}

func TestLoadFolderAndMissingFile(t *testing.T) {
	dir := t.TempDir()
	for path, want := range map[string]string{dir: "is a folder", filepath.Join(dir, "no.yml"): "does not exist"} {
		if _, err := Load(path); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", path, err, want)
		}
	}
}

func TestLoadTenMegabytesOfGarbage(t *testing.T) {
	path := filepath.Join(t.TempDir(), "big.yml")
	if err := os.WriteFile(path, []byte(strings.Repeat("a: [b, {c: ", 1<<20)), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Load(path); err == nil || !strings.Contains(err.Error(), "is larger than 512 KB") {
		t.Errorf("got %v", err)
	}
}

func TestSecretsAndPromptsFromFiles(t *testing.T) {
	dir := t.TempDir()
	for name, size := range map[string]int{"hold.wav": 4 << 20, "long.mp3": 4<<20 + 1} {
		if err := os.WriteFile(filepath.Join(dir, name), make([]byte, size), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for name, text := range map[string]string{"secret": "s3cret\n", "two": "a\nb\n", "none": "\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("PHONE_SECRET", "from-env")
	file := filepath.Join(dir, "m.yml")
	cfg, err := read(file, []byte(smallest+`
trunks: {t: {accept: {username: u, password: "file:secret"}}}
waiting_strategies: {w: {music: {file: hold.wav}}}
`))
	if err != nil {
		t.Fatal(err)
	}
	if got := cfg.Trunks["t"].Password; got != "s3cret" {
		t.Errorf("secret %q", got)
	}
	if got := cfg.Waiting["w"].Music.File; got != filepath.Join(dir, "hold.wav") {
		t.Errorf("music %q", got)
	}
	for text, want := range map[string]string{
		`waiting_strategies: {w: {music: {file: long.mp3}}}`:                "has 4.0 MB",
		`waiting_strategies: {w: {music: {file: .}}}`:                       "no type of audio",
		`trunks: {t: {accept: {username: u, password: "file:two"}}}`:        "more than one line",
		`trunks: {t: {accept: {username: u, password: "file:none"}}}`:       "is empty",
		`trunks: {t: {accept: {username: u, password: "file:."}}}`:          "is a folder",
		`trunks: {t: {accept: {username: u, password: "file:"}}}`:           "secrets don't stand",
		`trunks: {t: {accept: {username: u, password: "env:"}}}`:            "secrets don't stand",
		`tls: {certificate: secret, key: secret}`:                           "can't be used with the key",
		`trunks: {t: {accept: {username: "a:b", password: "env:HOME"}}}`:    "is no user name",
		`trunks: {t: {accept: {username: "a b", password: "env:HOME"}}}`:    "is no user name",
		`trunks: {t: {accept: {username: "", password: "env:HOME"}}}`:       "is no user name",
		`trunks: {t: {accept: {addresses: ["fe80::1%eth0"]}}}`:              "is neither an address",
		`trunks: {t: {accept: {addresses: ["127.0.0.1", "127.0.0.1/32"]}}}`: "twice",
	} {
		if _, err := read(file, []byte(smallest+text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(smallest))
	for _, name := range []string{"../examples/mediasrv.yml", "../examples/full.yml"} {
		if text, err := os.ReadFile(name); err == nil {
			f.Add(text)
		}
	}
	for _, text := range []string{"? a\n: b", "{a: 1, b}", "&a [*a]", "a: |\n  b\n", "%YAML 1.2\n---\n", "\"\\u0000\": 'x", "numbers: {? [a]: b}", "- - - -", "a: !!binary x"} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		cfg, err := read("/nowhere/m.yml", text)
		if (cfg == nil) == (err == nil) {
			t.Fatalf("config %v, error %v: want exactly one", cfg, err)
		}
		var m Mistakes
		if err != nil {
			m, _ = err.(Mistakes) //nolint:errorlint // Load promises exactly this type
			if len(m) == 0 {
				t.Fatalf("an error without a mistake: %v", err)
			}
		}
		for _, one := range m {
			if one.At.Line < 1 || one.At.Column < 1 || one.Text == "" {
				t.Fatalf("a mistake without a place or a text: %+v", one)
			}
		}
	})
}
