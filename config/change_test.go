package config

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
)

func TestChangesNamesWhatIsAnother(t *testing.T) {
	const before = `
numbers: {"+815012345678": {to: {queue: support}}}
menus: {old: {say: hello, keys: {1: {queue: support}}}}
queues: {support: {agents: [aiko]}}
users: {aiko: {agent: true}, ben: {agent: true}}
`
	for name, c := range map[string]struct {
		after string
		want  []string
	}{
		"lines moved": {"\n\n\n" + before, nil},
		"a text": {`
numbers: {"+815012345678": {to: {queue: support}}}
menus: {old: {say: good day, keys: {1: {queue: support}}}}
queues: {support: {agents: [aiko]}}
users: {aiko: {agent: true}, ben: {agent: true}}
`, []string{"menus.old"}},
		"names": {`
numbers: {"+815012345678": {to: {queue: sales}}}
queues: {support: {agents: [aiko, ben]}, sales: {agents: [ben]}}
users: {aiko: {agent: true}, ben: {agent: true}, chen: {agent: true}}
`, []string{"numbers.+815012345678", "menus.old is gone", "queues.sales is new", "queues.support", "users.chen is new"}},
	} {
		t.Run(name, func(t *testing.T) {
			old, err := read("m.yml", []byte(before))
			if err != nil {
				t.Fatal(err)
			}
			next, err := read("m.yml", []byte(c.after))
			if err != nil {
				t.Fatal(err)
			}
			got := slices.DeleteFunc(next.Changes(old), func(what string) bool { return what == "company" }) // the default queue
			if !slices.Equal(got, c.want) {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}

// What needs a restart stays as it was and is named; all else is the new file's.
func TestAfterKeepsWhatNeedsARestart(t *testing.T) {
	const rest = "\nnumbers: {\"+815012345678\":}\nqueues: {support:}\nusers: {aiko:}\n"
	old, err := read("m.yml", []byte("data_dir: a"+rest))
	if err != nil {
		t.Fatal(err)
	}
	file, err := read("m.yml", []byte("data_dir: b\ndrain: 5s\nlisten: {web: \":9443\", rtp: 20000-20999, rtp_rest: 1s, sip: [udp://:5070]}\npublic_address: 192.0.2.1\n"+
		"nameservers: [192.0.2.53]\ntls: off\ndemo: true"+rest))
	if err != nil {
		t.Fatal(err)
	}
	next, restart := file.After(old)
	if want := []string{"listen.sip", "listen.web", "listen.rtp", "listen.rtp_rest", "public_address", "data_dir", "nameservers", "tls", "demo"}; !slices.Equal(restart, want) {
		t.Errorf("%q, want %q", restart, want)
	}
	if got := next.Changes(old); !slices.Equal(got, []string{"drain"}) {
		t.Errorf("%q", got)
	}
	if !Same(next.Listen, old.Listen) || next.DataDir != old.DataDir || next.TLS != old.TLS || file.DataDir == old.DataDir {
		t.Error("what needs a restart has changed, or the file's own values have")
	}
}

func TestDataDirOfAFileThatIsRefused(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "m.yml")
	for text, want := range map[string]string{
		"nonsense: 1\n":                   filepath.Join(dir, "data"),
		"data_dir: /srv/x\nnonsense: 1\n": "/srv/x",
		"data_dir: y\n":                   filepath.Join(dir, "y"),
	} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if got, err := DataDirOf(path); got != want || err != nil {
			t.Errorf("%q: %q %v", text, got, err)
		}
	}
	if _, err := DataDirOf(filepath.Join(dir, "none.yml")); err == nil {
		t.Error("a file that isn't there has no data_dir")
	}
}

func TestZoneOfAFileThatIsRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "m.yml")
	for text, want := range map[string]string{
		"nonsense: 1\n": "UTC",
		"nonsense: 1\ncompany: {nonsense: 2, time_zone: Asia/Tokyo}\n": "Asia/Tokyo",
		"company: {time_zone: {a: b}}\n":                               "UTC",
	} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if got, err := ZoneOf(path); err != nil || got.String() != want {
			t.Errorf("%q: %v %v", text, got, err)
		}
	}
	if err := os.WriteFile(path, []byte("company: {time_zone: Mars/Olympus}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := ZoneOf(path); err == nil {
		t.Error("a zone that there is not")
	}
}
