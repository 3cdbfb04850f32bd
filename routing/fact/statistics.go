package fact

import "time"

// ServiceLevel says what counts as answered in time.
type ServiceLevel struct {
	Within time.Duration // of the wait
	Short  time.Duration // who gives up sooner doesn't count
}

// StatisticsBy is what rows of statistics are about.
type StatisticsBy string

// What rows of statistics can be about.
const (
	ByCompany StatisticsBy = "company" // all calls in one row
	ByQueue   StatisticsBy = "queue"
	ByAgent   StatisticsBy = "agent"
	ByEntry   StatisticsBy = "entry" // the number that was dialled
	ByTrunk   StatisticsBy = "trunk"
)

// StatisticsInterval is how long the time of a row is, by the clock of a time zone.
type StatisticsInterval string

// The intervals of statistics.
const (
	EveryQuarter StatisticsInterval = "15m"
	EveryHour    StatisticsInterval = "hour"
	EveryDay     StatisticsInterval = "day"
	WholeTime    StatisticsInterval = "whole"
)

// QueryError says why a query makes no sense, in a sentence for whoever asked.
type QueryError string

func (e QueryError) Error() string { return string(e) }

// StatisticsQuery asks for statistics. Empty names: all.
type StatisticsQuery struct {
	From, To time.Time // To is not in it
	By       StatisticsBy
	Interval StatisticsInterval
	Zone     *time.Location // of the borders of intervals
	Now      time.Time      // what goes on lasts until then

	Queue string
	Agent string // only with ByAgent
	Entry string // not with ByAgent
	Trunk string // not with ByAgent

	Levels map[string]ServiceLevel // by queue
	Usual  ServiceLevel            // of queues that are not in Levels
}

// LevelOf is what counts as answered in time in a queue.
func (q StatisticsQuery) LevelOf(queue string) ServiceLevel {
	if l, ok := q.Levels[queue]; ok {
		return l
	}
	return q.Usual
}

// StatisticsRow is the figures of one queue, agent, number or trunk in one interval.
type StatisticsRow struct {
	Name string    `json:"name" doc:"of the queue, agent, number or trunk; empty: of the company, or none was known"`
	From time.Time `json:"from"`
	To   time.Time `json:"to" doc:"not in it"`
	Figures
}

// Figures is what happened, as docs/statistics.md defines it. Times are seconds; null: nothing to divide by.
type Figures struct {
	Calls          int `json:"calls" doc:"that came in; by company, entry and trunk"`
	Closed         int `json:"closed" doc:"told that the queue is closed"`
	Offered        int `json:"offered" doc:"entered a queue"`
	Answered       int `json:"answered"`
	AnsweredWithin int `json:"answeredWithin" doc:"in time, as service_level says"`
	Abandoned      int `json:"abandoned" doc:"the caller gave up, short ones apart"`
	AbandonedShort int `json:"abandonedShort"`
	Overflowed     int `json:"overflowed" doc:"went on to something else"`
	TimedOut       int `json:"timedOut" doc:"reached the longest wait"`
	Failed         int `json:"failed" doc:"ended by us: shutdown, crash, fault"`
	Waiting        int `json:"waiting" doc:"wait still"`

	ServiceLevel *float64 `json:"serviceLevel" doc:"0 to 1"`
	AnswerSpeed  *float64 `json:"answerSpeed" doc:"mean wait of those who were answered (ASA)"`
	LongestWait  float64  `json:"longestWait" doc:"of those who were answered"`
	AbandonWait  *float64 `json:"abandonWait" doc:"mean wait of those who gave up, short ones apart"`

	Talk         float64  `json:"talk" doc:"all"`
	Hold         float64  `json:"hold" doc:"all"`
	WrapUp       float64  `json:"wrapUp" doc:"all"`
	TalkMean     *float64 `json:"talkMean"`
	LongestTalk  float64  `json:"longestTalk"`
	HoldMean     *float64 `json:"holdMean"`
	WrapUpMean   *float64 `json:"wrapUpMean"`
	HandlingMean *float64 `json:"handlingMean" doc:"talk, hold and wrap-up (AHT)"`

	Offers      int `json:"offers" doc:"times that an agent's phone was rung"`
	Missed      int `json:"missed" doc:"rang out"`
	Refused     int `json:"refused"`
	OffersLost  int `json:"offersLost" doc:"taken back, or the phone failed"`
	Transferred int `json:"transferred" doc:"answered and then passed on"`

	CallbacksAsked     int `json:"callbacksAsked" doc:"by customers and for them; by company and queue, like the next ones"`
	CallbackAttempts   int `json:"callbackAttempts" doc:"times that a customer was called"`
	CallbacksReached   int `json:"callbacksReached" doc:"customer and agent have talked"`
	CallbacksFailed    int `json:"callbacksFailed" doc:"all attempts were in vain"`
	CallbacksCancelled int `json:"callbacksCancelled"`
	CallbacksAbandoned int `json:"callbacksAbandoned" doc:"the customer was called first, answered, and gave up before an agent came"`

	Agent *AgentTimes `json:"agent,omitempty" doc:"by agent only"`
}

// AgentTimes is how long an agent was in which state within an interval, in seconds.
type AgentTimes struct {
	LoggedIn  float64  `json:"loggedIn" doc:"not offline, or with a call"`
	Available float64  `json:"available" doc:"and idle"`
	Busy      float64  `json:"busy" doc:"and idle"`
	Away      float64  `json:"away" doc:"and idle"`
	Ringing   float64  `json:"ringing"`
	Talking   float64  `json:"talking" doc:"hold included"`
	WrapUp    float64  `json:"wrapUp"`
	Occupancy *float64 `json:"occupancy" doc:"share of talking and wrap-up in the time with or for calls, 0 to 1"`
}

// AbandonedCall is a caller who gave up waiting.
type AbandonedCall struct {
	Call         CallID         `json:"call"`
	Conversation ConversationID `json:"conversation"`
	Queue        string         `json:"queue"`
	Number       string         `json:"number" doc:"empty: withheld"`
	Name         string         `json:"name"`
	Entry        string         `json:"entry" doc:"the number that was dialled"`
	At           time.Time      `json:"at" doc:"when the caller gave up"`
	Waited       float64        `json:"waited" doc:"seconds"`
	Short        bool           `json:"short" doc:"so soon that the service level doesn't count it"`
	State        string         `json:"state" enum:"open,tried,reached" doc:"reached: somebody has talked with the number since; tried: it was called or has called again, in vain"`
	Later        *time.Time     `json:"later" doc:"when it was reached, or last tried"`
	Times        int            `json:"times" doc:"how often the number gave up in this queue within the time asked for"`
}
