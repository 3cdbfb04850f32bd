package certify

import (
	"fmt"
	"io"
	"strings"
)

// printer tells a run as it goes.
type printer struct{ out io.Writer }

func (p *printer) printf(format string, args ...any) { fmt.Fprintf(p.out, format, args...) }

func (p *printer) begin(r *Report) {
	p.printf("Trunk %s: %s at %s, called from %s. The test number is %s.\n", r.Trunk, r.Server, r.Address, r.Own, r.Number)
	for _, remark := range r.Remarks {
		p.printf("%s\n", remark)
	}
}

func (p *printer) step(s step) { p.printf("\n%s: %s\n", s.name, s.about) }

func (p *printer) result(r Result) {
	for _, f := range r.Findings {
		rfc := ""
		if f.RFC != "" && f.Level != OK {
			rfc = " [" + f.RFC + "]"
		}
		p.printf("  %-10s  %s%s\n", f.Level, f.Text, rfc)
		for _, k := range f.Keys {
			p.printf("  %-10s  key: %s: %s   # %s\n", "", k.Path, k.Value, k.Why)
		}
	}
}

func (p *printer) end(r *Report) {
	p.printf("\n%d steps: %d ok, %d odd, %d wrong, %d not tested; %s.\n", len(r.Results), r.count(OK), r.count(Odd), r.count(Wrong), r.count(NotTested), seconds(r.Took))
	if yaml := r.YAML(); yaml != "" {
		p.printf("\nFor the file:\n\n%s", yaml)
	}
}

// YAML is what the run proposes for the trunk, as it would stand in the file; empty: nothing.
func (r *Report) YAML() string {
	if len(r.Keys) == 0 {
		return ""
	}
	var b strings.Builder
	b.WriteString("trunks:\n  " + r.Trunk + ":\n")
	open := ""
	for _, k := range r.Keys {
		top, rest, nested := strings.Cut(k.Path, ".")
		switch {
		case !nested:
			fmt.Fprintf(&b, "    %s: %s   # %s\n", top, k.Value, k.Why)
			open = ""
		case top != open:
			fmt.Fprintf(&b, "    %s:\n", top)
			open = top
			fallthrough
		default:
			fmt.Fprintf(&b, "      %s: %s   # %s\n", rest, k.Value, k.Why)
		}
	}
	return b.String()
}
