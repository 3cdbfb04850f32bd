package config

import (
	"reflect"
	"strings"
	"testing"
	"time"
)

func TestMenusHoursAnnouncements(t *testing.T) {
	t.Setenv("CRM_TOKEN", "Bearer s3cret")
	cfg := mustRead(t, `
company: {country: JP, time_zone: Asia/Tokyo}
numbers: {"+815012345678": {to: {menu: main}, priority: 3}}
queues: {support: {hours: office}}
trunks: {out: {servers: [192.0.2.1]}}
users: {aiko:}
menus:
  main:
    say: Press 1.
    keys: {1: {queue: support}, 0: {number: "03-1234-0000"}, "*": {say: No.}, "#": {say: Bye., hang_up: true}, 47: {menu: other}, 5: {voicemail: box}}
    no_key: {queue: support}
  card:
    say: Card.
    collect: {digits: 12-19, masked: true}
    ask: {url: "https://crm.example.com/x", timeout: 2s, headers: {authorization: env:CRM_TOKEN}, fallback: {queue: support}}
  other: {keys: {1: {menu: main}}, no_key: {menu: main}, wait: 2s, repeat: 1, barge_in: false}
voicemails: {box: {queue: support, longest: 1m, thanks: {say: Thanks.}}, plain:}
hours:
  office:
    week: {mon-fri: ["13:00-18:00", "09:00-12:00"], sat-sun: ["22:00-06:00"]}
    closed: [2027-01-01]
    special: {2026-12-24: ["09:00-12:00"], 2026-12-25: []}
    away: {say: Closed., times: 2, keys: {1: {menu: other}}}
waiting_strategies:
  w: {announcements: [{every: 30s, say: "Number {position}.", keys: {1: {queue: support}}}], keys: {9: {hang_up: true}}}
`)
	main, office := cfg.Menus["main"], cfg.Hours["office"]
	if n := cfg.Numbers["+815012345678"]; n.Menu != "main" || n.Queue != "" || n.Priority != 3 {
		t.Errorf("%+v", n)
	}
	if main.Keys["1"].Queue != "support" || main.Keys["0"].Number != "+81312340000" || main.Keys["*"].Message.Say != "No." || !main.Keys["#"].HangUp || main.Keys["47"].Menu != "other" {
		t.Errorf("%+v", main.Keys)
	}
	box, plain := cfg.Voicemails["box"], cfg.Voicemails["plain"]
	if main.Keys["5"].Voicemail != "box" || box.Longest != time.Minute || box.Thanks.Say != "Thanks." || plain.Queue != "support" || plain.Silence != 6*time.Second {
		t.Errorf("%+v %+v %+v", main.Keys["5"], box, plain)
	}
	if card := cfg.Menus["card"]; *card.Collect != (Collect{Min: 12, Max: 19, End: "#", Masked: true}) || card.Ask.Timeout != 2*time.Second ||
		card.Ask.Headers["Authorization"] != "Bearer s3cret" || card.Ask.Fallback.Queue != "support" {
		t.Errorf("%+v %+v", card.Collect, card.Ask)
	}
	if !main.BargeIn || main.Repeat != 3 || main.Wait != 5*time.Second || cfg.Menus["other"].BargeIn {
		t.Errorf("%+v", main)
	}
	if want := []Span{{9 * time.Hour, 12 * time.Hour}, {13 * time.Hour, 18 * time.Hour}}; !reflect.DeepEqual(office.Week[time.Friday], want) {
		t.Errorf("%v", office.Week[time.Friday])
	}
	if want := []Span{{22 * time.Hour, 30 * time.Hour}}; !reflect.DeepEqual(office.Week[time.Sunday], want) || office.Zone.String() != "Asia/Tokyo" {
		t.Errorf("%v in %s", office.Week[time.Sunday], office.Zone)
	}
	for _, d := range []Date{{2027, 1, 1}, {2026, 12, 25}} {
		if spans, ok := office.Special[d]; !ok || len(spans) != 0 {
			t.Errorf("%s: %v", d, spans)
		}
	}
	if a := office.Away; a.Times != 2 || a.Replies.Keys["1"].Menu != "other" || a.Replies.Wait != 5*time.Second || cfg.Queues["support"].Hours != office {
		t.Errorf("%+v", a)
	}
	if w := cfg.Waiting["w"]; w.Announcements[0].Every != 30*time.Second || w.Announcements[0].Replies.Keys["1"].Queue != "support" || !w.Keys["9"].HangUp {
		t.Errorf("%+v", w)
	}
}

func TestMistakesOfMenusAndHours(t *testing.T) {
	for text, want := range map[string]string{
		`menus: {m: {say: x}}`:                                               `4:9: menus.m: has no keys`,
		`menus: {m: {keys: {x: {queue: support}}}}`:                          `4:20: menus.m.keys.x: "x" is no key of a telephone: expected one to eight of 0-9`,
		`menus: {m: {keys: {1: {queue: sales}}}}`:                            `4:31: menus.m.keys.1.queue: there is no queue "sales"`,
		`menus: {m: {keys: {1: {menu: n}}}}`:                                 `4:30: menus.m.keys.1.menu: there is no menu "n"`,
		`menus: {m: {keys: {1: {queue: support, hang_up: true}}}}`:           `4:23: menus.m.keys.1: leads to more than one place`,
		`menus: {m: {collect: {digits: 4}, keys: {1: {queue: support}}}}`:    `4:22: menus.m.collect: collects digits for nobody`,
		`menus: {m: {ask: {timeout: 1s}}}`:                                   `4:18: menus.m.ask: asks nobody`,
		`menus: {m: {ask: {url: "https://x"}, keys: {1: {queue: support}}}}`: `4:44: menus.m.keys: stands beside ask`,
		`menus: {m: {ask: {url: "https://x"}, collect: {digits: 9-4}}}`:      `4:56: menus.m.collect.digits: `,
		`menus: {m: {ask: {url: "https://x"}, collect: {digits: 1-99}}}`:     `4:56: menus.m.collect.digits: `,
		`menus: {m: {ask: {url: "ftp://x"}}}`:                                `4:24: menus.m.ask.url: `,
		`menus: {m: {ask: {url: "https://x", headers: {Host: env:HOME}}}}`:   `4:47: menus.m.ask.headers.Host: `,
		`menus: {m: {keys: {1: {voicemail: x}}}}`:                            `4:35: menus.m.keys.1.voicemail: `,
		`menus: {m: {keys: {1: {voicemail: v, queue: support}}}, n: {keys: {1: {queue: support}}}}
voicemails: {v:}`: `4:23: menus.m.keys.1: leads to more than one place`,
		`menus: {m: {keys: {1: {}}}}`:                                  `4:23: menus.m.keys.1: leads nowhere`,
		`menus: {m: {keys: {1: {number: "123"}}}}`:                     `4:32: menus.m.keys.1.number: "123" has no country code`,
		`menus: {m: {keys: {1: {queue: support}}, no_key: {menu: m}}}`: `4:57: menus.m.no_key.menu: callers who press nothing go round for ever: m, then m`,
		`menus: {m: {keys: {1: {queue: support}}, wait: 0s}}`:          `4:48: menus.m.wait: 0s is out of range`,
		`menus: {a: {keys: {1: {hang_up: true}}, no_key: {menu: b}}, b: {keys: {1: {hang_up: true}}, no_key: {menu: a}}}`: `4:56: menus.a.no_key.menu: callers who press nothing go round for ever: a, then b, then a`,
		`hours: {h:}`:                                                               `4:9: hours.h: is never open`,
		`hours: {h: {week: {mon: []}}}`:                                             `4:9: hours.h: is never open`,
		`hours: {h: {week: {mom: ["09:00-17:00"]}}}`:                                `4:20: hours.h.week.mom: "mom" is neither a day nor a range of days`,
		`hours: {h: {week: {mon: ["09:00"]}}}`:                                      `4:26: hours.h.week.mon[0]: "09:00" is no range of times`,
		`hours: {h: {week: {mon: ["09:00-25:00"]}}}`:                                `4:26: hours.h.week.mon[0]: "09:00-25:00" is no range of times`,
		`hours: {h: {week: {mon: ["09:00-09:00"]}}}`:                                `4:26: hours.h.week.mon[0]: "09:00-09:00" has no length`,
		`hours: {h: {week: {mon: ["09:00-12:00", "11:00-13:00"]}}}`:                 `4:25: hours.h.week.mon: has times that overlap`,
		`hours: {h: {week: {mon-wed: ["09:00-12:00"], tue: ["13:00-14:00"]}}}`:      `4:46: hours.h.week.tue: has tue, which mon-wed has already`,
		`hours: {h: {week: {mon: ["09:00-12:00"]}, closed: [2027-02-30]}}`:          `4:52: hours.h.closed[0]: "2027-02-30" is no date`,
		`hours: {h: {week: {mon: ["09:00-12:00"]}, away: {times: 2}}}`:              `4:49: hours.h.away: is empty: expected say or file`,
		`hours: {h: {week: {mon: ["09:00-12:00"]}, special: {x: ["09:00-12:00"]}}}`: `4:53: hours.h.special.x: "x" is no date`,
		`waiting_strategies: {w: {announcements: [{every: 1s, say: x}]}}`:           `4:50: waiting_strategies.w.announcements[0].every: 1s is out of range`,
	} {
		got := mistakesOf(t, smallest+text)
		if len(got) != 1 || !strings.HasPrefix(got[0], want) {
			t.Errorf("%s\n got  %q\n want %s…", text, got, want)
		}
	}
	got := mistakesOf(t, strings.Replace(smallest, "support:", "support: {hours: x}", 1))
	if len(got) != 1 || !strings.Contains(got[0], `there is no entry of hours "x"`) {
		t.Errorf("%q", got)
	}
}
