package config

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/nyaruka/phonenumbers"
)

// usualIdentity is what holds when the file is silent.
func usualIdentity() Identity {
	return Identity{From: "caller", Asserted: "none", Diversion: "none", URI: "sip", Trust: true, Called: "request-uri"}
}

// identity reads what a trunk is shown and believed.
func (b *builder) identity(t *Trunk, n *node) {
	id := usualIdentity()
	id.From = val(n.get("from"), id.From)
	if id.From == "account" {
		id.Asserted = "asserted"
		if t.Login.Username == "" {
			b.wrong(n.get("from"), "account needs login: {username: …}: that user name is shown")
		}
	}
	id.Asserted = val(n.get("asserted"), id.Asserted)
	id.Diversion = val(n.get("diversion"), id.Diversion)
	id.URI = val(n.get("uri"), id.URI)
	id.Domain = val(n.get("domain"), id.Domain)
	id.Trust = val(n.get("trust"), id.Trust)
	id.Called = val(n.get("called"), id.Called)
	t.Identity = id
}

// spelling reads how a trunk writes numbers.
func (b *builder) spelling(t *Trunk, n *node) {
	t.NumbersAs = val(n.get("numbers_as"), "e164")
	t.International = val(n.get("international_prefix"), "")
	if t.NumbersAs == "national" && b.cfg.Company.Country == "" {
		b.wrong(n.get("numbers_as"), "national needs company.country: whose national numbers?")
	}
	if at := n.get("international_prefix"); at != nil && t.NumbersAs != "national" {
		b.wrong(at, "is only for numbers_as: national")
	}
}

// headerRules reads what a trunk's INVITEs have besides or instead.
func (b *builder) headerRules(t *Trunk, n *node) {
	seen := map[string]*node{}
	once := func(at *node) {
		low := strings.ToLower(at.text)
		if before := seen[low]; before != nil {
			b.wrong(at, fmt.Sprintf("has a rule already, in line %d", before.at.Line))
			return
		}
		seen[low] = at
	}
	if remove := n.get("remove"); remove != nil {
		t.Headers.Remove = vals[string](remove)
		for _, item := range remove.items {
			once(item)
		}
	}
	t.Headers.Replace = headersOf(n.get("replace"), once)
	t.Headers.Add = headersOf(n.get("add"), once)
	if len(seen) > mostHeaders {
		b.wrong(n, fmt.Sprintf("has %d rules; at most %d are taken", len(seen), mostHeaders))
	}
}

func headersOf(n *node, see func(*node)) []Header {
	var all []Header
	each(n, func(key, value *node) {
		see(key)
		all = append(all, Header{Name: key.text, Value: val(value, "")})
	})
	return all
}

// dialOutChange is what a user or a trunk says about calls out; nil: nothing.
type dialOutChange struct {
	Countries, Prefixes, Deny *[]string
	Premium                   *bool
	Longest                   *time.Duration
	Calls                     int
}

func dialOutChangeOf(n *node, calls int) *dialOutChange {
	return &dialOutChange{
		Countries: listed(n.get("countries")), Prefixes: listed(n.get("prefixes")), Deny: listed(n.get("deny")),
		Premium: pointer[bool](n.get("premium")), Longest: pointer[time.Duration](n.get("longest")), Calls: val(n.get("calls"), calls),
	}
}

// listed is a list of texts that may not be there.
func listed(n *node) *[]string {
	if n == nil {
		return nil
	}
	all := vals[string](n)
	return &all
}

func (c *dialOutChange) over(base DialOut) DialOut {
	base.Calls = 0
	if c == nil {
		return base
	}
	base.Calls = c.Calls
	set(&base.Countries, c.Countries)
	set(&base.Prefixes, c.Prefixes)
	set(&base.Deny, c.Deny)
	set(&base.Premium, c.Premium)
	set(&base.Longest, c.Longest)
	return base
}

func set[T any](to, from *T) {
	if from != nil {
		*to = *from
	}
}

// usualCalls is how many calls out a user may have at once: the call itself and one that is consulted or added.
const usualCalls = 2

// longestCallOut ends calls out where the file doesn't say.
const longestCallOut = 4 * time.Hour

// dialOut reads the company's rules for calls out.
func (b *builder) dialOut(n *node) {
	c := &b.cfg.Company
	c.DialOut = DialOut{
		Countries: vals[string](n.get("countries")), Prefixes: vals[string](n.get("prefixes")), Deny: vals[string](n.get("deny")),
		Premium: val(n.get("premium"), false), Calls: val(n.get("calls"), 0), Longest: val(n.get("longest"), longestCallOut),
	}
	if n.get("countries") == nil && c.Country != "" {
		c.DialOut.Countries = []string{c.Country}
	}
	c.Emergency = vals[string](n.get("emergency"))
	for _, key := range []string{"countries", "prefixes", "deny", "emergency"} {
		if at := n.get(key); at != nil {
			b.noDoubles(at)
		}
	}
}

// DialOutOf is what may be dialled on behalf of a user, or of the trunk that a call came in by. Calls is the limit of that one; the company's
// is Company.DialOut.Calls.
func (c *Config) DialOutOf(user, trunk string) DialOut {
	base := c.Company.DialOut
	switch {
	case c.Users[user] != nil:
		return c.Users[user].dialOut.over(base)
	case c.Trunks[trunk] != nil:
		return c.Trunks[trunk].dialOut.over(base)
	}
	base.Calls = 0
	return base
}

// longestEmergency is the length of the longest number of an emergency service that the library knows, with characters that people put between digits.
const longestEmergency = 12

// IsEmergency says whether a number, as it was dialled, is that of an emergency service. Such numbers are never respelled.
func (c *Config) IsEmergency(number string) bool {
	if number == "" || strings.Trim(number, "0123456789*#-.() ") != "" { // the library finds a number in any text
		return false
	}
	return slices.Contains(c.Company.Emergency, number) || len(number) <= longestEmergency && phonenumbers.IsEmergencyNumber(number, c.Company.Country)
}

// routes reads the ways out.
func (b *builder) routes(n *node) {
	each(n, func(key, value *node) {
		r := Route{Prefix: strings.TrimSuffix(key.text, "*"), Trunks: b.waysOut()}
		if at := value.get("trunks"); at != nil {
			r.Trunks = nil
			b.noDoubles(at)
			for _, item := range at.items {
				if b.carriesOut(item) {
					r.Trunks = append(r.Trunks, item.text)
				}
			}
			if at.kind == list && len(at.items) == 0 {
				b.wrong(at, "is empty: no number could be called; leave it out for every trunk")
			}
		}
		b.cfg.Routes = append(b.cfg.Routes, r)
	})
	if n == nil {
		b.cfg.Routes = []Route{{Trunks: b.waysOut()}}
	}
	slices.SortStableFunc(b.cfg.Routes, func(x, y Route) int {
		return cmp.Or(cmp.Compare(len(y.Prefix), len(x.Prefix)), cmp.Compare(x.Prefix, y.Prefix))
	})
}

// waysOut are the trunks that carry calls out, in the order of the file.
func (b *builder) waysOut() []string {
	var all []string
	for _, name := range b.trunkNames.names {
		if t := b.cfg.Trunks[name]; t != nil && t.Outbound && !slices.Contains(all, name) {
			all = append(all, name)
		}
	}
	return all
}

// carriesOut refuses a trunk that isn't there or carries no calls out.
func (b *builder) carriesOut(trunk *node) bool {
	if !b.exists(trunk, b.trunkNames) {
		return false
	}
	t := b.cfg.Trunks[trunk.text]
	if !t.Outbound && !b.mistaken(b.root.get("trunks", trunk.text)) {
		b.wrong(trunk, fmt.Sprintf("the trunk %s carries no calls out: it needs servers, and outbound among its directions", trunk.text))
	}
	return t.Outbound
}

// WaysTo are the trunks that lead to a number, the first choice first. An emergency call goes out by any trunk if no route has its number.
func (c *Config) WaysTo(number string) []string {
	for _, r := range c.Routes {
		if strings.HasPrefix(number, r.Prefix) && len(r.Trunks) > 0 {
			return r.Trunks
		}
	}
	if !c.IsEmergency(number) {
		return nil
	}
	var all []string
	for _, r := range c.Routes {
		for _, t := range r.Trunks {
			if !slices.Contains(all, t) {
				all = append(all, t)
			}
		}
	}
	return all
}
