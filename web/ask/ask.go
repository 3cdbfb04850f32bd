// Package ask asks companies' own HTTP services where a call goes next.
package ask

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"

	"mediasrv/config"
	"mediasrv/routing"
)

const (
	maxAnswer = 64 << 10 // bytes
	maxSay    = 2000     // letters, as in the file
	idleMost  = 16       // connections to a service that are kept open between calls
)

// Client implements routing.Asker.
type Client struct{ http http.Client }

// New makes a client. It follows no redirection: the headers, which are secrets, would go with it.
func New() *Client {
	transport := &http.Transport{Proxy: http.ProxyFromEnvironment, MaxIdleConnsPerHost: idleMost, ForceAttemptHTTP2: true}
	return &Client{http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

// request is the body that a service gets.
type request struct {
	Call         string `json:"call"`
	Conversation string `json:"conversation"`
	Menu         string `json:"menu"`
	From         string `json:"from"`
	To           string `json:"to"`
	Digits       string `json:"digits"`
	Language     string `json:"language"`
}

// answer is what it may say.
type answer struct {
	Queue     string `json:"queue"`
	Menu      string `json:"menu"`
	Voicemail string `json:"voicemail"`
	Callback  string `json:"callback"`
	Number    string `json:"number"`
	HangUp    bool   `json:"hang_up"`
	Say       string `json:"say"`
	Language  string `json:"language"`
}

// Ask implements routing.Asker. An error never has what was sent or received in it, for that may be secret.
func (c *Client) Ask(ctx context.Context, of *config.Ask, what routing.Inquiry) (routing.Advice, error) {
	body, err := json.Marshal(request{
		Call: string(what.Call), Conversation: string(what.Conversation), Menu: what.Menu, From: what.From, To: what.To, Digits: what.Digits, Language: what.Language,
	})
	if err != nil {
		return routing.Advice{}, fmt.Errorf("ask: %w", err)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, of.URL, bytes.NewReader(body))
	if err != nil {
		return routing.Advice{}, fmt.Errorf("ask: %w", err)
	}
	for name, value := range of.Headers {
		req.Header.Set(name, value)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Accept", "application/json")
	res, err := c.http.Do(req)
	if err != nil {
		if e := (*url.Error)(nil); errors.As(err, &e) { // without the address, which may have a secret in its query
			err = e.Err
		}
		return routing.Advice{}, fmt.Errorf("ask: %w", err)
	}
	defer func() { _ = res.Body.Close() }()
	if res.StatusCode != http.StatusOK {
		return routing.Advice{}, fmt.Errorf("ask: it answers %d %s", res.StatusCode, http.StatusText(res.StatusCode))
	}
	return read(res.Body)
}

// read takes an answer apart. Keys that we don't know are mistakes: better told than overheard.
func read(from io.Reader) (routing.Advice, error) {
	text, err := io.ReadAll(io.LimitReader(from, maxAnswer+1))
	switch {
	case err != nil:
		return routing.Advice{}, fmt.Errorf("ask: %w", err)
	case len(text) > maxAnswer:
		return routing.Advice{}, fmt.Errorf("ask: %w: it has more than %d bytes", routing.ErrBadAdvice, maxAnswer)
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	var a answer
	if err := d.Decode(&a); err != nil {
		return routing.Advice{}, fmt.Errorf("ask: %w: expected JSON such as {\"queue\": \"support\"}: %w", routing.ErrBadAdvice, err)
	}
	if len([]rune(a.Say)) > maxSay {
		return routing.Advice{}, fmt.Errorf("ask: %w: say has more than %d letters", routing.ErrBadAdvice, maxSay)
	}
	return routing.Advice(a), nil
}
