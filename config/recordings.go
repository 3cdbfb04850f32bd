package config

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"strings"

	"golang.org/x/crypto/ssh"
)

// Recordings says where recordings go.
type Recordings struct {
	Quota int   // GB (10^9 bytes) for each agent and month; 0: no limit
	SFTP  *SFTP // nil: they aren't uploaded to such a server
	S3    *S3   // nil: they aren't uploaded to such a storage

	EncryptTo string // public keys of age, a line each; empty: they aren't encrypted
	Identity  string // private keys that open them, as age-keygen writes them; never logged; empty: none
}

// SFTP is a server that closed recordings are uploaded to.
type SFTP struct {
	Host     string
	Port     int
	Path     string
	User     string
	Password string          // the secret itself; never logged; empty: none
	Key      ssh.Signer      // tried before the password; nil: none
	Known    []ssh.PublicKey // host keys that are taken; at least one
}

// S3 is a bucket that closed recordings are uploaded to.
type S3 struct {
	Endpoint  string // host or host:port
	TLS       bool
	Region    string // empty: asked for
	Bucket    string
	Prefix    string
	PathStyle bool
	AccessKey string
	SecretKey string // the secret itself; never logged
}

func recordingsKeys() *shape {
	quota := field{
		key: "quota", what: integer(1, 10000), or: "none",
		about: "GB for each agent and month, all agents' together: 5 GB and 10 agents are 50 GB. An alarm says so at 80 % and at 100 %; what has to be recorded is recorded all the same.",
	}
	return of(quota, field{
		key: "encrypt_to", what: publicKeys(), or: "they are not encrypted",
		about: "A public key (`age-keygen`), or several with blanks between them: sound lies on the disk, and is uploaded, only so that the private key opens it. Metadata are not encrypted.",
	}, field{
		key: "identity", what: secret(), or: "none: nobody hears encrypted recordings on the page", about: "The private key, `env:NAME` or `file:PATH`, with which the server opens what it has encrypted, for those who may hear it.",
	}, field{key: "upload", what: of(
		field{key: "sftp", what: sftpKeys(), or: "none", about: "A server that takes files over SSH."},
		field{key: "s3", what: s3Keys(), or: "none", about: "An S3-compatible storage; with both, both get everything."},
	), about: "Where closed recordings are copied to, with their metadata. They stay in `data_dir` as well."})
}

func sftpKeys() *shape {
	return of(
		field{key: "host", what: reads("a host name or address", hostOnly), or: "required", about: "The server."},
		field{key: "port", what: integer(1, 65535), std: "22", about: "Its port."},
		field{key: "path", what: words("a folder", 1024), or: "where the login begins", about: "Folder for the days' folders."},
		field{key: "user", what: words("a user name", 64), or: "required", about: "Who logs in there."},
		field{key: "password", what: secret(), or: "none", about: "Its password: `env:NAME` or `file:PATH`."},
		field{key: "key", what: reads("a file such as file:upload_key", filePath), or: "none", about: "A private key that is shown before the password (OpenSSH or PEM, without a passphrase): `file:PATH`."},
		field{
			key: "known_host", what: words("file:PATH or a line such as ssh-ed25519 AAAA…", 4096), or: "required",
			about: "The server's host keys, as `ssh-keyscan HOST` prints them: a file, or one key. Any other key is refused.",
		},
	)
}

func s3Keys() *shape {
	return of(
		field{key: "endpoint", what: reads("a host such as s3.example.com or minio.example.com:9000", endpoint), or: "required", about: "The storage."},
		field{key: "bucket", what: words("a name", 63), or: "required", about: "The bucket; it must be there."},
		field{key: "prefix", what: words("a beginning of names", 256), or: "none", about: "Put before all names."},
		field{key: "region", what: words("a name such as eu-central-1", 64), or: "asked for", about: "The bucket's region."},
		field{key: "access_key", what: words("a name", 256), or: "required", about: "Who logs in there."},
		field{key: "secret_key", what: secret(), or: "required", about: "Its secret: `env:NAME` or `file:PATH`."},
		field{key: "path_style", what: yesNo(), std: "false", about: "`true`: the bucket stands in the path, not in the host's name, as for most storages of one's own."},
		field{key: "tls", what: yesNo(), std: "true", about: "`false`: plain HTTP, inside a network that nobody listens to."},
	)
}

func hostOnly(text string) (string, error) {
	if looksLikeAddress(text) || isHostName(text) {
		return text, nil
	}
	return "", errors.New("is no host")
}

func endpoint(text string) (string, error) {
	if strings.Contains(text, "/") {
		return "", errors.New("is a URL or has a path: write the host, and tls: false for http://")
	}
	if host, _, found := strings.Cut(text, ":"); found {
		if _, _, err := hostPort(text); err != nil {
			return "", err
		}
		return text, hostError(host)
	}
	return text, hostError(text)
}

func hostError(text string) error {
	_, err := hostOnly(text)
	return err
}

// filePath reads file:PATH, or a path alone.
func filePath(text string) (string, error) {
	return pemPath(strings.TrimPrefix(text, "file:"))
}

func (b *builder) recordings(n *node) {
	b.cfg.Recordings.Quota = val(n.get("quota"), 0)
	b.sealing(n)
	up := n.get("upload")
	if at := up.get("sftp"); at != nil && at.isMap() {
		b.cfg.Recordings.SFTP = b.sftp(at)
	}
	if at := up.get("s3"); at != nil && at.isMap() {
		b.cfg.Recordings.S3 = b.s3(at)
	}
}

// must notes keys that are missing.
func (b *builder) must(n *node, keys ...string) {
	for _, key := range keys {
		if n.get(key) == nil {
			b.wrong(n, "lacks "+key)
		}
	}
}

func (b *builder) sftp(n *node) *SFTP {
	b.must(n, "host", "user", "known_host")
	s := &SFTP{
		Host: val(n.get("host"), ""), Port: val(n.get("port"), 22), Path: val(n.get("path"), ""), User: val(n.get("user"), ""),
		Password: val(n.get("password"), ""), Key: b.privateKey(n.get("key")), Known: b.hostKeys(n.get("known_host")),
	}
	if n.get("password") == nil && n.get("key") == nil {
		b.wrong(n, "lacks password or key")
	}
	return s
}

func (b *builder) s3(n *node) *S3 {
	b.must(n, "endpoint", "bucket", "access_key", "secret_key")
	return &S3{
		Endpoint: val(n.get("endpoint"), ""), Bucket: val(n.get("bucket"), ""), Prefix: val(n.get("prefix"), ""), Region: val(n.get("region"), ""),
		AccessKey: val(n.get("access_key"), ""), SecretKey: val(n.get("secret_key"), ""), PathStyle: val(n.get("path_style"), false), TLS: val(n.get("tls"), true),
	}
}

// privateKey looks whether a file has a key that can be used.
func (b *builder) privateKey(n *node) ssh.Signer {
	if n == nil || n.value == nil || b.silent {
		return nil
	}
	text, ok := b.text(n, b.path(val(n, "")))
	if !ok {
		return nil
	}
	key, err := ssh.ParsePrivateKey(text)
	if missing := (*ssh.PassphraseMissingError)(nil); errors.As(err, &missing) {
		b.wrong(n, "has a passphrase, which nobody could type at a start: expected a key without one")
		return nil
	}
	if err != nil {
		b.wrong(n, "has no private key in it: expected OpenSSH or PEM")
	}
	return key
}

// hostKeys reads a known_hosts file, or one key.
func (b *builder) hostKeys(n *node) []ssh.PublicKey {
	if n == nil || n.value == nil || b.silent {
		return nil
	}
	text := []byte(n.text)
	if place, isFile := strings.CutPrefix(n.text, "file:"); isFile {
		var ok bool
		if text, ok = b.text(n, b.path(place)); !ok {
			return nil
		}
	}
	var keys []ssh.PublicKey
	for line := range bytes.Lines(text) {
		if _, _, key, _, _, err := ssh.ParseKnownHosts(line); err == nil {
			keys = append(keys, key)
		} else if key, _, _, _, err := ssh.ParseAuthorizedKey(line); err == nil {
			keys = append(keys, key)
		}
	}
	if keys == nil {
		b.wrong(n, "has no host key: expected file:PATH or a line such as ssh-ed25519 AAAA…, as ssh-keyscan prints it")
	}
	return keys
}

// text reads a small file that another key speaks of.
func (b *builder) text(n *node, path string) ([]byte, bool) {
	b.uses(path)
	if err := regular(path); err != nil {
		b.wrong(n, err.Error())
		return nil, false
	}
	info, err := os.Stat(path)
	if err == nil && info.Size() > maxSecret {
		err = fmt.Errorf("%s is over %d KB", path, maxSecret>>10)
	}
	var text []byte
	if err == nil {
		text, err = os.ReadFile(path)
	}
	if err != nil {
		b.wrong(n, reason(path, err).Error())
		return nil, false
	}
	return text, true
}
