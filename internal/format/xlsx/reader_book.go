package xlsx

import (
	"archive/zip"
	"bytes"
	"cmp"
	"encoding/xml"
	"io"
	"path"
	"strconv"
	"strings"
	"unicode/utf16"

	"parvis/internal/fault"
)

// maxSharedTexts is how many texts the cells of a workbook may share.
const maxSharedTexts = 1 << 24

// book is what must be known of a workbook before its sheets are read.
type book struct {
	parts    parts
	sheets   []sheet
	texts    []string // shared by cells
	styles   []style  // of cells, by number
	date1904 bool
}

type sheet struct {
	name   string
	part   string
	hidden bool
}

// openBook reads the parts of a workbook that stand beside its sheets.
func openBook(r io.ReaderAt, size int64) (*book, error) {
	archive, err := zip.NewReader(r, size)
	if err != nil {
		head := make([]byte, 4)
		if _, e := r.ReadAt(head, 0); e == nil && bytes.Equal(head, []byte{0xD0, 0xCF, 0x11, 0xE0}) {
			return nil, fault.New(fault.Invalid, "the file is a workbook of an old kind (.xls), or has a password: save it as .xlsx without a password")
		}
		return nil, fault.Wrap(err, fault.Invalid, "the file is not an Excel workbook (.xlsx), or is damaged")
	}
	b := &book{parts: newParts(archive.File)}
	rels, err := b.relations("")
	if err != nil {
		return nil, err
	}
	main := cmp.Or(rels.byKind("officeDocument"), "xl/workbook.xml")
	if strings.HasSuffix(main, ".bin") {
		return nil, fault.New(fault.Invalid, "the file is a binary workbook (.xlsb): save it as .xlsx")
	}
	if rels, err = b.relations(main); err != nil {
		return nil, err
	}
	if err := b.readWorkbook(main, rels); err != nil {
		return nil, err
	}
	if err := b.readStyles(cmp.Or(rels.byKind("styles"), "xl/styles.xml")); err != nil {
		return nil, err
	}
	return b, b.readTexts(cmp.Or(rels.byKind("sharedStrings"), "xl/sharedStrings.xml"))
}

// relation is what a part says of another one.
type relation struct{ id, kind, target string }

type relations []relation

func (r relations) byKind(kind string) string {
	for _, x := range r {
		if x.kind == kind {
			return x.target
		}
	}
	return ""
}

func (r relations) byID(id string) string {
	for _, x := range r {
		if x.id == id {
			return x.target
		}
	}
	return ""
}

// relations gives what a part says of others; "" is the package itself.
func (b *book) relations(of string) (relations, error) {
	var out relations
	folder, name := path.Split(of)
	err := b.parts.each(folder+"_rels/"+name+".rels", maxHead, func(t xml.Token) error {
		if e, ok := t.(xml.StartElement); ok && e.Name.Local == "Relationship" {
			target := attribute(e, "Target")
			if !strings.HasPrefix(target, "/") {
				target = path.Join(folder, target)
			}
			out = append(out, relation{attribute(e, "Id"), path.Base(attribute(e, "Type")), strings.TrimPrefix(target, "/")})
		}
		return nil
	})
	return out, err
}

func (b *book) readWorkbook(main string, rels relations) error {
	err := b.parts.each(main, maxHead, func(t xml.Token) error {
		e, ok := t.(xml.StartElement)
		switch {
		case !ok:
		case e.Name.Local == "workbookPr":
			v := attribute(e, "date1904")
			b.date1904 = v == "1" || v == "true"
		case e.Name.Local == "sheet":
			if len(b.sheets) == MaxColumns { // more would be a way to keep the machine busy
				return fault.New(fault.TooLarge, "the workbook has more than %d sheets", MaxColumns)
			}
			state := attribute(e, "state")
			b.sheets = append(b.sheets, sheet{name: attribute(e, "name"), part: rels.byID(attribute(e, "id")),
				hidden: state == "hidden" || state == "veryHidden"})
		}
		return nil
	})
	if err == nil && len(b.sheets) == 0 {
		return fault.New(fault.Invalid, "the file is not an Excel workbook (.xlsx): it has no sheets")
	}
	return err
}

// readTexts reads the shared texts. What stands in a phonetic guide is no part of a text.
func (b *book) readTexts(name string) error {
	var text strings.Builder
	inText, phonetic := false, false
	return b.parts.each(name, maxTexts, func(t xml.Token) error {
		switch e := t.(type) {
		case xml.StartElement:
			switch e.Name.Local {
			case "si":
				text.Reset()
			case "t":
				inText = true
			case "rPh":
				phonetic = true
			}
		case xml.EndElement:
			switch e.Name.Local {
			case "si":
				if len(b.texts) == maxSharedTexts {
					return fault.New(fault.TooLarge, "the workbook has more than %d different texts", maxSharedTexts)
				}
				b.texts = append(b.texts, clean(text.String()))
			case "t":
				inText = false
			case "rPh":
				phonetic = false
			}
		case xml.CharData:
			if inText && !phonetic {
				text.Write(e)
			}
			if text.Len() > maxCell {
				return fault.New(fault.TooLarge, "the workbook has a text of more than %d MB", maxCell>>20)
			}
		}
		return nil
	})
}

// clean undoes the _xHHHH_ with which workbooks write characters that XML forbids, and drops zero bytes.
func clean(text string) string {
	if !strings.Contains(text, "_x") {
		return text
	}
	var out strings.Builder
	for i := 0; i < len(text); {
		c, ok := escaped(text[i:])
		if !ok {
			out.WriteByte(text[i])
			i++
			continue
		}
		i += 7
		if low, ok := escaped(text[i:]); ok && utf16.IsSurrogate(c) && utf16.IsSurrogate(low) {
			c = utf16.DecodeRune(c, low)
			i += 7
		}
		if c != 0 {
			out.WriteRune(c)
		}
	}
	return out.String()
}

// escaped reads the _xHHHH_ that a text begins with.
func escaped(text string) (c rune, ok bool) {
	if len(text) < 7 || text[0] != '_' || text[1] != 'x' || text[6] != '_' {
		return 0, false
	}
	n, err := strconv.ParseUint(text[2:6], 16, 16)
	return rune(n), err == nil
}

// choose gives the sheet of this name, or those that are not hidden.
func (b *book) choose(name string) ([]sheet, error) {
	var out []sheet
	for _, s := range b.sheets {
		if name != "" && strings.EqualFold(name, s.name) { // as for Excel, which has no two that differ so
			return []sheet{s}, nil
		}
		if !s.hidden {
			out = append(out, s)
		}
	}
	if name != "" {
		return nil, fault.New(fault.Invalid, "the workbook has no sheet %q; it has %s", name, b.names())
	}
	return out, nil
}

// names lists the sheets for a message.
func (b *book) names() string {
	const most = 50
	var out []string
	for i, s := range b.sheets {
		if i == most {
			out = append(out, "and "+strconv.Itoa(len(b.sheets)-most)+" more")
			break
		}
		text := strconv.Quote(s.name)
		if s.hidden {
			text += " (hidden)"
		}
		out = append(out, text)
	}
	return strings.Join(out, ", ")
}
