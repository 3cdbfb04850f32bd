package dialog

import (
	"strings"

	"github.com/emiago/sipgo/sip"
)

// hears says whether the peer may be heard before the answer. P-Early-Media (RFC 5009) is said by the side that sends: sendonly and sendrecv mean that
// its media is meant to be heard.
func (e EarlyMedia) hears(res *sip.Response) bool {
	said, meant := false, false
	for _, t := range Tokens(res, "P-Early-Media") {
		switch strings.ToLower(t) {
		case "sendrecv", "sendonly":
			said, meant = true, true
		case "recvonly", "inactive":
			said = true
		}
	}
	switch e {
	case EarlyAuthorized:
		return meant
	case EarlyNever:
		return false
	case EarlyAlways:
	}
	return meant || !said
}
