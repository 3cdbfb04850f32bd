package config

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/nyaruka/phonenumbers"
)

// A scalar's reader says in its error what is wrong; what is expected stands in the shape and is added.
var (
	errNotBool   = errors.New("is neither true nor false")
	errNotNumber = errors.New("is not a whole number")
	errQuote     = errors.New(`is a number to YAML: quote it ("…")`)
	errControl   = errors.New("has a line break or a control character")
)

const day = 24 * time.Hour

var (
	loginForm  = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]{0,31}$`)
	digestForm = regexp.MustCompile(`^[A-Za-z0-9+_.@-]{1,64}$`)
	headerForm = regexp.MustCompile("^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,64}$")
	voiceForm  = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9+_-]{0,63}$`)
)

// duration reads 30s, 10m, 24h, 180d and sums of them, the larger unit first: 1h30m.
func duration(text string) (time.Duration, error) {
	units := []struct {
		letter byte
		is     time.Duration
	}{{'d', day}, {'h', time.Hour}, {'m', time.Minute}, {'s', time.Second}}
	var sum time.Duration
	rest := text
	for _, unit := range units {
		digits := rest[:len(rest)-len(strings.TrimLeft(rest, "0123456789"))]
		if digits == "" || len(digits) == len(rest) || rest[len(digits)] != unit.letter {
			continue
		}
		n, err := strconv.ParseInt(digits, 10, 64)
		if err != nil || n > int64(100*365*day/unit.is) {
			return 0, errors.New("is longer than a life")
		}
		sum += time.Duration(n) * unit.is
		rest = rest[len(digits)+1:]
	}
	if rest != "" || text == "" {
		if strings.Trim(text, "0123456789") == "" && text != "" {
			return 0, errors.New("has no unit: write " + text + "s for seconds")
		}
		return 0, errors.New("is no duration")
	}
	return sum, nil
}

// spell writes a duration as the file does.
func spell(d time.Duration) string {
	if d == 0 {
		return "0s"
	}
	var b strings.Builder
	for _, unit := range []struct {
		letter string
		is     time.Duration
	}{{"d", day}, {"h", time.Hour}, {"m", time.Minute}, {"s", time.Second}} {
		if n := d / unit.is; n > 0 && (unit.letter != "d" || d%day == 0) {
			fmt.Fprintf(&b, "%d%s", n, unit.letter)
			d -= n * unit.is
		}
	}
	return b.String()
}

func sipAddress(text string) (SIPAddress, error) {
	scheme, rest, ok := strings.Cut(text, "://")
	switch {
	case !ok:
		return SIPAddress{}, errors.New("does not begin with udp://, tcp:// or tls://")
	case scheme == "ws" || scheme == "wss":
		return SIPAddress{}, fmt.Errorf("%s:// is not in this version (browsers use the web port)", scheme)
	case scheme != "udp" && scheme != "tcp" && scheme != "tls":
		return SIPAddress{}, fmt.Errorf("%q is no transport", scheme)
	}
	host, port, err := hostPort(rest)
	return SIPAddress{Transport: scheme, Host: host, Port: port}, err
}

// hostPort reads :5060, 192.0.2.1:5060 and [2001:db8::1]:5060.
func hostPort(text string) (string, int, error) {
	host, service, err := net.SplitHostPort(text)
	if err != nil {
		return "", 0, errors.New("has no port that can be read")
	}
	port, err := strconv.ParseUint(service, 10, 16)
	if err != nil {
		return "", 0, fmt.Errorf("port %q is not a number from 0 to 65535", service)
	}
	if host == "" {
		return "", int(port), nil
	}
	if _, err := netip.ParseAddr(host); err != nil && !isHostName(host) {
		return "", 0, fmt.Errorf("%q is neither an address nor a host name", host)
	}
	return host, int(port), nil
}

func isHostName(text string) bool {
	if len(text) > 253 || looksLikeAddress(text) {
		return false
	}
	for label := range strings.SplitSeq(strings.TrimSuffix(text, "."), ".") {
		ok := label != "" && len(label) <= 63 && label[0] != '-' && label[len(label)-1] != '-'
		if !ok || strings.Trim(label, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_") != "" {
			return false
		}
	}
	return true
}

// looksLikeAddress is true for what somebody meant as an IPv4 address: 192.0.2.300.
func looksLikeAddress(text string) bool { return strings.Trim(text, "0123456789.") == "" }

// server reads a trunk's host or host:port.
func server(text string) (string, error) {
	host, port, err := net.SplitHostPort(text)
	if err != nil {
		host, port = strings.TrimSuffix(strings.TrimPrefix(text, "["), "]"), "5060"
	}
	if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 {
		return "", fmt.Errorf("port %q is not a number from 1 to 65535", port)
	}
	if _, err := netip.ParseAddr(host); err != nil && !isHostName(host) {
		return "", fmt.Errorf("%q is neither an address nor a host name", host)
	}
	return text, nil
}

type portRange struct{ from, to uint16 }

func rtpPorts(text string) (portRange, error) {
	from, to, ok := strings.Cut(text, "-")
	a, errA := strconv.ParseUint(strings.TrimSpace(from), 10, 16)
	b, errB := strconv.ParseUint(strings.TrimSpace(to), 10, 16)
	switch {
	case !ok || errA != nil || errB != nil:
		return portRange{}, errors.New("is no range of ports")
	case a < 1024:
		return portRange{}, errors.New("begins below 1024")
	case a%2 != 0:
		return portRange{}, errors.New("begins with an odd port")
	case b < a+3:
		return portRange{}, errors.New("has fewer than four ports; a call needs at least two")
	}
	return portRange{from: uint16(a), to: uint16(b)}, nil
}

func prefix(text string) (netip.Prefix, error) {
	if a, err := netip.ParseAddr(text); err == nil && a.Zone() == "" {
		a = a.Unmap()
		return netip.PrefixFrom(a, a.BitLen()), nil
	}
	p, err := netip.ParsePrefix(text)
	switch {
	case err != nil:
		return p, errors.New("is neither an address nor a network")
	case p.Masked() != p:
		return p, fmt.Errorf("has bits set behind /%d: did you mean %s?", p.Bits(), p.Masked())
	case p.Bits() == 0:
		return p, errors.New("is the whole Internet")
	}
	return p, nil
}

// publicAddress reads an address; the invalid one is auto.
func publicAddress(text string) (netip.Addr, error) {
	if text == "auto" {
		return netip.Addr{}, nil
	}
	a, err := netip.ParseAddr(text)
	switch {
	case err != nil:
		return a, errors.New("is no IP address")
	case a.IsUnspecified() || a.IsMulticast() || a.Zone() != "":
		return a, errors.New("is no address that anybody could reach")
	}
	return a.Unmap(), nil
}

func timeZone(text string) (*time.Location, error) {
	if text == "" || text == "Local" {
		return nil, errors.New("is no time zone")
	}
	zone, err := time.LoadLocation(text)
	if err != nil {
		return nil, errors.New("is no time zone that this machine knows")
	}
	return zone, nil
}

func country(text string) (string, error) {
	if !phonenumbers.GetSupportedRegions()[text] {
		if up := strings.ToUpper(text); phonenumbers.GetSupportedRegions()[up] {
			return "", errors.New("is written in small letters: write " + up)
		}
		return "", errors.New("is no country code")
	}
	return text, nil
}

// ReadNumber reads a telephone number as people of a country write it, and returns it as E.164. Without a country only numbers that begin
// with + can be read.
func ReadNumber(text, country string) (string, error) {
	if strings.Trim(text, "+0123456789 ()-./") != "" || strings.Trim(text, " ()-./") == "" {
		return "", errors.New("is no telephone number")
	}
	if country == "" {
		country = "ZZ"
	}
	n, err := phonenumbers.Parse(text, country)
	switch {
	case errors.Is(err, phonenumbers.ErrInvalidCountryCode) && !strings.HasPrefix(strings.TrimSpace(text), "+"):
		return "", errors.New("has no country code: begin it with +, or set company.country")
	case errors.Is(err, phonenumbers.ErrInvalidCountryCode):
		return "", errors.New("has a country code that does not exist")
	case err != nil:
		return "", errors.New("is no telephone number")
	}
	switch phonenumbers.IsPossibleNumberWithReason(n) {
	case phonenumbers.IS_POSSIBLE:
		const longest = 1 + 15 // E.164
		if e164 := phonenumbers.Format(n, phonenumbers.E164); len(e164) <= longest {
			return e164, nil
		}
		return "", errors.New("is longer than 15 digits")
	case phonenumbers.TOO_SHORT, phonenumbers.IS_POSSIBLE_LOCAL_ONLY:
		return "", errors.New("is too short for a number of " + region(n, country))
	case phonenumbers.TOO_LONG:
		return "", errors.New("is too long for a number of " + region(n, country))
	default:
		return "", errors.New("can't be a number of " + region(n, country))
	}
}

func region(n *phonenumbers.PhoneNumber, country string) string {
	if r := phonenumbers.GetRegionCodeForCountryCode(int(n.GetCountryCode())); r != "" && r != "ZZ" && r != "001" {
		return r
	}
	return country
}

// name checks what operators call their queues, trunks and strategies: it is shown, logged and part of addresses.
func name(text string) error {
	letters := []rune(text)
	if len(letters) == 0 || len(letters) > 64 {
		return errors.New("has no letter or more than 64")
	}
	if !unicode.IsLetter(letters[0]) && !unicode.IsDigit(letters[0]) {
		return errors.New("begins with neither a letter nor a digit")
	}
	if i := slices.IndexFunc(letters, func(r rune) bool {
		return !unicode.In(r, unicode.Letter, unicode.Mark, unicode.Digit) && !strings.ContainsRune(" ._-", r)
	}); i >= 0 {
		return fmt.Errorf("contains %q", letters[i])
	}
	return nil
}

// login checks a user's name for logging in: it is a SIP user and part of file names.
func login(text string) error {
	if loginForm.MatchString(text) {
		return nil
	}
	if low := strings.ToLower(text); low != text && login(low) == nil {
		return errors.New("has capitals: write " + low)
	}
	return errors.New("is no login")
}

// digestUser checks a user name of a SIP digest login.
func digestUser(text string) (string, error) {
	if digestForm.MatchString(text) {
		return text, nil
	}
	return "", errors.New("is no user name")
}

// httpURL reads the address of a service.
func httpURL(text string) (string, error) {
	u, err := url.Parse(text)
	switch {
	case err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https":
		return "", errors.New("is no http:// or https:// address")
	case u.User != nil:
		return "", errors.New("has a password in it: that belongs into key")
	}
	return text, nil
}

func voice(text string) (string, error) {
	if voiceForm.MatchString(text) {
		return text, nil
	}
	return "", errors.New("is no name of a voice or language")
}

func webAddress(text string) (string, error) {
	if strings.Contains(text, "://") {
		if u, err := url.Parse(text); err == nil && u.Port() != "" {
			return "", errors.New("is a URL: write " + strconv.Quote(":"+u.Port()))
		}
		return "", errors.New("is a URL")
	}
	_, _, err := hostPort(text)
	return text, err
}
