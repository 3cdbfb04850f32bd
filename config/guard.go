package config

import "time"

// Ban says when an address that fails to log in is shut out. Failures 0: never.
type Ban struct {
	Failures int
	Within   time.Duration
	For      time.Duration
}

// Limits is what may be carried; 0: no limit.
type Limits struct {
	Calls          int // at once, in and out
	CallsPerSecond int // that begin, in and out
}

func banKeys() *shape {
	return of(
		field{key: "failures", what: integer(0, 10_000), std: "10", about: "So many wrong SIP logins; 0: nobody is ever banned."},
		field{key: "within", what: durationIn(time.Second, day), std: "10m", about: "In this time."},
		field{key: "for", what: durationIn(time.Second, 365*day), std: "1h", about: "How long nothing from the address is read. Addresses of trunks are never banned."},
	)
}

func limitsKeys() *shape {
	return of(
		field{key: "calls", what: integer(0, 1_000_000), std: "0", about: "Calls at once, in and out, of all trunks; 0: no limit."},
		perSecond("of all trunks"),
	)
}

func perSecond(whose string) field {
	return field{
		key: "calls_per_second", what: integer(0, 100_000), std: "0",
		about: "Calls that begin in a second, in and out, " + whose + "; further ones are refused with 503 and Retry-After. 0: no limit.",
	}
}

func (b *builder) guard(ban, limits *node) {
	b.cfg.Ban = Ban{
		Failures: val(ban.get("failures"), b.cfg.Ban.Failures), Within: val(ban.get("within"), b.cfg.Ban.Within), For: val(ban.get("for"), b.cfg.Ban.For),
	}
	b.cfg.Limits = Limits{Calls: val(limits.get("calls"), 0), CallsPerSecond: val(limits.get("calls_per_second"), 0)}
}
