package config

import (
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"
)

// Webhook is a program of the company's that is told what happens in calls.
type Webhook struct {
	Name    string
	URL     string
	Secret  string   // signs what it is told; never logged
	Events  []string // of WebhookEvents
	Private bool     // it may be at a private address
	GiveUp  time.Duration
}

// CRM is the page of the company's own that agents see on a call.
type CRM struct {
	URL    string // a template, see CRMPlaces; empty: none
	Answer bool   // it opens when the agent answers; false: by a click
}

// WebhookEvents are the kinds of events that webhooks can be told of: their names in the time line.
var WebhookEvents = []string{ //nolint:gochecknoglobals // constant
	"call-began", "queued", "offered", "missed", "refused", "agent-answered", "held", "resumed", "transferred", "conference", "voicemail-left", "wrap-up-ended", "call-ended",
}

// CRMPlaces are what the template of a CRM's address is filled in with.
var CRMPlaces = []string{"number", "name", "call", "entry", "queue", "agent"} //nolint:gochecknoglobals // constant

const webhookEvents = "[offered, agent-answered, call-ended]"

func webhookKeys() *shape {
	return of(
		field{key: "url", what: reads("an address such as https://crm.example.com/hooks/calls", httpURL), or: "required", about: "Is sent JSON by POST for each event, in order, until it answers with 2xx."},
		field{key: "secret", what: secret(), or: "required", about: "Signs what is sent, at least 16 characters: `env:NAME` or `file:PATH`."},
		field{key: "events", what: listOf(oneOf(WebhookEvents)), std: webhookEvents, about: "What it is told of."},
		field{key: "private", what: yesNo(), std: "false", about: "May it be at a private address, such as this machine's? Else only public ones are called, whatever the name leads to."},
		field{key: "give_up", what: durationIn(time.Minute, 30*day), std: "24h", about: "Events that could not be told for so long are dropped, and counted."},
	)
}

func crmKeys() *shape {
	return of(
		field{
			key: "url", what: reads("an address such as https://crm.example.com/contacts?phone={number}", crmURL), or: "none",
			about: "A page that agents can open on a call. Filled in: `{number}`, `{name}`, `{call}`, `{entry}` (the number dialled), `{queue}`, `{agent}`.",
		},
		field{key: "open", what: oneOf([]string{"click", "answer"}), std: "click", about: "`answer`: it opens when the agent answers."},
	)
}

var crmPlace = regexp.MustCompile(`\{[^{}]*\}`)

// crmURL reads a template of an address. Its host is fixed: callers have no say in where agents are led.
func crmURL(text string) (string, error) {
	for _, place := range crmPlace.FindAllString(text, -1) {
		if !slices.Contains(CRMPlaces, strings.Trim(place, "{}")) {
			return "", fmt.Errorf("has %s, which is none of {%s}", place, strings.Join(CRMPlaces, "}, {"))
		}
	}
	u, err := url.Parse(crmPlace.ReplaceAllString(text, "x"))
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || u.User != nil {
		return "", errors.New("is no http:// or https:// address")
	}
	scheme, rest, _ := strings.Cut(text, "://")
	host, _, _ := strings.Cut(rest, "/")
	host, _, _ = strings.Cut(host, "?")
	if strings.ContainsAny(scheme+host, "{}") {
		return "", errors.New("has a part that is filled in before its path: the host must be fixed")
	}
	return text, nil
}

const shortestSecret = 16

func (b *builder) webhooks(n *node) map[string]*Webhook {
	all := map[string]*Webhook{}
	each(n, func(key, w *node) {
		h := &Webhook{
			Name: key.text, URL: val(w.get("url"), ""), Secret: val(w.get("secret"), ""), Private: val(w.get("private"), false),
			GiveUp: val(w.get("give_up"), 24*time.Hour),
		}
		h.Events = []string{"offered", "agent-answered", "call-ended"}
		if at := w.get("events"); at != nil {
			h.Events = vals[string](at)
		}
		switch {
		case b.mistaken(w):
		case w.get("url") == nil:
			b.wrong(key, "tells nobody: expected url")
		case w.get("secret") == nil:
			b.wrong(key, "signs nothing: expected secret, such as env:CRM_HOOK_SECRET")
		case len(h.Secret) < shortestSecret && !b.silent:
			b.wrong(w.get("secret"), fmt.Sprintf("is too short: expected at least %d characters", shortestSecret))
		}
		all[h.Name] = h
	})
	return all
}

func crm(n *node) CRM {
	return CRM{URL: val(n.get("url"), ""), Answer: val(n.get("open"), "click") == "answer"}
}
