package main

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"mediasrv/config"
)

// tokenCmd is how an admin lets programs use the API, from the server's machine.
type tokenCmd struct {
	Create tokenCreateCmd `cmd:"" help:"Give a program a token, and print it."`
	List   tokenListCmd   `cmd:"" help:"List the tokens."`
	Revoke tokenRevokeCmd `cmd:"" help:"Revoke a token."`
}

// Help is shown by `mediasrv token --help`.
func (tokenCmd) Help() string {
	return `A program sends its token as "Authorization: Bearer TOKEN". It is printed once: the server keeps only a hash of it. Creating and revoking are in
the audit trail, as is what the program does. The server is found by the control socket in the file's data_dir.

Examples:
  mediasrv token create crm --role supervisor --read-only
  mediasrv token create dialler --as aiko --expires 2027-01-31T00:00:00Z
  mediasrv token revoke crm`
}

type tokenCreateCmd struct {
	serverFlag
	Name     string `arg:"" help:"What the audit trail calls it: small letters, digits, . _ -"`
	Role     string `placeholder:"ROLE" help:"What it may do: supervisor or admin."`
	As       string `placeholder:"USER" help:"Or the user as whom it acts, with that user's role."`
	ReadOnly bool   `help:"It changes nothing."`
	Expires  string `placeholder:"TIME" help:"Until when: \"2026-12-24 14:00\", 2026-12-24T14:00:00Z, or how long: 720h. Default: for ever."`
}

// Run makes the token.
func (c *tokenCreateCmd) Run(ctx context.Context, tty terminal) error {
	body := map[string]any{"name": c.Name, "readOnly": c.ReadOnly}
	switch {
	case (c.Role == "") == (c.As == ""):
		return usageError{"token create: either --role or --as is needed"}
	case c.Role != "":
		body["role"] = c.Role
	default:
		body["user"] = c.As
	}
	if c.Expires != "" {
		zone, err := config.ZoneOf(c.ServerFile)
		if err != nil {
			return err
		}
		at, err := timeAhead(c.Expires, time.Now(), zone)
		if err != nil {
			return usageError{"token create: --expires " + c.Expires + ": " + err.Error()}
		}
		body["expires"] = at
	}
	a, err := controlOf(c.ServerFile)
	if err != nil {
		return err
	}
	var made struct{ Token string }
	if err := a.ask(ctx, http.MethodPost, "/api/tokens", body, &made); err != nil {
		return fmt.Errorf("token: %w", unwrapURL(err))
	}
	_, err = fmt.Fprintln(tty.out, made.Token)
	return err
}

type tokenListCmd struct{ serverFlag }

// Run lists the tokens.
func (c *tokenListCmd) Run(ctx context.Context, tty terminal) error {
	a, err := controlOf(c.ServerFile)
	if err != nil {
		return err
	}
	var all struct {
		Tokens []struct {
			Name, Role, User, CreatedBy string
			ReadOnly                    bool
			Created                     time.Time
			Expires                     *time.Time
		}
	}
	if err := a.ask(ctx, http.MethodGet, "/api/tokens", nil, &all); err != nil {
		return fmt.Errorf("token: %w", unwrapURL(err))
	}
	for _, t := range all.Tokens {
		may := []string{t.Role}
		if t.User != "" {
			may[0] = "as " + t.User
		}
		if t.ReadOnly {
			may = append(may, "reads only")
		}
		if t.Expires != nil {
			may = append(may, "until "+t.Expires.Format(time.RFC3339))
		}
		fmt.Fprintf(tty.out, "%-20s %s, created %s by %s\n", t.Name, strings.Join(may, ", "), t.Created.Format(time.DateOnly), t.CreatedBy)
	}
	return nil
}

type tokenRevokeCmd struct {
	serverFlag
	Name string `arg:"" help:"Name of the token."`
}

// Run revokes the token.
func (c *tokenRevokeCmd) Run(ctx context.Context, tty terminal) error {
	a, err := controlOf(c.ServerFile)
	if err != nil {
		return err
	}
	if err := a.ask(ctx, http.MethodDelete, "/api/tokens/"+url.PathEscape(c.Name), nil, nil); err != nil {
		return fmt.Errorf("token: %w", unwrapURL(err))
	}
	_, err = fmt.Fprintf(tty.out, "%s is revoked\n", c.Name)
	return err
}
