package xlsx

import (
	"archive/zip"
	"encoding/xml"
	"errors"
	"io"
	"path"
	"strings"

	"golang.org/x/net/html/charset"

	"parvis/internal/fault"
)

// What a part of a workbook may hold, in bytes when unpacked.
const (
	maxHead  = 64 << 20 // what describes the workbook: sheets, styles
	maxTexts = 1 << 30  // the texts that cells share: they are kept in memory
	maxSheet = 16 << 30
	maxToken = 16 << 20 // a tag or a text: it is kept in memory
	maxRatio = 200      // how many times smaller than its content a part may be, beyond the next figure
	freely   = 64 << 20
)

// parts are the files within a workbook, by name in lower case: programs differ in their use of capitals.
type parts map[string]*zip.File

func newParts(files []*zip.File) parts {
	p := make(parts, len(files))
	for _, f := range files {
		p[partKey(f.Name)] = f
	}
	return p
}

func partKey(name string) string {
	return strings.TrimPrefix(path.Clean(strings.ToLower(strings.ReplaceAll(name, "\\", "/"))), "/")
}

// open opens a part of at most so many bytes; nil where there is none.
func (p parts) open(name string, most int64) (*part, error) {
	f, ok := p[partKey(name)]
	if !ok {
		return nil, nil
	}
	if f.Flags&1 != 0 {
		return nil, fault.New(fault.Invalid, "the workbook is encrypted: save it without a password")
	}
	r, err := f.Open()
	if err != nil {
		return nil, fault.Wrap(err, fault.Invalid, "the part %s of the workbook is damaged", name)
	}
	x := &part{file: r, name: name, most: most, packed: int64(f.CompressedSize64)}
	x.xml = xml.NewDecoder(x)
	x.xml.CharsetReader = charset.NewReaderLabel
	return x, nil
}

// each calls do for each token of a part; a part that is not there has none.
func (p parts) each(name string, most int64, do func(t xml.Token) error) error {
	x, err := p.open(name, most)
	if err != nil || x == nil {
		return err
	}
	defer func() { _ = x.Close() }() // all of it was read
	for {
		t, err := x.token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := do(t); err != nil {
			return err
		}
	}
}

// part is a part that is being read: an io.Reader that refuses to give more than the part may hold.
type part struct {
	file         io.ReadCloser
	xml          *xml.Decoder
	name         string
	done, token0 int64 // bytes given; those given when the current token began
	most, packed int64
}

// Read gives bytes of the part.
func (p *part) Read(b []byte) (int, error) {
	n, err := p.file.Read(b)
	p.done += int64(n)
	switch {
	case p.done > p.most || p.done > freely && p.done > maxRatio*p.packed:
		return 0, fault.New(fault.TooLarge, "the part %s of the workbook unpacks to more than is read", p.name)
	case p.done-p.token0 > maxToken:
		return 0, fault.New(fault.TooLarge, "the part %s of the workbook unpacks to more than is read: to a single text of more than %d MB", p.name, maxToken>>20)
	}
	return n, err
}

// token gives the next token, valid until the one after it; io.EOF after the last.
func (p *part) token() (xml.Token, error) {
	p.token0 = p.done
	t, err := p.xml.RawToken()
	if err != nil && !errors.Is(err, io.EOF) {
		err = p.damaged(err)
	}
	return t, err
}

// drain reads the part to its end, where its checksum stands; io.EOF when that is right.
func (p *part) drain() error {
	for {
		p.token0 = p.done
		if _, err := io.CopyN(io.Discard, p, 64<<10); errors.Is(err, io.EOF) {
			return io.EOF
		} else if err != nil {
			return p.damaged(err)
		}
	}
}

func (p *part) damaged(err error) error {
	if fault.KindOf(err) == fault.TooLarge {
		return err
	}
	return fault.Wrap(err, fault.Invalid, "the part %s of the workbook is damaged", p.name)
}

// Close closes the part.
func (p *part) Close() error { return p.file.Close() }

// attribute gives an attribute of a tag, whatever its name space; "" where there is none.
func attribute(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}
