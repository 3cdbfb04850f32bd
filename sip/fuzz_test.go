package sip

import (
	"context"
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"
)

// FuzzDispatch gives the stack any bytes from a trusted source; afterwards it must still answer.
func FuzzDispatch(f *testing.F) {
	for _, s := range []string{
		ask{method: "INVITE", body: desc(1, "sendrecv", "")}.String(),
		ask{method: "ACK"}.String(), ask{method: "CANCEL"}.String(), ask{method: "BYE", to: "<sip:x@y>;tag=1"}.String(),
		ask{method: "REGISTER", from: "<sip:chenphone@x>;tag=1", to: "<sip:chenphone@x>", extra: "Authorization: Digest username=\"chenphone\", realm=\"mediasrv\"\r\n"}.String(),
		"SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP x;branch=z9hG4bK1\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:a@b>;tag=2\r\nCall-ID: 1\r\nCSeq: 1 INVITE\r\n\r\n",
		strings.Replace(ask{method: "INVITE"}.String(), "Content-Length: 0", "Content-Length: 99999", 1),
		"INVITE tel:+81312345678 SIP/2.0\r\nv: SIP/2.0/UDP x\r\nf: sip:a@b\r\nt: sip:a@b\r\ni: 1\r\nCSeq: 1 INVITE\r\nm: *\r\nRoute: x\r\nRecord-Route: <>\r\n\r\n",
	} {
		f.Add([]byte(s))
	}
	g := &rig{phones: map[string]int{}, net: newPackets(ourAddr)}
	g.onCall = nil
	s, err := New(Config{File: testFile(), Handler: g, Packets: []net.PacketConn{g.net}})
	if err != nil {
		f.Fatal(err)
	}
	s.open = stackRooms(g)
	ctx, cancel := context.WithCancel(context.Background()) //nolint:modernize // f.Context ends with the seeds
	f.Cleanup(cancel)
	go func() { _ = s.Run(ctx) }()
	from := net.UDPAddrFromAddrPort(netip.MustParseAddrPort(carrierAddr))
	probe := ask{method: "OPTIONS", callID: "probe", source: carrierAddr}
	n := 0
	f.Fuzz(func(t *testing.T, data []byte) {
		g.net.in <- datagram{data: data, addr: from}
		n++
		probe.seq, probe.branch = n, ""
		g.net.in <- datagram{data: []byte(probe.String()), addr: from}
		limit := time.After(patience)
		for {
			select {
			case d := <-g.net.out:
				if strings.Contains(string(d.data), "Call-ID: probe\r\n") {
					return
				}
			case <-limit:
				t.Fatal("the stack doesn't answer any more")
			}
		}
	})
}
