package web

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"mediasrv/routing/fact"
)

// Conversations are the threads with customers. Errors are sentences for the agent. No method waits for the disk.
type Conversations interface {
	// Conversations are those that are not closed: the user's own, and those of the user's queues that are nobody's; everywhere: all.
	Conversations(user string, everywhere bool) []fact.ConversationView
	// ChangeConversation takes what a user says of one; everywhere: also of another agent's.
	ChangeConversation(user string, id fact.ConversationID, form fact.ConversationForm, everywhere bool) (fact.ConversationView, error)
	// CustomerOf is the customer's number of the user's call, or of the one that is being wrapped up, and what is known without the database.
	CustomerOf(user string) (number string, known fact.CustomerView)
}

type conversationsOutput struct {
	Body struct {
		Conversations []fact.ConversationView `json:"conversations"`
	}
}

type conversationInput struct {
	Conversation string `path:"conversation" maxLength:"64"`
	Body         fact.ConversationForm
}

type conversationOutput struct{ Body fact.ConversationView }

type customerOutput struct{ Body fact.CustomerView }

// addConversations adds the routes of conversations.
func (s *Server) addConversations(api huma.API) {
	route(s, api, needLogin, huma.Operation{
		OperationID: "conversations", Method: http.MethodGet, Path: "/api/conversations", Summary: "Conversations that are not closed",
		Description: "The own ones, and those of the own queues that are nobody's; supervisors get all. The urgent ones come first, then the latest; at most 200.",
	}, func(ctx context.Context, _ *struct{}) (*conversationsOutput, error) {
		v := visitorOf(ctx)
		out := &conversationsOutput{}
		out.Body.Conversations = append([]fact.ConversationView{}, s.opt.Centre.Conversations(v.user.Login, oversees(v))...)
		return out, nil
	})
	route(s, api, needLogin, huma.Operation{
		OperationID: "conversation-change", Method: http.MethodPut, Path: "/api/conversations/{conversation}", Summary: "Set status, priority, tags or notes of a conversation",
		Description: "What is left out stays. A closed one stays closed: the customer's next call opens another.", Errors: []int{http.StatusConflict},
	}, func(ctx context.Context, in *conversationInput) (*conversationOutput, error) {
		v := visitorOf(ctx)
		view, err := s.opt.Centre.ChangeConversation(v.user.Login, fact.ConversationID(in.Conversation), in.Body, oversees(v))
		if err != nil {
			return nil, obey(err)
		}
		return &conversationOutput{Body: view}, nil
	})
	route(s, api, needAgent, huma.Operation{
		OperationID: "customer", Method: http.MethodGet, Path: "/api/me/customer", Summary: "The customer of the own call, with earlier calls",
		Description: "Also while it rings, and while it is being wrapped up.", Errors: []int{http.StatusServiceUnavailable},
	}, s.customer)
}

func (s *Server) customer(ctx context.Context, _ *struct{}) (*customerOutput, error) {
	number, view := s.opt.Centre.CustomerOf(visitorOf(ctx).user.Login)
	if number != "" {
		ctx, cancel := context.WithTimeout(ctx, booksTime)
		defer cancel()
		past, err := s.opt.Books.PastContacts(ctx, number)
		if err != nil {
			return nil, s.unread("past contacts can't be read", err)
		}
		view.Past = append(view.Past, past...)
	}
	return &customerOutput{Body: view}, nil
}
