package server

import (
	"net/http"
	"net/url"

	"parvis/internal/statistics"
)

// Counted counts views of a page, under the name of its class.
func Counted(class string, h Handler) Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		hit := Count(w)
		hit.Kind, hit.Page = statistics.View, class
		return h(w, r)
	}
}

// Moved sends elsewhere for now, and keeps the query.
func Moved(to string) Handler { return sent(to, http.StatusFound) }

// Renamed sends elsewhere for good, and keeps the query.
func Renamed(to string) Handler { return sent(to, http.StatusMovedPermanently) }

func sent(to string, status int) Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		target := url.URL{RawQuery: r.URL.RawQuery}
		http.Redirect(w, r, to+target.String(), status)
		return nil
	}
}
