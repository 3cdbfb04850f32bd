package interop

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write docs/interop.md anew")

const page = "../../docs/interop.md"

const head = `# What peers demand, and which test shows it

Carriers try a trunk before it goes live, and browsers and networks have their own ways. This table is written by
` + "`go test ./internal/interop -update`" + `, whose test fails where a test that it names is gone. Tests of ` + "`internal/e2e`" + ` run with real peers (sipp, baresip,
Kamailio, coturn, Chromium); RFC timers run in virtual time. [mediasrv certify](certify.md) asks the same of a live trunk.
`

// testsOf are the names of the tests in a folder.
func testsOf(t *testing.T, folder string) map[string]bool {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("../..", folder, "*_test.go"))
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]bool{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`(?m)^func ((?:Test|Fuzz)\w+)\(`).FindAllStringSubmatch(string(text), -1) {
			found[m[1]] = true
		}
	}
	return found
}

func TestEveryNamedTestIsThere(t *testing.T) {
	folders := map[string]map[string]bool{}
	for _, s := range demands() {
		for _, d := range s.demands {
			if len(d.tests) == 0 {
				t.Errorf("%s: no test", d.what)
			}
			for _, test := range d.tests {
				folder, name, _ := strings.Cut(test, ".")
				if folders[folder] == nil {
					folders[folder] = testsOf(t, folder)
				}
				if !folders[folder][name] {
					t.Errorf("%s: there is no test %s", d.what, test)
				}
			}
		}
	}
}

func TestPage(t *testing.T) {
	var b strings.Builder
	b.WriteString(head)
	for _, s := range demands() {
		fmt.Fprintf(&b, "\n## %s\n\n| Demand | RFC | Tests |\n|---|---|---|\n", s.title)
		for _, d := range s.demands {
			fmt.Fprintf(&b, "| %s | %s | `%s` |\n", d.what, d.rfc, strings.Join(d.tests, "`, `"))
		}
	}
	if *update {
		if err := os.WriteFile(page, []byte(b.String()), 0o644); err != nil { //nolint:gosec // a page for everybody
			t.Fatal(err)
		}
		return
	}
	text, err := os.ReadFile(page)
	if err != nil || string(text) != b.String() {
		t.Errorf("%s is not what the tests say (%v): run go test ./internal/interop -update", page, err)
	}
}
