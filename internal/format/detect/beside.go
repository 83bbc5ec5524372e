package detect

import (
	"archive/zip"
	"fmt"
	"io"
	"os"
	"path"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"

	"parvis/internal/fault"
)

// Beside is the files that lie in an archive beside the data. It ends with the File. Opened ones may be read side by side.
type Beside struct {
	file    *os.File
	names   []string
	members map[string]*zip.File
}

// Beside gives what lies in the archive beside the data; nil where the data is in no archive, or alone in it.
func (f *File) Beside() (*Beside, error) {
	if f.beside != nil || f.layers.member == "" {
		return f.beside, nil
	}
	file, err := os.Open(f.layers.path)
	if err != nil {
		return nil, fmt.Errorf("open the file: %w", err)
	}
	archive, err := zip.NewReader(file, f.size)
	if err != nil {
		file.Close()
		return nil, fault.Wrap(err, fault.Invalid, "the archive %s is damaged", f.name)
	}
	b := &Beside{file: file, members: map[string]*zip.File{}}
	for _, m := range archive.File {
		if m.Name == f.layers.member || !isFile(m) {
			continue
		}
		name := memberName(m)
		if b.members[name] == nil {
			b.names = append(b.names, name)
		}
		b.members[name] = m
	}
	if len(b.names) == 0 {
		return nil, file.Close()
	}
	f.beside = b
	return b, nil
}

// Folder gives the folder of the archive in which the data lies, "." for its top.
func (f *File) Folder() string { return path.Dir(f.layers.member) }

// Names gives the files.
func (b *Beside) Names() []string { return b.names }

// Open opens one of them.
func (b *Beside) Open(name string) (io.ReadCloser, error) {
	m := b.members[name]
	if m == nil {
		return nil, fmt.Errorf("there is no %s in the archive", name)
	}
	return m.Open()
}

// isFile tells whether a member is a file, and none that a system left there for itself.
func isFile(m *zip.File) bool {
	return !m.FileInfo().IsDir() && !strings.HasPrefix(m.Name, "__MACOSX/") && !strings.HasPrefix(path.Base(m.Name), ".")
}

// memberName gives the name of a member as it was meant: where it is no UTF-8, it is in the code page of Western Europe, as Windows writes
// it.
func memberName(m *zip.File) string {
	if !m.NonUTF8 && utf8.ValidString(m.Name) {
		return m.Name
	}
	name, err := charmap.CodePage850.NewDecoder().String(m.Name)
	if err != nil {
		return m.Name
	}
	return name
}
