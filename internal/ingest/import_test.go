package ingest_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"parvis/internal/account"
	"parvis/internal/catalog"
	"parvis/internal/dataset"
	"parvis/internal/db/dbtest"
	"parvis/internal/engine"
	"parvis/internal/engine/duckdb"
	"parvis/internal/fault"
	"parvis/internal/ingest"
)

// portal is a data directory with what serves it.
type portal struct {
	ingest.Options
	dir string
}

func open(t testing.TB) *portal {
	t.Helper()
	dir := t.TempDir()
	c, err := catalog.Open(t.Context(), catalog.Options{DB: dbtest.OpenAt(t, filepath.Join(dir, "parvis.db")), Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	e, err := duckdb.Open(duckdb.Options{Dir: dir, Temp: filepath.Join(dir, "spill")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { e.Close() })
	return &portal{ingest.Options{Catalog: c, Engine: e, Rejects: filepath.Join(dir, "rejects.csv")}, dir}
}

// put writes a file and gives its path.
func (p *portal) put(t testing.TB, name, content string) string {
	t.Helper()
	path := filepath.Join(p.dir, "in", name)
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o640); err != nil {
		t.Fatal(err)
	}
	return path
}

// load imports a file.
func (p *portal) load(t testing.TB, name, content string, change ...func(*ingest.Options)) (*ingest.Report, error) {
	t.Helper()
	o := p.Options
	o.Path = p.put(t, name, content)
	for _, f := range change {
		f(&o)
	}
	return ingest.File(t.Context(), o)
}

func (p *portal) must(t testing.TB, name, content string, change ...func(*ingest.Options)) *ingest.Report {
	t.Helper()
	r, err := p.load(t, name, content, change...)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func types(r *ingest.Report) string {
	var out []string
	for _, f := range r.Fields {
		s := f.Name + ":" + string(f.Type)
		if f.List() {
			s += "[]"
		}
		out = append(out, s)
	}
	return strings.Join(out, " ")
}

// count asks the published version.
func (p *portal) count(t testing.TB, id, where string) int64 {
	t.Helper()
	entry, err := p.Catalog.Find(account.Actor{Everything: true}, id)
	if err != nil {
		t.Fatal(err)
	}
	src := entry.Source()
	rows, err := p.Engine.Query(t.Context(), engine.Statement{
		Source: src, SQL: "SELECT count(*) FROM " + engine.Table(src.Name, engine.Records) + " WHERE " + where,
		Columns: []dataset.Column{{Name: "n", Type: dataset.Int}},
	})
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	b, err := rows.Next()
	if err != nil || b == nil {
		t.Fatalf("count: %v, %v", b, err)
	}
	return b.Vectors[0].Ints[0]
}

func TestFile(t *testing.T) {
	p := open(t)
	r := p.must(t, "Communes 2024.csv", "\uFEFFCode INSEE;Nom;Population;Part;Créée le;Actif;lat;lon\r\n"+
		"01001;L'Abergement;\"1 234\";12,5;25/12/2024;oui;46,15;4,92\r\n"+"78361;Mantes;44246;3;01/02/2023;non;48,99;1,71\r\n")
	if r.Dataset != "communes-2024" || r.Title != "Communes 2024" || r.Version != 1 || r.Rows != 2 || r.Rejected != 0 || r.Rejects != "" {
		t.Errorf("report %+v", r)
	}
	if got, want := types(r), "code_insee:text nom:text population:int part:double creee_le:date actif:boolean lat:double lon:double geo_point_2d:geo_point_2d"; got != want {
		t.Errorf("types %s", got)
	}
	if n := p.count(t, "communes-2024", "c0 = '01001' AND c2 = 1234 AND c3 = 12.5 AND c4 = DATE '2024-12-25' AND c5 AND c8 = 4.92 AND c8_lat = 46.15"); n != 1 {
		t.Errorf("%d rows are as they were written", n)
	}
	again := p.must(t, "b.csv", "Code INSEE;Nom\n01001;x\n", func(o *ingest.Options) { o.ID = "communes-2024" })
	if again.Version != 2 || again.Title != "Communes 2024" {
		t.Errorf("a second version: %+v", again)
	}
}

// A column that changes its kind far below is read again with what all its values say.
func TestLateChange(t *testing.T) {
	for _, c := range []struct{ late, want string }{
		{"x2.5", "int"}, {"2.5", "double"}, {"0012", "text"}, {"12345678901234567890", "text"}, {"2A", "text"},
	} {
		p := open(t)
		rows := strings.Repeat("7,b\n", 60_000)
		late := c.late
		if late == "x2.5" {
			late = "###"
		}
		r := p.must(t, "a.csv", "n,t\n"+rows+late+",b\n8,c\n")
		if r.Rows != 60_002 || string(r.Fields[0].Type) != c.want {
			t.Errorf("%s: %d rows, %s (%s)", late, r.Rows, r.Fields[0].Type, r.Fields[0].Why)
		}
		if c.want != "int" {
			if r.Rejected != 0 {
				t.Errorf("%s: %d rejects %v", late, r.Rejected, r.First)
			}
			continue
		}
		if len(r.First) != 1 || r.First[0] != (ingest.Reject{Line: 60_002, Field: "n", Value: "###", Reason: "this is no whole number"}) {
			t.Errorf("rejects %+v", r.First)
		}
		if text, err := os.ReadFile(r.Rejects); err != nil || string(text) != "line;field;value;reason\n60002;n;###;this is no whole number\n" {
			t.Errorf("the file of rejects: %v\n%s", err, text)
		}
		if n := p.count(t, "a", "c0 IS NULL"); n != 1 {
			t.Errorf("%d rows have no number", n)
		}
	}
}

// A member that only a late row has is a column too.
func TestLateColumn(t *testing.T) {
	p := open(t)
	r := p.must(t, "a.jsonl", strings.Repeat("{\"a\":1}\n", 30_000)+"{\"a\":2,\"b\":[\"x\",\"y\"],\"c\":{\"d\":1}}\n{\"a\":\n")
	if got := types(r); got != "a:int b:text[] c:json_blob" || r.Rows != 30_001 || r.Rejected != 1 || r.First[0].Line != 30_002 {
		t.Errorf("%s, %d rows, rejects %+v", got, r.Rows, r.First)
	}
}

func TestRaggedRowsStay(t *testing.T) {
	p := open(t)
	r := p.must(t, "a.csv", "a,b\n1,2\n3\n4,5,6\n")
	if r.Rows != 3 || r.Rejected != 1 || r.First[0].Line != 4 || r.First[0].Value != "6" {
		t.Errorf("%d rows, rejects %+v", r.Rows, r.First)
	}
}

func TestSchema(t *testing.T) {
	p := open(t)
	path := p.put(t, "schema.json", `{"fields":[{"name":"code","type":"text","label":"Code INSEE","annotations":{"id":true}},
		{"name":"tags","type":"text","annotations":{"multivalued":[","]}},{"name":"founded","type":"date","annotations":{"timeserie_precision":["year"]}},
		{"name":"missing","type":"int"}]}`)
	withSchema := func(o *ingest.Options) { o.Schema = path }
	r := p.must(t, "a.csv", "Code INSEE;tags;founded;n\n78361;a,b;1988;1\n78362;c;never;2\n", withSchema)
	if got := types(r); got != "code:text tags:text[] founded:date missing:int n:int" {
		t.Errorf("types %s", got)
	}
	if len(r.First) != 1 || r.First[0].Field != "founded" || r.First[0].Value != "never" || r.First[0].Line != 3 {
		t.Errorf("rejects %+v", r.First)
	}
	if n := p.count(t, "a", "c0 = '78361' AND c1 = ['a','b'] AND c2 = DATE '1988-01-01' AND c3 IS NULL AND c4 = 1"); n != 1 {
		t.Errorf("%d rows are as the schema says", n)
	}
	// What was written about the fields is kept by a later import without a schema.
	r = p.must(t, "b.csv", "code;x\n78361A;1\n", func(o *ingest.Options) { o.ID = "a" })
	if r.Fields[0].Label != "Code INSEE" || !r.Fields[0].Annotations.ID {
		t.Errorf("the field has become %+v", r.Fields[0])
	}
	for _, bad := range []string{`[{"name":"a","type":"integer"}]`, `[{"type":"int"}]`, `[{"name":"a","type":"int"},{"name":"a","type":"int"}]`, `nonsense`, `[{"name":"a","type":"date","annotations":{"multivalued":[","]}}]`} {
		path = p.put(t, "schema.json", bad)
		if _, err := p.load(t, "a.csv", "a\n1\n", withSchema); fault.KindOf(err) != fault.Invalid {
			t.Errorf("the schema %s: %v", bad, err)
		}
	}
}

func TestIdentifiers(t *testing.T) {
	p := open(t)
	for _, name := range []string{"a.csv", "b.csv"} {
		p.must(t, name, "id,v\n1,x\n2,y\n2,y\n")
	}
	if n := p.count(t, "a", "_id IS NOT NULL AND _size > 0"); n != 3 {
		t.Errorf("%d rows have an identifier", n)
	}
	hash := func(id string) string {
		e, err := p.Catalog.Find(account.Actor{Everything: true}, id)
		if err != nil {
			t.Fatal(err)
		}
		return e.Version.Hash
	}
	if hash("a") != hash("b") || len(hash("a")) != 64 {
		t.Errorf("the same rows have the hashes %s and %s", hash("a"), hash("b"))
	}
	p.must(t, "b.csv", "id,v\n1,x\n2,y\n2,z\n")
	if hash("a") == hash("b") {
		t.Error("other rows have the same hash")
	}
}

func TestHostileFiles(t *testing.T) {
	p := open(t)
	for name, c := range map[string]struct {
		content, want string
		kind          fault.Kind
	}{
		"empty.csv":  {"", "empty", fault.Invalid},
		"header.csv": {"a,b\n", "a header and no rows", fault.Invalid},
		"none.json":  {"[]", "no columns", fault.Invalid},
		"binary.csv": {"\x00\x01\x02\x03\x04" + strings.Repeat("\x00\xFF\x01", 500), "binary data", fault.Invalid},
		"quote.csv":  {"a,b\n1,2\n\"3,4\n", "line 3", fault.Invalid},
		"deep.json":  {strings.Repeat(`[{"a":`, 100_000), "200 deep", fault.Invalid},
		"wide.csv":   {strings.Repeat("a,", 5000) + "\n", "columns", fault.TooLarge},
		"cut.json":   {`[{"a":1},{"a":2}`, "ends", fault.Invalid},
	} {
		r, err := p.load(t, name, c.content)
		if err == nil || fault.KindOf(err) != c.kind || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %+v, %v; want %q", name, r, err, c.want)
		}
	}
	if all, _ := p.Catalog.All(account.Actor{Everything: true}); len(all) != 0 {
		t.Errorf("%d datasets stand after failures only", len(all))
	}
	if left, _ := filepath.Glob(filepath.Join(p.dir, "incoming", "*")); len(left) != 0 {
		t.Errorf("failures leave %v behind", left)
	}
	header, row := "c0", "0"
	for i := 1; i < 700; i++ {
		header += fmt.Sprintf(",c%d", i)
		row += fmt.Sprintf(",%d", i)
	}
	if r := p.must(t, "wide700.csv", header+"\n"+row+"\n"); len(r.Fields) != 700 {
		t.Errorf("700 columns become %d", len(r.Fields))
	}
	long := strings.Repeat("long ", 2<<20)
	if r := p.must(t, "long.csv", "a,b\n1,\""+long+"\"\n"); r.Rows != 1 {
		t.Errorf("a cell of 10 MB: %d rows", r.Rows)
	}
	if n := p.count(t, "long", fmt.Sprintf("length(c1) = %d", len(long))); n != 1 {
		t.Error("a cell of 10 MB is not whole")
	}
}

func TestCancel(t *testing.T) {
	p := open(t)
	ctx, cancel := context.WithCancel(t.Context())
	o := p.Options
	o.Path = p.put(t, "a.csv", "a,b\n"+strings.Repeat("1,2\n", 200_000))
	o.Progress = func(now ingest.Progress) {
		if now.Rows > 1000 {
			cancel()
		}
	}
	if _, err := ingest.File(ctx, o); fault.KindOf(err) != fault.Canceled {
		t.Errorf("cancelled: %v", err)
	}
	if left, _ := filepath.Glob(filepath.Join(p.dir, "incoming", "*")); len(left) != 0 {
		t.Errorf("a cancelled load leaves %v behind", left)
	}
}

func TestProgress(t *testing.T) {
	p := open(t)
	var last ingest.Progress
	r := p.must(t, "a.csv", "a,b\n"+strings.Repeat("1,2\n", 50_000), func(o *ingest.Options) {
		o.Progress = func(now ingest.Progress) {
			if now.Rows < last.Rows || now.Done < last.Done {
				t.Errorf("progress goes back from %+v to %+v", last, now)
			}
			last = now
		}
	})
	if last.Rows != r.Rows || last.Done != last.Total || last.Dataset != "a" {
		t.Errorf("the last progress is %+v", last)
	}
}

func TestFolder(t *testing.T) {
	p := open(t)
	p.put(t, "portal/cities/dataset.json", `{"dataset_id":"cities","dataset_uid":"da_abc123","has_records":true,
		"fields":[{"name":"id","type":"text","label":"Id","description":null,"annotations":{"id":[]}},{"name":"first","type":"date","annotations":{"timeserie_precision":["year"]}},
			{"name":"at","type":"datetime"},{"name":"place","type":"geo_point_2d"},{"name":"shape","type":"geo_shape"},{"name":"alt","type":"text","annotations":{"multivalued":[","]}},{"name":"n","type":"int"}],
		"metas":{"default":{"title":"Cities","publisher":"Me"}},
		"attachments":[{"id":"readme","title":"readme.txt","mimetype":"text/plain","file":"attachments/readme.txt"},{"id":"out","title":"x","mimetype":"text/plain","file":"../../secret"}]}`)
	p.put(t, "portal/cities/attachments/readme.txt", "hello")
	p.put(t, "secret", "secret")
	p.put(t, "portal/cities/records.jsonl", `{"id":"a","first":"1988","at":"2021-03-05T08:00:00+01:00","place":{"lon":2.35,"lat":48.85},"shape":{"type":"Feature","geometry":{"type":"Point","coordinates":[1,2]},"properties":{}},"alt":["x","y"],"n":1}
{"id":"b","first":null,"at":null,"place":[48.85,2.35],"shape":{"type":"Point","coordinates":[1,2]},"alt":"x,y","n":"no number"}
{"id":"c","place":"48.85, 2.35","more":1}
`)
	p.put(t, "portal/closed/dataset.json", `{"dataset_id":"closed","fields":[{"name":"secret","type":"text"}],"metas":{},"security":{"is_data_visible":false}}`)
	p.put(t, "portal/closed/records.jsonl", "")
	p.put(t, "portal/bare/dataset.json", `{"dataset_id":"bare","has_records":false,"fields":[],"metas":{"default":{"title":"Bare"}}}`)
	p.put(t, "portal/broken/dataset.json", `{`)
	p.put(t, "portal/misfit/dataset.json", `{"dataset_id":["x"]}`)
	p.put(t, "portal/list/dataset.json", `[1]`)
	p.put(t, "portal/linked/dataset.json", `{"dataset_id":"linked","fields":[{"name":"t","type":"text"}]}`)
	if err := os.Symlink(filepath.Join(p.dir, "in", "secret"), filepath.Join(p.dir, "in", "portal", "linked", "records.jsonl")); err != nil {
		t.Fatal(err)
	}
	o := p.Options
	o.Path, o.Rejects = filepath.Join(p.dir, "in", "portal"), filepath.Join(p.dir, "rejects")
	reports := map[string]*ingest.Report{}
	err := ingest.Folder(t.Context(), o, func(r *ingest.Report) { reports[r.Dataset] = r })
	if err == nil || fault.KindOf(err) != fault.Invalid || !strings.Contains(err.Error(), "broken") {
		t.Errorf("a broken dataset: %v", err)
	}
	for _, want := range []string{`"dataset_id" cannot be of the JSON type array`, "must be a JSON object"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("no %s in: %v", want, err)
		}
	}
	if r := reports["linked"]; r == nil || r.Version != 0 || len(r.Notes) != 1 || !strings.Contains(r.Notes[0], "records.jsonl is not read") {
		t.Errorf("records that lie elsewhere: %+v", r)
	}
	if len(reports) != 4 || reports["bare"].Version != 0 || reports["closed"].Version != 1 {
		t.Fatalf("reports %+v", reports)
	}
	r := reports["cities"]
	if r.Rows != 3 || r.Rejected != 1 || r.First[0].Line != 2 || r.First[0].Field != "n" || len(r.Notes) != 1 {
		t.Errorf("cities: %+v", r)
	}
	if _, err := os.Stat(filepath.Join(o.Rejects, "cities.csv")); err != nil {
		t.Error(err)
	}
	if n := p.count(t, "cities", "c3 = 2.35 AND c3_lat = 48.85"); n != 3 {
		t.Errorf("%d points are read", n)
	}
	if n := p.count(t, "cities", "c5 = ['x','y'] AND c4_w = 1"); n != 2 {
		t.Errorf("%d lists and shapes are read", n)
	}
	if n := p.count(t, "cities", "c1 = DATE '1988-01-01' AND c2 = TIMESTAMP '2021-03-05 07:00:00'"); n != 1 {
		t.Errorf("%d dates are read", n)
	}
	entry, err := p.Catalog.Find(account.Actor{}, "cities")
	if err != nil || entry.UID != "da_abc123" || len(entry.Attachments) != 1 || entry.Attachments[0].ID != "readme" {
		t.Errorf("cities: %+v, %v", entry, err)
	}
	if _, err := p.Catalog.ForRows(account.Actor{}, "closed"); fault.KindOf(err) != fault.Forbidden {
		t.Errorf("rows that are hidden: %v", err)
	}
	o.Path = filepath.Join(o.Path, "bare")
	if err := ingest.Folder(t.Context(), o, nil); err != nil {
		t.Errorf("a folder of one dataset: %v", err)
	}
}
