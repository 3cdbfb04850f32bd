package config

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"flag"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"filippo.io/age"
)

var update = flag.Bool("update", false, "write docs/configuration.md anew")

// visit sees every key of the table by its path: queues.QUEUE.waiting.
func visit(path string, s *shape, see func(path string, f field)) {
	if s.shared != "" && path != s.shared {
		return
	}
	if s.items != nil {
		visit(path, s.items, see)
	}
	if s.names != nil {
		visit(join(path, s.names.are), s.names.each, see)
	}
	if s.items != nil {
		visit(path, s.items, see)
	}
	for _, f := range s.fields {
		if !f.later {
			see(join(path, f.key), f)
			visit(join(path, f.key), f.what, see)
		}
	}
}

// everything visits the keys of the file, then those of the shapes that are documented once.
func everything(see func(path string, f field)) {
	visit("", file(), see)
	visit("ACTION", actionKeys(), see)
	visit("AUDIO", sharedAudio(), see)
	visit(needsShared, needKeys(), see)
}

func TestSmallExampleLoads(t *testing.T) {
	cfg, err := Load("../examples/mediasrv.yml")
	if err != nil {
		t.Fatal(err)
	}
	root, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	if !cfg.Demo || cfg.DataDir != filepath.Join(root, "data") || cfg.Listen.Web != ":8443" || len(cfg.Trunks["loopback"].Addresses) != 2 {
		t.Errorf("%+v", cfg)
	}
	if q := cfg.Queues["support"]; !q.Recording.PerLeg || !q.Recording.Merged || q.WrapUp.Time != 30*time.Second || cfg.Waiting[q.Waiting].Greeting.Say == "" {
		t.Errorf("%+v", q)
	}
}

func TestLoadTestExampleLoads(t *testing.T) {
	cfg, err := Load("../examples/loadtest.yml")
	if err != nil {
		t.Fatal(err)
	}
	for number, codecs := range map[string][]string{"900001": {"PCMU", "PCMA"}, "400001": {"opus"}, "500001": {"G722"}, "700001": {"PCMU", "PCMA"}} {
		n := cfg.Entry(number)
		if n == nil || n.Bridge == nil || !slices.Equal(n.Bridge.Codecs, codecs) || n.Recording.Inbound != (number == "700001") {
			t.Errorf("%s: %+v", number, n)
		}
	}
	if n := cfg.Entry("300001"); n == nil || n.Queue != "music" {
		t.Errorf("%+v", n)
	}
	if l := cfg.Listen; l.RTPMin < 32000 {
		t.Errorf("ports for media %d-%d are the generator's, 20000-31999", l.RTPMin, l.RTPMax)
	}
}

func TestFullExampleLoadsAndHasEveryKey(t *testing.T) {
	dir := t.TempDir()
	text, err := os.ReadFile("../examples/full.yml")
	if err != nil {
		t.Fatal(err)
	}
	writeCertificate(t, filepath.Join(dir, "certs"))
	write(t, filepath.Join(dir, "music", "calm.wav"), "RIFF")
	write(t, filepath.Join(dir, "holidays.ics"), testCalendar)
	people, err := os.ReadFile("../examples/people.csv")
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "people.csv"), string(people))
	t.Setenv("HEAD_OFFICE_PASSWORD", "x")
	t.Setenv("CHEN_PHONE", "y")
	t.Setenv("SPEECH_KEY", "s")
	t.Setenv("S3_SECRET", "t")
	t.Setenv("SFTP_PASSWORD", "u")
	t.Setenv("RECORDINGS_IDENTITY", ageIdentity(t))
	t.Setenv("CRM_TOKEN", "c")
	t.Setenv("CRM_HOOK_SECRET", "0123456789abcdef")
	t.Setenv("CARRIER_A_PASSWORD", "z")
	writeSSHKey(t, filepath.Join(dir, "upload_key"))
	path := filepath.Join(dir, "full.yml")
	write(t, path, string(text))
	cfg, err := Load(path)
	if err != nil {
		t.Fatal(err)
	}
	if n := cfg.Numbers["+81312345679"]; n == nil || n.Priority != 5 || cfg.Users["chen"].Phone.Password != "y" {
		t.Errorf("%+v", cfg)
	}
	root, mistakes := parse(path, text)
	if len(mistakes) > 0 {
		t.Fatal(mistakes)
	}
	c := &checker{file: path, dir: dir, seen: map[string]bool{}}
	c.walk(root, "", "", file())
	everything(func(path string, _ field) {
		if !c.seen[path] && !c.saysItOtherwise(path) {
			t.Errorf("examples/full.yml doesn't show %s", path)
		}
	})
}

// saysItOtherwise says that audio is shown in the other of its two ways, a text or a file, which exclude each other.
func (c *checker) saysItOtherwise(path string) bool {
	dot := strings.LastIndexByte(path, '.')
	parent, key := path[:max(dot, 0)], path[dot+1:]
	if key == "file" {
		return c.seen[parent+".say"]
	}
	return slices.Contains([]string{"say", "language", "voice", "rate"}, key) && c.seen[parent+".file"]
}

// What documentation and schema call the default is what the program does without the key.
func ageIdentity(t *testing.T) string {
	t.Helper()
	id, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	return id.String()
}

func TestStatedDefaultsAreTheDefaults(t *testing.T) {
	t.Setenv("HOOK", "0123456789abcdef")
	bare := mustRead(t, smallest+`
waiting_strategies: {w:}
trunks: {t: {accept: {addresses: [192.0.2.1]}}}
menus: {m: {keys: {1: {queue: support}}}}
voicemails: {v:}
hours: {h: {week: {mon: ["09:00-17:00"]}}}
callbacks: {c:}
webhooks: {hook: {url: https://a.example, secret: env:HOOK}}
routes: {"+81*":}
`)
	stated := read1(t, bare.Path, spellOut(t))
	for _, cfg := range []*Config{bare, stated} {
		cfg.Company.Speech.At = Position{}
		for _, u := range cfg.Users {
			u.wrapUp, u.recording = nil, nil
		}
		if len(cfg.Company.Dispositions.List) == 0 {
			cfg.Company.Dispositions.List = nil
		}
		for _, tr := range cfg.Trunks {
			if len(tr.Servers) == 0 {
				tr.Servers = nil
			}
		}
	}
	a, _ := json.MarshalIndent(bare, "", " ")
	b, _ := json.MarshalIndent(stated, "", " ")
	if !reflect.DeepEqual(bare, stated) {
		t.Errorf("without keys:\n%s\nwith the stated defaults:\n%s", a, b)
	}
}

func read1(t *testing.T, path, text string) *Config {
	t.Helper()
	cfg, err := read(path, []byte(text))
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	return cfg
}

// spellOut is the smallest file with every default that the table states.
func spellOut(t *testing.T) string {
	t.Helper()
	instance := map[string]string{"NUMBER": `"+815012345678"`, "QUEUE": "support", "LOGIN": "aiko", "STRATEGY": "w", "TRUNK": "t", "MENU": "m", "HOURS": "h", "VOICEMAIL": "v", "CALLBACK": "c", "WEBHOOK": "hook", "PREFIX": `"+81*"`}
	var b strings.Builder
	var spell func(indent, path string, s *shape)
	spell = func(indent, path string, s *shape) {
		if s.names != nil {
			fmt.Fprintf(&b, "%s%s:\n", indent, instance[s.names.are])
			spell(indent+"  ", path+"."+s.names.are, s.names.each)
		}
		for _, f := range s.fields {
			switch here := join(path, f.key); {
			case f.later:
			case f.or == "none" && f.what.fields != nil: // a whole that isn't there unless it is written
			case here == "menus.MENU.keys":
				fmt.Fprintf(&b, "%skeys: {1: {queue: support}}\n", indent)
			case here == "webhooks.WEBHOOK.url":
				fmt.Fprintf(&b, "%surl: https://a.example\n%[1]ssecret: env:HOOK\n", indent)
			case here == "hours.HOURS.week":
				fmt.Fprintf(&b, "%sweek: {mon: [\"09:00-17:00\"]}\n", indent)
			case here == "hours.HOURS.away", here == "menus.MENU.ask", here == "menus.MENU.collect", strings.HasSuffix(here, ".keys"), strings.HasSuffix(here, ".special"), f.what.shared != "":
			case here == "trunks.TRUNK.accept":
				fmt.Fprintf(&b, "%saccept: {addresses: [192.0.2.1]}\n", indent)
			case f.std != "":
				fmt.Fprintf(&b, "%s%s: %s\n", indent, f.key, f.std)
			case (f.what.fields != nil && hasStd(f.what)) || (f.what.names != nil && f.what.names.each.scalar == nil):
				fmt.Fprintf(&b, "%s%s:\n", indent, f.key)
				spell(indent+"  ", here, f.what)
			}
		}
	}
	spell("", "", file())
	return b.String()
}

func hasStd(s *shape) bool {
	found := false
	visit("", s, func(_ string, f field) { found = found || f.std != "" })
	return found
}

const (
	tableBegins = "<!-- keys: written by `go test ./config -update`; the test holds it against the program -->\n"
	tableEnds   = "<!-- end of keys -->\n"
)

func TestConfigurationDocument(t *testing.T) {
	const path = "../docs/configuration.md"
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok := strings.Cut(string(text), tableBegins)
	got, after, ok2 := strings.Cut(rest, tableEnds)
	if !ok || !ok2 {
		t.Fatalf("%s has lost the marks of its table of keys", path)
	}
	want := table()
	if *update {
		write(t, path, before+tableBegins+want+tableEnds+after)
		return
	}
	if got != want {
		t.Errorf("%s is not what the program knows: run go test ./config -run TestConfigurationDocument -update", path)
	}
}

// table is every key with its default as Markdown.
func table() string {
	var b strings.Builder
	section := ""
	everything(func(path string, f field) {
		top, _, _ := strings.Cut(path, ".")
		if top != section {
			section = top
			fmt.Fprintf(&b, "\n### %s\n\n| Key | Default | Expected | What it is |\n|---|---|---|---|\n", top)
		}
		std := f.or
		if f.std != "" {
			std = "`" + f.std + "`"
		}
		if std == "" {
			std = "see its keys"
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", path, std, f.what.expects, f.about)
	})
	return b.String() + "\n"
}

func TestEveryKeySaysWhatItIs(t *testing.T) {
	everything(func(path string, f field) {
		if f.about == "" || f.what == nil || f.what.expects == "" {
			t.Errorf("%s lacks a sentence or what is expected", path)
		}
		if f.std == "" && f.or == "" && f.what.fields == nil {
			t.Errorf("%s says no default", path)
		}
	})
}

func TestSchema(t *testing.T) {
	text, err := Schema()
	if err != nil {
		t.Fatal(err)
	}
	var root map[string]any
	if err := json.Unmarshal(text, &root); err != nil {
		t.Fatal(err)
	}
	visit("", file(), func(path string, _ field) {
		at := any(root)
		for key := range strings.SplitSeq(path, ".") {
			m, _ := at.(map[string]any)
			if items, ok := m["items"].(map[string]any); ok {
				m = items
			}
			if either, ok := m["anyOf"].([]any); ok {
				m, _ = either[0].(map[string]any)
			}
			if items, ok := m["items"].(map[string]any); ok {
				m = items
			}
			if properties, ok := m["properties"].(map[string]any); ok {
				at = properties[key]
			} else {
				at = m["additionalProperties"]
			}
		}
		if at == nil {
			t.Errorf("the schema lacks %s", path)
		}
	})
	if strings.Contains(string(text), `"acme"`) {
		t.Error("the schema has keys of later versions")
	}
}

func TestNearest(t *testing.T) {
	known := []string{"support", "sales", "ring_timeout", "wrap_up"}
	for wrong, want := range map[string]string{
		"suport": "support", "Support": "support", "ring_timout": "ring_timeout", "wrapup": "wrap_up", "slaes": "sales", "xyz": "", "": "",
		strings.Repeat("x", 1000): "",
	} {
		if got := Nearest(wrong, known); got != want {
			t.Errorf("%q: %q, want %q", wrong, got, want)
		}
	}
}

func TestDurations(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"0s": 0, "30s": 30 * time.Second, "10m": 10 * time.Minute, "24h": day, "180d": 180 * day, "1h30m": 90 * time.Minute, "1d2h3m4s": 26*time.Hour + 3*time.Minute + 4*time.Second,
	} {
		got, err := duration(text)
		if err != nil || got != want {
			t.Errorf("%s: %v %v, want %v", text, got, err, want)
		}
		if back, err := duration(spell(want)); err != nil || back != want {
			t.Errorf("%v is spelt %s, which reads %v %v", want, spell(want), back, err)
		}
	}
	for _, text := range []string{"", "s", "1", "1ms", "-1s", "1.5s", "1m1h", "1s1s", " 1s", "1 s", "99999999999d", "1e3s", "１s"} {
		if got, err := duration(text); err == nil {
			t.Errorf("%q reads as %v, want a mistake", text, got)
		}
	}
}

func TestFlowLists(t *testing.T) {
	cfg := mustRead(t, smallest+`
listen: {sip: [udp://:5060, "udp://[2001:db8::1]:5070"], web: :8443}
trunks: {t: {accept: {addresses: [::1, 2001:db8::/32, 127.0.0.0/8]}, servers: [pbx.example.com:5061, 192.0.2.1:5060, a]}}
`)
	if got := cfg.Trunks["t"].Servers; !slices.Equal(got, []string{"pbx.example.com:5061", "192.0.2.1:5060", "a"}) {
		t.Errorf("servers %q", got)
	}
	if got := fmt.Sprint(cfg.Trunks["t"].Addresses); got != "[::1/128 2001:db8::/32 127.0.0.0/8]" {
		t.Errorf("addresses %s", got)
	}
	if got := cfg.Listen.SIP[1]; got != (SIPAddress{"udp", "2001:db8::1", 5070}) {
		t.Errorf("listener %+v", got)
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func writeCertificate(t *testing.T, dir string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.CreateCertificate(rand.Reader, &x509.Certificate{SerialNumber: big.NewInt(1)}, &x509.Certificate{SerialNumber: big.NewInt(1)}, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	for name, block := range map[string]*pem.Block{
		"fullchain.pem": {Type: "CERTIFICATE", Bytes: der}, "key.pem": {Type: "PRIVATE KEY", Bytes: private},
	} {
		write(t, filepath.Join(dir, name), string(pem.EncodeToMemory(block)))
	}
}
