package config

import "time"

// Identity says whom a trunk is shown as the caller, and whom it may name.
type Identity struct {
	From      string // caller: the caller's number in From; account: our login's user name, the caller only in the asserted header
	Asserted  string // asserted: P-Asserted-Identity, preferred: P-Preferred-Identity, none
	Diversion string // diversion: Diversion (RFC 5806), history-info: History-Info (RFC 7044), none
	URI       string // sip, phone (sip with ;user=phone), tel: how numbers are written
	Domain    string // host of our addresses; empty: our own
	Trust     bool   // P-Asserted-Identity, P-Preferred-Identity, Diversion and History-Info are believed on the way in
	Called    string // request-uri, to, or the header that names the number called
}

// HeaderRules change the INVITEs that we send by a trunk.
type HeaderRules struct {
	Remove  []string
	Replace []Header // only where the header is there
	Add     []Header
}

// Header is a header field of ours.
type Header struct {
	Name  string
	Value string
}

// DialOut says what may be dialled, by whom.
type DialOut struct {
	Countries []string      // ISO 3166 codes; the numbers of these
	Prefixes  []string      // besides: E.164 numbers that begin so, with their plus sign
	Deny      []string      // never: E.164 numbers that begin so
	Premium   bool          // numbers that cost the caller extra are allowed
	Calls     int           // calls out at once; 0: no limit
	Longest   time.Duration // of a call that was answered
}

// Route is the ways out to the numbers that begin alike.
type Route struct {
	Prefix string   // with its plus sign, or as it is dialled; empty: all
	Trunks []string // the cheapest first
}
