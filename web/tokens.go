package web

import (
	"context"
	"net/http"
	"regexp"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"mediasrv/config"
	"mediasrv/routing/fact"
)

// Tokens keeps the tokens of programs. Methods may wait for the disk as long as ctx allows. Errors are for the log.
type Tokens interface {
	// AddToken keeps a new one; false: there is one of this name.
	AddToken(context.Context, fact.Token) (bool, error)
	// Token finds one by its hash, expired or not; false: there is none.
	Token(ctx context.Context, hash string) (fact.Token, bool, error)
	// Tokens are all, by name.
	Tokens(context.Context) ([]fact.Token, error)
	// DeleteToken revokes one by name; false: there is none.
	DeleteToken(ctx context.Context, name string) (fact.Token, bool, error)
}

const (
	tokenPrefix  = "mst_"  // so that those who look for leaked secrets find it
	tokenScheme  = "token" // in the API's description
	tokenLongest = 10 * 365 * 24 * time.Hour
	tokenKey     = tokenScheme + ":" // begins the names and live entries of tokens: no login has a colon
)

var tokenName = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]{0,39}$`)

type tokenView struct {
	fact.Token
	Expires *time.Time `json:"expires" doc:"null: never"`
}

type tokensOutput struct {
	Body struct {
		Tokens []tokenView `json:"tokens"`
	}
}

type newTokenInput struct {
	Body struct {
		Name     string    `json:"name" maxLength:"40" doc:"small letters, digits, . _ -" example:"crm"`
		Role     string    `json:"role,omitempty" enum:"supervisor,admin" doc:"of a program that acts as itself"`
		User     string    `json:"user,omitempty" maxLength:"64" doc:"or the login as whom it acts, with that user's role"`
		ReadOnly bool      `json:"readOnly,omitempty" doc:"it changes nothing"`
		Expires  time.Time `json:"expires,omitzero" doc:"left out: never"`
	}
}

type newTokenOutput struct {
	Body struct {
		tokenView
		Token string `json:"token" doc:"shown this once"`
	}
}

type tokenInput struct {
	Name string `path:"name" maxLength:"64"`
}

// addTokens adds the routes by which admins give tokens to programs.
func (s *Server) addTokens(api huma.API) {
	route(s, api, needAdmin, huma.Operation{
		OperationID: "tokens", Method: http.MethodGet, Path: "/api/tokens", Summary: "The tokens of programs", Errors: []int{http.StatusServiceUnavailable},
	}, s.listTokens)
	route(s, api, needAdmin, huma.Operation{
		OperationID: "token-create", Method: http.MethodPost, Path: "/api/tokens", Summary: "Give a program a token",
		Description:   "The token is in the answer, and nowhere else: only its hash is kept. Programs send it as `Authorization: Bearer …`.",
		DefaultStatus: http.StatusCreated, Errors: []int{http.StatusConflict, http.StatusServiceUnavailable},
	}, s.createToken)
	route(s, api, needAdmin, huma.Operation{
		OperationID: "token-revoke", Method: http.MethodDelete, Path: "/api/tokens/{name}", Summary: "Revoke a token",
		DefaultStatus: http.StatusNoContent, Errors: []int{http.StatusNotFound, http.StatusServiceUnavailable},
	}, s.revokeToken)
}

func viewOf(t fact.Token) tokenView {
	v := tokenView{Token: t}
	if !t.Expires.IsZero() {
		v.Expires = &t.Expires
	}
	return v
}

func (s *Server) listTokens(ctx context.Context, _ *struct{}) (*tokensOutput, error) {
	all, err := s.opt.Tokens.Tokens(ctx)
	if err != nil {
		return nil, s.noTokens(err)
	}
	out := &tokensOutput{}
	out.Body.Tokens = []tokenView{}
	for _, t := range all {
		out.Body.Tokens = append(out.Body.Tokens, viewOf(t))
	}
	return out, nil
}

func (s *Server) noTokens(err error) error {
	s.log.Error("tokens can't be read or written", "error", err)
	return huma.Error503ServiceUnavailable("The database does not answer. Try again in a moment.")
}

func (s *Server) createToken(ctx context.Context, in *newTokenInput) (*newTokenOutput, error) {
	b, now := in.Body, time.Now().UTC()
	switch {
	case !tokenName.MatchString(b.Name):
		return nil, huma.Error409Conflict("A token's name has small letters, digits, dots, dashes and underscores, at most 40.")
	case (b.Role == "") == (b.User == ""):
		return nil, huma.Error409Conflict("A token acts either as a user or by a role of its own: name one of them.")
	case b.User != "" && s.opt.Config().Users[b.User] == nil:
		return nil, huma.Error409Conflict("There is no user of this name in the file.")
	case !b.Expires.IsZero() && (!b.Expires.After(now) || b.Expires.After(now.Add(tokenLongest))):
		return nil, huma.Error409Conflict("The token must expire ahead, within ten years.")
	}
	secret := tokenPrefix + newToken()
	t := fact.Token{
		ID: uuid.Must(uuid.NewV7()).String(), Name: b.Name, Hash: hashToken(secret), Role: b.Role, User: b.User, ReadOnly: b.ReadOnly,
		Created: now, CreatedBy: visitorOf(ctx).user.Login, Expires: b.Expires.UTC(),
	}
	added, err := s.opt.Tokens.AddToken(ctx, t)
	switch {
	case err != nil:
		return nil, s.noTokens(err)
	case !added:
		return nil, huma.Error409Conflict("There is a token of this name already. Revoke it first, or take another name.")
	}
	s.acted(ctx, fact.Audit{What: fact.AuditTokenCreated, User: t.User, Detail: describe(t)})
	out := &newTokenOutput{}
	out.Body.tokenView, out.Body.Token = viewOf(t), secret
	return out, nil
}

// describe says what a token may do.
func describe(t fact.Token) string {
	text := t.Name
	if t.Role != "" {
		text += ", " + t.Role
	}
	if t.ReadOnly {
		text += ", reads only"
	}
	if !t.Expires.IsZero() {
		text += ", until " + t.Expires.Format(time.RFC3339)
	}
	return text
}

func (s *Server) revokeToken(ctx context.Context, in *tokenInput) (*struct{}, error) {
	gone, ok, err := s.opt.Tokens.DeleteToken(ctx, in.Name)
	switch {
	case err != nil:
		return nil, s.noTokens(err)
	case !ok:
		return nil, huma.Error404NotFound("There is no token of this name.")
	}
	s.dropSession(fact.Session{TokenHash: tokenKey + gone.Hash, Expires: time.Now().Add(sessionLife)})
	s.acted(ctx, fact.Audit{What: fact.AuditTokenRevoked, User: gone.User, Detail: gone.Name})
	return nil, nil //nolint:nilnil // huma's way to say 204
}

// bearer is the token that a program brings; empty: none.
func bearer(r *http.Request) string {
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") || !strings.HasPrefix(token, tokenPrefix) || len(token) > maxCookieLen {
		return ""
	}
	return token
}

// identifyProgram finds out which program makes a request. The error means that the store cannot tell.
func (s *Server) identifyProgram(r *http.Request, v visitor, secret string) (visitor, error) {
	ctx, cancel := context.WithTimeout(r.Context(), storeTime)
	defer cancel()
	t, ok, err := s.opt.Tokens.Token(ctx, hashToken(secret))
	if err != nil {
		s.log.Error("a token cannot be read", "error", err)
		return v, errStore
	}
	if !ok || t.Over(time.Now()) {
		return v, nil
	}
	user := &config.User{Login: tokenKey + t.Name, Name: t.Name, Role: t.Role}
	if t.User != "" {
		if user = s.opt.Config().Users[t.User]; user == nil { // no longer in the file
			return v, nil
		}
	}
	until := t.Expires
	if until.IsZero() {
		until = time.Now().Add(tokenLongest)
	}
	session := fact.Session{TokenHash: tokenKey + t.Hash, User: user.Login, Expires: until}
	entry, ok := s.live.enter(session)
	if !ok {
		return v, nil
	}
	v.user, v.session, v.live, v.program = user, session, entry, &t
	return v, nil
}

// isProgram says that a live entry is a token's.
func (v liveView) isProgram() bool { return strings.HasPrefix(v.TokenHash, tokenKey) }

// sweepProgram ends the sockets of a token that has expired or was revoked.
func (s *Server) sweepProgram(ctx context.Context, v liveView, now time.Time) error {
	if v.dead {
		return nil
	}
	t, ok, err := s.opt.Tokens.Token(ctx, strings.TrimPrefix(v.TokenHash, tokenKey))
	if err != nil {
		return err
	}
	switch {
	case !ok || t.Over(now):
		s.dropSession(v.Session)
	case t.User != "" && s.opt.Config().Users[t.User] == nil: // no longer in the file; may come back
		s.live.cut(v.live, v.TokenHash)
	}
	return nil
}

// admitProgram decides whether a program may make a request that a user with its role may make; status 0: yes.
func admitProgram(t *fact.Token, pattern string, r *http.Request) (status int, why string) {
	switch {
	case t == nil:
		return 0, ""
	case pattern == "POST /api/logout" || pattern == "POST /api/phone" || pattern == "GET "+sipPath:
		return http.StatusForbidden, "This is for those who have logged in: a token has no login."
	case t.ReadOnly && r.Method != http.MethodGet && r.Method != http.MethodHead:
		return http.StatusForbidden, "This token changes nothing."
	}
	return 0, ""
}
