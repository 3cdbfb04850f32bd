package config

import (
	"strings"
	"testing"
	"time"
)

func TestCallbacks(t *testing.T) {
	cfg := mustRead(t, smallest+`
callbacks:
  keep: {priority: queue-position, retries: 2, delay: 20m, dial: customer-first, hours: ["09:00-12:00", "13:00-20:00"], after_crash: true}
  list: {type: manual, queue: support, after_crash: true}
menus: {m: {keys: {1: {callback: list}, 2: {say: "Yes.", callback: keep}}}}
`)
	if c := cfg.Callbacks["keep"]; !c.Automatic || !c.KeepsPlace || !c.CustomerFirst || c.Retries != 2 || c.Delay != 20*time.Minute || len(c.Hours) != 2 {
		t.Errorf("%+v", c)
	}
	if c := cfg.Callbacks["list"]; c.Automatic || c.Queue != "support" || c.Delay != 15*time.Minute {
		t.Errorf("%+v", c)
	}
	if a := cfg.Menus["m"].Keys["2"]; a.Callback != "keep" || !a.Leads() || a.Message == nil {
		t.Errorf("%+v", a)
	}
	if c := cfg.CallbackAfterCrash("support"); c == nil || c.Name != "list" {
		t.Errorf("%+v: the queue's own goes before the one of all queues", c)
	}
	if c := cfg.CallbackAfterCrash("sales"); c == nil || c.Name != "keep" {
		t.Errorf("%+v", c)
	}
}

func TestCallbackMistakes(t *testing.T) {
	for text, want := range map[string]string{
		`callbacks: {c: {type: manual, retries: 3}}`:                                                               "callbacks.c.retries: is only for automatic ones",
		`callbacks: {c: {retries: 21}}`:                                                                            "callbacks.c.retries: 21 is out of range",
		`callbacks: {c: {delay: 5s}}`:                                                                              "callbacks.c.delay: 5s is out of range",
		`callbacks: {c: {queue: nobody}}`:                                                                          `callbacks.c.queue: there is no queue "nobody"`,
		`callbacks: {c: {hours: ["09:00-12:00", "11:00-13:00"]}}`:                                                  "callbacks.c.hours: has times that overlap",
		`callbacks: {c: {confirmation: {}}}`:                                                                       "callbacks.c.confirmation: is empty",
		`callbacks: {a: {after_crash: true}, b: {after_crash: true}}`:                                              "callbacks.b.after_crash: a does that already",
		`menus: {m: {keys: {1: {callback: none}}}}`:                                                                `menus.m.keys.1.callback: there is no entry of callbacks "none"`,
		"callbacks: {c: }\nmenus: {m: {keys: {1: {callback: c, queue: support}}}}":                                 "leads to more than one place",
		"callbacks: {c: }\nhours: {h: {week: {mon: [\"09:00-17:00\"]}, away: {say: x, keys: {1: {callback: d}}}}}": `there is no entry of callbacks "d"`,
	} {
		_, err := read(t.TempDir()+"/f.yml", []byte(smallest+"\n"+text))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %q", text, err, want)
		}
	}
	two := strings.Replace(smallest, "queues: {", "queues: {other: , ", 1)
	if two == smallest {
		t.Fatalf("the smallest file has changed: %s", smallest)
	}
	_, err := read(t.TempDir()+"/f.yml", []byte(strings.Replace(two, "\"+81312345678\": ", "\"+81312345678\": {to: {queue: support}}", 1)+"\ncallbacks: {c: }\nmenus: {m: {keys: {1: {callback: c}}}}"))
	if err == nil || !strings.Contains(err.Error(), "callbacks.c: needs queue") {
		t.Errorf("%v", err)
	}
}
