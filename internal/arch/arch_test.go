// Package arch holds design.md's table of rooms against what the packages import.
package arch

import (
	"encoding/json"
	"fmt"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "mediasrv"

// room is a package of the table with what it may import of ours. A path that ends in /… is a package with all below it.
type room struct {
	path string
	may  []string
}

// rooms is the table of design.md; the first that matches a package holds, so sub-packages with own rules stand before their parents.
// A room may always import what is below it, and from below what is above or beside it in the same room.
func rooms() []room {
	return []room{
		{"cmd/mediasrv", []string{"…"}},
		{"config", nil},
		{"media/codec", nil},
		{"media/rtp", []string{"media/codec"}},
		{"media/webrtc", []string{"media/rtp", "media/codec"}},
		{"media/sdp", []string{"media/codec"}},
		{"media/wav", []string{"media/codec"}},
		{"media/ogg", []string{"media/codec"}},
		{"media/prompt", []string{"media/codec", "media/wav"}},
		{"media/…", []string{"media/…"}},
		{"routing/fact", nil},
		{"routing/…", []string{"config", "media", "media/prompt", "routing/…"}},
		{"recorder/…", []string{"config", "media", "media/wav", "media/ogg", "media/codec", "routing/fact"}},
		{"tts/…", []string{"config", "media/prompt", "media/wav"}},
		{"sip/…", []string{"config", "routing", "routing/fact", "media/…", "sip/…"}},
		{"store/…", []string{"routing", "routing/fact", "routing/stats", "recorder"}},
		{"web/…", []string{"config", "routing", "routing/fact", "web/…"}},
		{"internal/…", []string{"…"}},
	}
}

// outside is what only some rooms may import of others'.
type outside struct {
	imported string   // with all below it
	only     []string // rooms that may; nil: see never
	never    []string // rooms that may not
	why      string
}

func rules() []outside {
	return []outside{
		{"github.com/emiago/sipgo", []string{"sip/…"}, nil, "sip is the only user of sipgo"},
		{"database/sql", []string{"store/…"}, nil, "store has the only SQL"},
		{"github.com/mattn/go-sqlite3", []string{"store/…"}, nil, "store has the only SQL"},
		{"github.com/goccy/go-yaml", []string{"config"}, nil, "config is the only reader of the file"},
		{"github.com/alecthomas/kong", []string{"cmd/…"}, nil, "only commands have flags"},
		{"github.com/danielgtaylor/huma", []string{"web/…"}, nil, "the HTTP API is web's"},
		{"github.com/pion", []string{"media/…"}, nil, "media's packets and protocols stay in media"},
		{"github.com/hraban/opus", []string{"media/codec", "media/prompt"}, nil, "packets of Opus are made by media/codec, and by media/prompt once per file"},
		{"net/http", nil, []string{"media/…", "routing/…", "recorder/…", "store/…", "config"}, "HTTP is the business of web, sip's WebSocket and tts"},
		{"os/exec", []string{"media/prompt", "tts/…"}, nil, "only prompts and speech start programs"},
		{"net", nil, []string{"media/codec", "media/sdp", "media/wav", "media/prompt", "routing/…"}, "pure rooms open no sockets"},
	}
}

// pkg is what go list says of a package.
type pkg struct {
	ImportPath string
	Imports    []string
}

// name is the path within the module; false: not ours.
func name(path string) (string, bool) {
	if path == module {
		return ".", true
	}
	return strings.CutPrefix(path, module+"/")
}

func matches(pattern, path string) bool {
	if pattern == "…" {
		return true
	}
	if top, ok := strings.CutSuffix(pattern, "/…"); ok {
		return path == top || strings.HasPrefix(path, top+"/")
	}
	return path == pattern
}

// in is matches for any of several.
func in(patterns []string, path string) bool {
	return slices.ContainsFunc(patterns, func(p string) bool { return matches(p, path) })
}

// offences are sentences about imports that the table forbids.
func offences(packages []pkg) []string {
	var found []string
	for _, p := range packages {
		from, ours := name(p.ImportPath)
		if !ours {
			continue
		}
		table := rooms()
		i := slices.IndexFunc(table, func(r room) bool { return matches(r.path, from) })
		if i < 0 {
			found = append(found, fmt.Sprintf("%s is no room of the table: put it where it belongs, or change design.md first", from))
			continue
		}
		for _, imported := range p.Imports {
			found = append(found, offence(table[i], from, imported)...)
		}
	}
	return found
}

func offence(r room, from, imported string) []string {
	if to, ours := name(imported); ours {
		switch {
		case matches("internal/…", to) && !matches("internal/…", from):
			return []string{fmt.Sprintf("%s imports %s: internal is for tests only", from, to)}
		case matches(r.path, to) || in(r.may, to):
			return nil
		case len(r.may) == 0:
			return []string{fmt.Sprintf("%s imports %s: it may import none of our packages", from, to)}
		}
		return []string{fmt.Sprintf("%s imports %s: it may import only %s", from, to, strings.Join(r.may, ", "))}
	}
	if matches("internal/…", from) {
		return nil
	}
	var found []string
	for _, rule := range rules() {
		if imported != rule.imported && (rule.imported == "net" || !strings.HasPrefix(imported, rule.imported+"/")) {
			continue
		}
		if (rule.only != nil && !in(rule.only, from)) || in(rule.never, from) {
			found = append(found, fmt.Sprintf("%s imports %s: %s", from, imported, rule.why))
		}
	}
	return found
}

// Every package keeps to the table.
func TestRooms(t *testing.T) {
	out, err := exec.Command("go", "list", "-e", "-tags", "nolibopusfile", "-json=ImportPath,Imports", module+"/...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var packages []pkg
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p pkg
		if err := d.Decode(&p); err == io.EOF {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		packages = append(packages, p)
	}
	if len(packages) < 10 {
		t.Fatalf("go list knows %d packages: the test sees nothing", len(packages))
	}
	for _, sentence := range offences(packages) {
		t.Error(sentence)
	}
}

// The test itself sees what it should see.
func TestOffences(t *testing.T) {
	for _, c := range []struct{ from, imports, want string }{
		{"routing", "mediasrv/sip", "routing imports sip: it may import only config"},
		{"routing/floor", "mediasrv/store", "routing/floor imports store: it may"},
		{"routing/floor", "mediasrv/routing", ""},
		{"config", "mediasrv/routing/fact", "config imports routing/fact: it may import none"},
		{"media", "net/http", "media imports net/http: HTTP is the business"},
		{"media", "mediasrv/routing/fact", "media imports routing/fact: it may import only media/…"},
		{"media/codec", "mediasrv/media", "media/codec imports media: it may import none"},
		{"media/rtp", "github.com/pion/rtp", ""},
		{"routing", "github.com/pion/rtp", "routing imports github.com/pion/rtp: media's packets"},
		{"web", "github.com/emiago/sipgo/sip", "web imports github.com/emiago/sipgo/sip: sip is the only user"},
		{"web", "mediasrv/sip", "web imports sip"},
		{"recorder", "database/sql", "recorder imports database/sql: store has the only SQL"},
		{"recorder", "mediasrv/routing", "recorder imports routing: it may"},
		{"store", "database/sql", ""},
		{"sip/testcall", "mediasrv/media/wav", ""},
		{"sip", "mediasrv/internal/fake", "sip imports internal/fake: internal is for tests only"},
		{"cmd/mediasrv", "mediasrv/internal/fake", "cmd/mediasrv imports internal/fake"},
		{"cmd/mediasrv", "mediasrv/sip", ""},
		{"internal/fake", "mediasrv/sip", ""},
		{"media/sdp", "net", "media/sdp imports net: pure rooms"},
		{"media/sdp", "net/netip", ""},
		{"utils", "fmt", "utils is no room"},
	} {
		got := strings.Join(offences([]pkg{{ImportPath: module + "/" + c.from, Imports: []string{c.imports}}}), "; ")
		if (c.want == "") != (got == "") || !strings.HasPrefix(got, c.want) {
			t.Errorf("%s imports %s: %q, want %q", c.from, c.imports, got, c.want)
		}
	}
}
