package main

import (
	"mediasrv/config"
	"mediasrv/recorder/upload"
)

// uploadTargets are the places that the file names for closed recordings.
func uploadTargets(cfg *config.Config) ([]upload.Target, error) {
	var to []upload.Target
	if s := cfg.Recordings.SFTP; s != nil {
		to = append(to, upload.NewSFTP(upload.SFTP(*s)))
	}
	if s := cfg.Recordings.S3; s != nil {
		target, err := upload.NewS3(upload.S3(*s))
		if err != nil {
			return nil, err
		}
		to = append(to, target)
	}
	return to, nil
}
