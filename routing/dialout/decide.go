package dialout

import (
	"slices"
	"strings"
	"time"

	"mediasrv/config"

	"github.com/nyaruka/phonenumbers"
)

// Reason names why a number may not be dialled; empty: it may.
type Reason string

// The reasons.
const (
	NotANumber Reason = "not-a-number" // neither a telephone number nor one that the file names
	Denied     Reason = "denied"       // its beginning is denied
	Premium    Reason = "premium"      // it costs extra
	Country    Reason = "country"      // of a country that may not be dialled
	OwnLimit   Reason = "own-limit"    // the user, or the trunk that the call came in by, has all the calls out that it may have
	AllLimit   Reason = "all-limit"    // so has the company
	NoRoute    Reason = "no-route"     // no trunk leads there
)

// Reasons are all of them, for metrics that show zeros from the start.
func Reasons() []Reason {
	return []Reason{NotANumber, Denied, Premium, Country, OwnLimit, AllLimit, NoRoute}
}

// Text is a sentence for whoever wanted to call.
func (r Reason) Text() string {
	return map[Reason]string{
		NotANumber: "This is no telephone number.",
		Denied:     "This number may not be called.",
		Premium:    "Numbers that cost extra may not be called.",
		Country:    "Numbers of this country may not be called.",
		OwnLimit:   "Too many calls at once.",
		AllLimit:   "The company has all the calls out that it may have.",
		NoRoute:    "No trunk leads to this number.",
	}[r]
}

// Ask is a call that somebody wants to make.
type Ask struct {
	Number    string // E.164, or as it was dialled
	Given     bool   // the file names the number, or what it begins with: country and beginning are the operator's choice
	Emergency bool
	Own, All  int // calls out now: of whoever asks, and of everybody
}

// Verdict says whether the call may be made.
type Verdict struct {
	Why       Reason
	Emergency bool
	Longest   time.Duration // then it is ended; 0: no limit
}

// Decide is the whole rule. all is the company's limit of calls at once; rules are those of whoever asks.
func Decide(rules config.DialOut, all int, a Ask) Verdict {
	if a.Emergency {
		return Verdict{Emergency: true}
	}
	return Verdict{Why: reason(rules, all, a), Longest: rules.Longest}
}

func reason(rules config.DialOut, all int, a Ask) Reason {
	switch {
	case !a.Given && number(rules, a.Number) != "":
		return number(rules, a.Number)
	case rules.Calls > 0 && a.Own >= rules.Calls:
		return OwnLimit
	case all > 0 && a.All >= all:
		return AllLimit
	}
	return ""
}

// number says why a number may not be dialled.
func number(rules config.DialOut, text string) Reason {
	n, err := phonenumbers.Parse(text, "")
	begins := func(prefix string) bool { return strings.HasPrefix(text, prefix) }
	switch {
	case err != nil || !strings.HasPrefix(text, "+") || strings.Trim(text[1:], "0123456789") != "":
		return NotANumber
	case slices.ContainsFunc(rules.Deny, begins):
		return Denied
	case !rules.Premium && costsExtra(n):
		return Premium
	case slices.ContainsFunc(rules.Prefixes, begins):
		return ""
	case !slices.Contains(rules.Countries, phonenumbers.GetRegionCodeForNumber(n)):
		return Country
	}
	return ""
}

func costsExtra(n *phonenumbers.PhoneNumber) bool {
	t := phonenumbers.GetNumberType(n)
	return t == phonenumbers.PREMIUM_RATE || t == phonenumbers.SHARED_COST
}
