package web

import (
	"encoding/json"
	"errors"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
)

// problem is an RFC 9457 answer, as Huma makes them for its routes.
type problem struct {
	Title  string `json:"title"`
	Status int    `json:"status"`
	Detail string `json:"detail"`
}

// refuse answers a request with a problem.
func refuse(w http.ResponseWriter, status int, detail string) {
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(problem{Title: http.StatusText(status), Status: status, Detail: detail}) // the client is gone: nobody to tell
}

// refuseError answers a request with an error of a route's own; one that says no status means that the database doesn't answer.
func refuseError(w http.ResponseWriter, err error) {
	status := http.StatusServiceUnavailable
	if problem := huma.StatusError(nil); errors.As(err, &problem) {
		status = problem.GetStatus()
	}
	refuse(w, status, err.Error())
}
