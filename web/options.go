package web

import (
	"context"
	"io/fs"
	"log/slog"
	"net/http"
	"time"

	"mediasrv/config"
	"mediasrv/routing/fact"
)

// Options is what a server is made of. All fields but Leaving, Lines, SIP, Pages and Draining must be set.
type Options struct {
	Config     func() *config.Config // the file as it is now; called for each request, so that a reload takes effect at once
	Logins     Logins
	Centre     Centre
	Phones     Phones
	Leaving    func(user string) *config.User // a user whom a reload has taken out of the file and who still has a call to finish. nil: nobody
	Operations Operations
	Alarms     Alarms
	Voicemails Voicemails
	Recordings Recordings
	Persons    Persons
	Trail      Trail
	Tokens     Tokens
	Callbacks  Callbacks
	Books      Books
	Heavy      Heavy          // shared by all who burn CPU: hashing of passwords waits here
	Figures    func() Figures // read at each scrape; must not block for long
	Lines      func() []Line  // read at each scrape; must not block for long. nil: none
	SIP        http.Handler   // SIP over WebSocket, reached only with a login; its request's context ends with the session. nil: 404
	Draining   func() bool    // true: /healthz says 503. nil: never
	Pages      fs.FS          // the built pages; nil: those in the binary
	Log        *slog.Logger
}

// Books is what was kept of the past. Its methods read the database until ctx ends. Errors are for the log, except for fact.QueryErrors.
type Books interface {
	Statistics(context.Context, fact.StatisticsQuery) ([]fact.StatisticsRow, error)
	// Abandoned lists at most so many callers who gave up within the query's time, of its queue if it names one, of some queues if there are any; the latest first,
	// those after a call's line. more: there are others.
	Abandoned(ctx context.Context, q fact.StatisticsQuery, queues []string, after fact.CallID, most int) (page []fact.AbandonedCall, more bool, err error)
	// PastContacts are the calls with a customer that have ended, the latest first.
	PastContacts(ctx context.Context, number string) ([]fact.PastContact, error)
}

// Centre is what the desk needs of the contact centre. Every user passed is one of the file with Agent set. Errors are sentences for the
// agent, and mean that the command was refused. No method may block for long.
type Centre interface {
	// Watch delivers the user's view now and after every change, latest wins; the function ends it. A closed channel means shutdown.
	Watch(user string) (<-chan fact.DeskView, func())
	SetStatus(user, status string) error
	ExtendWrapUp(user string) error
	FinishWrapUp(user string, r fact.WrapUpResult) error
	Hangup(user string) error
	PauseRecording(user string) error
	ResumeRecording(user string) error
	Controls
	Overseer
	CallingOut
	Directory
	Conversations
	// LoggedOut says that the user's last login has ended.
	LoggedOut(user string)
}

// Phones gives out SIP logins.
type Phones interface {
	// Grant makes a SIP login for one browser login of the user.
	Grant(user string) fact.PhoneLogin
	// Revoke ends what Grant gave, and the bindings made with it. An unknown name does nothing.
	Revoke(authUser string)
}

// Logins keeps password hashes and sessions. Methods may wait for the disk as long as ctx allows, except RenewSession, which never waits.
type Logins interface {
	// PasswordHash is the user's hash; empty: none was ever set.
	PasswordHash(ctx context.Context, user string) (string, error)
	SetPasswordHash(ctx context.Context, user, hash string) error
	AddSession(ctx context.Context, s fact.Session) error
	// Session finds a session, expired or not; false: there is none.
	Session(ctx context.Context, tokenHash string) (fact.Session, bool, error)
	// Sessions are all of a user, expired or not.
	Sessions(ctx context.Context, user string) ([]fact.Session, error)
	RenewSession(tokenHash string, expires time.Time)
	DeleteSession(ctx context.Context, tokenHash string) error
	// DeleteSessionsOf ends all sessions of a user and returns them.
	DeleteSessionsOf(ctx context.Context, user string) ([]fact.Session, error)
	// DeleteExpiredSessions deletes those that expired at or before now and returns them.
	DeleteExpiredSessions(ctx context.Context, now time.Time) ([]fact.Session, error)
	// SessionUsers are the users that have any session.
	SessionUsers(ctx context.Context) ([]string, error)
}

// Heavy bounds work that burns CPU; *semaphore.Weighted of golang.org/x/sync is one.
type Heavy interface {
	Acquire(ctx context.Context, n int64) error
	Release(n int64)
}

// Figures are the numbers that /metrics shows and that web cannot know itself.
type Figures struct {
	Calls          int               // calls now
	Queues         []fact.QueueView  // every queue
	Agents         []fact.AgentView  // every agent
	MediaLateTicks uint64            // since the start
	MediaLateness  time.Duration     // of the latest pass of any media worker in the last full second
	MediaDrops     map[string]uint64 // packets and frames dropped since the start, by reason
	NoPorts        uint64            // legs that found no RTP port
	Ports          map[string]int    // pairs of RTP ports now, by state
	OneWays        uint64            // times that audio went one way only
	OneWaysNow     uint64            // legs for which it does now
	JournalDepth   int               // records that wait to be committed
	JournalDropped uint64            // records lost since the start
	JournalErrors  uint64            // failed commits since the start
	Signalling     Signalling
	Out            Out
	Asks           map[string]uint64 // questions to the HTTP services of menus since the start, by result
	Uploads        []Upload          // of recordings
	Webhooks       []Webhook
	Callbacks      CallbackFigures
	Since          []QueueCounts // of every queue in which anything has happened
}

// Upload is how closed recordings are getting to another place.
type Upload struct {
	To       string // sftp, s3
	Waiting  int
	Done     uint64
	Bytes    uint64
	Failures uint64
	Failing  time.Time // since when every try has failed; zero: they don't
}

// QueueCounts is what has happened in a queue since the start.
type QueueCounts struct {
	Queue    string
	Offered  uint64
	Closed   uint64            // told that it is closed
	Ended    map[string]uint64 // by outcome
	Wait     Histogram         // s, of those who were answered
	GaveUp   Histogram         // s, the wait of those who gave up
	Handling Histogram         // s: talk, hold and wrap-up
}
