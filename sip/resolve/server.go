package resolve

import (
	"net"
	"net/netip"
	"strconv"
	"strings"
)

// Transports, as the operator's file names them.
const (
	UDP = "udp"
	TCP = "tcp"
	TLS = "tls"
)

// Server is a server as somebody names it. It is a value and can be a map's key.
type Server struct {
	Host      string // a name or an address, without brackets
	Port      int    // 0: not said, so SRV decides
	Transport string // udp, tcp, tls; empty: not said, so NAPTR decides
}

// Parse reads host, host:port and [address]:port.
func Parse(text, transport string) Server {
	host, service, err := net.SplitHostPort(text)
	if err != nil {
		return Server{Host: strings.Trim(text, "[]"), Transport: transport}
	}
	port, _ := strconv.Atoi(service)
	return Server{Host: host, Port: port, Transport: transport}
}

// Addr is the server's address, if it is named by one; then nobody has to be asked.
func (s Server) Addr() (netip.Addr, bool) {
	a, err := netip.ParseAddr(s.Host)
	return a.Unmap(), err == nil
}

func (s Server) String() string {
	text := s.Host
	if s.Port != 0 {
		text = net.JoinHostPort(s.Host, strconv.Itoa(s.Port))
	}
	if s.Transport != "" {
		text = s.Transport + "://" + text
	}
	return text
}

// DefaultPort is a transport's port where none is said (RFC 3261, 19.1.2).
func DefaultPort(transport string) int {
	if transport == TLS {
		return 5061
	}
	return 5060
}

// Record is one SRV record with its addresses, or what stands for one where there is none.
type Record struct {
	Transport string // udp, tcp, tls
	Rank      int    // the lower one first: the order of NAPTR, then the priority of SRV
	Weight    int
	Addrs     []netip.AddrPort
}

// Target is one address to send to.
type Target struct {
	Transport string
	Addr      netip.AddrPort
}

func (t Target) String() string { return t.Transport + "/" + t.Addr.String() }
