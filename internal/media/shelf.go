package media

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"parvis/internal/dataset"
)

// Source is a place with files: an archive or a folder.
type Source interface {
	// Names gives the files, with forward slashes between folders.
	Names() []string

	// Open opens one of them.
	Open(name string) (io.ReadCloser, error)
}

// Shelf is the files that came with rows.
type Shelf struct {
	source Source
	near   string            // the folder in which the rows lie
	paths  map[string]string // by folded path
	bases  map[string]string // by folded last name; "" where several files have it
}

// NewShelf makes a Shelf; near is the folder in which the rows lie.
func NewShelf(from Source, near string) *Shelf {
	s := &Shelf{source: from, near: near, paths: map[string]string{}, bases: map[string]string{}}
	for _, name := range from.Names() {
		folded := fold(name)
		s.paths[folded] = name
		base := path.Base(folded)
		if _, several := s.bases[base]; several {
			s.bases[base] = ""
			continue
		}
		s.bases[base] = name
	}
	return s
}

// fold makes one of the spellings of a path: capitals, the slashes of Windows and the accents of macOS make no difference.
func fold(name string) string {
	return strings.TrimPrefix(path.Clean("/"+strings.ReplaceAll(strings.ToLower(norm.NFC.String(name)), `\`, "/")), "/")
}

// Find gives the file that a row names: by its path from where the rows lie, or from the top, or by its last name alone where one file has
// it. false where there is none.
func (s *Shelf) Find(said string) (name string, ok bool) {
	said = strings.TrimSpace(said)
	if said == "" || len(said) > 1000 {
		return "", false
	}
	for _, tried := range []string{path.Join(s.near, strings.ReplaceAll(said, `\`, "/")), said} {
		if name, ok = s.paths[fold(tried)]; ok {
			return name, true
		}
	}
	name = s.bases[path.Base(fold(said))]
	return name, name != ""
}

// Folder is a Source: the files of a folder and those below it. Nothing outside is reached, whatever links lie in it.
type Folder struct{ *os.Root }

// Names implements Source.
func (f Folder) Names() (out []string) {
	_ = fs.WalkDir(f.FS(), ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil: // one that cannot be read holds nothing
			if d != nil && d.IsDir() {
				return fs.SkipDir
			}
		case d.Type().IsRegular():
			out = append(out, name)
		}
		return nil
	})
	return out
}

// Open implements Source.
func (f Folder) Open(name string) (io.ReadCloser, error) {
	file, err := f.Root.Open(name)
	if err != nil {
		return nil, err
	}
	if about, err := file.Stat(); err != nil || !about.Mode().IsRegular() {
		return nil, errors.Join(errors.New("this is no file"), err, file.Close())
	}
	return file, nil
}

// Beside gives the name under which a kept file lies beside the rows that name it, where rows are written out.
func Beside(f dataset.FileValue) string {
	extension := path.Ext(f.Filename)
	if strings.ContainsFunc(strings.TrimPrefix(extension, "."), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		extension = ""
	}
	return f.ID + extension
}

// named gives what a value of a row names: the text itself, or what an object says of a file.
func named(value string) []string {
	if f, is := dataset.ReadFile(value); is {
		return []string{Beside(f), f.Filename}
	}
	return []string{value}
}
