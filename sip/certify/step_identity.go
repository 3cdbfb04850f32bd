package certify

import "context"

// identity calls with an asserted number, and with none.
func identity(ctx context.Context, a *Agent) []Finding {
	var f findings
	anonymous := keyAsserted("none")
	if a.trunk.Login.Username != "" {
		anonymous = keyAccount()
	}
	own := "<sip:" + escape(a.from) + "@" + a.host + ">"
	for _, x := range []struct {
		what, rfc, from string
		headers         []string
		suits           Key // if it is refused
	}{
		{"P-Asserted-Identity", "RFC 3325, 5", "", []string{"P-Asserted-Identity: " + own}, keyAsserted("none")},
		{
			"a withheld number (Privacy: id, From anonymous)", "RFC 3323, 4.1", `"Anonymous" <sip:anonymous@anonymous.invalid>`,
			[]string{"P-Asserted-Identity: " + own, "Privacy: id"},
			anonymous,
		},
	} {
		c, err := a.dial(how{headers: x.headers, from: x.from})
		if err != nil {
			f.untested("", "%v", err)
			return f
		}
		res := c.until1xx(ctx, &f)
		switch {
		case res == nil && c.ringing(), res != nil && res.code() < 300:
			if res != nil {
				c.settle(&f, res)
			}
			f.ok(x.rfc, "takes a call with %s", x.what)
		case res == nil:
			f.wrong(x.rfc, "doesn't answer a call with %s", x.what)
		default:
			f.odd(x.rfc, "refuses a call with %s: %s%s", x.what, status(res), cause(res)).advise(x.suits)
		}
		c.end(ctx)
	}
	return f
}
