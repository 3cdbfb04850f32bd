package config

import (
	"maps"
	"slices"
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
	fixed("public_address", c.PublicAddress == old.PublicAddress, func() { next.PublicAddress = old.PublicAddress })
	fixed("data_dir", c.DataDir == old.DataDir, func() { next.DataDir = old.DataDir })
	fixed("nameservers", Same(c.Nameservers, old.Nameservers), func() { next.Nameservers = old.Nameservers })
	fixed("tls", c.TLS == old.TLS, func() { next.TLS = old.TLS })
	fixed("demo", c.Demo == old.Demo, func() { next.Demo = old.Demo })
	fixed("recordings.upload", Same(c.Recordings, old.Recordings), func() { next.Recordings = old.Recordings })
	return next, restart
}

// Changes names what is another in c than in an older file, as paths of keys: "queues.support", "users.ben is new", "menus.main is gone".
func (c *Config) Changes(old *Config) []string {
	var all []string
	whole := func(key string, same bool) {
		if !same {
			all = append(all, key)
		}
	}
	whole("listen.tls", c.Listen.TLS == old.Listen.TLS)
	whole("drain", c.Drain == old.Drain)
	whole("ban", c.Ban == old.Ban)
	whole("limits", c.Limits == old.Limits)
	whole("company", Same(c.Company, old.Company))
	all = append(all, entries("trunks", c.Trunks, old.Trunks)...)
	whole("routes", Same(c.Routes, old.Routes))
	all = append(all, entries("numbers", c.Numbers, old.Numbers)...)
	whole("numbers (patterns)", Same(c.Patterns, old.Patterns))
	all = append(all, entries("menus", c.Menus, old.Menus)...)
	all = append(all, entries("hours", c.Hours, old.Hours)...)
	all = append(all, entries("waiting_strategies", c.Waiting, old.Waiting)...)
	all = append(all, entries("queues", c.Queues, old.Queues)...)
	return append(all, entries("users", c.Users, old.Users)...)
}

// entries names the entries of a map of the file that are new, gone or different.
func entries[T any](section string, now, old map[string]*T) []string {
	names := slices.Collect(maps.Keys(now))
	for name := range old {
		if now[name] == nil {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	var all []string
	for _, name := range names {
		switch a, b := now[name], old[name]; {
		case a == nil:
			all = append(all, section+"."+name+" is gone")
		case b == nil:
			all = append(all, section+"."+name+" is new")
		case !Same(a, b):
			all = append(all, section+"."+name)
		}
	}
	return all
}
