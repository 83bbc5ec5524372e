package statistics

import "net/netip"

// Kind is what a request was, for the counts; each counted request is of one kind.
type Kind uint8

// The kinds.
const (
	None       Kind = iota // not counted: assets, redirections, what only belongs to another request
	View                   // of a page
	Download               // of a dataset, by the site or by the API
	Call                   // of the API, other than a download
	Attachment             // of a dataset, fetched
	kinds
)

// String gives the word under which a kind is kept.
func (k Kind) String() string {
	return [...]string{"none", "view", "download", "call", "attachment"}[k]
}

// Hit is what a door tells of a request for the counts. It is filled in on the way, with names from the door's own
// code, never with text that a visitor sent, but for Terms.
type Hit struct {
	Kind     Kind
	Page     string // of a View: the class of page, as in "catalogue" or "dataset"
	Dataset  string // uid of the dataset that it was about, "" for none
	Format   string // of a Download
	Endpoint string // of the API, as in "records"; also of downloads and attachments that came through it
	Searched bool   // the catalogue was searched, for Terms
	Terms    string
	Found    bool // and something was found

	Staff   bool       // signed in to work on the portal
	Address netip.Addr // who asked, only looked at for daily uniques; where it is not set they are not counted
}
