package sip

import (
	"time"

	"mediasrv/config"
	"mediasrv/media/codec"
	"mediasrv/sip/dialog"
)

// manners reads what the file says of a trunk's dialogs.
func manners(t *config.Trunk) dialog.Manners {
	c := t.Dialogs
	return dialog.Manners{
		Reliable:  map[string]dialog.Level{"supported": dialog.Supported, "required": dialog.Required}[c.Reliable],
		LateOffer: c.Offer == "late",
		Early:     map[string]dialog.EarlyMedia{"authorized": dialog.EarlyAuthorized, "never": dialog.EarlyNever}[c.EarlyMedia],
		Timer: dialog.Timer{
			Expires: c.Timer.Expires, Min: c.Timer.Min,
			Refresher: map[string]dialog.Refresher{"us": dialog.WeRefresh, "them": dialog.TheyRefresh}[c.Timer.Refresher],
		},
		Refer:       c.Refer,
		LongestRing: c.LongestRing, LongestCall: c.LongestCall,
	}
}

// mediumOf is what the media of a trunk's calls may be.
func mediumOf(t *config.Trunk, list []codec.Type) medium {
	way := t.Dialogs.DTMF
	return medium{codecs: list, srtp: policy(t.SRTP), ptime: int(t.Dialogs.Ptime / time.Millisecond), deaf: way == "info" || way == "inband"}
}
