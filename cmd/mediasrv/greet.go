package main

import (
	"fmt"
	"io"
	"maps"
	"net"
	"slices"
	"strings"

	"mediasrv/config"
	"mediasrv/web"
)

// greet tells the person at the terminal where the server is, who can log in, and how to be a caller.
func greet(out io.Writer, cfg *config.Config, desk net.Addr, lines []net.Addr, logins []web.Login) error {
	var b strings.Builder
	fmt.Fprintf(&b, "\n%s is open.\n\n  Agent desk   %s\n", cfg.Company.Name, deskURL(cfg, desk))
	for _, l := range logins {
		fmt.Fprintf(&b, "  Login        %-10s %s   (%s)\n", l.User, l.Password, l.Name)
	}
	for _, a := range lines {
		fmt.Fprintf(&b, "  SIP          %s %s\n", a.Network(), a)
	}
	if call := testCall(cfg, lines); call != "" {
		fmt.Fprintf(&b, "\nPlace a test call from a second terminal:\n\n  %s\n\n", call)
	}
	_, err := io.WriteString(out, b.String())
	return err
}

// deskURL is the address that a person on this machine opens.
func deskURL(cfg *config.Config, desk net.Addr) string {
	host, port, err := net.SplitHostPort(desk.String())
	if ip := net.ParseIP(host); err == nil && ip != nil && ip.IsUnspecified() {
		host = "localhost"
	}
	scheme := "https"
	if cfg.TLS.Off {
		scheme = "http"
	}
	return scheme + "://" + net.JoinHostPort(host, port) + "/"
}

// testCall is the command that calls the first number of the file.
func testCall(cfg *config.Config, lines []net.Addr) string {
	numbers := slices.Sorted(maps.Keys(cfg.Numbers))
	if len(numbers) == 0 || len(lines) == 0 {
		return ""
	}
	host, port, err := net.SplitHostPort(lines[0].String())
	if err != nil {
		return ""
	}
	command := "bin/mediasrv call " + numbers[0]
	if ip := net.ParseIP(host); ip != nil && !ip.IsUnspecified() || port != "5060" {
		if ip.IsUnspecified() {
			host = "127.0.0.1"
		}
		command += " --server " + net.JoinHostPort(host, port)
	}
	return command + " --for 30s --listen heard.wav"
}
