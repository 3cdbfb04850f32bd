package recorder

import (
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"mediasrv/routing/fact"
)

func TestNames(t *testing.T) {
	long := strings.Repeat("x", 200)
	tests := []struct{ conversation, agent, user, number, want string }{
		{"c1", "Aiko Mori", "Bob", "+4420", "c1_Aiko-Mori_Bob_20260102030405_agent_2"},
		{"c1", "森 愛子", "+819012345678", "", "c1_森-愛子_+819012345678_20260102030405_agent_2"},
		{"c1", "../../etc/passwd", `C:\x`, "", "c1_etc-passwd_C-x_20260102030405_agent_2"},
		{"c1", "a_b", "x\x00y\nz\u202e", "", "c1_a-b_x-y-z_20260102030405_agent_2"},
		{"c1", "😀", "👩‍👩‍👧", "", "c1_none_anonymous_20260102030405_agent_2"},
		{"c1", "..", ".", "+44", "c1_none_+44_20260102030405_agent_2"},
		{"CON", "NUL", "COM1.", "", "CON_NUL_COM1_20260102030405_agent_2"},
		{"", "", "", "", "none_none_anonymous_20260102030405_agent_2"},
		{"c1", long, long, "", "c1_" + long[:48] + "_" + long[:48] + "_20260102030405_agent_2"},
		{"c1", strings.Repeat("愛", 60), "\xff\xfe", "", "c1_" + strings.Repeat("愛", 16) + "_anonymous_20260102030405_agent_2"},
		{"c1", "Jose\u0301", "<b>\"*?|", "", "c1_José_b_20260102030405_agent_2"},
		{"c1", " -- ", "a--b  c.", "", "c1_none_a-b-c_20260102030405_agent_2"},
	}
	at := time.Date(2026, 1, 2, 12, 4, 5, 0, time.FixedZone("JST", 9*3600))
	for _, test := range tests {
		f := fact.Segment{Conversation: fact.ConversationID(test.conversation), AgentName: test.agent, EndUser: test.user, EndNumber: test.number, Number: 2}
		day, got := nameOf(f, at, "agent", 0)
		if got != test.want || day != "2026-01-02" {
			t.Errorf("%q, %q: %s/%s, want 2026-01-02/%s", test.agent, test.user, day, got, test.want)
		}
		if len(got)+len(".json.part.tmp") > 255 {
			t.Errorf("%q is too long", got)
		}
	}
}

func FuzzNames(f *testing.F) {
	f.Add("a", "b/..", "c")
	f.Fuzz(func(t *testing.T, conversation, agent, user string) {
		_, got := nameOf(fact.Segment{Conversation: fact.ConversationID(conversation), AgentName: agent, EndUser: user}, time.Unix(0, 0), "merged", 0)
		if strings.ContainsAny(got, "/\\:*?\"<>|.\x00\n ") || strings.Count(got, "_") != 5 || len(got) > 240 {
			t.Errorf("%q", got)
		}
	})
}

// TestSameName has two segments that would get the same files, and two guests in one.
func TestSameName(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		s := newStudio(t, dir)
		s.run()
		f := twoParties("s1")
		f.Merged = false
		f.Channels = append(f.Channels, fact.Channel{Leg: "g1", Seat: fact.SeatGuest}, fact.Channel{Leg: "g2", Seat: fact.SeatGuest})
		s.begin(f)
		f.ID = "s2"
		s.begin(f)
		time.Sleep(200 * time.Millisecond)
		s.Stop("s1")
		s.Stop("s2")
		time.Sleep(300 * time.Millisecond)
		f.ID = "s3" // still the same second; the others are closed
		s.begin(f)
		time.Sleep(time.Second)
		s.stop()
		seen := map[string]bool{}
		for _, r := range s.index.all() {
			seen[r.Path] = true
		}
		if len(seen) != 12 || len(files(t, dir)) != 24 {
			t.Errorf("%d paths, %d files, want 12 and 24: %v", len(seen), len(files(t, dir)), seen)
		}
	})
}

func TestMerged(t *testing.T) {
	seats := func(s ...fact.Seat) (f fact.Segment) {
		f.Merged = true
		for _, seat := range s {
			f.Channels = append(f.Channels, fact.Channel{Seat: seat})
		}
		return f
	}
	tests := []struct {
		seg  fact.Segment
		want string
	}{
		{seats(fact.SeatCustomer, fact.SeatAgent), "customer|agent"},
		{seats(fact.SeatAgent, fact.SeatCustomer), "customer|agent"},
		{seats(fact.SeatCustomer, fact.SeatAgent, fact.SeatGuest), "customer|agent+external"},
		{seats(fact.SeatAgent, fact.SeatAgent), "agent|agent"},
		{seats(fact.SeatCustomer), "customer|"},
		{seats(fact.SeatAgent), "agent|"},
	}
	for _, test := range tests {
		if got := strings.Join(outputsOf(test.seg)[0].layout(test.seg), "|"); got != test.want {
			t.Errorf("%v: %q, want %q", test.seg.Channels, got, test.want)
		}
	}
}

func TestMixLimits(t *testing.T) {
	channels := make([]channel, 4)
	for i, pcm := range [][]int16{{30000, 0, -30000, 5}, {10000, 0, -10000, 0}, {1, 2, 3, 4}, {}} {
		channels[i].track.lay(0, pcm)
	}
	for _, c := range []struct {
		left, right []int
		want        []int16
	}{
		{[]int{0, 1}, nil, []int16{32767, 0, -32768, 5}},
		{[]int{2}, nil, []int16{1, 2, 3, 4}},
		{[]int{2}, []int{1, 0}, []int16{1, 32767, 2, 0, 3, -32768, 4, 5}},
		{[]int{0}, []int{}, []int16{30000, 0, 0, 0, -30000, 0, 5, 0}},
		{[]int{3}, []int{2}, []int16{0, 1, 0, 2, 0, 3, 0, 4}},
	} {
		o := &output{left: c.left, right: c.right}
		for range 2 { // nothing of the first is in the second
			if got := o.blend(channels, 4); !slices.Equal(got, c.want) {
				t.Errorf("%v and %v: %v, want %v", c.left, c.right, got, c.want)
			}
		}
	}
}
