package digest

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	icholy "github.com/icholy/digest"
)

var phone, other = netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("192.0.2.2")

// RFC 7616, 3.9.1: the same login with SHA-256 and with MD5.
func TestVectorsOfRFC7616(t *testing.T) {
	const (
		nonce  = "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v"
		cnonce = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ"
		realm  = "http-auth@example.org"
	)
	for algorithm, want := range map[string]string{
		"SHA-256": "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1", "MD5": "8ca523f5e9506fed4657c9700eebdbec",
	} {
		challenge := fmt.Sprintf(`Digest realm="%s", qop="auth, auth-int", algorithm=%s, nonce="%s", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"`, realm, algorithm, nonce)
		ask := Ask{Method: "GET", URI: "/dir/index.html", Username: "Mufasa", Password: "Circle of Life"}
		value, ok := respond(choose([]string{challenge}, false), ask, 1, cnonce)
		if !ok || !strings.Contains(value, `response="`+want+`"`) || !strings.Contains(value, "qop=auth,") || !strings.Contains(value, "nc=00000001") ||
			!strings.Contains(value, `opaque="FQhe/`) {
			t.Errorf("%s: %s", algorithm, value)
		}
		c, err := icholy.ParseCredentials(value)
		if err != nil {
			t.Fatal(err)
		}
		if got := expected(c, "GET", Hash("Mufasa", realm, "Circle of Life")); got != want {
			t.Errorf("%s: the verifier expects %s", algorithm, got)
		}
	}
}

// RFC 2617, 3.5, and the same without qop (RFC 2069, as its erratum has it).
func TestVectorsOfRFC2617(t *testing.T) {
	secret := Hash("Mufasa", "testrealm@host.com", "Circle Of Life")
	c := &icholy.Credentials{
		Username: "Mufasa", Nonce: "dcd98b7102dd2f0e8b11d0f600bfb0c093", URI: "/dir/index.html", QOP: "auth", Nc: 1, Cnonce: "0a4f113b",
	}
	if got := expected(c, "GET", secret); got != "6629fae49393a05397450978507c4ef1" {
		t.Error(got)
	}
	c.QOP = ""
	if got := expected(c, "GET", secret); got != "670fd8c2df070c60b045671b8b24ff02" {
		t.Error(got)
	}
}

// login answers a challenge of a verifier.
func login(v *Verifier, challenge, password string, n int) Login {
	a := Ask{Method: "REGISTER", URI: "sip:mediasrv", Username: "chen", Password: password}
	c := choose([]string{challenge}, false)
	if c == nil {
		return Login{}
	}
	value, _ := respond(c, a, n, "abc")
	return Login{Method: a.Method, URI: a.URI, Value: value, Peer: phone}
}

func TestLogins(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		v := NewVerifier("mediasrv")
		secret := Hash("chen", "mediasrv", "right")
		challenges := v.Challenges(phone, false, false)
		if len(challenges) != 2 || len(v.Challenges(phone, true, false)) != 1 || !strings.Contains(v.Challenges(phone, false, true)[0], "stale=true") {
			t.Error(challenges)
		}
		for _, c := range challenges {
			if got := v.Check(login(v, c, "right", 1), secret); got != Good && !strings.Contains(c, "SHA-256") {
				t.Error(c, got)
			}
		}
		c := v.Challenges(phone, false, false)[1]
		wants := func(what string, l Login, want Result) {
			t.Helper()
			if got := v.Check(l, secret); got != want {
				t.Errorf("%s: %v, want %v", what, got, want)
			}
		}
		wants("wrong password", login(v, c, "wrong", 1), Bad)
		wants("right", login(v, c, "right", 1), Good)
		wants("the same again: replayed", login(v, c, "right", 1), Stale)
		wants("nc rises", login(v, c, "right", 2), Good)
		wants("nc falls", login(v, c, "right", 1), Stale)
		wants("nc leaps", login(v, c, "right", 900), Good)
		moved := login(v, c, "right", 901)
		moved.Peer = other
		wants("from another address: it was overheard", moved, Stale)
		elsewhere := login(v, c, "right", 902)
		elsewhere.URI = "sip:+81312345678@elsewhere"
		wants("for another server", elsewhere, Bad)
		elsewhere.URI = "sip:MEDIASRV:5060;transport=tcp"
		wants("for the same, spelled differently", elsewhere, Good)
		server := login(v, c, "right", 905)
		server.URI = "sip:+81312345678@mediasrv"
		wants("names only the server", server, Good)
		method := login(v, c, "right", 903)
		method.Method = "INVITE"
		wants("for another method", method, Bad)
		wants("auth-int", Login{Method: "REGISTER", URI: "sip:mediasrv", Peer: phone, Value: strings.Replace(login(v, c, "right", 904).Value, "qop=auth", "qop=auth-int", 1)}, Bad)
		wants("rubbish", Login{Value: "Digest x"}, Bad)
		wants("basic", Login{Value: "Basic Y2hlbjpyaWdodA=="}, Bad)
		realm := login(v, c, "right", 905)
		realm.Value = strings.Replace(realm.Value, `realm="mediasrv"`, `realm="other"`, 1)
		wants("another realm", realm, Bad)
		invented := login(v, strings.Replace(c, `nonce="`, `nonce="A`, 1), "right", 1)
		wants("an invented nonce", invented, Stale)
		if name, proven := v.Username(invented.Value, phone); name != "chen" || proven {
			t.Error(name, proven)
		}
		if name, proven := v.Username(login(v, c, "right", 1).Value, phone); name != "chen" || !proven {
			t.Error(name, proven)
		}
		if name, _ := v.Username(realm.Value, phone); name != "" {
			t.Error(name)
		}
		time.Sleep(Life)
		wants("an old nonce", login(v, c, "right", 906), Stale)
	})
}

// Without qop a nonce is good once.
func TestLoginWithoutQOP(t *testing.T) {
	v := NewVerifier("mediasrv")
	c := strings.Replace(v.Challenges(phone, false, false)[0], `, qop="auth"`, "", 1)
	l := login(v, c, "right", 1)
	if strings.Contains(l.Value, "qop") {
		t.Fatal(l.Value)
	}
	secret := Hash("chen", "mediasrv", "right")
	if a, b := v.Check(l, secret), v.Check(l, secret); a != Good || b != Stale {
		t.Error(a, b)
	}
}

// The table of used nonces is bounded; a nonce that it has forgotten can't be used again with an old count only until it is too old anyway.
func TestUsedNoncesAreBounded(t *testing.T) {
	v := NewVerifier("mediasrv")
	for i := range maxUsed + 100 {
		v.use(fmt.Sprint(i), 1)
	}
	if len(v.used) != maxUsed || len(v.order) != maxUsed {
		t.Error(len(v.used), len(v.order))
	}
}

const (
	md5Challenge = `Digest realm="carrier", nonce="n1", qop="auth", algorithm=MD5`
	shaChallenge = `Digest realm="carrier", nonce="n2", qop="auth,auth-int", algorithm=SHA-256`
)

// RFC 8760: of several challenges the strongest that we know is answered.
func TestStrongestChallenge(t *testing.T) {
	for name, c := range map[string]struct {
		offered []string
		want    string
	}{
		"both":         {[]string{md5Challenge, shaChallenge}, "algorithm=SHA-256"},
		"other order":  {[]string{shaChallenge, md5Challenge}, "algorithm=SHA-256"},
		"strongest":    {[]string{md5Challenge, strings.Replace(shaChallenge, "SHA-256", "SHA-512-256", 1), shaChallenge}, "algorithm=SHA-512-256"},
		"unknown":      {[]string{strings.Replace(shaChallenge, "SHA-256", "SHA3", 1), md5Challenge}, "algorithm=MD5"},
		"session":      {[]string{strings.Replace(shaChallenge, "SHA-256", "SHA-256-sess", 1), md5Challenge}, "algorithm=MD5"},
		"none named":   {[]string{`Digest realm="x", nonce="y"`}, `nonce="y"`},
		"auth-int":     {[]string{strings.Replace(shaChallenge, "auth,auth-int", "auth-int", 1), md5Challenge}, "algorithm=MD5"},
		"no nonce":     {[]string{`Digest realm="x"`, md5Challenge}, "algorithm=MD5"},
		"other scheme": {[]string{`Bearer realm="x"`, md5Challenge}, "algorithm=MD5"},
		"spaces":       {[]string{`digest  realm = "carrier" , nonce="n" ,qop="auth-int, AUTH"`}, "qop=auth,"},
		"nothing":      {[]string{`Bearer realm="x"`, `Digest nonsense`, ""}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			value, ok := Answer(c.offered, Ask{Method: "INVITE", URI: "sip:1@x;user=phone", Username: "u", Password: "p"})
			if ok != (c.want != "") || !strings.Contains(value, c.want) || ok && !strings.Contains(value, `uri="sip:1@x;user=phone"`) {
				t.Errorf("%v %s", ok, value)
			}
		})
	}
	if _, ok := Answer([]string{md5Challenge}, Ask{Again: true}); ok {
		t.Error("a wrong login is tried again")
	}
	if _, ok := Answer([]string{md5Challenge + ", stale=TRUE"}, Ask{Again: true}); !ok {
		t.Error("a stale one isn't")
	}
}

// 401 and 407 in a chain: both are answered, each with its own count, until one says that the login is wrong.
func TestChainOfServerAndProxy(t *testing.T) {
	var c Client
	ask := Ask{Method: "INVITE", URI: "sip:1@x", Username: "u", Password: "p"}
	if !c.Challenged("Proxy-Authorization", []string{`Digest realm="proxy", nonce="p1", qop="auth"`}, false) {
		t.Fatal("407")
	}
	if got := c.Credentials(ask); len(got) != 1 || got[0].Header != "Proxy-Authorization" {
		t.Fatal(got)
	}
	if !c.Challenged("Authorization", []string{md5Challenge, shaChallenge}, false) {
		t.Fatal("401 behind it")
	}
	got := c.Credentials(ask)
	if len(got) != 2 || !strings.Contains(got[0].Value, "nc=00000002") || !strings.Contains(got[1].Value, "nc=00000001") || !strings.Contains(got[1].Value, "SHA-256") {
		t.Fatal(got)
	}
	if !c.Challenged("Proxy-Authorization", []string{`Digest realm="proxy", nonce="p2", qop="auth"`}, true) {
		t.Error("the proxy's nonce was used twice: a new one may be answered")
	}
	if c.Challenged("Authorization", []string{`Digest realm="carrier", nonce="n3", qop="auth", algorithm=SHA-256`}, true) {
		t.Error("a wrong login is tried again")
	}
	if !c.Challenged("Authorization", []string{`Digest realm="carrier", nonce="n4", qop="auth", stale=true`}, true) {
		t.Error("a stale nonce isn't answered")
	}
	if !c.Challenged("Authorization", []string{`Digest realm="carrier", nonce="n5", qop="auth"`}, false) {
		t.Error("a request without a login isn't answered")
	}
	for i := range 10 {
		c.Challenged("Authorization", []string{fmt.Sprintf(`Digest realm="r%d", nonce="n"`, i)}, false)
	}
	if len(c.kept) != maxKept {
		t.Error("realms:", len(c.kept))
	}
}

// FuzzDigest gives both sides any header: nothing is accepted that wasn't made with the secret.
func FuzzDigest(f *testing.F) {
	v := NewVerifier("mediasrv")
	for _, s := range []string{
		md5Challenge, shaChallenge, v.Challenges(phone, false, true)[0], login(v, v.Challenges(phone, false, false)[0], "wrong", 1).Value,
		`Digest username="chen", realm="mediasrv", nonce="", uri="sip:mediasrv", response="", qop=auth, nc=zz`, "Digest ,,,", `Digest a="`, "Digest nc=99999999999",
		`Digest username="a\"b", realm="mediasrv"`,
	} {
		f.Add(s)
	}
	secret := Hash("chen", "mediasrv", "right")
	f.Fuzz(func(t *testing.T, value string) {
		if v.Check(Login{Method: "REGISTER", URI: "sip:mediasrv", Value: value, Peer: phone}, secret) == Good {
			t.Fatal("accepted")
		}
		v.Username(value, phone)
		if out, ok := Answer([]string{value}, Ask{Method: "INVITE", URI: "sip:x", Username: "u", Password: "p"}); ok && strings.ContainsAny(out, "\r\n") {
			t.Fatalf("a header with a line break: %q", out)
		}
	})
}
