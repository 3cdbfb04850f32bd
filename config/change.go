package config

import (
	"reflect"
	"slices"
	"strings"
)

// After is what a running server makes of a new file: what it can't change at run time stays as it was, and restart names it.
func (c *Config) After(running *Config) (next *Config, restart []string) {
	kept := *c
	next = &kept
	fixed := func(key string, same bool, keep func()) {
		if !same {
			restart = append(restart, key)
			keep()
		}
	}
	old := running
	fixed("listen.sip", Same(c.Listen.SIP, old.Listen.SIP), func() { next.Listen.SIP = old.Listen.SIP })
	fixed("listen.web", c.Listen.Web == old.Listen.Web, func() { next.Listen.Web = old.Listen.Web })
	fixed("listen.rtp", c.Listen.RTPMin == old.Listen.RTPMin && c.Listen.RTPMax == old.Listen.RTPMax, func() {
		next.Listen.RTPMin, next.Listen.RTPMax = old.Listen.RTPMin, old.Listen.RTPMax
	})
	fixed("listen.rtp_rest", c.Listen.RTPRest == old.Listen.RTPRest, func() { next.Listen.RTPRest = old.Listen.RTPRest })
	fixed("public_address", c.PublicAddress == old.PublicAddress, func() { next.PublicAddress = old.PublicAddress })
	fixed("data_dir", c.DataDir == old.DataDir, func() { next.DataDir = old.DataDir })
	fixed("nameservers", Same(c.Nameservers, old.Nameservers), func() { next.Nameservers = old.Nameservers })
	fixed("tls", c.TLS == old.TLS, func() { next.TLS = old.TLS })
	fixed("demo", c.Demo == old.Demo, func() { next.Demo = old.Demo })
	fixed("recordings", Same(c.Recordings, old.Recordings), func() { next.Recordings = old.Recordings })
	return next, restart
}

// Changes names what is another in c than in an older file, as paths of keys: "queues.support", "users.ben is new", "menus.main is gone". What
// After keeps is no change.
func (c *Config) Changes(old *Config) []string {
	var all []string
	now, before := reflect.ValueOf(*c), reflect.ValueOf(*old)
	for i := range now.NumField() {
		a, b := now.Field(i), before.Field(i)
		key, ok := keyOf(now.Type().Field(i).Name)
		switch {
		case !ok:
		case a.Kind() == reflect.Map:
			all = append(all, entries(key, a, b)...)
		case !same(a, b):
			all = append(all, key)
		}
	}
	return all
}

// keyOf is the key of the file that a field of Config is of; false: none, or one that a reload doesn't change.
func keyOf(field string) (string, bool) {
	switch field {
	case "Path", "DataDir", "PublicAddress", "Nameservers", "TLS", "Demo", "Files":
		return "", false
	case "Listen": // what a reload can change of it
		return "listen.tls", true
	case "Patterns":
		return "numbers (patterns)", true
	case "Waiting":
		return "waiting_strategies", true
	}
	return strings.ToLower(field), true
}

// entries names the entries of a map of the file that are new, gone or different.
func entries(section string, now, old reflect.Value) []string {
	var all []string
	for _, key := range now.MapKeys() {
		switch before := old.MapIndex(key); {
		case !before.IsValid():
			all = append(all, section+"."+key.String()+" is new")
		case !same(now.MapIndex(key), before):
			all = append(all, section+"."+key.String())
		}
	}
	for _, key := range old.MapKeys() {
		if !now.MapIndex(key).IsValid() {
			all = append(all, section+"."+key.String()+" is gone")
		}
	}
	slices.Sort(all)
	return all
}
