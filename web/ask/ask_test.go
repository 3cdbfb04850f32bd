package ask

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"mediasrv/config"
	"mediasrv/routing"
)

// service answers every request alike.
func service(t *testing.T, status int, text string, see func(*http.Request, string)) *config.Ask {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		if see != nil {
			see(r, string(body))
		}
		w.Header().Set("Location", "/elsewhere")
		w.WriteHeader(status)
		_, _ = io.WriteString(w, text)
	}))
	t.Cleanup(s.Close)
	return &config.Ask{URL: s.URL + "/route", Headers: map[string]string{"Authorization": "Bearer s3cret"}}
}

var inquiry = routing.Inquiry{Call: "k1", Conversation: "c1", Menu: "card", From: "+819012345678", To: "+81312345678", Digits: "4111111111111111", Language: "en"}

func TestAsk(t *testing.T) {
	seen := ""
	of := service(t, 200, `{"callback": "next-day", "say": "Hello."}`, func(r *http.Request, body string) {
		seen = r.Method + " " + r.URL.Path + " " + r.Header.Get("Authorization") + " " + r.Header.Get("Content-Type") + " " + body
	})
	got, err := New().Ask(t.Context(), of, inquiry)
	if err != nil || got != (routing.Advice{Callback: "next-day", Say: "Hello."}) {
		t.Errorf("%+v, %v", got, err)
	}
	want := `POST /route Bearer s3cret application/json {"call":"k1","conversation":"c1","menu":"card","from":"+819012345678","to":"+81312345678","digits":"4111111111111111","language":"en"}`
	if seen != want {
		t.Errorf("the service got\n%s\nwant\n%s", seen, want)
	}
}

func TestBadAnswers(t *testing.T) {
	for name, test := range map[string]struct {
		status int
		text   string
		bad    bool
		why    string
	}{
		"an error":       {500, "broken", false, "500 Internal Server Error"},
		"a redirection":  {302, "", false, "302 Found"}, // not followed: the headers are secret
		"no JSON":        {200, "support", true, "bad answer"},
		"nothing":        {200, "", true, "bad answer"},
		"another type":   {200, `{"queue": 7}`, true, "queue"},
		"an unknown key": {200, `{"que": "support"}`, true, "que"},
		"too much":       {200, `{"say": "` + strings.Repeat("x", 70_000) + `"}`, true, "65536 bytes"},
		"a long text":    {200, `{"say": "` + strings.Repeat("x", 2001) + `"}`, true, "2000 letters"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := New().Ask(t.Context(), service(t, test.status, test.text, nil), inquiry)
			if err == nil || !strings.Contains(err.Error(), test.why) || errors.Is(err, routing.ErrBadAdvice) != test.bad {
				t.Fatalf("%v", err)
			}
			if strings.Contains(err.Error(), "4111") || strings.Contains(err.Error(), "s3cret") {
				t.Errorf("the error tells a secret: %v", err)
			}
		})
	}
}

func TestAskEnds(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	gone := make(chan struct{})
	of := service(t, 200, "{}", func(r *http.Request, _ string) {
		cancel()
		<-r.Context().Done() // the caller has hung up: so does the request
		close(gone)
	})
	_, err := New().Ask(ctx, of, inquiry)
	if !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	select {
	case <-gone:
	case <-time.After(10 * time.Second):
		t.Error("the request goes on")
	}
	if _, err := New().Ask(t.Context(), &config.Ask{URL: "http://127.0.0.1:1/x?key=s3cret"}, inquiry); err == nil || strings.Contains(err.Error(), "s3cret") {
		t.Errorf("%v", err)
	}
}
