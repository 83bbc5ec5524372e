package page

// Copying is a button that copies, for the template "copy".
type Copying struct {
	Of   string // the identifier of the part whose text or value is copied
	Text string // that is copied where no part is named
	Name string // what is copied, in words

	Label, Done string
}

// Copy gives the button that copies what a part of the page holds, called by a name.
func (v View) Copy(of, name string) Copying {
	return Copying{Of: of, Name: name, Label: v.T("Copy"), Done: v.T("Copied")}
}

// CopyText gives the button that copies a text, called by a name.
func (v View) CopyText(text, name string) Copying {
	return Copying{Text: text, Name: name, Label: v.T("Copy"), Done: v.T("Copied")}
}
