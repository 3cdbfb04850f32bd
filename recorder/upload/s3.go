package upload

import (
	"context"
	"fmt"
	"path"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
)

// S3 is a bucket of an S3-compatible storage.
type S3 struct {
	Endpoint  string // host or host:port
	TLS       bool
	Region    string // empty: asked for
	Bucket    string
	Prefix    string // of all names
	PathStyle bool   // the bucket is part of the path, not of the host's name
	AccessKey string
	SecretKey string // never logged
}

type s3Target struct {
	to     S3
	client *minio.Client
}

// NewS3 makes a target; it connects when there is something to upload. The error is that the endpoint is none.
func NewS3(to S3) (Target, error) {
	style := minio.BucketLookupAuto
	if to.PathStyle {
		style = minio.BucketLookupPath
	}
	client, err := minio.New(to.Endpoint, &minio.Options{
		Creds: credentials.NewStaticV4(to.AccessKey, to.SecretKey, ""), Secure: to.TLS, Region: to.Region, BucketLookup: style, MaxRetries: 1,
	})
	if err != nil {
		return nil, fmt.Errorf("upload: %w", err)
	}
	return &s3Target{to: to, client: client}, nil
}

func (t *s3Target) Kind() string { return "s3" }

func (t *s3Target) String() string {
	return "s3://" + path.Join(t.to.Endpoint, t.to.Bucket, t.to.Prefix)
}

// Put implements Target. An object is there whole or not at all; a try that was broken off is begun anew. It is sent in one piece (S3 takes
// up to 5 GB, a recording has at most 4), so that no parts are left behind that nobody sees and everybody pays for.
func (t *s3Target) Put(ctx context.Context, name string, from Source, size int64) error {
	_, err := t.client.PutObject(ctx, t.to.Bucket, path.Join(t.to.Prefix, name), from, size, minio.PutObjectOptions{ContentType: contentType(name), DisableMultipart: true})
	if err != nil {
		return fmt.Errorf("%s: %w", t, err)
	}
	return nil
}

func contentType(name string) string {
	switch path.Ext(name) {
	case ".wav":
		return "audio/wav"
	case ".json":
		return "application/json"
	default:
		return "application/octet-stream"
	}
}

func (t *s3Target) Close() error { return nil }
