package tts

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"mediasrv/media/prompt"
	"mediasrv/media/wav"
)

const (
	maxAnswer    = 64 << 20 // bytes of a service's answer
	maxComplaint = 300
)

// service is an HTTP service with the interface of OpenAI's speech endpoint (POST /v1/audio/speech), which many others have as well.
type service struct {
	url, key, model string
	client          *http.Client
}

// newClient follows no redirection: the key would go with it.
func newClient() *http.Client {
	return &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

func (s service) id() string { return "http\x00" + s.url + "\x00" + s.model }

func (s service) speak(ctx context.Context, u utterance, limit time.Duration) ([]int16, int, error) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	body, err := json.Marshal(struct {
		Model  string  `json:"model,omitempty"`
		Input  string  `json:"input"`
		Voice  string  `json:"voice,omitempty"`
		Format string  `json:"response_format"`
		Speed  float64 `json:"speed"`
	}{s.model, u.text, u.voice, "wav", u.rate})
	if err != nil {
		return nil, 0, fmt.Errorf("%w: %w", ErrEngine, err)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, s.url, bytes.NewReader(body))
	if err != nil {
		return nil, 0, fmt.Errorf("%w: %w", ErrEngine, err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Accept", "audio/wav")
	if s.key != "" {
		req.Header.Set("Authorization", "Bearer "+s.key)
	}
	res, err := s.client.Do(req)
	if err != nil {
		return nil, 0, s.failed(ctx, err, limit)
	}
	defer func() { _ = res.Body.Close() }()
	if res.StatusCode != http.StatusOK {
		text, _ := io.ReadAll(io.LimitReader(res.Body, maxComplaint)) // what there is of it
		return nil, 0, fmt.Errorf("%w: %s answers %s: %q", ErrEngine, s.url, res.Status, bytes.TrimSpace(text))
	}
	pcm, rate, err := readAll(io.LimitReader(res.Body, maxAnswer))
	switch {
	case errors.Is(err, wav.ErrTooLong):
		return nil, 0, fmt.Errorf("%w: it speaks for more than %v", ErrTooLong, prompt.MaxLength)
	case err != nil:
		return nil, 0, s.failed(ctx, err, limit)
	case len(pcm) == 0:
		return nil, 0, fmt.Errorf("%w: %s says nothing for %s", ErrEngine, s.url, u.title())
	}
	return pcm, rate, nil
}

// failed words an error without the URL twice.
func (s service) failed(ctx context.Context, err error, limit time.Duration) error {
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return fmt.Errorf("%w: %s, %v", ErrTimeout, s.url, limit)
	}
	if e := (*url.Error)(nil); errors.As(err, &e) {
		err = e.Err
	}
	return fmt.Errorf("%w: %s: %w", ErrEngine, s.url, err)
}
