package config

import (
	"errors"
	"net/netip"
	"slices"
	"time"
)

// Uplink is how a trunk's servers are found, watched and chosen from.
type Uplink struct {
	Weights  map[string]int // of servers, by their text; absent: 1
	Order    string         // file: as they stand there; weight: by chance, by their weights
	Probe    time.Duration  // between OPTIONS to each address; 0: none are sent
	Redirect string         // what a 3xx to a call out does: refuse, servers, follow
}

// Registration is how we register with a trunk's servers (RFC 3261, 10), so that its calls come to us.
type Registration struct {
	On      bool
	Expires time.Duration // what we ask for
	Proxy   string        // host or host:port that everything goes through; empty: none
	Domain  string        // of our address there; empty: the first server's host
}

// Limits of what the file may ask for.
const (
	leastProbe    = 0
	mostProbe     = 10 * time.Minute
	leastRegister = time.Minute
	mostWeight    = 1000
)

var errPort53 = errors.New("is neither an address nor an address with a port")

// serverKeys is a server as a word, or with a weight.
func serverKeys() *shape {
	s := of(
		field{key: "address", what: reads("a host or host:port", server), or: "required", about: "The server, where it has a weight."},
		field{key: "weight", what: integer(1, mostWeight), std: "1", about: "With `order: weight`: how often it comes first, compared with the others."},
	)
	s.expects = "a host or host:port"
	s.scalar, s.schema = reads(s.expects, server).scalar, map[string]any{"type": "string"}
	return s
}

func uplinkFields() []field {
	return []field{
		{key: "order", what: oneOf([]string{"file", "weight"}), std: "file", about: "Which server a call tries first: `file`: as they stand there; `weight`: by chance, by their weights. The records of one name go by their own priority and weight (RFC 2782). Those that don't answer are tried last."},
		{key: "probe", what: durationIn(leastProbe, mostProbe), std: "30s", about: "How often each address is asked by OPTIONS whether it is there; `0s`: never, for servers that don't answer them. Failed calls tell, too."},
		{key: "redirect", what: oneOf([]string{"refuse", "servers", "follow"}), std: "servers", about: "What a 3xx does to a call out: `refuse` ends it, `servers` follows it to the trunk's own addresses for the same number, `follow` to anywhere, at your cost; at most five times."},
	}
}

func registerFields() []field {
	return []field{
		{key: "register", what: yesNo(), std: "false", about: "Do we register with the servers? Their calls then need no `accept`."},
		{key: "expires", what: durationIn(leastRegister, day), std: "1h", about: "How long a registration is asked for; it is renewed well before."},
		{key: "proxy", what: reads("a host or host:port", server), or: "none", about: "An outbound proxy: everything to the trunk goes through it."},
		{key: "domain", what: reads("a host", domain), or: "the first server's host", about: "Of our address with the registrar, and of numbers that are dialled through `proxy`."},
	}
}

func domain(text string) (string, error) {
	if _, err := netip.ParseAddr(text); err != nil && !isHostName(text) {
		return "", errors.New("is neither an address nor a host name")
	}
	return text, nil
}

// nameserver reads an address, with port 53 unless it says another one.
func nameserver(text string) (netip.AddrPort, error) {
	if a, err := netip.ParseAddr(text); err == nil {
		return netip.AddrPortFrom(a.Unmap(), 53), nil
	}
	a, err := netip.ParseAddrPort(text)
	if err != nil || a.Port() == 0 {
		return a, errPort53
	}
	return a, nil
}

// uplink reads a trunk's servers and how to choose from them.
func (b *builder) uplink(trunk *Trunk, t *node) {
	trunk.Uplink = Uplink{
		Order:    val(t.get("order"), "file"),
		Probe:    val(t.get("probe"), 30*time.Second),
		Redirect: val(t.get("redirect"), "servers"),
	}
	login := t.get("login")
	trunk.Register = Registration{
		On:      val(login.get("register"), false),
		Expires: val(login.get("expires"), time.Hour),
		Proxy:   val(login.get("proxy"), ""),
		Domain:  val(login.get("domain"), ""),
	}
	b.servers(trunk, t.get("servers"))
	if register := login.get("register"); trunk.Register.On {
		if !t.get("servers").holds() {
			b.wrong(register, "needs servers to register with")
		}
		if trunk.Login.Username == "" {
			b.wrong(register, "needs a username and a password beside it")
		}
	}
}

func (b *builder) servers(trunk *Trunk, n *node) {
	if n == nil {
		return
	}
	b.noDoubles(n)
	for _, item := range n.items {
		name, ok := item.value.(string)
		if !ok {
			at := item.get("address")
			if at == nil && item.isMap() && !b.mistaken(item) {
				b.wrong(item, "has no address: expected {address: HOST, weight: NUMBER}")
			}
			name = val(at, "")
			if name != "" && slices.Contains(trunk.Servers, name) {
				b.wrong(at, name+" is in the list twice")
			}
		}
		if name == "" {
			continue
		}
		trunk.Servers = append(trunk.Servers, name)
		if weight := item.get("weight"); weight != nil {
			if trunk.Uplink.Weights == nil {
				trunk.Uplink.Weights = map[string]int{}
			}
			trunk.Uplink.Weights[name] = val(weight, 1)
			if trunk.Uplink.Order != "weight" {
				b.wrong(weight, "does nothing without order: weight")
			}
		}
	}
}
