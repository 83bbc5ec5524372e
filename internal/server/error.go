package server

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http"

	"parvis/internal/fault"
)

// Failure is what an error looks like from outside.
type Failure struct {
	Kind    fault.Kind
	Status  int
	Code    string // the error_code of the Explore API
	Message string // safe to show
}

// row is what the kind of a failure says when the error itself does not say more.
type row struct {
	status        int
	code, message string
}

// rows maps each kind of failure to its answer: the only place where kinds and statuses meet.
func rows(kind fault.Kind) row {
	switch kind {
	case fault.Invalid:
		return row{http.StatusBadRequest, "InvalidRESTParameterError", "The request cannot be understood."}
	case fault.Unauthenticated:
		return row{http.StatusUnauthorized, "Unauthenticated", "The API key is unknown or was revoked."}
	case fault.Forbidden:
		return row{http.StatusForbidden, "ForbiddenAccess", "You don't have permission to access the requested resource"}
	case fault.NotFound:
		return row{http.StatusNotFound, "NotFoundResource", "The requested resource does not exist."}
	case fault.Conflict:
		return row{http.StatusConflict, "Conflict", "Somebody else changed it first."}
	case fault.TooLarge:
		return row{http.StatusRequestEntityTooLarge, "RequestTooLarge", "The request is larger than the portal accepts."}
	case fault.Limited:
		return row{http.StatusTooManyRequests, "TooManyRequests", "Too many requests."}
	case fault.Unavailable:
		return row{http.StatusServiceUnavailable, "ServiceUnavailable", "The question took too long, or the portal is busy. Ask for less, or try again later."}
	case fault.Canceled:
		return row{499, "Canceled", "The request was given up."}
	}
	return row{http.StatusInternalServerError, "InternalServerError", "Something went wrong in the portal. It has been noted."}
}

// Describe says what an error looks like from outside. An error that knows its own code (a method Code, as
// odsql.Error has) shows its whole text; of any other only the message of its fault is shown.
func Describe(err error) Failure {
	kind := fault.KindOf(err)
	r := rows(kind)
	f := Failure{Kind: kind, Status: r.status, Code: r.code, Message: r.message}
	if kind == fault.Internal {
		return f
	}
	var coded interface {
		error
		Code() string
	}
	if errors.As(err, &coded) {
		f.Code, f.Message = coded.Code(), coded.Error()
	} else if m := fault.Message(err); m != "" {
		f.Message = m
	}
	return f
}

// JSON answers with a failure in the shape of the Explore API.
func JSON(w http.ResponseWriter, _ *http.Request, f Failure) {
	var body bytes.Buffer
	text := json.NewEncoder(&body)
	text.SetEscapeHTML(false)
	err := text.Encode(struct {
		Code    string `json:"error_code"`
		Message string `json:"message"`
	}{f.Code, f.Message})
	if err != nil { // two texts can always be written
		body.Reset()
	}
	h := w.Header()
	h.Set("Content-Type", "application/json; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	if f.Kind == fault.Unauthenticated {
		h.Set("WWW-Authenticate", "Apikey")
	}
	w.WriteHeader(f.Status)
	_, _ = w.Write(body.Bytes()) // who went away needs no answer
}
