package terms

import (
	"encoding/json"
	"net/http"
	"time"

	"parvis/internal/locale"
	"parvis/internal/privacy"
)

// audiencePage tells how visits are counted, and why that needs no consent.
type audiencePage struct {
	view
	Policy   *privacy.Document
	Criteria []privacy.Criterion
}

func (s *Site) audience(w http.ResponseWriter, r *http.Request) error {
	p := &audiencePage{view: s.View(w, r, func(l *locale.Printer) string { return l.T("Audience measurement") }, "")}
	p.About = p.T("How visits of this portal are counted, and what is not kept.")
	p.Policy = s.document(p.Printer, p.Origin)
	p.Criteria = s.Privacy.Measurement().Assessment(p.Printer)
	return s.Render(w, r, http.StatusOK, s.pages["audience"], p)
}

// globalPrivacyControl says that the signal is honoured, in the form that its draft standard asks for.
func (s *Site) globalPrivacyControl(w http.ResponseWriter, _ *http.Request) error {
	support := struct {
		GPC     bool   `json:"gpc"`
		Updated string `json:"lastUpdate,omitempty"`
	}{GPC: true}
	if t := s.ledger.Updated(); !t.IsZero() {
		support.Updated = t.Format(time.DateOnly)
	}
	text, err := json.Marshal(support)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "public, max-age=86400")
	_, err = w.Write(append(text, '\n'))
	return err
}
