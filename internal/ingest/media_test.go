package ingest_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"

	"parvis/internal/account"
	"parvis/internal/catalog"
	"parvis/internal/dataset"
	"parvis/internal/engine/enginetest"
	"parvis/internal/fault"
	"parvis/internal/format/detect"
	"parvis/internal/format/formattest"
	"parvis/internal/ingest"
)

// drawing gives a picture of one colour.
func drawing(t testing.TB, kind string, width, height int, shade uint8) string {
	t.Helper()
	from := image.NewPaletted(image.Rect(0, 0, width, height), color.Palette{color.Gray{shade}})
	var out bytes.Buffer
	var err error
	switch kind {
	case "jpeg":
		err = jpeg.Encode(&out, from, nil)
	case "gif":
		err = gif.Encode(&out, from, nil)
	default:
		err = png.Encode(&out, from)
	}
	if err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// placed adds an Exif block to a JPEG that says where it was taken, and that it is to be turned by a quarter.
func placed(photograph string) string {
	block := []byte("Exif\x00\x00II*\x00\x08\x00\x00\x00\x02\x00")
	for _, field := range [][3]uint16{{0x0112, 3, 6}, {0x8825, 4, 26}} {
		block = binary.LittleEndian.AppendUint16(block, field[0])
		block = binary.LittleEndian.AppendUint16(block, field[1])
		block = binary.LittleEndian.AppendUint32(block, 1)
		block = binary.LittleEndian.AppendUint32(block, uint32(field[2]))
	}
	head := binary.BigEndian.AppendUint16([]byte{0xff, 0xd8, 0xff, 0xe1}, uint16(len(block)+2))
	return string(head) + string(block) + photograph[2:]
}

// held gives the files that the rows of a dataset hold, by the text in the column before.
func (p *portal) held(t testing.TB, id string) map[string]dataset.FileValue {
	t.Helper()
	e := p.find(t, id)
	name, file := -1, -1
	for i, f := range e.Fields {
		switch f.Type {
		case dataset.Text:
			name = i
		case dataset.File:
			file = i
		}
	}
	rows, err := p.Engine.Query(t.Context(), enginetest.SelectAll(e.Source(), e.Fields))
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	out := map[string]dataset.FileValue{}
	for {
		b, err := rows.Next()
		if err != nil {
			t.Fatal(err)
		}
		if b == nil {
			return out
		}
		for i := range b.Len {
			if !b.Vectors[file].Null(i) {
				out[string(b.Vectors[name].Text(i))], _ = dataset.ReadFile(string(b.Vectors[file].Text(i)))
			}
		}
	}
}

func (p *portal) find(t testing.TB, id string) *catalog.Entry {
	t.Helper()
	e, err := p.Catalog.Find(account.Actor{Everything: true}, id)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// folder gives the names of the files of a dataset.
func (p *portal) folder(t testing.TB, id string) (out []string) {
	t.Helper()
	files, err := os.ReadDir(p.Catalog.Files(p.find(t, id)))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		out = append(out, f.Name())
	}
	return out
}

func TestMediaArchive(t *testing.T) {
	p := open(t)
	large := drawing(t, "jpeg", 1200, 600, 90)
	svg := `<?xml version="1.0"?><!-- a drawing --><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`
	r := p.must(t, "trees.zip", formattest.Zip(t,
		"data/trees.csv", "tree;picture\noak;photos/Oak.JPG\nelm;.\\photos\\elm.png\nfir;fir.gif\nash;sous-dossier/frêne.png\nbox;box.svg\nyew;yew.pdf\nbay;cut.png\nfig;none.png\nivy;\nelm too;ELM.PNG\n",
		"data/photos/oak.jpg", placed(large), "data/photos/elm.png", drawing(t, "png", 20, 10, 1), "data/fir.gif", drawing(t, "gif", 5, 5, 2),
		norm.NFD.String("data/sous-dossier/frêne.png"), drawing(t, "png", 700, 20, 3), "box.svg", svg, "yew.pdf", "%PDF-1.4 …", "cut.png", drawing(t, "png", 30, 30, 4)[:40],
		"data/left.png", drawing(t, "png", 3, 3, 5), "__MACOSX/data/._oak.jpg", "x"))
	if got := types(r); got != "tree:text picture:file" {
		t.Fatalf("the fields are %s", got)
	}
	if r.Rejected != 1 || r.First[0].Value != "none.png" || !strings.Contains(r.First[0].Reason, "no file of this name") {
		t.Errorf("rejected: %+v", r.First)
	}
	notes := strings.Join(r.Notes, "\n")
	for _, want := range []string{"where they were taken (Exif), for everybody to read: 1;", "cannot be opened, and are published as they are: cut.png", "that no row names, and are not published: data/left.png"} {
		if !strings.Contains(notes, want) {
			t.Errorf("the notes do not say %q: %s", want, notes)
		}
	}
	got := p.held(t, "trees")
	for name, want := range map[string]dataset.FileValue{
		"oak": {Filename: "oak.jpg", Format: "JPEG", MIMEType: "image/jpeg", Thumbnail: true, Width: 1200, Height: 600, Orientation: 6}, "elm": {Filename: "elm.png", Format: "PNG", MIMEType: "image/png", Thumbnail: true, Width: 20, Height: 10},
		"fir": {Filename: "fir.gif", Format: "GIF", MIMEType: "image/gif", Thumbnail: true, Width: 5, Height: 5}, "ash": {Filename: norm.NFD.String("frêne.png"), Format: "PNG", MIMEType: "image/png", Thumbnail: true, Width: 700, Height: 20},
		"box": {Filename: "box.svg", Format: "SVG", MIMEType: "image/svg+xml"}, "yew": {Filename: "yew.pdf", Format: "PDF", MIMEType: "application/pdf"}, "bay": {Filename: "cut.png", Format: "PNG", MIMEType: "image/png"},
	} {
		f := got[name]
		if !f.Kept() || f.Size == 0 {
			t.Errorf("%s: %+v is not kept", name, f)
		}
		f.ID, f.Size = "", 0
		if f != want {
			t.Errorf("%s is %+v, want %+v", name, f, want)
		}
	}
	if got["elm"] != got["elm too"] || len(got) != 8 {
		t.Errorf("%d rows hold a file; one named twice is %+v and %+v", len(got), got["elm"], got["elm too"])
	}
	var want []string
	for name, f := range got {
		want = append(want, f.ID)
		if name == "oak" || name == "ash" { // the others are small themselves, or no pictures
			want = append(want, f.ID+".jpg")
		}
	}
	slices.Sort(want)
	if want = slices.Compact(want); !slices.Equal(p.folder(t, "trees"), want) {
		t.Errorf("the folder holds %v, want %v", p.folder(t, "trees"), want)
	}
	small, err := p.Catalog.File(p.find(t, "trees"), got["oak"].ID+".jpg")
	if err != nil {
		t.Fatal(err)
	}
	defer small.Close()
	if about, err := jpeg.DecodeConfig(small); err != nil || about.Width != 240 || about.Height != 480 {
		t.Errorf("the small picture of the oak is %+v, %v: it is to be turned", about, err)
	}
}

// What the version before holds already is not written again; what nothing names any more goes.
func TestMediaStays(t *testing.T) {
	p := open(t)
	a, b, c := drawing(t, "jpeg", 900, 300, 10), drawing(t, "jpeg", 900, 300, 60), drawing(t, "jpeg", 900, 300, 120)
	p.must(t, "m.zip", formattest.Zip(t, "m.csv", "n,f\none,a.jpg\ntwo,b.jpg\n", "a.jpg", a, "b.jpg", b))
	first := p.held(t, "m")
	before := p.Catalog.Files(p.find(t, "m"))
	stat := func(dir, name string) os.FileInfo {
		info, err := os.Stat(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		return info
	}
	kept := stat(before, first["one"].ID)
	p.must(t, "m.zip", formattest.Zip(t, "m.csv", "n,f\none,a.jpg\nthree,c.jpg\n", "a.jpg", a, "c.jpg", c))
	second, after := p.held(t, "m"), p.Catalog.Files(p.find(t, "m"))
	if before == after || second["one"] != first["one"] || !os.SameFile(kept, stat(after, second["one"].ID)) || stat(after, second["one"].ID+".jpg").Size() == 0 {
		t.Errorf("%+v of %s became %+v of %s", first["one"], before, second["one"], after)
	}
	if len(p.folder(t, "m")) != 4 {
		t.Errorf("the folder holds %v", p.folder(t, "m"))
	}
	for range 20 { // until the first version is forgotten
		p.must(t, "m.zip", formattest.Zip(t, "m.csv", "n,f\none,a.jpg\n", "a.jpg", a))
	}
	if _, err := os.Stat(before); !os.IsNotExist(err) {
		t.Errorf("the files of a version that is forgotten are still there: %v", err)
	}
	p.must(t, "m.csv", "n,f\none,a.jpg\n")
	if _, err := os.Stat(p.Catalog.Files(p.find(t, "m"))); !os.IsNotExist(err) {
		t.Errorf("a version whose rows hold no files has a folder of them: %v", err)
	}
}

func TestMediaRefused(t *testing.T) {
	p := open(t)
	_, err := p.load(t, "m.zip", formattest.Zip(t, "m.csv", "n,f\none,a.bin\n", "a.bin", strings.Repeat("x", 3000)), func(o *ingest.Options) { o.Limits = detect.Limits{Bytes: 2000} })
	if fault.KindOf(err) != fault.TooLarge {
		t.Errorf("more than the limit: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	o := p.Options
	o.Path = p.put(t, "c.zip", formattest.Zip(t, "m.csv", "n,f\none,a.bin\n", "a.bin", "x"))
	if _, err := ingest.File(ctx, o); err == nil {
		t.Error("a load that was given up goes on")
	}
	if left, _ := filepath.Glob(filepath.Join(p.dir, "incoming", "*")); len(left) != 0 {
		t.Errorf("failures leave %v behind", left)
	}
	for name, content := range map[string]string{
		"outside": formattest.Zip(t, "m.csv", "n,f\none,../../../etc/passwd\ntwo,/etc/passwd\n", "a.png", "x"),
		"chance":  formattest.Zip(t, "m.csv", "n,f\none,a.png\ntwo,b\nthree,c\nfour,d\n", "a.png", "x"),
	} {
		if r := p.must(t, name+".zip", content); types(r) != "n:text f:text" {
			t.Errorf("%s: the fields are %s", name, types(r))
		}
	}
	r := p.must(t, "empty.zip", formattest.Zip(t, "m.csv", "n,f\none,a.png\ntwo,b.png\n", "a.png", "", "b.png", "y"))
	if types(r) != "n:text f:file" || r.Rejected != 1 || !strings.Contains(r.First[0].Reason, "empty") {
		t.Errorf("an empty file: %s, %+v", types(r), r.First)
	}
}

// Rows in a folder name files of its folder files/; files that lie elsewhere stay there.
func TestMediaFolder(t *testing.T) {
	p := open(t)
	fields := `"fields":[{"name":"n","type":"text"},{"name":"f","type":"file"}],"has_records":true`
	p.put(t, "all/m/dataset.json", `{"dataset_id":"m",`+fields+`}`)
	p.put(t, "all/m/records.jsonl", `{"n":"a","f":"a.png"}
{"n":"b","f":{"filename":"b called.png","id":"0123456789abcdef0123456789abcdef"}}
{"n":"c","f":{"filename":"c.png","id":"7","url":"https://example.org/c.png","thumbnail":true}}
{"n":"d","f":"https://example.org/d.png"}
{"n":"e","f":"nothing.png"}
{"n":"f","f":{"filename":"f.png","id":"ffffffffffffffffffffffffffffffff"}}
{"n":"g","f":"secret.png"}
`)
	p.put(t, "all/m/files/a.png", drawing(t, "png", 4, 4, 1))
	p.put(t, "all/m/files/0123456789abcdef0123456789abcdef.png", drawing(t, "png", 4, 4, 2))
	secret := p.put(t, "secret.png", "secret")
	if err := os.Symlink(secret, filepath.Join(filepath.Dir(secret), "all/m/files/secret.png")); err != nil {
		t.Fatal(err)
	}
	o := p.Options
	o.Path, o.Rejects = filepath.Join(p.dir, "in", "all"), filepath.Join(p.dir, "rejects")
	var r *ingest.Report
	if err := ingest.Folder(t.Context(), o, func(done *ingest.Report) { r = done }); err != nil {
		t.Fatal(err)
	}
	got := p.held(t, "m")
	if r.Rejected != 3 || len(got) != 4 {
		t.Errorf("%d did not fit: %+v; %d rows hold files", r.Rejected, r.First, len(got))
	}
	if !got["a"].Kept() || !got["b"].Kept() || got["b"].Filename != "b called.png" || got["b"].ID == "0123456789abcdef0123456789abcdef" {
		t.Errorf("files of the folder: %+v, %+v", got["a"], got["b"])
	}
	if got["c"].Kept() || got["c"].URL == "" || got["d"].URL != "https://example.org/d.png" || got["d"].Filename != "d.png" {
		t.Errorf("files elsewhere: %+v, %+v", got["c"], got["d"])
	}
}
