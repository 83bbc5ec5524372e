package front

import (
	"errors"
	"net/http"

	"parvis/internal/fault"
	"parvis/internal/odsql"
	"parvis/internal/server"
)

// failurePage says what went wrong and where to go from there.
type failurePage struct {
	view
	Head, Says string
	Told       string // what there is not, in the page's language
	Detail     string // the same in the words of the API
}

// failure shows an error as a page, in the look of all others.
func (s *Site) failure(w http.ResponseWriter, r *http.Request, f server.Failure) {
	p := &failurePage{view: s.view(r, nil, "")}
	switch f.Kind {
	case fault.NotFound:
		p.Head = p.T("This page does not exist")
		p.Says = p.T("The address may be mistyped, or what it showed may have been renamed or withdrawn.")
		switch id := r.PathValue("id"); {
		case r.PathValue("record") != "":
			p.Told = p.T("There is no such row in the dataset “{name}”.", "name", cut(id, longestChip))
		case id != "":
			p.Told = p.T("There is no dataset “{name}” here.", "name", cut(id, longestChip))
		default:
			p.Detail = f.Message
		}
	case fault.Invalid:
		p.Head = p.T("This request cannot be understood")
		p.Says = p.T("Something in the address is not as it should be.")
		p.Detail = f.Message
	case fault.Forbidden, fault.Unauthenticated:
		p.Head = p.T("This is not open to everybody")
		p.Says = p.T("You have no right to see it, or your API key is not valid.")
	case fault.Unavailable, fault.Limited:
		p.Head = p.T("Not at this moment")
		p.Says = p.T("The question took too long, or too much is being asked at once. Narrow the filter, or try again in a minute.")
	default:
		p.Head = p.T("Something went wrong in the portal")
		p.Says = p.T("It has been noted. The data is safe; please try again later.")
	}
	p.Title = p.Head
	if err := s.render(w, r, f.Status, "failure", p); err != nil {
		http.Error(w, p.Head, http.StatusInternalServerError)
	}
}

// errorText gives what may be shown of a mistake in a filter.
func errorText(err error) string {
	var mistake *odsql.Error
	if errors.As(err, &mistake) {
		return mistake.Error()
	}
	return fault.Message(err)
}
