package page

import (
	"net/url"

	"parvis/internal/privacy"
	"parvis/internal/server"
)

// ChoicesPath is the page where a visitor chooses what may be stored and who may be contacted.
const ChoicesPath = "/terms/cookies/"

// The parameter by which a page learns what became of the visitor's choice, and its values.
const (
	choicesParam   = "choices"
	choicesKept    = "kept"
	choicesCleared = "cleared"
)

// Told gives the address of a page that tells what became of a choice: it is kept, or everything was cleared.
func Told(address string, kept bool) string {
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	q := u.Query()
	q.Set(choicesParam, choicesCleared)
	if kept {
		q.Set(choicesParam, choicesKept)
	}
	u.RawQuery, u.Fragment = q.Encode(), "said"
	return u.String()
}

// tell says what became of a choice, where that is so.
func (v *View) tell() {
	told := v.Params.Get(choicesParam)
	if told == "" {
		return
	}
	v.Params.Del(choicesParam)
	switch {
	case told == choicesKept && v.choices.Chosen():
		v.Said = v.T("Your choices are kept until {date}.", "date", v.Date(v.choices.Until()))
	case told == choicesCleared && !v.choices.Chosen():
		v.Said = v.T("Your choices and your language have been cleared from this machine.")
	}
}

// Choices gives what the visitor allows.
func (v View) Choices() privacy.Choices { return v.choices }

// Signalled tells whether the browser refuses for its user, and something here obeys.
func (v View) Signalled() bool {
	return v.choices.Signal && !v.choices.Chosen() && v.frame.Privacy.Optional()
}

// Banner asks a visitor for consent.
type Banner struct {
	Services []privacy.Service
	Back     string // where to go after the answer
}

// Banner gives the question for consent where it is due, nil else: on most portals always.
func (v View) Banner() *Banner {
	if v.Path == ChoicesPath || v.Path == server.ResetPath || !v.frame.Privacy.BannerDue(v.choices) {
		return nil
	}
	return &Banner{Services: v.frame.Privacy.Services(), Back: v.here()}
}

// here gives the address of the page itself.
func (v View) here() string {
	u := url.URL{Path: v.Path, RawQuery: v.Params.Encode()}
	return u.String()
}
