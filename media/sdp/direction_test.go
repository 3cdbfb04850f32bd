package sdp

import "testing"

func TestWithin(t *testing.T) {
	want := [4][4]Direction{ // [what we would like][what the peer says]
		SendRecv: {SendRecv, RecvOnly, SendOnly, Inactive},
		SendOnly: {SendOnly, Inactive, SendOnly, Inactive},
		RecvOnly: {RecvOnly, RecvOnly, Inactive, Inactive},
		Inactive: {Inactive, Inactive, Inactive, Inactive},
	}
	for d, row := range want {
		for other, w := range row {
			if got := Direction(d).within(Direction(other)); got != w {
				t.Errorf("%v, peer %v: %v, want %v", Direction(d), Direction(other), got, w)
			}
		}
		if back, ok := parseDirection(Direction(d).String()); !ok || back != Direction(d) {
			t.Error(Direction(d), "isn't read back")
		}
	}
}
