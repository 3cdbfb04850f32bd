package recorder

import (
	"fmt"
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"mediasrv/routing/fact"
)

const (
	dayLayout   = "2006-01-02"
	stampLayout = "20060102150405"
	maxWord     = 48 // bytes of a name's part: the whole stays below the 255 that file systems take
)

// nameOf is where a file goes: DAY/conversationID_agentname_enduser_YYYYMMDDHHMMSS_part_segment, without suffix. A call that has no
// conversation, since it is passed on to another trunk, has its own id there. again is appended from the second file on that would have the same name.
func nameOf(f fact.Segment, start time.Time, part string, again int) (day, name string) {
	start = start.UTC()
	name = fmt.Sprintf("%s_%s_%s_%s_%s_%d", word(string(f.Conversation), word(string(f.Call), "none")), word(f.AgentName, word(f.Agent, "none")),
		word(f.EndUser, word(f.EndNumber, "anonymous")), start.Format(stampLayout), part, f.Number)
	if again > 0 {
		name += fmt.Sprintf("-%d", again+1)
	}
	return start.Format(dayLayout), name
}

// word makes text safe for every file system: letters and digits of any script, plus and minus; anything else becomes a minus sign.
// The underscore is left to separate words. Text without any letter is replaced by instead. Since a name always has underscores, it
// can't be one of the device names of Windows.
func word(text, instead string) string {
	var b strings.Builder
	dash := false
	for _, r := range norm.NFC.String(strings.ToValidUTF8(text, "-")) {
		switch {
		case unicode.IsLetter(r) || unicode.IsDigit(r) || r == '+' || unicode.Is(unicode.M, r) && b.Len() > 0 && !dash && r < 0xFE00:
			if dash && b.Len() > 0 {
				b.WriteByte('-')
			}
			dash = false
			if b.Len()+len(string(r)) > maxWord {
				return b.String()
			}
			b.WriteRune(r)
		default:
			dash = true
		}
	}
	if b.Len() == 0 {
		return instead
	}
	return b.String()
}
