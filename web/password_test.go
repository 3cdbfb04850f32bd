package web

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"mediasrv/config"
	"mediasrv/routing/fact"
)

func newLogins() *fakeLogins {
	return &fakeLogins{hashes: map[string]string{}, sessions: map[string]fact.Session{}}
}

func TestPasswordRoundTrip(t *testing.T) {
	ctx, heavy, logins := t.Context(), make(oneAtATime, 1), newLogins()
	logins.sessions["s"] = fact.Session{TokenHash: "s", User: "aiko"}
	if err := SetPassword(ctx, logins, heavy, "aiko", password); err != nil {
		t.Fatal(err)
	}
	hash := logins.hashes["aiko"]
	if !strings.HasPrefix(hash, "$argon2id$v=19$m=65536,t=1,p=2$") || len(logins.sessions) != 0 {
		t.Errorf("hash %q, sessions %v", hash, logins.sessions)
	}
	for _, tt := range []struct {
		hash, password string
		want           bool
	}{{hash, password, true}, {hash, password + "x", false}, {hash, "", false}, {"", password, false}, {"", "", false}} {
		if got, err := checkPassword(ctx, heavy, tt.hash, tt.password); got != tt.want || err != nil {
			t.Errorf("%.12q with %q: %v, %v", tt.hash, tt.password, got, err)
		}
	}
	for _, bad := range []string{"short", "ünïcödé!!", strings.Repeat("x", maxPassword+1)} {
		if err := SetPassword(ctx, logins, heavy, "aiko", bad); err == nil {
			t.Errorf("%.20q was taken", bad)
		}
	}
	if logins.hashes["aiko"] != hash {
		t.Error("a refused password changed the hash")
	}
}

func TestDamagedHashes(t *testing.T) {
	for _, hash := range []string{
		"x", "$argon2id$", "$argon2i$v=19$m=8,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA",
		"$argon2id$v=19$m=4294967295,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA",
		"$argon2id$v=19$m=8,t=0,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA",
		"$argon2id$v=19$m=8,t=1,p=0$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA",
		"$argon2id$v=19$m=8,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$AA", "$argon2id$v=19$m=8,t=1,p=1$*$AAAAAAAAAAAAAAAAAAAAAA",
	} {
		if ok, err := checkPassword(t.Context(), make(oneAtATime, 1), hash, password); ok || err == nil {
			t.Errorf("%s: %v, %v", hash, ok, err)
		}
	}
	if _, err := parseHash(dummyHash); err != nil {
		t.Errorf("the hash for unknown users: %v", err)
	}
}

// demoLab is a demo with its own data directory; root has a password already.
type demoLab struct {
	t      *testing.T
	cfg    *config.Config
	logins *fakeLogins
	heavy  oneAtATime
}

func newDemoLab(t *testing.T) *demoLab {
	t.Helper()
	d := &demoLab{t: t, cfg: newConfig(), logins: newLogins(), heavy: make(oneAtATime, 1)}
	d.cfg.Demo, d.cfg.DataDir = true, filepath.Join(t.TempDir(), "data")
	d.logins.hashes["root"] = cheapHash("his own one")
	return d
}

func (d *demoLab) start() []Login {
	d.t.Helper()
	got, err := DemoLogins(d.t.Context(), d.cfg, d.logins, d.heavy)
	if err != nil {
		d.t.Fatal(err)
	}
	return got
}

func TestDemoLoginsAreMadeOnce(t *testing.T) {
	d := newDemoLab(t)
	first := d.start()
	if len(first) != 3 || first[0].User != "aiko" || first[0].Name != "Aiko Sato" || len(first[0].Password) < MinPassword {
		t.Fatalf("first start: %+v", first)
	}
	for _, l := range first {
		if ok, err := checkPassword(t.Context(), d.heavy, d.logins.hashes[l.User], l.Password); !ok || err != nil {
			t.Errorf("%+v does not log in: %v", l, err)
		}
	}
	if info, err := os.Stat(filepath.Join(d.cfg.DataDir, DemoFile)); err != nil || info.Mode() != 0o600 {
		t.Errorf("%v, %v", info, err)
	}
	if again := d.start(); !slices.Equal(again, first) {
		t.Errorf("second start: %+v", again)
	}
}

func TestDemoLoginsWithoutTheirDatabase(t *testing.T) {
	d := newDemoLab(t)
	first := d.start()
	d.logins.hashes = map[string]string{}
	delete(d.cfg.Users, "dana")
	again := d.start()
	if len(again) != 3 || !slices.Equal(again[:2], first[:2]) || again[2].User != "root" {
		t.Errorf("with an empty database: %+v", again)
	}
	if ok, err := checkPassword(t.Context(), d.heavy, d.logins.hashes["aiko"], first[0].Password); !ok || err != nil {
		t.Errorf("the kept password does not log in: %v", err)
	}
}

func TestDemoLoginsThatWereChanged(t *testing.T) {
	d := newDemoLab(t)
	d.start()
	d.logins.hashes["aiko"] = cheapHash("changed since")
	if again := d.start(); len(again) != 2 || again[0].User != "ben" {
		t.Errorf("after a change: %+v", again)
	}
}

func TestNoDemo(t *testing.T) {
	d := newDemoLab(t)
	d.cfg.Demo = false
	if got := d.start(); len(got) != 0 || len(d.logins.hashes) != 1 {
		t.Errorf("got %+v", got)
	}
}

func TestDemoFileThatCannotBeRead(t *testing.T) {
	d := newDemoLab(t)
	if err := os.MkdirAll(filepath.Join(d.cfg.DataDir, DemoFile), 0o700); err != nil {
		t.Fatal(err)
	}
	if _, err := DemoLogins(t.Context(), d.cfg, d.logins, d.heavy); err == nil || !strings.Contains(err.Error(), DemoFile) {
		t.Errorf("got %v", err)
	}
}
