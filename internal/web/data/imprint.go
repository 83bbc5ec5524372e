package data

import (
	"strconv"

	"parvis/internal/catalog"
)

// drawing is the edition of the drawings: it is part of their address and changes when they do.
const drawing = "2"

// ImprintURL gives the address of a dataset's imprint, another one for each version.
func ImprintURL(e *catalog.Entry) string {
	return FileAddress(e.ID, "imprint.svg") + "?v=" + Edition(e)
}

// Edition names what a drawing of the rows shows: the version, and for whom where not everybody sees the same of it.
func Edition(e *catalog.Entry) string {
	out := drawing + "-0" // nothing but a description
	if e.Version != nil {
		out = drawing + "-" + strconv.Itoa(e.Version.Number)
	}
	if e.Access.RecordKey != "" || e.Access.Key() != "" {
		out += "-" + strconv.FormatInt(e.Revision, 36) + e.Access.Key() // rules may change without another version
	}
	return out
}
