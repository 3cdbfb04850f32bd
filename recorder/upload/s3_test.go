package upload

import (
	"io"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"
)

func TestS3(t *testing.T) {
	store := s3mem.New()
	if err := store.CreateBucket("rec"); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(gofakes3.New(store).Server())
	defer server.Close()
	to := S3{Endpoint: strings.TrimPrefix(server.URL, "http://"), Region: "eu-1", Bucket: "rec", Prefix: "calls", PathStyle: true, AccessKey: "k", SecretKey: "simsalabim"}
	target, err := NewS3(to)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = target.Close() }()
	long := strings.Repeat("sound ", 4<<20) // 24 MB
	for _, text := range []string{"first", "second", long} {
		if err := put(t, target, "2026-01-02/愛.wav", []byte(text)); err != nil {
			t.Fatal(err)
		}
		o, err := store.GetObject("rec", "calls/2026-01-02/愛.wav", nil)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := io.ReadAll(o.Contents); err != nil || string(got) != text || o.Metadata["Content-Type"] != "audio/wav" {
			t.Errorf("the bucket has %d bytes (%v) of type %q, want %d of audio/wav", len(got), err, o.Metadata["Content-Type"], len(text))
		}
	}
	to.Bucket = "gone"
	if target, err = NewS3(to); err != nil {
		t.Fatal(err)
	}
	if err := put(t, target, "a.wav", []byte("x")); err == nil || !strings.Contains(err.Error(), "gone") || strings.Contains(err.Error(), "simsalabim") {
		t.Errorf("a bucket that isn't there: %v", err)
	}
	server.Close()
	if err := put(t, target, "a.wav", []byte("x")); err == nil {
		t.Error("a server that isn't there: no error")
	}
	if _, err := NewS3(S3{Endpoint: "http://with.scheme/path"}); err == nil {
		t.Error("an endpoint that is none was taken")
	}
}
