// Package config is the operator's file: its types, defaults, validation and positions. It doesn't know who uses it.
package config

import (
	"net/netip"
	"time"
)

// Config is a whole file, validated, with every default filled in and every inheritance (company, queue) resolved.
// It is immutable after Load: a reload makes a new one, and running calls keep theirs.
type Config struct {
	Path          string // of the file; relative paths in it start at its folder
	Listen        Listen
	PublicAddress netip.Addr       // invalid: auto
	DataDir       string           // absolute
	Nameservers   []netip.AddrPort // empty: the system's
	TLS           TLS
	Drain         time.Duration
	Ban           Ban
	Limits        Limits
	Demo          bool // make, keep and print logins for users without a password
	Company       Company
	Trunks        map[string]*Trunk
	Numbers       map[string]*Number // by E.164
	Routes        []Route            // ways out, the longest prefix first; see WaysTo
	Patterns      []*Number          // numbers by what they begin with, the longest first; see Entry
	Menus         map[string]*Menu
	Hours         map[string]*Hours
	Voicemails    map[string]*Voicemail
	Callbacks     map[string]*Callback
	Waiting       map[string]*WaitingStrategy
	Queues        map[string]*Queue
	Users         map[string]*User
	Files         []string // that the file names and whose content is used: audio, secrets, certificates; absolute, sorted
	Recordings    Recordings
	Webhooks      map[string]*Webhook
	CRM           CRM
	Directory     []Person
}

// Listen says where the server can be reached.
type Listen struct {
	SIP     []SIPAddress
	TLS     Keys          // of tls:// listeners
	Web     string        // host:port
	RTPMin  uint16        // inclusive, even
	RTPMax  uint16        // inclusive
	RTPRest time.Duration // of a port, after its call
}

// SIPAddress is one SIP listener.
type SIPAddress struct {
	Transport string // udp, tcp, tls
	Host      string // empty: every interface
	Port      int
}

// TLS names the web port's certificate; empty paths: self-signed, made and kept in the data directory.
type TLS struct {
	Off         bool   // plain HTTP and ws, for use behind a proxy on the same host
	Certificate string // absolute path
	Key         string // absolute path
}

// Company is what holds for everybody unless a queue or a user says otherwise.
type Company struct {
	Name         string
	TimeZone     *time.Location
	Country      string // ISO 3166 code: how numbers without a country code are read
	Speech       Speech
	DefaultQueue string // a number without a target leads here
	RingTimeout  time.Duration
	Reconnect    time.Duration // how long an agent's browser that has lost its line is waited for; 0: not at all
	WrapUp       WrapUp
	Recording    Recording
	Consent      Consent
	Dispositions Dispositions
	Statuses     []StatusName // in the order of the file
	Hold         Meanwhile
	Transfer     Transfer
	DialOut      DialOut  // Calls is of everybody
	Emergency    []string // numbers besides the country's
	Refused      Refused
	ServiceLevel ServiceLevel
}

// Speech is the voice that reads texts.
type Speech struct {
	Engine   string // espeak-ng, command, http
	Language string
	Voice    string
	Rate     float64
	Command  []string // of the engine command: a program and its arguments
	URL      string   // of the engine http
	Key      string   // its secret; never logged
	Model    string
	At       Position // in the file, of the company if it says nothing of speech
}

// WrapUp is the time after a call in which the agent gets no other.
type WrapUp struct {
	Time   time.Duration // 0: none
	Extend bool          // may the agent add 10 s
}

// ServiceLevel says what statistics count as answered in time.
type ServiceLevel struct {
	Within time.Duration // of the wait
	Short  time.Duration // who gives up sooner doesn't count
}

// Recording says which calls are recorded, and as what.
type Recording struct {
	Inbound  bool
	Outbound bool
	PerLeg   bool
	Merged   bool
	External bool          // also when nobody of ours is left in the call
	Format   string        // wav, alaw, ulaw, opus
	Keep     time.Duration // 0: until somebody deletes it
}

// Trunk is a carrier or the company's own PBX.
type Trunk struct {
	Name      string
	Kind      string         // byoc, carrier
	Servers   []string       // host or host:port, tried in this order
	Transport string         // to the servers: udp, tcp, tls, auto
	Login     Login          // towards the servers; the one that is accepted, if the file names no other
	Addresses []netip.Prefix // calls are accepted from here
	Username  string         // or with this digest login; empty: none
	Password  string         // the secret itself, already read from env or file; never logged
	Codecs    []string       // PCMU, PCMA, G722, opus in order of preference
	SRTP      string         // off, optional, required
	Inbound   bool
	Outbound  bool
	MaxCalls  int // in both directions; 0: no limit
	MaxRate   int // calls that begin in a second, in both directions; 0: no limit
	TLS       TrunkTLS
	Dialogs   Dialogs
	Uplink    Uplink
	Register  Registration

	Identity      Identity
	NumbersAs     string // e164, plus-less, national
	International string // what national writes before a country code; empty: the country's
	Headers       HeaderRules
	dialOut       *dialOutChange
}

// Login is a digest login of ours with somebody else; an empty user name: none.
type Login struct {
	Username string
	Password string // the secret itself; never logged
}

// Number is an entry point: it leads to a queue, a menu, or over to a trunk.
type Number struct {
	Number    string // E.164; of a pattern what it begins with, which needs not be E.164
	Pattern   bool   // Number and any further digits
	Queue     string // resolved: the default queue if the file names none; empty: Menu, Voicemail or Bridge
	Menu      string
	Voicemail string
	Bridge    *Bridge
	E164      bool // what matches is a number with its country code, so the number called is known in E.164
	Priority  int
	Way       string      // the trunk by which calls go out that show it; empty: as Routes say
	Skills    []SkillNeed // besides the queue's
	Waiting   string      // strategy; empty: the queue's
	Recording Recording   // of a bridged call
}

// Bridge is a way out: calls are connected with a party behind a trunk.
type Bridge struct {
	Trunk  string   // empty: as Routes say
	Number string   // E.164; empty: the one that was dialled
	Codecs []string // offered to the far end, in order of preference: the trunk's if the file names none
}

// WaitingStrategy is what a waiting caller hears.
type WaitingStrategy struct {
	Name           string
	Greeting       *Audio // nil: none
	Music          *Audio // nil: the built-in
	MusicInStep    bool   // all callers hear the same place of it
	LongestWait    time.Duration
	LongestMessage *Audio // before hanging up; nil: none
	Announcements  []Announcement
	Keys           map[string]Action // at any time
}

// Announcement interrupts the music again and again.
type Announcement struct {
	Message *Audio
	Every   time.Duration
	Replies Replies // while it plays, and for a time after it
}

// Audio is text to be spoken or a file to be played.
type Audio struct {
	Say      string
	Language string
	Voice    string
	Rate     float64
	File     string // absolute path; empty: Say
	At       Position
}

// Queue is where callers wait for agents.
type Queue struct {
	Name        string
	Agents      []string // users, in the order of the file
	Hours       *Hours   // nil: always
	Waiting     string   // strategy; empty: the built-in
	Answer      string   // at-once, with-agent
	RingTimeout time.Duration
	Reconnect   time.Duration // as the company's
	Ring        string        // RingOne, RingAll, RingTopDown
	Skills      []SkillNeed
	MaxWaiting  MaxWaiting
	NoAgents    NoAgents
	WrapUp      WrapUp
	Recording   Recording
	Consent     Consent
	Hold        Meanwhile
	Transfer    Transfer
	Priority    int

	ServiceLevel ServiceLevel
	Dispositions Dispositions
	DialFrom     []string // numbers of ours that calls out may show; empty: see NumbersShown
}

// User is somebody who can log in.
type User struct {
	Login     string // the key in the file
	Name      string
	Role      string         // agent, supervisor, admin
	Agent     bool           // takes calls
	Skills    map[string]int // by name, from 1
	wrapUp    *wrapUpChange
	recording *recordingChange
	dialOut   *dialOutChange
	DialFrom  []string // overrides the queue's
	queues    []string // besides those whose agents name the user; nil: the file doesn't say
	Phone     *Phone
}

// Phone is a desk phone beside the browser.
type Phone struct {
	Username string
	Password string // the secret itself; never logged
}
