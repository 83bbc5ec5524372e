package v2_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/gzip"

	"parvis/internal/account"
	v2 "parvis/internal/api/v2"
	"parvis/internal/catalog"
	"parvis/internal/dataset"
	"parvis/internal/explore/exploretest"
	"parvis/internal/fault"
	"parvis/internal/privacy/privacytest"
	"parvis/internal/server"
)

// door is the API over a small real portal.
type door struct {
	*exploretest.Portal
	handler http.Handler
	api     *v2.API
	log     *bytes.Buffer
}

// open opens the door; change may change its options.
func open(t testing.TB, change ...func(*v2.Options)) *door {
	t.Helper()
	return openWith(t, func(_ context.Context, secret string) (account.Actor, error) {
		if secret != "sesame" {
			return account.Anonymous, fault.New(fault.Unauthenticated, "The API key is unknown or was revoked.")
		}
		return exploretest.Everything(), nil
	}, change...)
}

// openWith opens the door to who has a key that find knows.
func openWith(t testing.TB, find server.KeyFinder, change ...func(*v2.Options)) *door {
	t.Helper()
	p := exploretest.Open(t)
	d := &door{Portal: p, log: &bytes.Buffer{}}
	registry := privacytest.New(t, nil)
	s := server.New(server.Options{Strict: true, Log: slog.New(slog.NewTextHandler(d.log, nil)), Metrics: server.NewMetrics(), Privacy: registry,
		Keys: find})
	o := v2.Options{Explorer: p.Explorer, Catalog: p.Catalog, Server: s, Temp: p.Temp, BaseURL: "https://data.example.org"}
	for _, f := range change {
		f(&o)
	}
	a := v2.New(o)
	t.Cleanup(a.Close)
	mux := http.NewServeMux()
	a.Register(mux)
	d.api = a
	d.handler = s.Wrap(mux, server.JSON)
	return d
}

// ask puts a request to the door; path is below the root of the version. Headers come in pairs.
func (d *door) ask(method, path string, headers ...string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	r := httptest.NewRequest(method, "http://localhost/api/explore/v2.1"+strings.ReplaceAll(path, " ", "%20"), nil)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	d.handler.ServeHTTP(w, r)
	return w
}

// read asks for JSON that must come with status 200.
func (d *door) read(t testing.TB, path string) map[string]any {
	t.Helper()
	w := d.ask(http.MethodGet, path)
	var out map[string]any
	if err := json.Unmarshal(w.Body.Bytes(), &out); err != nil || w.Code != 200 {
		t.Fatalf("%s: %d %s (%v)", path, w.Code, w.Body, err)
	}
	return out
}

func TestAnswers(t *testing.T) {
	d := open(t)
	for _, c := range []struct{ path, want string }{
		{"/catalog/datasets/towns/records?select=name,people&limit=1", `{"total_count":5,"results":[{"name":"Brest","people":139602}]}`},
		{"/catalog/datasets/towns/records/?select=name&where=people>140000&where=port", `{"total_count":1,"results":[{"name":"Genova"}]}`},
		{"/catalog/datasets/towns/records?select=seen&limit=1&timezone=Europe/Paris", `{"total_count":5,"results":[{"seen":"2021-07-01T12:00:00+02:00"}]}`},
		{"/catalog/datasets/towns/records?select=date_format(founded,'MMMM') as m&limit=1&lang=fr", `{"total_count":5,"results":[{"m":"mai"}]}`},
		{"/catalog/datasets/towns/records?group_by=region&select=count(*) as n", `{"total_count":3,"results":[{"region":"South","n":3},{"region":"West","n":1},{"region":null,"n":1}]}`},
		{"/catalog/datasets/towns/records?select=name&limit=1&qv1=(people>500000)", `{"total_count":1,"results":[{"name":"Genova"}]}`},
		{"/catalog/datasets/notes/records", `{"total_count":0,"results":[]}`},
		{"/catalog/datasets/towns/facets?facet=port", `{"links":[{"rel":"self","href":"https://data.example.org/api/explore/v2.1/catalog/datasets/towns/facets"},` +
			`{"rel":"source","href":"https://data.example.org/api/explore/v2.1/catalog/datasets/towns"}],"facets":[{"name":"port","facets":[` +
			`{"name":"true","count":3,"state":"displayed","value":"true"},{"name":"false","count":1,"state":"displayed","value":"false"}]}]}`},
		{"/catalog/datasets/towns/facets?facet=region&exclude=region:West&where=people<0", `{"links":[{"rel":"self","href":"https://data.example.org/api/explore/v2.1/catalog/datasets/towns/facets"},` +
			`{"rel":"source","href":"https://data.example.org/api/explore/v2.1/catalog/datasets/towns"}],"facets":[{"name":"region","facets":[{"name":"West","state":"excluded","value":"West"}]}]}`},
		{"/catalog/datasets?select=dataset_id,default.title,records_count&limit=1&offset=2", `{"total_count":3,"results":[{"dataset_id":"towns","default.title":"Towns by the sea","records_count":5}]}`},
		{"/catalog/datasets?select=modified,year(modified) as y&limit=1&offset=2&timezone=Asia/Tokyo", `{"total_count":3,"results":[{"modified":"2021-03-04T14:06:07+09:00","y":2021}]}`},
		{"/catalog/datasets/towns?select=default.modified&timezone=America/New_York", `{"default.modified":"2021-03-04T00:06:07-05:00"}`},
		{"/catalog/datasets?select=default.title,title as t,dataset_id&limit=1&offset=2&lang=fr", `{"total_count":3,"results":[{"default.title":"Villes de mer","t":"Villes de mer","dataset_id":"towns"}]}`},
		{"/catalog/datasets/towns?select=default.title&lang=ar", `{"default.title":"Towns by the sea"}`},
		{"/catalog/datasets?where=search('mer')&select=dataset_id", `{"total_count":1,"results":[{"dataset_id":"towns"}]}`},
		{"/catalog/datasets?group_by=publisher&select=count(*) as n", `{"total_count":2,"results":[{"publisher":"Harbour Office","n":2},{"publisher":"Town Hall","n":1}]}`},
		{"/catalog/datasets/hidden?select=data_visible,features,length(title) as l", `{"data_visible":false,"features":["analyze"],"l":13}`},
		{"/catalog/datasets/hidden?select=data_visible&apikey=sesame", `{"data_visible":true}`},
		{"/catalog/datasets/hidden/records?apikey=sesame", `{"total_count":1,"results":[{"secret":"a"}]}`},
		{"/catalog/exports", `{"links":[{"rel":"self","href":"https://data.example.org/api/explore/v2.1/catalog/exports"},{"rel":"json","href":"https://data.example.org/api/explore/v2.1/catalog/exports/json"},` +
			`{"rel":"csv","href":"https://data.example.org/api/explore/v2.1/catalog/exports/csv"},{"rel":"xlsx","href":"https://data.example.org/api/explore/v2.1/catalog/exports/xlsx"}]}`},
		{"/catalog/datasets/towns/attachments", `{"links":[{"rel":"self","href":"https://data.example.org/api/explore/v2.1/catalog/datasets/towns/attachments"},{"rel":"dataset","href":"https://data.example.org/api/explore/v2.1/catalog/datasets/towns"}],` +
			`"attachments":[{"href":"https://data.example.org/api/explore/v2.1/catalog/datasets/towns/attachments/read_me","metas":{"mime-type":"text/plain","title":"Lies mich.txt","url":"https://data.example.org/api/explore/v2.1/catalog/datasets/towns/attachments/read_me","id":"read_me"}}]}`},
		{"/catalog/exports/json?select=dataset_id&limit=2", `[{"dataset_id":"hidden"},{"dataset_id":"notes"}]` + "\n"},
	} {
		for _, round := range []string{"first", "from the cache"} {
			w := d.ask(http.MethodGet, c.path)
			if got := w.Body.String(); got != c.want || w.Code != 200 {
				t.Errorf("%s, %s: %d\n got %s\nwant %s", c.path, round, w.Code, got, c.want)
			}
		}
	}
}

func TestDatasetObject(t *testing.T) {
	d := open(t)
	w := d.ask(http.MethodGet, "/catalog/datasets/towns")
	at := -1
	for _, key := range []string{"visibility", "fields", "dataset_id", "dataset_uid", "has_records", "features", "attachments", "alternative_exports", "data_visible", "metas"} {
		i := strings.Index(w.Body.String(), `"`+key+`":`)
		if i <= at {
			t.Errorf("%s does not stand after what comes before it", key)
		}
		at = i
	}
	got := d.read(t, "/catalog/datasets/towns")
	metas := got["metas"].(map[string]any)
	if metas["visualization"] != nil || metas["dcat"].(map[string]any)["creator"] != "Ann" {
		t.Errorf("metas: %v", metas)
	}
	byDefault := metas["default"].(map[string]any)
	if len(byDefault) < 30 || byDefault["description"] != "<p>Towns &amp; <strong>villages</strong></p>" || byDefault["records_count"] != 5.0 {
		t.Errorf("default: %v", byDefault)
	}
	first := got["fields"].([]any)[1].(map[string]any)
	if want := (map[string]any{"name": "name", "type": "text", "label": "Name", "description": "As on the signs", "annotations": map[string]any{"sortable": true}}); !reflect.DeepEqual(first, want) {
		t.Errorf("field: %v", first)
	}
	with := d.read(t, "/catalog/datasets/towns?include_app_metas=True&include_links=1")
	metas = with["metas"].(map[string]any)
	if metas["visualization"].(map[string]any)["map_disabled"] != true || metas["explore"] == nil {
		t.Errorf("application metadata: %v", metas)
	}
	facets := metas["asset_content_configuration"].(map[string]any)["facets"].([]any)
	if len(facets) != 4 || facets[0].(map[string]any)["field_name"] != "region" || facets[0].(map[string]any)["disjunctive"] != true {
		t.Errorf("facets: %v", facets)
	}
	checkLinks(t, with["_links"], "self", "catalog")
}

// checkLinks holds links to the rels that clients know.
func checkLinks(t *testing.T, links any, rels ...string) {
	t.Helper()
	var got []string
	for _, l := range links.([]any) {
		l := l.(map[string]any)
		got = append(got, l["rel"].(string))
		if !strings.HasPrefix(l["href"].(string), "https://data.example.org/api/explore/v2.1/catalog") || strings.Contains(l["href"].(string), "sesame") {
			t.Errorf("link to %s", l["href"])
		}
	}
	if !reflect.DeepEqual(got, rels) {
		t.Errorf("rels %q, want %q", got, rels)
	}
}

func TestLinks(t *testing.T) {
	d := open(t)
	page := d.read(t, "/catalog/datasets/towns/records?include_links=true&limit=2&select=name&apikey=sesame")
	checkLinks(t, page["_links"], "self", "first", "last", "next", "dataset")
	if last := page["_links"].([]any)[2].(map[string]any)["href"].(string); !strings.Contains(last, "offset=4") {
		t.Errorf("last: %s", last)
	}
	row := page["results"].([]any)[0].(map[string]any)
	checkLinks(t, row["_links"], "self", "dataset", "catalog")
	if len(row) != 2 || row["name"] != "Brest" {
		t.Errorf("row: %v", row)
	}
	self, _ := strings.CutPrefix(row["_links"].([]any)[0].(map[string]any)["href"].(string), "https://data.example.org/api/explore/v2.1")
	if record := d.read(t, self); record["name"] != "Brest" {
		t.Errorf("the row's own page: %v", record)
	}
	for _, r := range d.read(t, "/catalog/datasets/towns/records?include_links=true&select=exclude(name)&limit=1")["results"].([]any) {
		row := r.(map[string]any)
		checkLinks(t, row["_links"], "self", "dataset", "catalog")
		if _, there := row["people"]; !there || row["name"] != nil {
			t.Errorf("all fields but one, with links: %v", row)
		}
	}
	end := d.read(t, "/catalog/datasets/towns/records?include_links=true&limit=2&offset=4")
	checkLinks(t, end["_links"], "self", "first", "last", "dataset")
	groups := d.read(t, "/catalog/datasets/towns/records?include_links=true&group_by=region")
	checkLinks(t, groups["_links"], "self", "first", "last", "dataset")
	checkLinks(t, d.read(t, "/catalog/datasets?include_links=true&limit=1")["_links"], "self", "first", "last", "next", "catalog")
}

func TestRefusals(t *testing.T) {
	d := open(t)
	for _, c := range []struct {
		path   string
		status int
		code   string
		text   string
	}{
		{"/catalog/datasets/towns/records?limit=101", 400, "InvalidRESTParameterError", "Invalid value for limit API parameter: 101 was found but -1 <= limit <= 100 is expected."},
		{"/catalog/datasets/towns/records?limit=-2", 400, "InvalidRESTParameterError", "Invalid value for limit API parameter: -2 was found but -1 <= limit <= 100 is expected."},
		{"/catalog/datasets/towns/records?group_by=region&limit=20001", 400, "InvalidRESTParameterError", "Invalid value for limit API parameter: 20001 was found but -1 <= limit <= 20000 is expected."},
		{"/catalog/datasets/towns/records?limit=99999999999999999999", 400, "InvalidRESTParameterError", "an integer is expected"},
		{"/catalog/datasets/towns/records?offset=-1", 400, "InvalidRESTParameterError", "Invalid value for offset API parameter: -1"},
		{"/catalog/datasets/towns/records?limit=100&offset=9950", 400, "InvalidRESTParameterError", "Invalid value for sum of offset + limit API parameter: 10050 was found but <= 10000 is expected"},
		{"/catalog/datasets/towns/records?offset=9223372036854775807", 400, "InvalidRESTParameterError", "sum of offset + limit"},
		{"/catalog/datasets/towns/records?group_by=region&limit=2&offset=19999", 400, "InvalidRESTParameterError", "20001 was found but <= 20000"},
		{"/catalog/datasets/towns/records?include_links=maybe", 400, "InvalidRESTParameterError", "include_links API parameter: maybe"},
		{"/catalog/datasets/towns/records?timezone=Mars/Olympus", 400, "InvalidRESTParameterError", "timezone"},
		{"/catalog/datasets/towns/records?lang=tlh", 400, "InvalidRESTParameterError", "lang"},
		{"/catalog/datasets/towns/records?where=nope=1", 400, "ODSQLError", "ODSQL query is malformed: Unknown field: nope"},
		{"/catalog/datasets/towns/records?where=BOGUS(", 400, "ODSQLSyntaxError", "Clause(s) containing the error(s): where."},
		{"/catalog/datasets/towns/records?where=%ff%fe", 400, "ODSQLSyntaxError", "where"},
		{"/catalog/datasets/towns/records?where=name=%22%00%22%20%00", 400, "ODSQLSyntaxError", "where"},
		{"/catalog/datasets/towns/records?qv1=%23null(name)", 400, "InvalidRESTParameterError", "qv1"},
		{"/catalog/datasets/towns/records?refine=nope:x", 400, "ODSQLError", "refine"},
		{"/catalog/datasets/towns/facets?facet=nope", 400, "ODSQLError", "facet"},
		{"/catalog/datasets/nope", 404, "NotFoundResource", "The requested dataset nope does not exist."},
		{"/catalog/datasets/nope/records", 404, "NotFoundResource", "The requested dataset nope does not exist."},
		{"/catalog/datasets/towns/records/xyz", 404, "NotFoundResource", "The requested record xyz does not exist."},
		{"/catalog/datasets/towns/attachments/xyz", 404, "NotFoundResource", "xyz"},
		{"/catalog/datasets/towns/exports/shp", 404, "NotFoundURI", "The requested URI does not exist."},
		{"/catalog/exports/jsonl", 404, "NotFoundURI", "The requested URI does not exist."},
		{"/monitoring/datasets", 404, "NotFoundURI", "The requested URI does not exist."},
		{"/catalog/datasets/towns/nothing", 404, "NotFoundURI", "The requested URI does not exist."},
		{"/catalog/datasets/hidden/exports/geojson", 403, "ForbiddenAccess", ""},
		{"/catalog/datasets/hidden/exports/geojson?apikey=sesame", 400, "InvalidRESTParameterError", "no geometry"},
		{"/catalog/datasets/notes/exports/parquet", 404, "NotFoundResource", "no records yet"},
		{"/catalog/datasets/towns/exports/csv?delimiter=%25", 400, "InvalidRESTParameterError", "delimiter"},
		{"/catalog/datasets/towns/exports/csv?epsg=1", 400, "InvalidRESTParameterError", "epsg"},
		{"/catalog/datasets/towns/exports/csv?limit=-2", 400, "InvalidRESTParameterError", "limit"},
		{"/catalog/datasets/towns/exports/parquet?parquet_compression=lzo", 400, "InvalidRESTParameterError", "parquet_compression"},
		{"/catalog/datasets/towns/exports/json?group_by=region&select=count(*) as n&order_by=n", 400, "ODSQLError", "aggregation function in order by is not supported with a limit > 20000."},
		{"/catalog/datasets/towns?select=include(no*)", 400, "ODSQLError", "no field is left"},
		{"/catalog/exports/json?where=nope", 400, "ODSQLError", "Unknown field: nope"},
		{"/catalog/datasets/hidden/records", 403, "ForbiddenAccess", "You don't have permission to access the requested resource"},
		{"/catalog/datasets/hidden/records/" + strings.Repeat("0", 40), 403, "ForbiddenAccess", ""},
		{"/catalog/datasets/hidden/facets", 403, "ForbiddenAccess", ""},
		{"/catalog/datasets/hidden/exports/csv", 403, "ForbiddenAccess", ""},
		{"/catalog/datasets?apikey=wrong", 401, "Unauthenticated", "API key"},
	} {
		w := d.ask(http.MethodGet, c.path)
		var body map[string]string
		if err := json.Unmarshal(w.Body.Bytes(), &body); err != nil {
			t.Errorf("%s: %s: %v", c.path, w.Body, err)
			continue
		}
		if w.Code != c.status || body["error_code"] != c.code || !strings.Contains(body["message"], c.text) || len(body) != 2 {
			t.Errorf("%s: %d %s", c.path, w.Code, w.Body)
		}
		if w.Header().Get("ETag") != "" || w.Header().Get("Content-Disposition") != "" || w.Header().Get("Access-Control-Allow-Origin") != "*" {
			t.Errorf("%s: headers %v", c.path, w.Header())
		}
	}
	if d.log.Len() > 0 {
		t.Errorf("something went wrong inside: %s", d.log)
	}
}

func TestMethods(t *testing.T) {
	d := open(t)
	for _, method := range []string{http.MethodPost, http.MethodPut, http.MethodDelete, http.MethodPatch} {
		if w := d.ask(method, "/catalog/datasets"); w.Code != http.StatusMethodNotAllowed || w.Header().Get("Allow") == "" {
			t.Errorf("%s: %d %s", method, w.Code, w.Body)
		}
	}
	if w := d.ask(http.MethodOptions, "/catalog/datasets", "Origin", "https://example.org"); w.Code != 204 || !strings.Contains(w.Header().Get("Access-Control-Allow-Headers"), "Range") {
		t.Errorf("preflight: %d %v", w.Code, w.Header())
	}
	for _, path := range []string{"/catalog/datasets", "/catalog/datasets/towns/records", "/catalog/datasets/towns/exports/csv", "/catalog/datasets/towns/exports/parquet"} {
		whole, head := d.ask(http.MethodGet, path), d.ask(http.MethodHead, path)
		if head.Code != 200 || head.Body.Len() != 0 || head.Header().Get("ETag") != whole.Header().Get("ETag") || head.Header().Get("Content-Type") != whole.Header().Get("Content-Type") {
			t.Errorf("HEAD %s: %d, %d bytes, %v", path, head.Code, head.Body.Len(), head.Header())
		}
	}
}

func TestTags(t *testing.T) {
	d := open(t)
	tagOf := func(path string, headers ...string) string {
		w := d.ask(http.MethodGet, path, headers...)
		if w.Code != 200 {
			t.Fatalf("%s: %d %s", path, w.Code, w.Body)
		}
		return w.Header().Get("ETag")
	}
	for _, path := range []string{"/catalog/datasets/towns/records", "/catalog/datasets", "/catalog/facets", "/catalog/datasets/towns", "/catalog/datasets/towns/exports/csv",
		"/catalog/datasets/towns/exports/parquet", "/catalog/datasets/towns/attachments/read_me", "/swagger.json"} {
		tag := tagOf(path)
		if !strings.HasPrefix(tag, `"`) {
			t.Errorf("%s has the tag %q", path, tag)
		}
		w := d.ask(http.MethodGet, path, "If-None-Match", tag)
		if w.Code != http.StatusNotModified || w.Body.Len() != 0 || w.Header().Get("ETag") != tag {
			t.Errorf("%s asked for again: %d, %d bytes", path, w.Code, w.Body.Len())
		}
		if w.Header().Get("X-RateLimit-Remaining") == "" {
			t.Errorf("%s: 304 without its headers", path)
		}
	}
	base := tagOf("/catalog/datasets/towns/records")
	if tagOf("/catalog/datasets/towns/records/?foo=bar") != base {
		t.Error("what does not matter changes the tag")
	}
	for _, path := range []string{"?limit=2", "?lang=fr", "?timezone=Europe/Paris", "?where=people>1", "?where=people>1&where=port"} {
		if tagOf("/catalog/datasets/towns/records"+path) == base {
			t.Errorf("%s has the tag of the plain question", path)
		}
	}
	if tagOf("/catalog/datasets/towns/records?apikey=sesame") != base || tagOf("/catalog/datasets/hidden?apikey=sesame") == tagOf("/catalog/datasets/hidden") {
		t.Error("answers have one tag where, and only where, both askers are shown the same")
	}
	w := d.ask(http.MethodGet, "/catalog/datasets/towns/records?where=founded < now()")
	if w.Code != 200 || w.Header().Get("ETag") != "" || w.Header().Get("Cache-Control") != "no-store" {
		t.Errorf("an answer that depends on the clock: %d %v", w.Code, w.Header())
	}
	if got := d.ask(http.MethodGet, "/catalog/datasets/towns?apikey=sesame").Header().Get("Cache-Control"); got != "private, no-cache" {
		t.Errorf("with a key: %q", got)
	}
	d.Publish(t, catalog.Publication{ID: "towns", Metas: dataset.Metas{"default": {"title": "Towns"}}}, nil)
	if w := d.ask(http.MethodGet, "/catalog/datasets/towns/records", "If-None-Match", base); w.Code != 200 || w.Header().Get("ETag") == base {
		t.Errorf("after a change: %d", w.Code)
	}
}

func TestQuota(t *testing.T) {
	now := time.Date(2026, 7, 27, 23, 59, 0, 0, time.UTC)
	d := open(t, func(o *v2.Options) {
		o.Quota = v2.Quota{Portal: 3, Anonymous: 2}
		o.Clock = func() time.Time { return now }
	})
	for i, c := range []struct {
		query, limit, remaining string
		status                  int
		code                    float64
	}{
		{"", "2", "1", 200, 0},
		{"", "2", "0", 200, 0},
		{"", "2", "0", 429, 10005},
		{"?apikey=sesame", "3", "0", 200, 0},
		{"?apikey=sesame", "3", "0", 429, 10002},
	} {
		w := d.ask(http.MethodGet, "/catalog/datasets"+c.query)
		h := w.Header()
		if w.Code != c.status || h.Get("X-RateLimit-Limit") != c.limit || h.Get("X-RateLimit-Remaining") != c.remaining || h.Get("X-RateLimit-Reset") != "2026-07-28 00:00:00+00:00" {
			t.Errorf("call %d: %d %v", i+1, w.Code, h)
		}
		if c.status != 429 {
			continue
		}
		var body map[string]any
		if err := json.Unmarshal(w.Body.Bytes(), &body); err != nil || body["errorcode"] != c.code || body["reset_time"] != "2026-07-28T00:00:00Z" ||
			body["limit_time_unit"] != "day" || body["error"] == "" || h.Get("Retry-After") != "60" {
			t.Errorf("call %d: %s %v", i+1, w.Body, h)
		}
	}
	now = now.Add(2 * time.Minute)
	if w := d.ask(http.MethodGet, "/catalog/datasets"); w.Code != 200 {
		t.Errorf("the next day: %d", w.Code)
	}
}

func TestExports(t *testing.T) {
	d := open(t)
	for _, c := range []struct{ path, kind, name, want string }{
		{"json?select=name&limit=2", "application/json; charset=utf-8", "towns.json", "[\n{\"name\":\"Brest\"},\n{\"name\":\"Nîmes\"}\n]\n"},
		{"jsonl?select=name&limit=2", "application/x-ndjson; charset=utf-8", "towns.jsonl", "{\"name\":\"Brest\"}\n{\"name\":\"Nîmes\"}\n"},
		{"csv?select=name,names&where=people>140000", "text/csv; charset=utf-8", "towns.csv", "\uFEFFname;names\nNîmes;Nemausus,Nimes\nGenova;Gênes\n"},
		{"csv?select=name,people,people%20as%20n&where=id=2&with_bom=false&use_labels=true&lang=fr", "text/csv; charset=utf-8", "towns.csv", "Name;Habitants;n\nNîmes;148561;148561\n"},
		{"csv?select=name,names&where=id=2&with_bom=false&delimiter=%7C&list_separator=%2F&use_labels=True", "text/csv; charset=utf-8", "towns.csv", "Name|Other names\nNîmes|Nemausus/Nimes\n"},
		{"csv?select=name,seen&where=id=1&with_bom=false&delimiter=;&quote_all=1&timezone=Asia/Tokyo", "text/csv; charset=utf-8", "towns.csv", ""},
		{"csv?select=json_format(name,'x') as j&limit=1&with_bom=false", "text/csv; charset=utf-8", "towns.csv", "j\nBrest\n"},
		{"jsonl?select=json_format(name,'x') as j&limit=1", "application/x-ndjson; charset=utf-8", "towns.jsonl", "{\"j\":\"Brest\"}\n"},
		{"json?select=json_format(name,'x') as j&limit=1", "application/json; charset=utf-8", "towns.json", "[\n{\"j\":\"x\"}\n]\n"},
		{"csv?select=count(*) as n&group_by=region&with_bom=false", "text/csv; charset=utf-8", "towns.csv", "region;n\nSouth;3\nWest;1\n;1\n"},
		{"json?limit=0", "application/json; charset=utf-8", "towns.json", "[\n]\n"},
	} {
		w := d.ask(http.MethodGet, "/catalog/datasets/towns/exports/"+c.path)
		if w.Code != 200 || c.want != "" && w.Body.String() != c.want {
			t.Errorf("%s: %d\n got %q\nwant %q", c.path, w.Code, w.Body, c.want)
		}
		if h := w.Header(); h.Get("Content-Type") != c.kind || h.Get("Content-Disposition") != `attachment; filename="`+c.name+`"` {
			t.Errorf("%s: %v", c.path, h)
		}
	}
	w := d.ask(http.MethodGet, "/catalog/datasets/towns/exports/geojson?where=id=1")
	var collection struct {
		Type     string
		Features []struct{ Geometry struct{ Type string } }
	}
	if err := json.Unmarshal(w.Body.Bytes(), &collection); err != nil || collection.Type != "FeatureCollection" || len(collection.Features) != 1 || collection.Features[0].Geometry.Type != "Polygon" {
		t.Errorf("geojson: %s %v", w.Body, err)
	}
	w = d.ask(http.MethodGet, "/catalog/datasets/towns/exports/csv?compressed=true&select=name&limit=1&with_bom=false")
	if got := w.Header().Get("Content-Disposition"); got != `attachment; filename="towns.csv.gzip"` {
		t.Errorf("compressed: %q", got)
	}
	unzipped, err := gzip.NewReader(w.Body)
	if err != nil {
		t.Fatal(err)
	}
	if plain, err := io.ReadAll(unzipped); err != nil || string(plain) != "name\nBrest\n" {
		t.Errorf("compressed: %q, %v", plain, err)
	}
	if w := d.ask(http.MethodGet, "/catalog/datasets/towns/exports/xlsx"); w.Code != 200 || !strings.HasPrefix(w.Body.String(), "PK\x03\x04") {
		t.Errorf("xlsx: %d", w.Code)
	}
	w = d.ask(http.MethodGet, "/catalog/exports/csv?with_bom=false&where=dataset_id=\"towns\"")
	head, row, _ := strings.Cut(w.Body.String(), "\n")
	if !strings.HasPrefix(head, "datasetid;default.title;default.description;default.theme;") || !strings.HasPrefix(row, "towns;Towns by the sea;Towns & villages;Geography,Sea;") || !strings.Contains(head, ";dcat.creator") {
		t.Errorf("catalogue: %s\n%s", head, row)
	}
}

func TestParquetByRanges(t *testing.T) {
	d := open(t)
	const path = "/catalog/datasets/towns/exports/parquet?select=name,people"
	whole := d.ask(http.MethodGet, path)
	if whole.Code != 200 || !strings.HasPrefix(whole.Body.String(), "PAR1") || !strings.HasSuffix(whole.Body.String(), "PAR1") {
		t.Fatalf("%d, %d bytes", whole.Code, whole.Body.Len())
	}
	if got := d.ask(http.MethodHead, path).Header().Get("Content-Length"); got != strconv.Itoa(whole.Body.Len()) {
		t.Errorf("HEAD says %s bytes of %d", got, whole.Body.Len())
	}
	part := d.ask(http.MethodGet, path, "Range", "bytes=-8", "Accept-Encoding", "gzip")
	if part.Code != http.StatusPartialContent || part.Body.String() != whole.Body.String()[whole.Body.Len()-8:] {
		t.Errorf("the last bytes: %d %q", part.Code, part.Body)
	}
	if tag := part.Header().Get("ETag"); tag != whole.Header().Get("ETag") || tag == "" {
		t.Errorf("the tag of a part: %q", tag)
	}
}

func TestAttachment(t *testing.T) {
	d := open(t)
	w := d.ask(http.MethodGet, "/catalog/datasets/towns/attachments/read_me/")
	h := w.Header()
	if w.Code != 200 || w.Body.String() != "Read me.\n" || h.Get("Content-Type") != "text/plain" || h.Get("Content-Disposition") != `attachment; filename="Lies mich.txt"` || h.Get("X-Content-Type-Options") != "nosniff" {
		t.Errorf("%d %q %v", w.Code, w.Body, h)
	}
}

// TestDescription holds the OpenAPI document to the routes: each documented path answers, and each route is
// documented.
func TestDescription(t *testing.T) {
	d := open(t)
	d.hold(t)
	var doc struct {
		Paths      map[string]map[string]struct{ OperationID string }
		Components struct{ Parameters map[string]any }
	}
	if err := json.Unmarshal(d.ask(http.MethodGet, "/swagger.json").Body.Bytes(), &doc); err != nil {
		t.Fatal(err)
	}
	ids := map[string]bool{}
	fill := strings.NewReplacer("{dataset_id}", "towns", "{record_id}", strings.Repeat("0", 40), "{attachment_id}", "read_me", "{file_id}", heldFile, "{format}", "json")
	for path, methods := range doc.Paths {
		ids[methods["get"].OperationID] = true
		if strings.HasSuffix(path, "{file_id}") {
			path = strings.Replace(path, "{dataset_id}", "trees", 1)
		}
		w := d.ask(http.MethodGet, fill.Replace(path))
		if w.Code != 200 && !strings.Contains(w.Body.String(), "record "+strings.Repeat("0", 40)) {
			t.Errorf("%s is documented and answered with %d %s", path, w.Code, w.Body)
		}
	}
	for _, id := range []string{"getDatasets", "listExportFormats", "exportDatasets", "exportCatalogCSV", "getDatasetsFacets", "getDataset", "getRecords",
		"listDatasetExportFormats", "exportRecords", "exportRecordsCSV", "exportRecordsParquet", "getRecordsFacets", "getDatasetAttachments", "getRecord"} {
		if !ids[id] {
			t.Errorf("the operation %s is not documented", id)
		}
	}
	for _, path := range v2.Paths() {
		if path == "" {
			path = "/"
		}
		if _, there := doc.Paths[path]; !there {
			t.Errorf("the route %s is not documented", path)
		}
	}
}
