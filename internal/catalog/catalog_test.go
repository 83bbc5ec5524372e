package catalog_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"parvis/internal/account"
	"parvis/internal/catalog"
	"parvis/internal/dataset"
	"parvis/internal/db/dbtest"
	"parvis/internal/fault"
)

var everything = account.Actor{Key: 1, Everything: true}

var fields = []dataset.Field{{Name: "name", Type: dataset.Text, Label: "Name"}, {Name: "pop", Type: dataset.Int, Label: "Population"}}

// open opens a catalogue over dir as a process of its own would.
func open(t testing.TB, dir string, change ...func(*catalog.Options)) *catalog.Catalog {
	t.Helper()
	o := catalog.Options{DB: dbtest.OpenAt(t, filepath.Join(dir, "parvis.db")), Dir: dir}
	for _, f := range change {
		f(&o)
	}
	c, err := catalog.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// publish publishes a version whose file holds content.
func publish(t testing.TB, c *catalog.Catalog, p catalog.Publication, content string) *catalog.Entry {
	t.Helper()
	stage, err := c.Stage(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer stage.Close()
	path := stage.Path("rows.duckdb")
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	if p.Fields == nil {
		p.Fields = fields
	}
	p.Rows = &catalog.Rows{Path: path, Count: int64(len(content)), Hash: "h-" + content}
	e, err := c.Publish(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// content reads what the version of an entry holds.
func content(t testing.TB, e *catalog.Entry) string {
	t.Helper()
	b, err := os.ReadFile(e.Source().Path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// files lists every file of the data directory but the database's own and the locks of the living.
func files(t testing.TB, dir string) []string {
	t.Helper()
	var out []string
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		name, _ := filepath.Rel(dir, path)
		if err == nil && !d.IsDir() && !strings.HasPrefix(name, "parvis.db") && name != "publish.lock" {
			out = append(out, name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestPublishAndPublishAgain(t *testing.T) {
	dir := t.TempDir()
	c := open(t, dir)
	first := publish(t, c, catalog.Publication{ID: "towns", Metas: dataset.Metas{"default": {"title": "Towns", "theme": "Geography"}}}, "one")
	if first.Version.Number != 1 || first.Rows() != 3 || content(t, first) != "one" || first.Title() != "Towns" {
		t.Errorf("first: %+v", first)
	}
	if got := first.Metas.Texts("default", "theme"); !slices.Equal(got, []string{"Geography"}) {
		t.Errorf("a single theme became %v", got)
	}
	hidden := true
	second := publish(t, c, catalog.Publication{ID: "towns", DataHidden: &hidden, Metas: dataset.Metas{"default": {"publisher": "Acme", "theme": nil}}}, "second")
	if second.UID != first.UID || second.Version.Number != 2 || content(t, second) != "second" || !second.DataHidden {
		t.Errorf("second: %+v", second)
	}
	if second.Title() != "Towns" || second.Metas.Text("default", "publisher") != "Acme" || second.Metas["default"]["theme"] != nil {
		t.Errorf("metadata not given is not kept, or a null not taken: %v", second.Metas["default"])
	}
	if first.Version.Number != 1 || content(t, first) != "one" {
		t.Error("a reader in flight lost the first version")
	}
	if first.Source().Name == second.Source().Name {
		t.Errorf("two versions have one name: %s", first.Source().Name)
	}
	versions, err := c.Versions(t.Context(), "towns")
	if err != nil || len(versions) != 2 || versions[0].Number != 2 || versions[1].Hash != "h-one" {
		t.Errorf("versions: %+v, %v", versions, err)
	}
	if again, err := open(t, dir).Find(account.Anonymous, "towns"); err != nil || again.Version.Number != 2 || content(t, again) != "second" {
		t.Errorf("opened again: %+v, %v", again, err)
	}
}

func TestAccessRule(t *testing.T) {
	c := open(t, t.TempDir())
	hidden := true
	publish(t, c, catalog.Publication{ID: "open"}, "x")
	publish(t, c, catalog.Publication{ID: "shut", DataHidden: &hidden}, "x")
	for _, test := range []struct {
		actor   account.Actor
		id      string
		find    fault.Kind
		forRows fault.Kind
	}{
		{account.Anonymous, "open", -1, -1},
		{account.Anonymous, "shut", -1, fault.Forbidden},
		{account.Anonymous, "none", fault.NotFound, fault.NotFound},
		{everything, "open", -1, -1},
		{everything, "shut", -1, -1},
		{everything, "none", fault.NotFound, fault.NotFound},
	} {
		kind := func(err error) fault.Kind {
			if err == nil {
				return -1
			}
			return fault.KindOf(err)
		}
		e, err := c.Find(test.actor, test.id)
		if kind(err) != test.find {
			t.Errorf("Find(%+v, %s): %v", test.actor, test.id, err)
		}
		if _, err := c.ForRows(test.actor, test.id); kind(err) != test.forRows {
			t.Errorf("ForRows(%+v, %s): %v", test.actor, test.id, err)
		}
		if e != nil && e.Access.Data != (test.forRows == -1) {
			t.Errorf("Access.Data(%+v, %s) is not what ForRows does", test.actor, test.id)
		}
	}
	if _, err := c.Find(account.Anonymous, "none"); fault.Message(err) != "The requested dataset none does not exist." {
		t.Errorf("message: %q", fault.Message(err))
	}
}

func TestDescriptionOnly(t *testing.T) {
	c := open(t, t.TempDir())
	e, err := c.Publish(t.Context(), catalog.Publication{ID: "idea", Fields: fields})
	if err != nil {
		t.Fatal(err)
	}
	if e.HasRecords() || e.Rows() != 0 || len(e.Features()) != 0 || e.Source().Path != "" || len(e.Fields) != 2 {
		t.Errorf("%+v", e)
	}
	publish(t, c, catalog.Publication{ID: "idea"}, "x")
	relabelled := slices.Clone(fields)
	relabelled[0].Label = "Nom"
	e, err = c.Publish(t.Context(), catalog.Publication{ID: "idea", Fields: relabelled})
	if err != nil || e.Fields[0].Label != "Nom" || e.Version.Fields[0].Label != "Name" || e.Version.Number != 1 {
		t.Errorf("relabelled: %+v, %v", e, err)
	}
	for name, bad := range map[string][]dataset.Field{
		"fewer":        fields[:1],
		"another type": {fields[0], {Name: "pop", Type: dataset.Text}},
		"a list":       {{Name: "name", Type: dataset.Text, Annotations: dataset.Annotations{Multivalued: ","}}, fields[1]},
	} {
		if _, err := c.Publish(t.Context(), catalog.Publication{ID: "idea", Fields: bad}); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestFeatures(t *testing.T) {
	c := open(t, t.TempDir())
	for types, want := range map[dataset.Type][]string{
		dataset.Text: {"analyze"}, dataset.Date: {"analyze", "timeserie"}, dataset.DateTime: {"analyze", "timeserie"},
		dataset.GeoPoint: {"analyze", "geo"}, dataset.GeoShape: {"analyze", "geo"}, dataset.File: {"analyze", "image"},
	} {
		e := publish(t, c, catalog.Publication{ID: string(types), Fields: []dataset.Field{{Name: "f", Type: types}}}, "x")
		if got := e.Features(); !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", types, got, want)
		}
	}
}

func TestDefaultMetasAreComplete(t *testing.T) {
	at := time.Date(2026, 3, 4, 5, 6, 7, 123456000, time.UTC)
	c := open(t, t.TempDir(), func(o *catalog.Options) { o.Clock = func() time.Time { return at }; o.Language = "fr" })
	e := publish(t, c, catalog.Publication{ID: "a", Metas: dataset.Metas{"default": {"records_count": 99.0, "data_processed": "1999-01-01", "custom": "kept"}}}, "four")
	if len(catalog.DefaultMetas()) != 31 {
		t.Errorf("the template has %d names", len(catalog.DefaultMetas()))
	}
	for _, name := range catalog.DefaultMetas() {
		if _, ok := e.Metas["default"][name]; !ok {
			t.Errorf("%s is missing", name)
		}
	}
	for name, want := range map[string]any{
		"title": nil, "records_count": 4.0, "custom": "kept", "federated": false,
		"data_processed": "2026-03-04T05:06:07.123456+00:00", "metadata_processed": "2026-03-04T05:06:07.123456+00:00",
		"modified": "2026-03-04T05:06:07.123456+00:00", "modified_updates_on_data_change": true,
	} {
		if got := e.Metas["default"][name]; got != want {
			t.Errorf("%s is %v, want %v", name, got, want)
		}
	}
	if got := e.Metas.Texts("default", "metadata_languages"); !slices.Equal(got, []string{"fr"}) {
		t.Errorf("metadata_languages: %v", got)
	}
	e = publish(t, c, catalog.Publication{ID: "b", Metas: dataset.Metas{"default": {"modified": "2020-12-01T11:00:00+01:00", "language": "de"}}}, "x")
	if e.Metas.Text("default", "modified") != "2020-12-01T10:00:00+00:00" || e.Metas["default"]["modified_updates_on_data_change"] != false {
		t.Errorf("a modified that is given is not kept: %v", e.Metas["default"])
	}
	if got := e.Metas.Texts("default", "metadata_languages"); !slices.Equal(got, []string{"de"}) {
		t.Errorf("metadata_languages: %v", got)
	}
}

func TestWhatCannotBePublished(t *testing.T) {
	dir := t.TempDir()
	c := open(t, dir)
	upload := func(id string) catalog.Publication {
		return catalog.Publication{ID: "a", Attachments: []catalog.Upload{{Attachment: dataset.Attachment{ID: id}}}}
	}
	meta := func(name string, value any) catalog.Publication {
		return catalog.Publication{ID: "a", Metas: dataset.Metas{"default": {name: value}}}
	}
	for name, p := range map[string]catalog.Publication{
		"no id": {}, "slash": {ID: "a/b"}, "dots": {ID: ".."}, "blank": {ID: "a b"}, "accent": {ID: "é"}, "long": {ID: strings.Repeat("a", 201)},
		"nameless field": {ID: "a", Fields: []dataset.Field{{Type: dataset.Text}}},
		"twin fields":    {ID: "a", Fields: []dataset.Field{fields[0], fields[0]}},
		"unknown type":   {ID: "a", Fields: []dataset.Field{{Name: "x", Type: "colour"}}},
		"attachment out": upload("../x"), "attachment hidden": upload(".x"), "attachment nameless": upload(""),
		"title number": meta("title", 3.0), "theme object": meta("theme", map[string]any{}), "theme numbers": meta("theme", []any{1.0}),
		"modified": meta("modified", "yesterday"), "federated": meta("federated", "yes"), "bbox": meta("bbox", "POINT"),
	} {
		if _, err := c.Publish(t.Context(), p); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	if all, _ := c.All(everything); len(all) != 0 || len(files(t, dir)) != 0 {
		t.Errorf("refused publications left %d datasets and %v", len(all), files(t, dir))
	}
}

func TestRenameAndRemove(t *testing.T) {
	dir := t.TempDir()
	c := open(t, dir)
	e := publish(t, c, catalog.Publication{ID: "old"}, "x")
	publish(t, c, catalog.Publication{ID: "other"}, "y")
	if err := c.Rename(t.Context(), "old", "other"); fault.KindOf(err) != fault.Conflict {
		t.Errorf("onto another: %v", err)
	}
	if err := c.Rename(t.Context(), "old", "a/b"); fault.KindOf(err) != fault.Invalid {
		t.Errorf("onto no name: %v", err)
	}
	if err := c.Rename(t.Context(), "old", "new"); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Find(everything, "old"); fault.KindOf(err) != fault.NotFound {
		t.Errorf("the old name: %v", err)
	}
	renamed, err := c.Find(everything, "new")
	if err != nil || renamed.UID != e.UID || renamed.Version.Number != 1 || renamed.Revision <= e.Revision {
		t.Errorf("renamed: %+v, %v", renamed, err)
	}
	if err := c.Remove(t.Context(), "new"); err != nil {
		t.Fatal(err)
	}
	if err := c.Remove(t.Context(), "new"); fault.KindOf(err) != fault.NotFound {
		t.Errorf("removed twice: %v", err)
	}
	if got := files(t, dir); len(got) != 1 {
		t.Errorf("files left: %v", got)
	}
	back := publish(t, c, catalog.Publication{ID: "back", UID: e.UID}, "z")
	if back.UID != e.UID || back.Version.Number != 2 {
		t.Errorf("a uid that comes back has version %d: engines still know its first one", back.Version.Number)
	}
	taken := publish(t, c, catalog.Publication{ID: "twin", UID: e.UID}, "z")
	if taken.UID == e.UID || !strings.HasPrefix(taken.UID, "da_") || len(taken.UID) != 9 {
		t.Errorf("a taken uid gave %s", taken.UID)
	}
}

func TestOldVersionsAreForgotten(t *testing.T) {
	dir := t.TempDir()
	c := open(t, dir, func(o *catalog.Options) { o.Keep = 2 })
	first := publish(t, c, catalog.Publication{ID: "a"}, "1")
	held, err := os.Open(first.Source().Path)
	if err != nil {
		t.Fatal(err)
	}
	defer held.Close()
	for i := 2; i <= 4; i++ {
		publish(t, c, catalog.Publication{ID: "a"}, fmt.Sprint(i))
	}
	versions, err := c.Versions(t.Context(), "a")
	if err != nil || len(versions) != 2 || versions[0].Number != 4 || versions[1].Number != 3 {
		t.Errorf("versions: %+v, %v", versions, err)
	}
	if got := files(t, dir); len(got) != 2 {
		t.Errorf("files: %v", got)
	}
	b := make([]byte, 1)
	if n, err := held.Read(b); n != 1 || b[0] != '1' {
		t.Errorf("a running reader lost its file: %q, %v", b, err)
	}
}

func TestAnotherProcessSeesWithinASecond(t *testing.T) {
	dir := t.TempDir()
	shell, server := open(t, dir), open(t, dir)
	ctx, stop := context.WithCancel(t.Context())
	var following sync.WaitGroup
	following.Go(func() { server.Follow(ctx) })
	defer following.Wait()
	defer stop()
	_, before := server.All(everything)
	for i, act := range []func(){
		func() { publish(t, shell, catalog.Publication{ID: "a"}, "1") },
		func() { publish(t, shell, catalog.Publication{ID: "b"}, "2") },
		func() {
			if err := shell.Remove(t.Context(), "a"); err != nil {
				t.Fatal(err)
			}
		},
	} {
		updated := server.Updated()
		act()
		select {
		case <-updated:
		case <-time.After(time.Second):
			t.Fatalf("change %d is not seen after a second", i)
		}
		all, revision := server.All(everything)
		if revision <= before {
			t.Errorf("change %d: revision %d after %d", i, revision, before)
		}
		before = revision
		if want := []string{"a", "a b", "b"}[i]; ids(all) != want {
			t.Errorf("change %d: %s, want %s", i, ids(all), want)
		}
	}
}

func ids(all []*catalog.Entry) string {
	var out []string
	for _, e := range all {
		out = append(out, e.ID)
	}
	return strings.Join(out, " ")
}

func TestManyPublishAtOnce(t *testing.T) {
	dir := t.TempDir()
	processes := []*catalog.Catalog{open(t, dir), open(t, dir)}
	var all sync.WaitGroup
	for i := range 16 {
		all.Go(func() { publish(t, processes[i%2], catalog.Publication{ID: "same"}, fmt.Sprint("content ", i)) })
	}
	all.Wait()
	c := open(t, dir)
	e, err := c.Find(everything, "same")
	if err != nil || e.Version.Number != 16 || "h-"+content(t, e) != e.Version.Hash {
		t.Errorf("%+v, %v", e, err)
	}
	if got := files(t, dir); len(got) != 10 {
		t.Errorf("files: %v", got)
	}
}

func TestEntriesDoNotChange(t *testing.T) {
	c := open(t, t.TempDir())
	e := publish(t, c, catalog.Publication{ID: "a", Metas: dataset.Metas{"default": {"title": "A"}}}, "1")
	before, _ := json.Marshal(e)
	publish(t, c, catalog.Publication{ID: "a", Metas: dataset.Metas{"default": {"title": "B"}}, Alternatives: []dataset.Alternative{{ID: "x"}}}, "2")
	if after, _ := json.Marshal(e); string(before) != string(after) {
		t.Errorf("before %s\nafter %s", before, after)
	}
}
