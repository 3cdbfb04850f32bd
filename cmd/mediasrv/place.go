package main

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/netip"
	"net/url"
	"os"
	"strings"
	"time"

	"golang.org/x/term"

	"mediasrv/routing/fact"
)

const (
	apiPassword = "MEDIASRV_CALL_PASSWORD" // of the environment
	apiTimeout  = 40 * time.Second         // of a request, which may wait 20 s for news
	apiAnswer   = 1 << 20                  // bytes of an answer that are read at most
)

// api is a running server's HTTP API, logged in.
type api struct {
	base   string
	client *http.Client
}

// placeByTrunk has a running server place the call over one of its trunks, and says how it goes.
func placeByTrunk(ctx context.Context, c callCmd, tty terminal) error {
	a, err := newAPI(c.API, c.Insecure)
	if err != nil {
		return err
	}
	password, err := c.apiPassword(tty)
	if err != nil {
		return fmt.Errorf("call: %w", err)
	}
	if err := a.ask(ctx, http.MethodPost, "/api/login", map[string]string{"user": c.User, "password": password}, nil); err != nil {
		return fmt.Errorf("call: log in as %s: %w", c.User, err)
	}
	defer func() { // the session would live for hours
		bye, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer cancel()
		_ = a.ask(bye, http.MethodPost, "/api/logout", nil, nil)
	}()
	order := map[string]any{"number": c.Number, "for": max(1, int(c.For.Seconds()))}
	for key, v := range map[string]string{"trunk": c.Trunk, "from": c.Shown, "say": c.Say} {
		if v != "" {
			order[key] = v
		}
	}
	if c.Tone != 0 {
		order["tone"] = c.Tone
	}
	var placed struct{ ID fact.CallID }
	if err := a.ask(ctx, http.MethodPost, "/api/calls", order, &placed); err != nil {
		return fmt.Errorf("call: %w", err)
	}
	return a.follow(ctx, placed.ID, tty.out)
}

// follow prints what happens to the call until it is over. When ctx ends it is hung up.
func (a *api) follow(ctx context.Context, id fact.CallID, out io.Writer) error {
	path, began, known, answered := "/api/calls/"+url.PathEscape(string(id)), time.Now(), 0, false
	hung := context.AfterFunc(ctx, func() {
		bye, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		_ = a.ask(bye, http.MethodDelete, path, nil, nil) // it may have ended by itself
	})
	defer hung()
	for {
		var v fact.OrderView
		// The end is waited for even after Ctrl-C: it says how it went.
		if err := a.ask(context.WithoutCancel(ctx), http.MethodGet, fmt.Sprintf("%s?after=%d", path, known), nil, &v); err != nil {
			return fmt.Errorf("call: %w", err)
		}
		for _, e := range v.Events[min(known, len(v.Events)):] {
			answered = answered || e.What == fact.OrderAnswered
			_, _ = fmt.Fprintf(out, "%7.2f s  %s\n", time.Since(began).Seconds(), stepText(v, e))
		}
		known = len(v.Events)
		switch {
		case v.End == "":
		case answered:
			return nil
		default:
			return errSaid
		}
	}
}

// stepText is an event in words.
func stepText(v fact.OrderView, e fact.OrderEvent) string {
	switch e.What {
	case fact.OrderDialling:
		return "calling " + v.Number + " by " + e.Trunk
	case fact.OrderNextTrunk:
		return strings.TrimSpace("the next trunk is tried: " + e.Trunk + " " + bracketed(e.Text))
	case fact.OrderAnswered:
		return strings.TrimSpace("answered " + bracketed(e.Text))
	case fact.OrderEnded:
		return strings.TrimSpace("ended: " + v.End + " " + bracketed(e.Text))
	case fact.OrderRinging, fact.OrderEarly:
	}
	return strings.ReplaceAll(string(e.What), "-", " ")
}

func bracketed(text string) string {
	if text == "" {
		return ""
	}
	return "(" + text + ")"
}

// apiPassword is the password of the API's login: of the environment, or asked for; never of the command line, which others can see.
func (c *callCmd) apiPassword(tty terminal) (string, error) {
	if p := os.Getenv(apiPassword); p != "" {
		return p, nil
	}
	f, ok := tty.in.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return readPassword(tty.in)
	}
	_, _ = fmt.Fprintf(tty.err, "Password of %s: ", c.User)
	text, err := term.ReadPassword(int(f.Fd()))
	_, _ = fmt.Fprintln(tty.err)
	return string(text), err
}

// newAPI is the API at a URL. A certificate of this very machine needs not be known: what is said doesn't leave it.
func newAPI(base string, insecure bool) (*api, error) {
	u, err := url.Parse(base)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" {
		return nil, usageError{"call: --api " + base + " is no URL such as https://127.0.0.1:8443"}
	}
	own := loopback(u.Hostname())
	if u.Scheme == "http" && !own {
		return nil, usageError{"call: --api " + base + " would send the password in the clear: write https://"}
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		return nil, err
	}
	transport := &http.Transport{
		TLSClientConfig: &tls.Config{InsecureSkipVerify: insecure || own, MinVersion: tls.VersionTLS12}, //nolint:gosec // see above; otherwise only if it is asked for
	}
	return &api{base: strings.TrimRight(base, "/"), client: &http.Client{Jar: jar, Timeout: apiTimeout, Transport: transport}}, nil
}

func loopback(host string) bool {
	addr, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && addr.IsLoopback()
}

// ask sends a request and reads the answer. An answer that refuses is an error with the server's sentence.
func (a *api) ask(ctx context.Context, method, path string, body, answer any) error {
	var text io.Reader
	if body != nil {
		b, err := json.Marshal(body)
		if err != nil {
			return err
		}
		text = bytes.NewReader(b)
	}
	req, err := http.NewRequestWithContext(ctx, method, a.base+path, text)
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	res, err := a.client.Do(req)
	if err != nil {
		if op := new(net.OpError); errors.As(err, &op) {
			return fmt.Errorf("the server does not answer at %s: %w", a.base, op)
		}
		return err
	}
	defer func() { _ = res.Body.Close() }()
	said, err := io.ReadAll(io.LimitReader(res.Body, apiAnswer))
	switch {
	case err != nil:
		return err
	case res.StatusCode >= http.StatusBadRequest:
		return problemOf(res.Status, said)
	case answer != nil:
		return json.Unmarshal(said, answer)
	}
	return nil
}

// problemOf is the sentence of a problem document (RFC 9457), with what is wrong where.
func problemOf(status string, said []byte) error {
	var problem struct {
		Detail string
		Errors []struct{ Message, Location string }
	}
	if json.Unmarshal(said, &problem) != nil || problem.Detail == "" {
		return errors.New(status)
	}
	for _, e := range problem.Errors {
		problem.Detail += "; " + e.Location + ": " + e.Message
	}
	return errors.New(problem.Detail)
}
