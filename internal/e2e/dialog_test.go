//go:build e2e

package e2e

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

// bridgedTo starts a server whose calls of 9… go to a PBX, which may ask for transfers.
func bridgedTo(t *testing.T, scenario string, args ...string) (*server, *sipp) {
	t.Helper()
	address, pbx := carrier(t, scenario, args...)
	s := prepare(t, options{})
	text, err := os.ReadFile(s.file)
	if err != nil {
		t.Fatal(err)
	}
	change := strings.NewReplacer(
		"numbers:\n", fmt.Sprintf("  pbx: {kind: byoc, probe: 0s, servers: [%q], transfer: {refer: true}}\nnumbers:\n  \"9*\": {to: {trunk: pbx}}\n", address),
		"company:\n", "company:\n  dial_out: {countries: [JP]}\n",
	)
	if err := os.WriteFile(s.file, []byte(change.Replace(string(text))), 0o600); err != nil {
		t.Fatal(err)
	}
	s.launch()
	return s, pbx
}

// Real PRACK towards both ends of a bridge, a description that is only in the 183, UPDATE before the answer, and a session timer that we refresh by UPDATE.
func TestPrackUpdateAndTimer(t *testing.T) {
	if !alone(t) {
		return
	}
	s, pbx := bridgedTo(t, "carrier_prack")
	s.sipp("prack_update", "900001").succeeded()
	pbx.succeeded()
	s.want("caller-hung-up", `SELECT end_reason FROM calls`)
}

// A PBX passes its call on by REFER: the caller stays, and talks with whom it was passed to; the PBX is told how that goes, and is let go.
func TestReferOfPBX(t *testing.T) {
	if !alone(t) {
		return
	}
	s, pbx := bridgedTo(t, "pbx_refer", "-m", "2")
	s.sipp("wait_bye", "900001").succeeded()
	pbx.succeeded()
	s.want("guest-hung-up", `SELECT end_reason FROM calls`)
	s.want("2", `SELECT count(*) FROM legs WHERE seat = 'guest'`)
}
