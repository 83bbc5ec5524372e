package v2_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"unicode/utf8"
)

// FuzzDoor holds that whatever a visitor sends is answered with JSON or a file, and never with our own mistake.
func FuzzDoor(f *testing.F) {
	for _, seed := range []string{
		`datasets/towns/records?select=name,people*2 as p&where=people>1 and region in ("South")&order_by=-people&limit=3`,
		`datasets/towns/records?group_by=range(people, 100000) as r, year(founded)&select=count(*), avg(height), median(people)&order_by=count(*) desc`,
		`datasets/towns/records?where=within_distance(place, geom'POINT(1 2)', 10km) or intersects(outline, geom'POLYGON((0 0,1 0,1 1,0 0))')`,
		`datasets/towns/records?where=search("brest") and suggest(name, "ni") and not startswith(name, 'S')&refine=path:France/Occitanie&exclude=founded:1593/05`,
		`datasets/towns/records?select=date_format(seen, 'EEEE dd MMMM xxxx ww') as d, now(days=-1), length(name), json_format(name)&lang=fr&timezone=Europe/Paris`,
		`datasets/towns/facets?facet=facet(name="path", hierarchical=true, separator="/", sort="alphanum", limit=2)&refine=path:"France/Bretagne"&where=port`,
		`datasets/towns/exports/csv?select=names,place,outline&delimiter=;&list_separator=%7C&epsg=3857&quote_all=true&compressed=true`,
		`datasets/towns/exports/geojson?where=place is not null&limit=2`,
		`datasets?where=features='geo' and "sea"&select=dataset_id,default.title as t,metas,length(title)&order_by=t`,
		`datasets?group_by=theme&select=count(*)`,
		`facets?facet=modified&refine=modified:2021/03`,
		`exports/csv?select=include(mod*),exclude(title)`,
		`datasets/towns/records?select=envelope(place),bbox(outline),percentile(people, 33)&group_by=geo_cluster(place, 5)`,
		`datasets/towns/records?where=people in [1..2[ or people:[10 TO 20] or "Bristum" in names or name like 'x y'`,
		`datasets/towns/records/0123456789012345678901234567890123456789?select=*`,
		"datasets/towns/records?where=%00%ff%zz&limit=&offset=+1&include_links=1",
	} {
		f.Add(seed)
	}
	d := open(f)
	f.Fuzz(func(t *testing.T, text string) {
		path, query, _ := strings.Cut(text, "?")
		// The path must be one that net/http would let through; the query may be anything without blanks or controls.
		target := "/api/explore/v2.1/catalog/" + (&url.URL{Path: path}).EscapedPath()
		r := httptest.NewRequest(http.MethodGet, "http://localhost/", nil)
		at, err := url.Parse("http://localhost" + target)
		if err != nil {
			return
		}
		r.URL.Path, r.URL.RawPath = at.Path, at.RawPath
		r.URL.RawQuery = strings.NewReplacer(" ", "%20", "\n", "%0A", "\r", "%0D", "\x00", "%00").Replace(query)
		w := httptest.NewRecorder()
		d.handler.ServeHTTP(w, r)
		if w.Code >= 500 || d.log.Len() > 0 {
			t.Fatalf("%q is answered with %d %s\n%s", text, w.Code, w.Body, d.log)
		}
		if w.Header().Get("Content-Type") == "application/json; charset=utf-8" && !utf8.Valid(w.Body.Bytes()) {
			t.Errorf("%q: the answer is no UTF-8", text)
		}
	})
}
