//go:build e2e

package e2e

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"
)

// program is the program under test, built once.
var program string

// built holds where it is, for the processes that tests in namespaces are.
const built = "MEDIASRV_E2E_PROGRAM"

func TestMain(m *testing.M) {
	os.Exit(run(m))
}

func run(m *testing.M) int {
	if err := unix.Prctl(unix.PR_SET_PDEATHSIG, uintptr(unix.SIGKILL), 0, 0, 0); err != nil { // go test was killed: so are we, and all that we started
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	if program = os.Getenv(built); program != "" {
		return m.Run()
	}
	sweepSpaces()
	dir, err := os.MkdirTemp("", "mediasrv-e2e-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	program = filepath.Join(dir, "mediasrv")
	build := exec.Command("go", "build", "-tags", "nolibopusfile", "-o", program, "mediasrv/cmd/mediasrv")
	build.Stdout, build.Stderr = os.Stderr, os.Stderr
	if err := build.Run(); err != nil {
		fmt.Fprintln(os.Stderr, "e2e: build:", err)
		return 1
	}
	return m.Run()
}

// needs skips a test when a program is missing, but never in CI, where `make test` has installed it.
func needs(t *testing.T, programs ...string) {
	t.Helper()
	for _, p := range programs {
		if _, err := exec.LookPath(p); err == nil {
			continue
		}
		if os.Getenv("CI") != "" {
			t.Fatalf("%s is missing: `make test` should have installed it", p)
		}
		t.Skipf("%s is not installed", p)
	}
}
