package dialog

import (
	"fmt"
	"strings"
	"testing"
)

// TestStates visits every cell: rows are states, columns events, "." means that the event means nothing there.
func TestStates(t *testing.T) {
	names := map[State]string{
		Calling: "Cal", Proceeding: "Pro", Cancelling: "Can", Incoming: "Inc", Accepted: "Acc", Closing: "Clo", Confirmed: "Con",
		Leaving: "Lea", Ended: "End",
	}
	const want = `
          1xx 2xx bad can ack bye ans hup nak los don
      Cal Pro Con End  .   .   .   .  Can  .   .   .
      Pro Pro Con End  .   .   .   .  Can  .   .   .
      Can Can Lea End  .   .   .   .   .   .   .   .
      Inc  .   .   .  End  .  End Acc End  .  End  .
      Acc  .   .   .   .  Con End  .  Clo Lea End  .
      Clo  .   .   .   .  Lea End  .   .  Lea End  .
      Con  .   .   .   .   .  End  .  Lea Lea Lea  .
      Lea  .   .   .   .   .  End  .   .   .   .  End
      End  .   .   .   .   .   .   .   .   .   .   .
`
	var b strings.Builder
	b.WriteString("1xx 2xx bad can ack bye ans hup nak los don\n")
	for s := Calling; s <= Ended; s++ {
		fmt.Fprint(&b, names[s])
		for e := GotProvisional; e <= ByeDone; e++ {
			to, ok := s.On(e)
			cell := "."
			if ok {
				cell = names[to]
			} else if to != s {
				t.Errorf("%s on %d: the state changed", names[s], e)
			}
			fmt.Fprint(&b, " ", cell)
		}
		b.WriteString("\n")
	}
	if got, want := strings.Fields(b.String()), strings.Fields(want); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("got\n%s", b.String())
	}
	for s := Calling; s <= Ended; s++ {
		if _, ok := s.On(Hangup); ok != s.Live() {
			t.Errorf("%s: live %v, but can be hung up %v", names[s], s.Live(), ok)
		}
	}
}
