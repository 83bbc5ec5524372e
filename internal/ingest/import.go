package ingest

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"parvis/internal/account"
	"parvis/internal/catalog"
	"parvis/internal/dataset"
	"parvis/internal/engine"
	"parvis/internal/fault"
	"parvis/internal/format"
	"parvis/internal/format/detect"
	"parvis/internal/media"
)

// Options say what is imported and where to.
type Options struct {
	Catalog  *catalog.Catalog
	Engine   engine.Engine
	Path     string // of the file or folder
	ID       string // of the dataset; "" is made of the file's name. Only for a file.
	Title    string // "" is the file's name, for a new dataset. Only for a file.
	Schema   string // path of a JSON list of fields, or of a dataset.json; "" infers all. Only for a file.
	Read     format.ReadOptions
	Limits   detect.Limits
	Rejects  string         // path of the file of what did not fit; of the folder of such files, for a folder. "": none.
	Progress func(Progress) // told as the work goes on, from one goroutine; may be nil
}

// Progress tells how far a load is.
type Progress struct {
	Dataset string // its ID
	Rows    int64  // so far
	Done    int64  // bytes of the file that are read, of
	Total   int64
	Step    string // what is being done: "rows", "files" that they name, "index", or a word of the engine
}

// Report tells what was published and what was not.
type Report struct {
	Dataset  string // its ID
	Title    string
	Version  int // 0: the dataset has a description only
	Rows     int64
	Format   string // of the source
	Fields   []FieldReport
	Rejected int64    // values and rows that did not fit
	First    []Reject // the first of them
	Rejects  string   // path of the file with all of them; "" where there is none
	Notes    []string // what else the publisher should know
}

// FieldReport tells what became of a column.
type FieldReport struct {
	dataset.Field
	Why string // it has its type
}

// File publishes a file as a new version of a dataset, which is made where there is none of this ID. Values that do
// not fit their field become null and are reported; they never stop the load.
//
// Kinds: NotFound, there is no such file; Invalid, it is damaged, empty or in no format that is read, or an option
// cannot be; TooLarge.
func File(ctx context.Context, o Options) (*Report, error) {
	id := o.ID
	if id == "" {
		id = IDFrom(filepath.Base(o.Path))
	}
	if err := catalog.CheckID(id); err != nil {
		return nil, err
	}
	p := catalog.Publication{ID: id}
	s := schema{}
	former, err := o.Catalog.Find(account.Actor{Everything: true}, id)
	switch {
	case err == nil:
		s.former = former.Fields
	case fault.KindOf(err) != fault.NotFound:
		return nil, err
	}
	if title := o.Title; title != "" || former == nil {
		if title == "" {
			title = stem(filepath.Base(o.Path))
		}
		p.Metas = dataset.Metas{"default": {"title": title}}
	}
	if o.Schema != "" {
		if s.fields, err = readSchema(o.Schema); err != nil {
			return nil, err
		}
	}
	stage, err := o.Catalog.Stage(ctx)
	if err != nil {
		return nil, err
	}
	defer stage.Close()
	file, err := detect.Open(o.Path, detect.Options{Read: o.Read, Limits: o.Limits, Temp: filepath.Dir(stage.Path("x"))})
	if err != nil {
		return nil, err
	}
	defer file.Close()
	from := loaded{source: file, format: file.Format()}
	beside, err := file.Beside()
	if err != nil {
		return nil, err
	}
	if beside != nil {
		from.files, from.near = beside, file.Folder()
	}
	r, err := publish(ctx, o, p, s, from, stage)
	if err == nil {
		r.Notes = append(file.Notes(), r.Notes...)
	}
	return r, err
}

// loaded is what a version is made of.
type loaded struct {
	source source
	format string
	files  media.Source // that rows may name; nil: there are none
	near   string       // the folder among them in which the rows lie
}

// publish loads the rows of a source and publishes them with what p says.
func publish(ctx context.Context, o Options, p catalog.Publication, s schema, from loaded, stage *catalog.Stage) (*Report, error) {
	l := &load{
		source: from.source, engine: o.Engine, schema: s, rejects: rejects{path: o.Rejects},
		path: func(attempt int) string { return stage.Path(fmt.Sprintf("rows-%d.duckdb", attempt)) },
	}
	if from.files != nil {
		former, _ := o.Catalog.Find(account.Actor{Everything: true}, p.ID) // nil: the first version has nothing to take over
		l.files = media.NewIntake(media.NewShelf(from.files, from.near), stage.Path("files"), o.Catalog.Files(former), o.Limits.OrDefaults().Bytes)
	}
	if o.Progress != nil {
		l.progress = func(now Progress) {
			now.Dataset = p.ID
			o.Progress(now)
		}
	}
	err := l.run(ctx)
	if closed := l.rejects.close(); err == nil {
		err = closed
	}
	if err != nil {
		return nil, err
	}
	p.Fields = l.plan.fields()
	p.Rows = &catalog.Rows{Path: l.file, Count: l.rows, Hash: l.hash, Files: l.media}
	entry, err := o.Catalog.Publish(ctx, p)
	if err != nil {
		return nil, err
	}
	r := &Report{
		Dataset: entry.ID, Title: entry.Title(), Version: entry.Version.Number, Rows: l.rows, Format: from.format,
		Rejected: l.rejects.count, First: l.rejects.first, Notes: l.notes,
	}
	if r.Rejected > 0 {
		r.Rejects = o.Rejects
	}
	for i, f := range p.Fields {
		r.Fields = append(r.Fields, FieldReport{Field: f, Why: l.plan.why[i]})
	}
	return r, nil
}

// readSchema reads the fields out of a JSON list of them, or out of a dataset.json.
func readSchema(path string) ([]dataset.Field, error) {
	text, err := os.ReadFile(path)
	switch {
	case os.IsNotExist(err):
		return nil, fault.New(fault.NotFound, "there is no schema %s", path)
	case err != nil:
		return nil, fmt.Errorf("read the schema: %w", err)
	}
	var fields []dataset.Field
	if err := json.Unmarshal(text, &fields); err != nil {
		var whole struct {
			Fields []dataset.Field `json:"fields"`
		}
		if err := json.Unmarshal(text, &whole); err != nil {
			return nil, fault.Wrap(err, fault.Invalid, "the schema %s is no JSON list of fields, and no dataset.json", filepath.Base(path))
		}
		fields = whole.Fields
	}
	return fields, checkFields(fields, filepath.Base(path))
}

// checkFields tells what is wrong with declared fields; a field without label gets its name.
func checkFields(fields []dataset.Field, from string) error {
	seen := map[string]bool{}
	for i, f := range fields {
		switch {
		case f.Name == "":
			return fault.New(fault.Invalid, "%s: field %d has no name", from, i+1)
		case seen[f.Name]:
			return fault.New(fault.Invalid, "%s: two fields are called %q", from, f.Name)
		case !slices.Contains(dataset.Types, f.Type):
			return fault.New(fault.Invalid, "%s: the field %q has the type %q; the types are %v", from, f.Name, f.Type, dataset.Types)
		case f.List() && !slices.Contains([]dataset.Type{dataset.Text, dataset.Int, dataset.Double, dataset.Boolean}, f.Type):
			return fault.New(fault.Invalid, "%s: the field %q cannot be multivalued: it is of type %s", from, f.Name, f.Type)
		}
		seen[f.Name] = true
		fields[i].Label = cmp.Or(f.Label, f.Name)
	}
	return nil
}
