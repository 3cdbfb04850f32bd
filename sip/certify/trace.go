package certify

import (
	"regexp"
	"strings"
	"time"
)

// Message is one SIP message of a step as it was on the wire, but for its secrets.
type Message struct {
	At   time.Duration `json:"at_ns"` // since the run began
	Sent bool          `json:"sent"`
	Peer string        `json:"peer"` // its address
	Text string        `json:"text"`
}

// First is the message's first line.
func (m Message) First() string {
	line, _, _ := strings.Cut(m.Text, "\r\n")
	return line
}

//nolint:gochecknoglobals // compiled once, never written
var (
	secretParams = regexp.MustCompile(`(?i)\b(response|cnonce|nonce|nextnonce|rspauth|opaque)=("[^"]*"|[^,;\s]+)`)
	secretKeys   = regexp.MustCompile(`(?i)(inline:)[A-Za-z0-9+/=|:]+`)
	secretICE    = regexp.MustCompile(`(?i)(a=ice-pwd:)\S+`)
	authHeader   = regexp.MustCompile(`(?i)^(proxy-)?(authorization|authenticate|authentication-info)\s*:|^www-authenticate\s*:`)
)

// mask takes the secrets out of a message: what a digest could be guessed or repeated with, and keys of media.
func mask(text string) string {
	lines := strings.Split(text, "\r\n")
	for i, l := range lines {
		if strings.Contains(l, "uth") && authHeader.MatchString(l) {
			l = secretParams.ReplaceAllString(l, `$1="***"`)
			if !strings.Contains(strings.ToLower(l), "digest") { // Basic, Bearer: the value is the secret
				name, _, _ := strings.Cut(l, ":")
				l = name + ": ***"
			}
		}
		if strings.HasPrefix(l, "a=") {
			l = secretKeys.ReplaceAllString(l, "$1***")
			l = secretICE.ReplaceAllString(l, "$1***")
		}
		lines[i] = l
	}
	return strings.Join(lines, "\r\n")
}
