package certify

import (
	"context"
	"strconv"
	"strings"
)

// usualRegistration is what we ask for where the file says nothing, in seconds.
const usualRegistration = 3600

// register logs in as the trunk's registrar wants it, refreshes, asks for a time that is too short, and takes the binding back.
func register(ctx context.Context, a *Agent) []Finding {
	var f findings
	if !a.trunk.Register.On {
		f.untested("RFC 3261, 10", "the file doesn't register with this trunk")
		return f
	}
	uri := "sip:" + a.host
	r := a.lone("REGISTER", uri)
	aor := "<sip:" + escape(a.trunk.Login.Username) + "@" + a.host + ">"
	r.from, r.to2 = aor+";tag="+newTag(), aor
	res := a.registered(ctx, &f, &r, usualRegistration)
	if res == nil {
		return f
	}
	f.ok("RFC 3261, 10.2", "registers %s for %d s", a.trunk.Login.Username, granted(res))
	if routes := res.values("Service-Route"); len(routes) > 0 {
		f.ok("RFC 3608, 5", "wants requests by Service-Route: %s", strings.Join(routes, ", "))
	}
	if again := a.registered(ctx, &f, &r, usualRegistration); again != nil {
		f.check(granted(again) > 0, "RFC 3261, 10.2.4", "the registration is refreshed", "a refresh is answered without the binding in Contact")
	}
	a.tooShort(ctx, &f, &r)
	if gone := a.registered(ctx, &f, &r, 0); gone != nil {
		f.check(granted(gone) <= 0, "RFC 3261, 10.2.2", "the registration is taken back by Expires: 0", "Expires: 0 doesn't take the registration back")
	}
	return f
}

// registered sends a REGISTER, with a login if it is asked for one; nil if it isn't accepted.
func (a *Agent) registered(ctx context.Context, f *findings, r *request, expires int) *message {
	header := ""
	for tries := 0; ; tries++ {
		r.headers = []string{"Expires: " + strconv.Itoa(expires)}
		if header != "" {
			r.headers = append(r.headers, header)
		}
		res := a.answer(ctx, a.ask(*r), answerIn)
		r.cseq++
		switch {
		case res == nil:
			f.wrong("RFC 3261, 10.3", "doesn't answer REGISTER")
			return nil
		case res.code() == 401 || res.code() == 407:
			var ok bool
			if header, ok = a.login(f, res, "REGISTER", r.uri, tries); !ok {
				return nil
			}
		case res.code() >= 300:
			f.wrong("RFC 3261, 10.3", "refuses REGISTER: %s", status(res))
			return nil
		default:
			if tries == 0 && expires > 0 && len(a.nonces) == 0 {
				f.odd("RFC 3261, 22", "takes a REGISTER without a login")
			}
			return res
		}
	}
}

// granted is how long our binding holds; -1 if it isn't in the answer.
func granted(res *message) int {
	own := res.values("Contact")
	for _, c := range own {
		for _, p := range after(c) {
			if text, ok := strings.CutPrefix(strings.TrimSpace(p), "expires="); ok {
				if n, err := strconv.Atoi(text); err == nil {
					return n
				}
			}
		}
	}
	if len(own) > 0 {
		return res.number("Expires")
	}
	return -1
}

// tooShort asks for one second: refused with 423 and the shortest time, or made longer.
func (a *Agent) tooShort(ctx context.Context, f *findings, r *request) {
	r.headers = []string{"Expires: 1"}
	res := a.answer(ctx, a.ask(*r), answerIn)
	r.cseq++
	if res != nil && (res.code() == 401 || res.code() == 407) {
		header, ok := a.login(f, res, "REGISTER", r.uri, 0)
		if !ok {
			return
		}
		r.headers = append(r.headers, header)
		res = a.answer(ctx, a.ask(*r), answerIn)
		r.cseq++
	}
	switch {
	case res == nil:
		f.wrong("RFC 3261, 10.3", "doesn't answer a REGISTER for one second")
	case res.code() == 423:
		least := res.number("Min-Expires")
		x := f.check(least > 0, "RFC 3261, 10.3", "refuses one second with 423 and Min-Expires: "+res.value("Min-Expires"),
			"423 without Min-Expires: nobody knows which time it would take")
		if least > usualRegistration {
			x.Level = Odd
			x.advise(keyRegisterExpires(least))
		}
	case res.code() < 300 && granted(res) > 1:
		f.ok("RFC 3261, 10.3", "makes %d s of one second", granted(res))
	case res.code() < 300:
		f.ok("RFC 3261, 10.3", "takes a registration for one second")
	default:
		f.odd("RFC 3261, 10.3", "refuses a REGISTER for one second with %s instead of 423", status(res))
	}
}
