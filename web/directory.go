package web

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"mediasrv/routing/fact"
)

// Directory is whom agents can call by name. Errors are sentences. No method waits for the disk.
type Directory interface {
	Contacts(s fact.ContactSearch) []fact.Contact
	// PutContact adds an entry, or changes the one with its id; all: also one that another user has added.
	PutContact(user string, contact fact.Contact, all bool) (fact.Contact, error)
	DropContact(user string, id fact.ContactID, all bool) error
}

type contactsInput struct {
	Find     string `query:"find" maxLength:"64" doc:"a part of the name, a number, the address or a tag"`
	External bool   `query:"external" doc:"only those with the tag external_number, to whom calls can be given"`
	Most     int    `query:"most" minimum:"1" maximum:"50" default:"50"`
}

type contactsOutput struct {
	Body struct {
		Contacts []fact.Contact `json:"contacts"`
	}
}

// contactBody is what a user says of an entry.
type contactBody struct {
	Name    string   `json:"name" maxLength:"100"`
	Numbers []string `json:"numbers" minItems:"1" maxItems:"10"`
	Email   string   `json:"email,omitempty" maxLength:"100"`
	Tags    []string `json:"tags,omitempty" maxItems:"20"`
}

type newContactInput struct{ Body contactBody }

type contactInput struct {
	ID   string `path:"id" maxLength:"64"`
	Body contactBody
}

type contactIDInput struct {
	ID string `path:"id" maxLength:"64"`
}

type contactOutput struct{ Body fact.Contact }

// addDirectory adds the routes of the directory.
func (s *Server) addDirectory(api huma.API) {
	put := func(ctx context.Context, id string, b contactBody) (*contactOutput, error) {
		v := visitorOf(ctx)
		c, err := s.opt.Centre.PutContact(v.user.Login, fact.Contact{
			ID: fact.ContactID(id), Name: b.Name, Numbers: b.Numbers, Email: b.Email, Tags: b.Tags,
		}, oversees(v))
		if err != nil {
			return nil, obey(err)
		}
		return &contactOutput{Body: c}, nil
	}
	route(s, api, needLogin, huma.Operation{
		OperationID: "contacts", Method: http.MethodGet, Path: "/api/directory", Summary: "People of the directory, by name",
		Description: "Those of the operator's file, and those whom users have added.",
	}, func(_ context.Context, in *contactsInput) (*contactsOutput, error) {
		out := &contactsOutput{}
		out.Body.Contacts = append([]fact.Contact{}, s.opt.Centre.Contacts(fact.ContactSearch{Text: in.Find, External: in.External, Most: in.Most})...)
		return out, nil
	})
	route(s, api, needLogin, huma.Operation{
		OperationID: "contact-add", Method: http.MethodPost, Path: "/api/directory", Summary: "Add somebody to the directory", Errors: []int{http.StatusConflict},
	}, func(ctx context.Context, in *newContactInput) (*contactOutput, error) { return put(ctx, "", in.Body) })
	route(s, api, needLogin, huma.Operation{
		OperationID: "contact-change", Method: http.MethodPut, Path: "/api/directory/{id}", Summary: "Change an entry of the directory",
		Description: "Who has added it, and supervisors; what is in the operator's file is changed there.", Errors: []int{http.StatusConflict},
	}, func(ctx context.Context, in *contactInput) (*contactOutput, error) { return put(ctx, in.ID, in.Body) })
	route(s, api, needLogin, huma.Operation{
		OperationID: "contact-drop", Method: http.MethodDelete, Path: "/api/directory/{id}", Summary: "Delete an entry of the directory",
		DefaultStatus: http.StatusNoContent, Errors: []int{http.StatusConflict},
	}, func(ctx context.Context, in *contactIDInput) (*struct{}, error) {
		v := visitorOf(ctx)
		return nil, obey(s.opt.Centre.DropContact(v.user.Login, fact.ContactID(in.ID), oversees(v)))
	})
}
