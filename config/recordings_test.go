package config

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/pem"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/crypto/ssh"
)

// writeSSHKey writes a new private key and returns its public half as a line of known_hosts would have it.
func writeSSHKey(t *testing.T, path string) string {
	t.Helper()
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	block, err := ssh.MarshalPrivateKey(private, "")
	if err != nil {
		t.Fatal(err)
	}
	write(t, path, string(pem.EncodeToMemory(block)))
	signer, err := ssh.NewSignerFromKey(private)
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(ssh.MarshalAuthorizedKey(signer.PublicKey())))
}

func TestUploads(t *testing.T) {
	dir := t.TempDir()
	host := writeSSHKey(t, filepath.Join(dir, "key"))
	write(t, filepath.Join(dir, "hosts"), "# files.example.com:22 SSH-2.0-OpenSSH\nfiles.example.com "+host+"\n[files.example.com]:2022 "+writeSSHKey(t, filepath.Join(dir, "other"))+"\n")
	t.Setenv("SECRET", "sesame")
	for _, known := range []string{"file:hosts", host} {
		cfg := read1(t, filepath.Join(dir, "m.yml"), smallest+"recordings: {upload: {sftp: {host: files.example.com, user: rec, key: file:key, known_host: "+known+"}, "+
			"s3: {endpoint: localhost:9000, bucket: b, access_key: a, secret_key: env:SECRET, tls: false}}}\n")
		s := cfg.Recordings.SFTP
		if s == nil || s.Port != 22 || s.Key == nil || string(s.Key.PublicKey().Marshal()) != string(s.Known[0].Marshal()) {
			t.Errorf("%s: %+v", known, s)
		}
		if s3 := cfg.Recordings.S3; s3 == nil || s3.TLS || s3.SecretKey != "sesame" {
			t.Errorf("%+v", s3)
		}
	}
}

func TestSealingMistakes(t *testing.T) {
	dir := t.TempDir()
	private := ageIdentity(t)
	write(t, filepath.Join(dir, "key"), private+"\n")
	write(t, filepath.Join(dir, "nothing"), "nothing\n")
	const public = "age1qyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqs3290gq"
	for keys, want := range map[string]string{
		"encrypt_to: " + private:                             "encrypt_to: is a private key",
		"encrypt_to: age1xyz":                                "encrypt_to: is no public key",
		"encrypt_to: " + public + ", identity: file:nothing": "identity: has no private key",
		"identity: file:key":                                 "identity: opens nothing",
	} {
		_, err := read(filepath.Join(dir, "m.yml"), []byte(smallest+"recordings: {"+keys+"}\n"))
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), private) {
			t.Errorf("%s: %v", want, err)
		}
	}
	cfg := read1(t, filepath.Join(dir, "m.yml"), smallest+"recordings: {encrypt_to: '"+public+" "+public+"', identity: file:key}\n")
	if r := cfg.Recordings; strings.Count(r.EncryptTo, public) != 2 || r.Identity != private {
		t.Errorf("%+v", r)
	}
}

func TestUploadMistakes(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "nothing"), "nothing\n")
	for upload, want := range map[string]string{
		"{sftp: {}}": "lacks host|lacks user|lacks known_host|lacks password or key",
		"{sftp: {host: 'a b', user: u, password: hunter2, known_host: x}}":                          `upload.sftp.host: "a b" is no host|secrets don't stand in this file|known_host: has no host key`,
		"{sftp: {host: a, user: u, key: file:gone, known_host: file:gone}}":                         "upload.sftp.key: |gone does not exist|upload.sftp.known_host: ",
		"{sftp: {host: a, user: u, key: file:nothing, known_host: file:nothing, port: 0}}":          "has no private key in it|known_host: has no host key|port: 0 is out of range",
		"{s3: {endpoint: 'https://x', bucket: b, access_key: a, secret_key: env:GONE, region: ''}}": "endpoint: \"https://x\" is a URL|GONE is not set",
		"{s3: {endpoint: 'x:99999'}}": "endpoint: |lacks bucket|lacks access_key|lacks secret_key",
		"{ftp: {}}":                   "upload.ftp: unknown key",
	} {
		_, err := read(filepath.Join(dir, "m.yml"), []byte(smallest+"recordings: {upload: "+upload+"}\n"))
		if err == nil {
			t.Errorf("%s is taken", upload)
			continue
		}
		for w := range strings.SplitSeq(want, "|") {
			if !strings.Contains(err.Error(), w) || strings.Contains(err.Error(), "hunter2") {
				t.Errorf("%s:\n%v\nwant …%s…", upload, err, w)
			}
		}
	}
}
