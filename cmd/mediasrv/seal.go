package main

import (
	"fmt"
	"strings"

	"filippo.io/age"

	"mediasrv/config"
	"mediasrv/recorder/seal"
)

// sealKeys are the keys that the file names for recordings; none: they aren't sealed.
func sealKeys(cfg *config.Config) (keys seal.Keys, err error) {
	if cfg.Recordings.EncryptTo == "" {
		return keys, nil
	}
	if keys.To, err = age.ParseRecipients(strings.NewReader(cfg.Recordings.EncryptTo)); err != nil {
		return keys, fmt.Errorf("recordings.encrypt_to: %w", err)
	}
	if cfg.Recordings.Identity == "" {
		return keys, nil
	}
	if keys.Open, err = age.ParseIdentities(strings.NewReader(cfg.Recordings.Identity)); err != nil {
		return keys, fmt.Errorf("recordings.identity: %w", err)
	}
	return keys, nil
}
