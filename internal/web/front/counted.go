package front

import (
	"net/http"

	"parvis/internal/server"
	"parvis/internal/statistics"
)

// counted counts views of a page, under the name of its class.
func counted(class string, h server.Handler) server.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		hit := server.Count(w)
		hit.Kind, hit.Page = statistics.View, class
		return h(w, r)
	}
}
