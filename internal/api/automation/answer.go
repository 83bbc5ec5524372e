package automation

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"parvis/internal/fault"
	"parvis/internal/server"
)

// problem is a failure in the shape that clients of the field know.
type problem struct {
	Code    string              `json:"error_code"`
	Message string              `json:"message"`
	Detail  map[string][]string `json:"detail,omitempty"` // by field, of a validation_error
}

// mistake is a field that is not as it should be.
type mistake struct {
	field string
	says  string
}

// Error gives the mistake as a sentence.
func (m *mistake) Error() string { return m.field + ": " + m.says }

// FaultKind says that the request cannot be understood.
func (m *mistake) FaultKind() fault.Kind { return fault.Invalid }

// Code names the failure to internal/server, which then shows all of it.
func (m *mistake) Code() string { return "validation_error/" + m.field }

func wrong(field, format string, args ...any) error {
	return &mistake{field, fmt.Sprintf(format, args...)}
}

// show answers with a failure.
func show(w http.ResponseWriter, _ *http.Request, f server.Failure) {
	p := problem{Code: codes(f.Kind), Message: f.Message}
	if field, ok := strings.CutPrefix(f.Code, "validation_error/"); ok {
		p.Detail = map[string][]string{field: {strings.TrimPrefix(f.Message, field+": ")}}
	}
	w.Header().Set("Cache-Control", "no-store")
	_ = write(w, f.Status, p) // who went away needs no answer
}

// codes gives the word for a kind of failure.
func codes(kind fault.Kind) string {
	switch kind {
	case fault.Invalid, fault.TooLarge:
		return "validation_error"
	case fault.Unauthenticated:
		return "not_authenticated"
	case fault.Forbidden:
		return "permission_denied"
	case fault.NotFound:
		return "not_found"
	case fault.Conflict:
		return "conflict"
	case fault.Limited:
		return "too_many_requests"
	case fault.Unavailable:
		return "unavailable"
	}
	return "internal_error"
}

// write writes an answer; a nil body is none.
func write(w http.ResponseWriter, status int, body any) error {
	if body == nil {
		w.WriteHeader(status)
		return nil
	}
	var b bytes.Buffer
	text := json.NewEncoder(&b)
	text.SetEscapeHTML(false)
	if err := text.Encode(body); err != nil {
		return fmt.Errorf("write an answer: %w", err)
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Content-Length", strconv.Itoa(b.Len()))
	w.WriteHeader(status)
	_, err := w.Write(b.Bytes())
	return err
}

// longestBody is the most that a request may hold, in bytes.
const longestBody = 1 << 20

// read reads the JSON object that a request holds. Kinds Invalid, naming what is wrong and where; TooLarge.
func (c *call) read(into any) error {
	kind, _, err := mime.ParseMediaType(c.Header.Get("Content-Type"))
	if err != nil || kind != "application/json" {
		return fault.New(fault.Invalid, "Send a JSON object with the header \"Content-Type: application/json\".")
	}
	text := json.NewDecoder(http.MaxBytesReader(c.w, c.Body, longestBody))
	text.DisallowUnknownFields()
	err = text.Decode(into)
	if err == nil {
		if _, more := text.Token(); !errors.Is(more, io.EOF) {
			return fault.New(fault.Invalid, "There is more in the request than one JSON object.")
		}
		return nil
	}
	var large *http.MaxBytesError
	var kindOf *json.UnmarshalTypeError
	switch {
	case errors.As(err, &large):
		return fault.New(fault.TooLarge, "The request holds more than %d bytes.", large.Limit)
	case errors.As(err, &kindOf):
		return wrong(cmp.Or(kindOf.Field, "object"), "This is a JSON %s, which it cannot be.", kindOf.Value)
	case fault.KindOf(err) == fault.Invalid: // of a type that reads itself
		return err
	}
	return fault.New(fault.Invalid, "The JSON object cannot be read: %v", err)
}

// page is a part of a list.
type page struct {
	Total    int     `json:"total_count"`
	Next     *string `json:"next"`
	Previous *string `json:"previous"`
	Results  any     `json:"results"`
}

// window reads limit (20, at most 1000) and offset. Kind Invalid.
func (c *call) window() (limit, offset int, err error) {
	limit, offset = 20, 0
	for name, into := range map[string]*int{"limit": &limit, "offset": &offset} {
		text := c.URL.Query().Get(name)
		if text == "" {
			continue
		}
		n, err := strconv.Atoi(text)
		if err != nil || n < 0 || n > 1_000_000_000 {
			return 0, 0, wrong(name, "%.40q is no number from 0 on.", text)
		}
		*into = n
	}
	if limit < 1 || limit > 1000 {
		return 0, 0, wrong("limit", "A page holds 1 to 1000 results.")
	}
	return limit, offset, nil
}

// pageOf makes a part of a list that is whole in memory.
func pageOf[T, U any](c *call, all []T, as func(T) U) (int, any, error) {
	limit, offset, err := c.window()
	if err != nil {
		return 0, nil, err
	}
	results := make([]U, 0, min(limit, len(all)))
	for _, one := range all[min(offset, len(all)):min(offset+limit, len(all))] {
		results = append(results, as(one))
	}
	return http.StatusOK, c.paged(len(all), limit, offset, results), nil
}

// paged makes a part of a list.
func (c *call) paged(total, limit, offset int, results any) page {
	at := func(offset int) *string {
		q := url.Values{}
		for name, values := range c.URL.Query() {
			if name != "apikey" && name != "access_token" {
				q[name] = values
			}
		}
		q.Set("limit", strconv.Itoa(limit))
		q.Set("offset", strconv.Itoa(offset))
		address := c.base + c.URL.EscapedPath() + "?" + q.Encode()
		return &address
	}
	out := page{Total: total, Results: results}
	if offset+limit < total {
		out.Next = at(offset + limit)
	}
	if offset > 0 {
		out.Previous = at(max(0, offset-limit))
	}
	return out
}

// done is the answer of actions.
func done() (int, any, error) {
	return http.StatusOK, map[string]string{"detail": "ok"}, nil
}

// moment is a time that may be missing, null then.
type moment struct{ time.Time }

// MarshalJSON writes the time in UTC.
func (m moment) MarshalJSON() ([]byte, error) {
	if m.IsZero() {
		return []byte("null"), nil
	}
	return json.Marshal(m.UTC().Format(time.RFC3339))
}

// UnmarshalJSON reads a time or a day, null or "" for none.
func (m *moment) UnmarshalJSON(text []byte) error {
	var given *string
	if err := json.Unmarshal(text, &given); err != nil {
		return err
	}
	m.Time = time.Time{}
	if given == nil || *given == "" {
		return nil
	}
	for _, layout := range []string{time.RFC3339, time.DateOnly} {
		if t, err := time.Parse(layout, *given); err == nil {
			m.Time = t.UTC()
			return nil
		}
	}
	return fault.New(fault.Invalid, "%.40q is no time such as 2027-01-31T00:00:00Z.", *given)
}

// given is what a request may say, where null says something else than nothing.
type given[T any] struct {
	said  bool
	value T
}

// UnmarshalJSON reads the value; it is called for null, too.
func (g *given[T]) UnmarshalJSON(text []byte) error {
	g.said = true
	return json.Unmarshal(text, &g.value)
}

// readOnly is what clients may send back and what is not looked at.
type readOnly = json.RawMessage
