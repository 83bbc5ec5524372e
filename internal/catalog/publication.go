package catalog

import (
	"io"
	"regexp"

	"parvis/internal/dataset"
	"parvis/internal/fault"
)

// Publication is what is said of a dataset when it is published. What is not said stays as it is.
type Publication struct {
	ID           string                // required; a new ID is a new dataset
	UID          string                // wanted for a new dataset, for one that comes back; taken when it is well formed and free
	Fields       []dataset.Field       // required with Rows; without, nil keeps them, and their names and types must be those of the rows
	Metas        dataset.Metas         // laid over what is there, name by name; null takes a value away
	Attachments  []Upload              // nil keeps them, else these replace them all
	Alternatives []dataset.Alternative // nil keeps them, else these replace them all
	Translations dataset.Translations  // nil keeps them, else these replace them all; keys are language tags in lower case
	DataHidden   *bool                 // nil keeps it; a new dataset shows its rows
	Security     *Security             // nil keeps it; nil grants keep those
	Rows         *Rows                 // a new version; nil keeps the rows as they are
}

// Rows is a version that the engine has finished and nobody holds open any more.
type Rows struct {
	Path  string // of its file, within a folder of Stage; publishing takes it away from there
	Count int64
	Hash  string // SHA-256 of schema and rows, hexadecimal
	Files string // the folder of the files that rows name, beside Path, taken away likewise; "": they name none
}

// Upload is an attachment on its way in. Its File is of no account: the catalogue chooses it.
type Upload struct {
	dataset.Attachment
	Open func() (io.ReadCloser, error) // its content, read once
}

var (
	idForm         = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_.@-]{0,199}$`)
	uidForm        = regexp.MustCompile(`^da_[a-z0-9]{6}$`)
	tagForm        = regexp.MustCompile(`^[a-z]{2,8}(-[a-z0-9]{1,8}){0,3}$`)
	attachmentForm = regexp.MustCompile(`^[A-Za-z0-9_-][A-Za-z0-9_.-]{0,199}$`)
)

// CheckID tells whether a text can be a dataset's ID; kind Invalid with what is allowed.
func CheckID(id string) error {
	if !idForm.MatchString(id) {
		return fault.New(fault.Invalid, "%.100q cannot be a dataset's identifier: it takes 1 to 200 letters without accents, figures, and - _ . @ after the first", id)
	}
	return nil
}

// check finds what cannot be published before anything is done.
func (p *Publication) check() error {
	if err := CheckID(p.ID); err != nil {
		return err
	}
	if p.Rows != nil && p.Fields == nil {
		return fault.New(fault.Internal, "a version of %s comes without its fields", p.ID)
	}
	names := map[string]bool{}
	for i, f := range p.Fields {
		switch {
		case f.Name == "":
			return fault.New(fault.Invalid, "field %d has no name", i+1)
		case names[f.Name]:
			return fault.New(fault.Invalid, "two fields have the name %q", f.Name)
		case !known(f.Type):
			return fault.New(fault.Invalid, "field %q: there is no type %q", f.Name, f.Type)
		}
		names[f.Name] = true
	}
	for tag := range p.Translations {
		if !tagForm.MatchString(tag) {
			return fault.New(fault.Invalid, "translations: %.100q is no language such as en or pt-br, in lower case", tag)
		}
	}
	ids := map[string]bool{}
	for _, a := range p.Attachments {
		if !attachmentForm.MatchString(a.ID) {
			return fault.New(fault.Invalid, "%.100q cannot be an attachment's id: it takes 1 to 200 letters without accents, figures, and - _ .", a.ID)
		}
		if ids[a.ID] {
			return fault.New(fault.Invalid, "two attachments have the id %q", a.ID)
		}
		ids[a.ID] = true
	}
	return nil
}

func known(t dataset.Type) bool {
	for _, k := range dataset.Types {
		if t == k {
			return true
		}
	}
	return false
}
