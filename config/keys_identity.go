package config

import (
	"errors"
	"strings"
	"time"
)

func identityKeys() *shape {
	return of(
		field{key: "from", what: oneOf([]string{"caller", "account"}), std: "caller", about: "Whose number is in From on calls out: the caller's, or our user name of `login`, for carriers that want it there."},
		field{key: "asserted", what: oneOf([]string{"none", "asserted", "preferred"}), or: "none; with `from: account` asserted", about: "The header that names the caller besides: P-Asserted-Identity (the trunk trusts us), P-Preferred-Identity (it checks), or none."},
		field{key: "diversion", what: oneOf([]string{"none", "diversion", "history-info"}), std: "none", about: "How the trunk is told which number of ours a call was passed on from: Diversion, History-Info, or not at all."},
		field{key: "uri", what: oneOf([]string{"sip", "phone", "tel"}), std: "sip", about: "How numbers are written: sip:, sip: with `;user=phone`, or tel:."},
		field{key: "domain", what: reads("a host name or an address", identityDomain), or: "our own address", about: "The host in addresses of ours, for carriers that want theirs there."},
		field{key: "trust", what: yesNo(), std: "true", about: "Is the trunk believed what it says of the caller beyond From: P-Asserted-Identity, P-Preferred-Identity, Diversion, History-Info? (Privacy always is.)"},
		field{key: "called", what: reads("request-uri, to, or a header's name", calledHeader), std: "request-uri", about: "Where calls in name the number called; a header that isn't there leaves the Request-URI."},
	)
}

func identityDomain(text string) (string, error) {
	if _, err := publicAddress(text); err == nil && text != "auto" {
		return text, nil
	}
	if isHostName(text) {
		return text, nil
	}
	return "", errors.New("is neither an address nor a host name")
}

func calledHeader(text string) (string, error) {
	switch {
	case text == "request-uri" || text == "to":
		return text, nil
	case !headerForm.MatchString(text):
		return "", errors.New("is no name of a header")
	}
	return text, nil
}

func headerKeys() *shape {
	return of(
		field{key: "remove", what: listOf(reads("a header's name", headerName)), std: "[]", about: "Headers that INVITEs must not have."},
		field{key: "replace", what: headerMap(), or: "none", about: "Headers that get another value, where they are there."},
		field{key: "add", what: headerMap(), or: "none", about: "Headers that INVITEs have besides. `{number}` is the number dialled, `{caller}` the caller's."},
	)
}

// headerMap is headers with their values.
func headerMap() *shape {
	return &shape{
		expects: "a map of headers such as X-Customer: \"4711\"",
		names: &names{are: "HEADER", hint: "a header of the INVITE that is not the dialog's own", check: func(text string) error {
			_, err := headerName(text)
			return err
		}, each: reads("a text of at most 256 letters in one line", headerValue)},
	}
}

const mostHeaders = 20 // of a trunk's rules: an INVITE has to stay small

// headerName refuses what the dialog, the transport or the body need to be as they are.
func headerName(text string) (string, error) {
	if !headerForm.MatchString(text) {
		return "", errors.New("is no name of a header")
	}
	if why := ownHeaders()[strings.ToLower(text)]; why != "" {
		return "", errors.New("can't be changed: " + why)
	}
	return text, nil
}

func headerValue(text string) (string, error) {
	switch {
	case len(text) > 256:
		return "", errors.New("is longer than 256 letters")
	case strings.TrimSpace(text) == "":
		return "", errors.New("is empty")
	case strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r == 0x7f }):
		return "", errControl
	}
	return strings.TrimSpace(text), nil
}

// ownHeaders are the headers that rules may not touch, each with the reason, by their long and compact names.
func ownHeaders() map[string]string {
	own := map[string]string{}
	for why, all := range map[string]string{
		"the dialog is known by it":           "call-id i cseq from f to t contact m",
		"messages find their way by it":       "via v route record-route path service-route max-forwards",
		"it describes the message's body":     "content-type c content-length l content-encoding e content-disposition mime-version",
		"it says what we can do":              "allow supported k require proxy-require accept unsupported session-expires x min-se rseq rack",
		"logins are the business of `login`":  "authorization proxy-authorization www-authenticate proxy-authenticate",
		"transfers are checked by it":         "refer-to r referred-by b replaces event o subscription-state",
		"identity says what stands there":     "p-asserted-identity p-preferred-identity privacy diversion history-info",
		"it would make the call another call": "join target-dialog date expires",
	} {
		for name := range strings.FieldsSeq(all) {
			own[name] = why
		}
	}
	return own
}

func dialOutKeys(from string) *shape {
	company := from == ""
	or := func(text string) string {
		if company {
			return text
		}
		return from
	}
	std := func(text string) string {
		if company {
			return text
		}
		return ""
	}
	fields := []field{
		{key: "countries", what: listOf(reads("two letters such as JP", country)), or: or("`company.country`; none if it isn't set"), about: "Countries whose numbers may be dialled."},
		{key: "prefixes", what: listOf(reads(`a quoted beginning such as "+8150"`, numberPrefix)), std: std("[]"), or: or(""), about: "Besides: numbers that begin so."},
		{key: "deny", what: listOf(reads(`a quoted beginning such as "+8150"`, numberPrefix)), std: std("[]"), or: or(""), about: "Never: numbers that begin so."},
		{key: "premium", what: yesNo(), std: std("false"), or: or(""), about: "May numbers be dialled that cost extra (premium rate, shared cost)?"},
		{key: "longest", what: durationIn(time.Minute, day), std: std("4h"), or: or(""), about: "Then a call out is ended."},
	}
	if company {
		fields = append(fields,
			field{key: "calls", what: integer(0, 100_000), std: "0", about: "Calls out at once, of everybody; 0: no limit."},
			field{key: "emergency", what: listOf(reads(`quoted digits such as "119"`, emergencyNumber)), std: "[]", about: "Emergency numbers besides those of `company.country`. They are always let through, past every limit."},
		)
	}
	return of(fields...)
}

// dialOutOf is what a user or a trunk may have different; calls counts those of that one.
func dialOutOf(calls, about string) *shape {
	s := dialOutKeys("the company's")
	s.fields = append(s.fields, field{key: "calls", what: integer(0, 100_000), std: calls, about: about})
	return s
}

func internationalPrefix(text string) (string, error) {
	if text == "+" || (len(text) >= 1 && len(text) <= 8 && strings.Trim(text, "0123456789") == "") {
		return text, nil
	}
	return "", errors.New("has other than digits")
}

func numberPrefix(text string) (string, error) {
	digits, plus := strings.CutPrefix(strings.TrimSuffix(text, "*"), "+")
	switch {
	case !plus:
		return "", errors.New("does not begin with +")
	case digits == "" || len(digits) > 15 || strings.Trim(digits, "0123456789") != "" || digits[0] == '0':
		return "", errors.New("is no beginning of a number")
	}
	return "+" + digits, nil
}

func emergencyNumber(text string) (string, error) {
	if len(text) < 2 || len(text) > 8 || strings.Trim(text, "0123456789*#") != "" {
		return "", errors.New("has other than two to eight digits")
	}
	return text, nil
}

func routesKeys() *shape {
	return &shape{
		expects: `a map of quoted beginnings such as "+81*": {trunks: [carrier-a]}`,
		names: &names{are: "PREFIX", quote: true, check: routePrefix, hint: `digits that end in * such as "+81*", or "*" for all numbers`, each: of(
			field{key: "trunks", what: listOf(ref("a trunk")), or: "those that carry calls out, in the order of the file", about: "Tried in this order: write the cheapest first. The next one is tried if one can't be reached, has no room, or fails (5xx); not if the number is busy, declines, or does not exist."},
		)},
	}
}

func routePrefix(text string) error {
	if !patternForm.MatchString(text) || text == "+*" {
		return errors.New("is no beginning of a number")
	}
	if len(text) > 1+15+1 {
		return errors.New("is longer than any number")
	}
	return nil
}
