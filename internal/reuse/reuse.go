package reuse

import (
	"net/url"
	"slices"
	"strings"
	"time"

	"parvis/internal/account"
	"parvis/internal/fault"
	"parvis/internal/picture"
)

// Reuse is something that was made of datasets.
type Reuse struct {
	ID        int64
	State     State
	Reason    string // of a refusal; may be ""
	Created   time.Time
	Decided   time.Time // zero while it waits
	DecidedBy int64     // person; 0: the operator, or nobody yet
	Pictured  bool      // it has a picture
	Reports   int64     // how many readers say that something is wrong with it
	Draft
}

// Draft is what who made it says of it.
type Draft struct {
	Title       string // up to 150 characters
	Kind        Kind
	Address     string   // where it is: http or https
	Author      string   // up to 100 characters
	Description string   // plain text, up to 2000 characters; may be ""
	Language    string   // of title and description, a tag such as fr
	Datasets    []string // uids, up to 20. The caller has checked that who sends it may know of them.
	Picture     []byte   // a PNG, JPEG, GIF or WebP when it is sent, nil for none. It is not read back with the rest: see Picture
}

// Kind is what a reuse is.
type Kind string

// Kinds gives the kinds of reuse.
func Kinds() []Kind {
	return []Kind{"application", "visualization", "article", "paper", "api", "other"}
}

// State is what became of a reuse.
type State string

// The states of reuses.
const (
	Waiting   State = "waiting"
	Published State = "published"
	Refused   State = "refused"
)

// Report is what a reader says is wrong with a reuse.
type Report struct {
	Reason  string
	Created time.Time
}

// The longest texts, in characters.
const (
	LongestTitle       = 150
	LongestAuthor      = 100
	LongestDescription = 2000
	LongestReason      = 1000
	longestAddress     = 500
	mostDatasets       = 20
)

// clean checks a draft and brings it into the form in which it is kept. Kind Invalid.
func (d *Draft) clean() error {
	var err error
	line := func(text *string, what string, most int) {
		if err == nil {
			*text, err = account.CleanLine(what, *text, most)
		}
		if err == nil && *text == "" {
			err = fault.New(fault.Invalid, "The %s is missing.", what)
		}
	}
	line(&d.Title, "title", LongestTitle)
	line(&d.Author, "author", LongestAuthor)
	line(&d.Address, "address", longestAddress)
	if err != nil {
		return err
	}
	if d.Description, err = account.CleanText("description", d.Description, LongestDescription); err != nil {
		return err
	}
	switch {
	case !WebAddress(d.Address):
		return fault.New(fault.Invalid, "The address begins with https:// or http:// and names a host, as in https://example.org/map.")
	case !slices.Contains(Kinds(), d.Kind):
		return fault.New(fault.Invalid, "There is no kind of reuse %.40q.", string(d.Kind))
	case len(d.Datasets) > mostDatasets:
		return fault.New(fault.Invalid, "A reuse names at most %d datasets.", mostDatasets)
	case len(d.Language) > 20:
		return fault.New(fault.Invalid, "There is no such language.")
	}
	if len(d.Picture) > 0 {
		if d.Picture, err = Shrink(d.Picture); err != nil {
			return err
		}
	}
	return nil
}

const (
	// LargestPicture is the most that a picture may hold when it is sent, in bytes.
	LargestPicture = 5 << 20

	pictureWidth = 960  // of one that is kept; pages show half of it, on fine screens all
	pictureTall  = 1200 // at most
)

// Shrink gives a picture as it is kept: small, and without anything but its pixels. Kind Invalid: it is no picture, or too large a
// one.
func Shrink(sent []byte) ([]byte, error) {
	if len(sent) > LargestPicture {
		return nil, fault.New(fault.Invalid, "The picture holds more than %d MB.", LargestPicture>>20)
	}
	return picture.Shrink(sent, pictureWidth, pictureTall)
}

// WebAddress tells whether a text is an address of the web that names a host and no password.
func WebAddress(text string) bool {
	u, err := url.Parse(text)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.User == nil && strings.Trim(u.Hostname(), ".") != ""
}
