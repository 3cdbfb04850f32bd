package resolve

import (
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/miekg/dns"
)

// serveDNS is a real name server on loopback, over UDP and TCP on one port.
func serveDNS(t *testing.T, handle dns.HandlerFunc) netip.AddrPort {
	t.Helper()
	pc, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ln, err := net.Listen("tcp", pc.LocalAddr().String())
	if err != nil {
		t.Skip("the port of UDP is not free for TCP:", err)
	}
	for _, s := range []*dns.Server{{PacketConn: pc, Handler: handle}, {Listener: ln, Handler: handle}} {
		started := make(chan struct{})
		s.NotifyStartedFunc = func() { close(started) }
		done := make(chan struct{})
		go func() { defer close(done); _ = s.ActivateAndServe() }()
		<-started
		t.Cleanup(func() { _ = s.Shutdown(); <-done })
	}
	return netip.MustParseAddrPort(pc.LocalAddr().String())
}

// serveZone answers from a zone; over UDP it says that the answer is too long if it has more than so many records.
func serveZone(t *testing.T, z *zone, most int) netip.AddrPort {
	t.Helper()
	return serveDNS(t, func(w dns.ResponseWriter, q *dns.Msg) {
		res := new(dns.Msg).SetReply(q)
		for _, rr := range z.records {
			if strings.EqualFold(rr.Header().Name, q.Question[0].Name) && rr.Header().Rrtype == q.Question[0].Qtype {
				res.Answer = append(res.Answer, rr)
			}
		}
		if _, udp := w.RemoteAddr().(*net.UDPAddr); udp && len(res.Answer) > most {
			res.Answer, res.Truncated = nil, true
		}
		if len(res.Answer) == 0 && !res.Truncated {
			res.Rcode = dns.RcodeNameError
		}
		_ = w.WriteMsg(res)
	})
}

// NAPTR, SRV and A from a real name server, one answer of them by TCP because it is too long for UDP; the first name server refuses.
func TestClientRealServer(t *testing.T) {
	refuses := serveDNS(t, func(w dns.ResponseWriter, q *dns.Msg) { _ = w.WriteMsg(new(dns.Msg).SetRcode(q, dns.RcodeRefused)) })
	good := serveZone(t, newZone(t, carrierZone), 1)
	c := &Client{Servers: []netip.AddrPort{refuses, good}}
	found, err := Locate(t.Context(), c, Server{Host: "carrier.example"}, []string{UDP, TCP, TLS})
	if err != nil {
		t.Fatal(err)
	}
	if got := text(Order(found.Records, first)); got != "tls/192.0.2.1:5061 tcp/192.0.2.2:5070 udp/192.0.2.4:5080 udp/192.0.2.5:5080 udp/[2001:db8::3]:5080" {
		t.Error(got)
	}
	if _, err := Locate(t.Context(), &Client{Servers: []netip.AddrPort{refuses}}, Server{Host: "carrier.example"}, []string{UDP}); err == nil || !strings.Contains(err.Error(), "REFUSED") {
		t.Error(err)
	}
}

func TestHosts(t *testing.T) {
	file := filepath.Join(t.TempDir(), "hosts")
	if err := os.WriteFile(file, []byte("127.0.0.1 localhost # 192.0.2.3 pbx\n# 192.0.2.2 pbx\n192.0.2.1\tother PBX\n2001:db8::1 pbx\nnonsense\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := hosts(file, "pbx.", dns.TypeA); len(got) != 1 || !strings.HasSuffix(got[0].String(), "192.0.2.1") {
		t.Error(got)
	}
	if got := hosts(file, "pbx", dns.TypeAAAA); len(got) != 1 || !strings.HasSuffix(got[0].String(), "2001:db8::1") {
		t.Error(got)
	}
	if got := hosts(file, "nobody", dns.TypeA); got != nil {
		t.Error(got)
	}
}
