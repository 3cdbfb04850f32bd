package config

import (
	"testing"
	"time"
)

func TestHoldAndTransferAreInherited(t *testing.T) {
	cfg := mustRead(t, smallest+`
company:
  hold: {message: {say: "Please hold.", every: 20s}}
  transfer: {any_number: true, message: {say: "We connect you."}}
`)
	company, queue := cfg.HoldFor("none"), cfg.HoldFor("support")
	if queue != company || queue.Message.Say != "Please hold." || queue.Every != 20*time.Second || queue.Music != nil {
		t.Errorf("the queue's hold is %+v, the company's %+v", queue, company)
	}
	tr := cfg.TransferFor("support")
	if !tr.AnyNumber || tr.AnyAgent || !tr.EarlyMedia || tr.Every != meanwhileEvery || tr.Message.Say != "We connect you." {
		t.Errorf("transfers are %+v", tr)
	}
}
