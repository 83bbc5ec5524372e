package page

import (
	"net/http"

	"parvis/internal/fault"
	"parvis/internal/server"
)

// failurePage says what went wrong and where to go from there.
type failurePage struct {
	View
	Head, Says string
	Told       string // what there is not, in the page's language
	Detail     string // the same in the words of the API
}

// longestName is how much of what an address names is shown again, in characters.
const longestName = 120

// Failure shows an error as a page, in the look of all others.
func (f *Frame) Failure(w http.ResponseWriter, r *http.Request, failed server.Failure) {
	p := &failurePage{View: f.View(w, r, nil, "")}
	switch failed.Kind {
	case fault.NotFound:
		p.Head = p.T("This page does not exist")
		p.Says = p.T("The address may be mistyped, or what it showed may have been renamed or withdrawn.")
		switch id := r.PathValue("id"); {
		case r.PathValue("record") != "":
			p.Told = p.T("There is no such row in the dataset “{name}”.", "name", Cut(id, longestName))
		case id != "":
			p.Told = p.T("There is no dataset “{name}” here.", "name", Cut(id, longestName))
		default:
			p.Detail = failed.Message
		}
	case fault.Invalid, fault.Conflict, fault.TooLarge:
		p.Head = p.T("This request cannot be understood")
		p.Says = p.T("Something in the address is not as it should be.")
		if r.Method == http.MethodPost {
			p.Says = p.T("Something in the form is not as it should be. Go back, mend it and send it again.")
		}
		p.Detail = failed.Message
	case fault.Forbidden, fault.Unauthenticated:
		p.Head = p.T("This is not open to everybody")
		p.Says = p.T("You have no right to see it, or your API key is not valid.")
		if failed.Code == server.ForgedCode {
			p.Head = p.T("This form could not be checked")
			p.Says = p.T("It was open for too long, or came from another site. Go back, load the page anew and send it again.")
		}
	case fault.Unavailable, fault.Limited:
		p.Head = p.T("Not at this moment")
		p.Says = p.T("The question took too long, or too much is being asked at once. Narrow the filter, or try again in a minute.")
	default:
		p.Head = p.T("Something went wrong in the portal")
		p.Says = p.T("It has been noted. The data is safe; please try again later.")
	}
	p.Title = p.Head
	if err := f.Render(w, r, failed.Status, f.failed, p); err != nil {
		http.Error(w, p.Head, http.StatusInternalServerError)
	}
}
