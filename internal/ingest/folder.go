package ingest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"parvis/internal/account"
	"parvis/internal/catalog"
	"parvis/internal/dataset"
	"parvis/internal/fault"
	"parvis/internal/format"
	"parvis/internal/format/detect"
	"parvis/internal/media"
)

const (
	descriptionFile = "dataset.json"
	filesFolder     = "files" // of a dataset's folder: the files that its rows name
)

// recordFiles are the names under which the records of a dataset may lie in its folder.
func recordFiles() []string { return []string{"records.jsonl", "records.jsonl.gz"} }

// described is the API's dataset object, as far as it is taken in.
type described struct {
	ID           string                `json:"dataset_id"`
	UID          string                `json:"dataset_uid"`
	HasRecords   *bool                 `json:"has_records"`
	Fields       []dataset.Field       `json:"fields"`
	Metas        dataset.Metas         `json:"metas"`
	Security     describedSecurity     `json:"security"`
	DataVisible  *bool                 `json:"data_visible"`
	Attachments  []dataset.Attachment  `json:"attachments"`
	Alternatives []dataset.Alternative `json:"alternative_exports"`
	Translations dataset.Translations  `json:"translations"`
}

// describedSecurity is the rule for everybody. Where it does not say whether the dataset is restricted, all it says is
// whether the rows are shown.
type describedSecurity struct {
	IsDataVisible *bool `json:"is_data_visible"`
	IsRestricted  *bool `json:"is_restricted"`
	rule          catalog.Rule
}

// UnmarshalJSON reads both what is said and the rule that it comes to.
func (s *describedSecurity) UnmarshalJSON(text []byte) error {
	type plain describedSecurity
	var p plain
	if err := json.Unmarshal(text, &p); err != nil {
		return err
	}
	*s = describedSecurity(p)
	return json.Unmarshal(text, &s.rule)
}

// IsFolder tells whether path is a portal's folder, or that of one dataset.
func IsFolder(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// Folder publishes every dataset of a portal's folder: of each folder within it that holds a dataset.json, or of
// path itself where that does. Done is told of each dataset as soon as it is published; it may be nil. What goes
// wrong with one dataset does not keep the others out: the error names all that failed.
func Folder(ctx context.Context, o Options, done func(*Report)) error {
	folders, err := datasetFolders(o.Path)
	if err != nil {
		return err
	}
	var failures []error
	for _, folder := range folders {
		r, err := importFolder(ctx, o, folder)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			failures = append(failures, fmt.Errorf("%s: %w", filepath.Base(folder), err))
			continue
		}
		if done != nil {
			done(r)
		}
	}
	switch len(failures) {
	case 0:
		return nil
	case 1:
		return failures[0]
	}
	return fmt.Errorf("%d of %d datasets were not imported: %w", len(failures), len(folders), errors.Join(failures...))
}

// datasetFolders gives the folders of datasets, by name.
func datasetFolders(path string) ([]string, error) {
	if _, err := os.Stat(filepath.Join(path, descriptionFile)); err == nil {
		return []string{path}, nil
	}
	entries, err := os.ReadDir(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fault.New(fault.NotFound, "there is no folder %s", path)
	case err != nil:
		return nil, fmt.Errorf("read the folder %s: %w", path, err)
	}
	var out []string
	for _, e := range entries {
		folder := filepath.Join(path, e.Name())
		if _, err := os.Stat(filepath.Join(folder, descriptionFile)); err == nil {
			out = append(out, folder)
		}
	}
	if len(out) == 0 {
		return nil, fault.New(fault.Invalid, "the folder %s holds no dataset: each is a folder with a %s", path, descriptionFile)
	}
	return out, nil
}

// importFolder publishes one dataset.
func importFolder(ctx context.Context, o Options, folder string) (*Report, error) {
	root, err := os.OpenRoot(folder)
	if err != nil {
		return nil, fmt.Errorf("open the folder: %w", err)
	}
	defer root.Close()
	d, err := readDescription(root, filepath.Base(folder))
	if err != nil {
		return nil, err
	}
	hidden := d.Security.IsDataVisible != nil && !*d.Security.IsDataVisible || d.DataVisible != nil && !*d.DataVisible
	p := catalog.Publication{ID: d.ID, UID: d.UID, Fields: d.Fields, Metas: d.Metas, DataHidden: &hidden, Alternatives: d.Alternatives, Translations: d.Translations}
	if p.Translations == nil {
		p.Translations = dataset.Translations{}
	}
	if s := d.Security; s.IsRestricted != nil {
		p.Security = &catalog.Security{Restricted: *s.IsRestricted, Default: s.rule} // grants stay
	}
	if p.Alternatives == nil {
		p.Alternatives = []dataset.Alternative{}
	}
	var notes []string
	p.Attachments, notes = uploads(root, d.Attachments)
	records := "" // the folder's own file: no link leads out of it
	for _, name := range recordFiles() {
		info, err := root.Stat(name)
		if err == nil && info.Mode().IsRegular() {
			records = name
			break
		}
		if _, there := root.Lstat(name); there == nil {
			notes = append(notes, name+" is not read: it is no file of the folder's own")
		}
	}
	if records == "" || d.HasRecords != nil && !*d.HasRecords {
		if d.HasRecords != nil && *d.HasRecords {
			notes = append(notes, "the description says that there are records, but there is no "+recordFiles()[0])
		}
		return publishDescription(ctx, o, p, notes)
	}
	files, err := root.OpenRoot(filesFolder)
	switch {
	case err == nil:
		defer files.Close()
	case !errors.Is(err, fs.ErrNotExist):
		notes = append(notes, filesFolder+" is not read: it is no folder of the dataset's own")
	}
	r, err := importRecords(ctx, o, p, filepath.Join(folder, records), files)
	if err == nil {
		r.Notes = append(notes, r.Notes...)
	}
	return r, err
}

func readDescription(root *os.Root, folder string) (*described, error) {
	const most = 64 << 20 // bytes
	file, err := root.Open(descriptionFile)
	if err != nil {
		return nil, fmt.Errorf("read the description: %w", err)
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file, most))
	if err != nil {
		return nil, fmt.Errorf("read the description: %w", err)
	}
	var d described
	if err := json.Unmarshal([]byte(strings.TrimPrefix(string(text), "\uFEFF")), &d); err != nil {
		var misfit *json.UnmarshalTypeError
		switch {
		case errors.As(err, &misfit) && misfit.Field != "":
			return nil, fault.New(fault.Invalid, "%s: %q cannot be of the JSON type %s", descriptionFile, misfit.Field, misfit.Value)
		case errors.As(err, &misfit):
			return nil, fault.New(fault.Invalid, "%s must be a JSON object, as the API tells of a dataset", descriptionFile)
		}
		return nil, fault.New(fault.Invalid, "%s is no JSON: %v", descriptionFile, err)
	}
	if d.ID == "" {
		d.ID = folder
	}
	if err := catalog.CheckID(d.ID); err != nil {
		return nil, err
	}
	return &d, checkFields(d.Fields, descriptionFile)
}

// publishDescription publishes a dataset without rows. One that has some keeps them.
func publishDescription(ctx context.Context, o Options, p catalog.Publication, notes []string) (*Report, error) {
	there, err := o.Catalog.Find(account.Actor{Everything: true}, p.ID)
	if err == nil && there.HasRecords() {
		notes = append(notes, "the rows that the dataset has already stay as they are")
		if len(p.Fields) == 0 {
			p.Fields = nil
		}
	}
	entry, err := o.Catalog.Publish(ctx, p)
	if err != nil {
		return nil, err
	}
	r := &Report{Dataset: entry.ID, Title: entry.Title(), Notes: notes}
	if entry.Version != nil {
		r.Version, r.Rows = entry.Version.Number, entry.Rows()
	}
	for _, f := range entry.Fields {
		r.Fields = append(r.Fields, FieldReport{Field: f, Why: "as the description says"})
	}
	return r, nil
}

// importRecords publishes the rows at path with the files that they name; files is nil where none lie beside them.
func importRecords(ctx context.Context, o Options, p catalog.Publication, path string, files *os.Root) (*Report, error) {
	if len(p.Fields) == 0 {
		return nil, fault.New(fault.Invalid, "the dataset has records, but %s names no fields", descriptionFile)
	}
	stage, err := o.Catalog.Stage(ctx)
	if err != nil {
		return nil, err
	}
	defer stage.Close()
	if o.Rejects != "" {
		if err := os.MkdirAll(o.Rejects, 0o750); err != nil {
			return nil, fmt.Errorf("make the folder of rejects: %w", err)
		}
		o.Rejects = filepath.Join(o.Rejects, p.ID+".csv")
	}
	s := schema{fields: p.Fields, strict: true}
	if info, err := os.Stat(path); err == nil && info.Size() == 0 {
		return publish(ctx, o, p, s, loaded{source: nothing{}, format: detect.JSONLines}, stage)
	}
	file, err := detect.Open(path, detect.Options{Limits: o.Limits, Temp: filepath.Dir(stage.Path("x"))})
	if err != nil {
		return nil, err
	}
	defer file.Close()
	from := loaded{source: file.AsLines(), format: detect.JSONLines}
	if files != nil {
		from.files = media.Folder{Root: files}
	}
	return publish(ctx, o, p, s, from, stage)
}

// uploads opens the attachments that lie in the folder.
func uploads(root *os.Root, attachments []dataset.Attachment) (out []catalog.Upload, notes []string) {
	out = []catalog.Upload{}
	for _, a := range attachments {
		names := []string{a.File, "attachments/" + a.Title, "attachments/" + a.ID}
		at := slices.IndexFunc(names, func(name string) bool {
			if name == "" || !filepath.IsLocal(name) {
				return false
			}
			info, err := root.Stat(name)
			return err == nil && info.Mode().IsRegular()
		})
		if at < 0 {
			notes = append(notes, fmt.Sprintf("the attachment %q is left out: its file is not in the folder", a.ID))
			continue
		}
		name := names[at]
		out = append(out, catalog.Upload{Attachment: a, Open: func() (io.ReadCloser, error) { return root.Open(name) }})
	}
	return out, notes
}

// nothing is a file of records without any.
type nothing struct{}

func (nothing) Read() (format.Reader, error)  { return nothing{}, nil }
func (nothing) Progress() (done, total int64) { return 0, 0 }
func (nothing) Fields() []format.Field        { return nil }
func (nothing) Next() (format.Row, error)     { return format.Row{}, io.EOF }
func (nothing) Close() error                  { return nil }
