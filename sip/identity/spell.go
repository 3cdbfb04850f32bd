package identity

import (
	"strconv"
	"strings"

	"mediasrv/config"

	"github.com/nyaruka/phonenumbers"
)

// E164 reads a number as people in a country dial it. What is no telephone number of E.164 stays as it is: extensions, emergency numbers, names.
func E164(text, country string) string {
	digits := strings.Map(func(r rune) rune {
		if strings.ContainsRune(" -.()/", r) {
			return -1
		}
		return r
	}, text)
	if !dialable(digits) {
		return text
	}
	n, err := phonenumbers.Parse(digits, country)
	if err != nil || !phonenumbers.IsPossibleNumber(n) {
		return digits
	}
	if !strings.HasPrefix(digits, "+") && !phonenumbers.IsValidNumber(n) {
		if plus, err := phonenumbers.Parse("+"+digits, country); err == nil && phonenumbers.IsValidNumber(plus) {
			n = plus // E.164 without its plus sign
		} else {
			return digits
		}
	}
	return phonenumbers.Format(n, phonenumbers.E164)
}

// dialable says that a text is digits, with a plus sign at most before them.
func dialable(text string) bool {
	digits := strings.TrimPrefix(text, "+")
	return digits != "" && strings.Trim(digits, "0123456789") == ""
}

// Spell writes a number as a trunk wants it. Only numbers of E.164 (with their plus sign) are respelled: extensions, emergency numbers and
// what was dialled within a pattern go as they are.
func Spell(number string, t *config.Trunk, country string) string {
	if !strings.HasPrefix(number, "+") || !dialable(number) {
		return number
	}
	switch t.NumbersAs {
	case "plus-less":
		return number[1:]
	case "national":
		return national(number, t.International, country)
	}
	return number
}

// national is a number as people of a country dial it. prefix stands before the country codes of others; empty: what they dial.
func national(number, prefix, country string) string {
	n, err := phonenumbers.Parse(number, country)
	if err != nil {
		return number
	}
	code := phonenumbers.GetCountryCodeForRegion(country)
	switch {
	case int(n.GetCountryCode()) == code:
		return onlyDigits(phonenumbers.Format(n, phonenumbers.NATIONAL), number)
	case prefix == "+":
		return number
	case prefix != "":
		return prefix + number[1:]
	}
	abroad := phonenumbers.FormatOutOfCountryCallingNumber(n, country)
	if strings.HasPrefix(abroad, "+") {
		return number
	}
	return onlyDigits(abroad, number)
}

// onlyDigits takes the spaces and dashes out of a number that is formatted for people; one that has other things in it is not taken.
func onlyDigits(text, otherwise string) string {
	digits := strings.Map(func(r rune) rune {
		if strings.ContainsRune(" -.()/\u00a0", r) {
			return -1
		}
		return r
	}, text)
	if !dialable(digits) {
		return otherwise
	}
	return digits
}

// context is the phone-context of a number that is no E.164 number (RFC 3966, 5.1.5): the country's code, else a domain.
func context(country, domain string) string {
	if code := phonenumbers.GetCountryCodeForRegion(country); code != 0 {
		return "+" + strconv.Itoa(code)
	}
	return domain
}
