package config

import (
	"slices"
	"strings"
	"testing"
	"time"
)

func TestWebhooks(t *testing.T) {
	t.Setenv("HOOK", "0123456789abcdef")
	cfg := mustRead(t, smallest+`
webhooks:
  crm: {url: "https://crm.example.com/hooks?x=1", secret: env:HOOK, events: [queued, call-ended], private: true, give_up: 1h}
  plain: {url: http://erp.example.com, secret: env:HOOK}
crm: {url: "https://crm.example.com/{queue}?phone={number}", open: answer}
`)
	h := cfg.Webhooks["crm"]
	if h.URL != "https://crm.example.com/hooks?x=1" || h.Secret != "0123456789abcdef" || !slices.Equal(h.Events, []string{"queued", "call-ended"}) || !h.Private || h.GiveUp != time.Hour {
		t.Errorf("%+v", h)
	}
	if h := cfg.Webhooks["plain"]; h.Private || h.GiveUp != 24*time.Hour || !slices.Equal(h.Events, []string{"offered", "agent-answered", "call-ended"}) {
		t.Errorf("%+v", h)
	}
	if cfg.CRM != (CRM{URL: "https://crm.example.com/{queue}?phone={number}", Answer: true}) {
		t.Errorf("%+v", cfg.CRM)
	}
}

func TestWebhookMistakes(t *testing.T) {
	t.Setenv("HOOK", "0123456789abcdef")
	t.Setenv("SHORT", "0123456789")
	for text, want := range map[string]string{
		"webhooks: {crm: {secret: env:HOOK}}":                                          "webhooks.crm: tells nobody: expected url",
		"webhooks: {crm: {url: https://a.example}}":                                    "webhooks.crm: signs nothing",
		"webhooks: {crm: {url: https://a.example, secret: env:SHORT}}":                 "is too short",
		"webhooks: {crm: {url: ftp://a.example, secret: env:HOOK}}":                    "is no http:// or https:// address",
		"webhooks: {crm: {url: https://a.example, secret: 0123456789abcdef}}":          "env:NAME",
		"webhooks: {crm: {url: https://a.example, secret: env:HOOK, events: [digit]}}": "digit",
		`crm: {url: "https://{number}.example.com/"}`:                                  "the host must be fixed",
		`crm: {url: "https://crm.example.com/{card}"}`:                                 "{card}",
		`crm: {url: "javascript:alert({number})"}`:                                     "is no http:// or https:// address",
	} {
		if all := mistakesOf(t, smallest+text+"\n"); len(all) != 1 || !strings.Contains(all[0], want) {
			t.Errorf("%s: %q, want %q", text, all, want)
		}
	}
}
