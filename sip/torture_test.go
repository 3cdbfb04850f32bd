package sip

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"mediasrv/config"
)

// torture is what each message of RFC 4475 gets from us, sent by a carrier that we trust: the section, and the status; "-": silence. REGISTERs name
// users of ours, so that they get as far as a challenge; INVITEs call nobody that the file knows, so that what is sound ends with 404.
var torture = map[string]struct{ section, want string }{
	"wsinv":      {"3.1.1.1 a short tortuous INVITE", "404"},
	"intmeth":    {"3.1.1.2 wide range of valid characters: the method is unknown", "501"},
	"esc01":      {"3.1.1.3 valid use of the % escape", "404"},
	"escnull":    {"3.1.1.4 escaped nulls in URIs", "401"},
	"esc02":      {"3.1.1.5 % when it is not an escape: the method is unknown", "501"},
	"lwsdisp":    {"3.1.1.6 no space between display name and <", "200"},
	"longreq":    {"3.1.1.7 long values", "404"},
	"dblreq":     {"3.1.1.8 extra trailing octets: they mean nothing", "401"},
	"semiuri":    {"3.1.1.9 semicolon in the user part", "200"},
	"transports": {"3.1.1.10 varied and unknown transports in Via", "200"},
	"mpart01":    {"3.1.1.11 multipart MESSAGE: a method that we don't do", "405"},
	"unreason":   {"3.1.1.12 a response with odd characters in its reason", "-"},
	"noreason":   {"3.1.1.13 a response with an empty reason", "-"},
	"badinv01":   {"3.1.2.1 extraneous separators in header fields", "400"},
	"clerr":      {"3.1.2.2 Content-Length larger than the message", "400"},
	"ncl":        {"3.1.2.3 negative Content-Length", "400"},
	"scalar02":   {"3.1.2.4 scalars that are too large", "400"},
	"scalarlg":   {"3.1.2.5 scalars of a response that are too large", "-"},
	"quotbal":    {"3.1.2.6 an unterminated quoted string", "400"},
	"ltgtruri":   {"3.1.2.7 <> around the Request-URI", "400"},
	"lwsruri":    {"3.1.2.8 white space in the Request-URI", "400"},
	"lwsstart":   {"3.1.2.9 several spaces in the request line", "400"},
	"trws":       {"3.1.2.10 spaces at the end of the request line", "400"},
	"escruri":    {"3.1.2.11 escaped headers in the Request-URI", "400"},
	"baddate":    {"3.1.2.12 a time zone in Date: nobody needs Date", "404"},
	"regbadct":   {"3.1.2.13 name-addr without <>: nothing is read before the login is right", "401"},
	"badaspec":   {"3.1.2.14 spaces within an addr-spec", "400"},
	"baddn":      {"3.1.2.15 a display name of other than tokens", "400"},
	"badvers":    {"3.1.2.16 an unknown version", "505"},
	"mismatch01": {"3.1.2.17 the method of the CSeq is another", "400"},
	"mismatch02": {"3.1.2.18 the same with an unknown method", "400"},
	"bigcode":    {"3.1.2.19 a response with an overlarge code", "-"},
	"badbranch":  {"3.2.1 no transaction identifier behind the magic cookie: as RFC 2543 has it", "200"},
	"insuf":      {"3.3.1 required headers are missing: there is nothing to answer with", "-"},
	"unkscm":     {"3.3.2 an unknown URI scheme", "416"},
	"novelsc":    {"3.3.3 a registered URI scheme that isn't SIP's", "416"},
	"unksm2":     {"3.3.4 unknown schemes in To and Contact: no user of ours", "-"},
	"bext01":     {"3.3.5 Require and Proxy-Require unknown", "420"},
	"invut":      {"3.3.6 an unknown Content-Type: the number comes first", "404"},
	"regaut01":   {"3.3.7 an unknown Authorization scheme", "401"},
	"multi01":    {"3.3.8 several of what may be there once", "400"},
	"mcl01":      {"3.3.9 several Content-Length", "400"},
	"bcast":      {"3.3.10 a response with another host in its Via", "-"},
	"zeromf":     {"3.3.11 Max-Forwards 0 on an OPTIONS that is for us", "200"},
	"cparam01":   {"3.3.12 a header parameter behind a Contact", "401"},
	"cparam02":   {"3.3.13 a URI parameter in a Contact", "401"},
	"regescrt":   {"3.3.14 a Route in a Contact's URI", "401"},
	"sdp01":      {"3.3.15 only another body than SDP is accepted: the number comes first", "404"},
	"inv2543":    {"3.4.1 an INVITE of RFC 2543, without tags", "404"},
}

func tortureFile() *config.Config {
	file := testFile()
	for _, user := range []string{"j.user", "watson", "null-%00-null", "user", "joe"} {
		file.Users[user] = &config.User{Login: user}
	}
	return file
}

// Every torture message gets what RFC 4475 asks for, or silence, once; and the stack goes on as if nothing had been.
func TestTorture(t *testing.T) {
	files, err := filepath.Glob("testdata/torture/*.dat")
	if err != nil || len(files) != len(torture) {
		t.Fatal(err, len(files), "files", len(torture), "expectations")
	}
	for _, path := range files {
		name := strings.TrimSuffix(filepath.Base(path), ".dat")
		c, ok := torture[name]
		if !ok {
			t.Fatal("nothing is expected of", name)
		}
		t.Run(name, func(t *testing.T) {
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			runBubble(t, tortureFile(), func(g *rig) {
				g.send(carrierAddr, string(text))
				got := "-"
				for _, m := range g.got() {
					if !strings.HasPrefix(m.text, "SIP/2.0 ") {
						t.Error("no response of SIP/2.0:", m.start())
					}
					if got != "-" {
						t.Error("several answers")
					}
					got = m.start()[8:11]
				}
				if got != c.want {
					t.Errorf("%s: got %s, want %s", c.section, got, c.want)
				}
				if len(g.legs) > 0 {
					t.Error("a call began")
				}
				g.send("127.0.0.5:5060", ask{method: "OPTIONS", callID: "after", source: "127.0.0.5:5060"}.String())
				g.find("SIP/2.0 200")
				time.Sleep(time.Minute) // repetitions of INVITE's failures
			})
			runBubble(t, tortureFile(), func(g *rig) { // from a stranger: at most a challenge
				g.send(strangeAddr, string(text))
				for _, m := range g.got() {
					if !strings.HasPrefix(m.text, "SIP/2.0 401") || c.want != "401" {
						t.Error("a stranger is answered:", m.start())
					}
				}
			})
		})
	}
}

// The same over TCP: what has no Content-Length or a wrong one ends the connection after 400, the rest is answered as over UDP.
func TestTortureOverTCP(t *testing.T) {
	ends := map[string]bool{"ncl": true, "mcl01": true, "scalarlg": false}
	for name, c := range torture {
		text, err := os.ReadFile("testdata/torture/" + name + ".dat")
		if err != nil {
			t.Fatal(err)
		}
		t.Run(name, func(t *testing.T) {
			overTCP(t, tortureFile(), func(g *tcp) {
				p := g.connect(carrierTCP)
				p.send(string(text))
				got := "-"
				for _, m := range p.messages() { // what follows a message is another one here, whose answer may come first
					if got = m.start()[8:11]; got == c.want {
						break
					}
				}
				if name == "clerr" || name == "baddn" { // the rest of its body, or the empty line, is still to come
					if got != "-" {
						t.Error("answered before it was whole:", got)
					}
					time.Sleep(11 * time.Second)
					if !p.gone() {
						t.Error("it is waited for without end")
					}
					return
				}
				time.Sleep(3 * time.Second)
				noLength := got == "400" && c.want != "400" && p.gone()
				if got != c.want && !noLength {
					t.Errorf("%s: got %s, want %s", c.section, got, c.want)
				}
				if ends[name] && !p.gone() {
					t.Error("the connection is still open")
				}
				time.Sleep(time.Minute)
			})
		})
	}
}
