package main

import (
	"fmt"
	"os"

	"filippo.io/age"

	"mediasrv/recorder"
	"mediasrv/recorder/seal"
)

type decryptCmd struct {
	Files    []string `arg:"" name:"file" help:"Sealed recordings: .age, or .sealed of a server that was killed."`
	Identity string   `short:"i" required:"" placeholder:"FILE" help:"The private key (age-keygen) that opens them."`
	Out      string   `short:"o" placeholder:"DIR" help:"Where the sound is put. Default: beside each file."`
}

// Help is shown by `mediasrv decrypt --help`.
func (decryptCmd) Help() string {
	return `Opens sealed recordings into files that every player takes, and proves by the metadata beside them that the sound is what was recorded. It needs no running
server and changes no recording; a file that is there already is not written over. Files that end with .age can be opened with age itself as well.

Exit code 0: all were opened; 1: one was not, and the line says why.

Examples:
  mediasrv decrypt -i key.txt data/recordings/2026-01-02/*_customer_1.wav.age
  mediasrv decrypt -i key.txt -o /tmp/hearing copy/2026-01-02/*.age`
}

// Run decrypts.
func (c *decryptCmd) Run(tty terminal) error {
	f, err := os.Open(c.Identity)
	if err != nil {
		return fmt.Errorf("decrypt: %w", err)
	}
	identities, err := age.ParseIdentities(f)
	_ = f.Close()
	if err != nil {
		return fmt.Errorf("decrypt: %s has no private key of age in it: %w", c.Identity, err)
	}
	for _, path := range c.Files {
		out, proven, err := recorder.Decrypt(path, c.Out, seal.Keys{Open: identities})
		if err != nil {
			return fmt.Errorf("decrypt: %s: %w", path, err)
		}
		word := "its sound is what was recorded"
		if !proven {
			word = "there is no hash of its sound to compare it with"
		}
		fmt.Fprintf(tty.out, "%s: %s\n", out, word)
	}
	return nil
}
