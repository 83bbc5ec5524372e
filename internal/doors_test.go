package internal_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// door is a route behind which datasets may stand.
type door struct {
	pattern  string   // as it is registered, without its method, in short: of the API without its root
	requests []string // addresses to ask it by; {a|b} is asked with a and with b, and the answers must tell no difference
	file     bool     // it hands out files of rows
	harmless string   // why nothing of a dataset can come out here, where there are no requests
}

const (
	api       = "/api/explore/v2.1"
	automated = "/api/automation/v1.0"
	office    = "for administrators, who are shown everything"
	people    = "people, groups and keys: nothing of a dataset"
	writes    = "for editors: what they wrote themselves"
	drawing   = "for who is signed in, in the browser: draws with their rights, as the page does"
)

// doorList has a line for each route of each room that may ask the catalogue or the explorer. A route without
// one fails TestEveryDoorHasItsLine.
func doorList() []door {
	paper := twin(canaryPaper)
	id, field, value, name := twin(canaryID), twin(canaryField), twin(canaryValue), twin(canaryRow)
	questions := []string{
		"", "select=*", "select=*&limit=100", "select=" + field, "select=name," + field + "&limit=2", "select=length(" + field + ") as l", "select=include(qf*)", "select=include(" + field + ")",
		"select=exclude(" + field + ")", "select=count(*)", "select=count(*) as n,sum(amount) as s,max(amount) as m", "select=min(" + field + ")", "select=count(distinct name)",
		"select=bbox(place) as b", "select=name,count(*) as n", "select=record_size&limit=3", "select=recordid,name&limit=2",
		"where=" + value, "where='" + canaryValue[:5] + "*'&limit=1", "where=search('" + value + "1')", "where=search(*,'" + value + "1')", "where=search(" + field + ",'x')",
		"where=suggest('" + value + "')", "where=startswith('" + value + "')", "where=startswith(" + field + ",'x')", "where=" + field + "='" + canaryValue + "5'",
		"where=" + field + " like 'x'", "where=not " + field + "='x'", "where=name='" + name + "1'", "where=search('" + name + "1')", "where=amount>5&limit=1",
		"where=within_distance(place,geom'POINT(7 8)',1km)", "where=not name='nobody'&limit=1", "where=amount is null or amount is not null&limit=0", "where=region='south' or region='north'",
		"order_by=" + field, "order_by=amount desc&limit=2", "order_by=random(3)&limit=3", "order_by=recordid&limit=1", "group_by=" + field, "group_by=region", "group_by=region&select=count(*) as n",
		"group_by=range(amount,100)&select=count(*) as n", "group_by=geo_cluster(place,3)&select=count(*) as n",
		"refine=" + field + ":" + canaryValue + "1", "exclude=" + field + ":x", "refine=region:south", "refine=name:" + name + "1", "offset=1", "offset=50&limit=5", "limit=0", "include_links=true&limit=1",
		"timezone=Pacific/Kiritimati&limit=1", "qv1=" + field + ":x",
	}
	facets := []string{"", "facet=" + field, "facet=region", "facet=facet(name='region',disjunctive=true)&refine=region:north", "facet=name&where=region='south'", "refine=" + field + ":x",
		"facet=name&exclude=region:north"}
	exports := []string{"csv", "csv?use_labels=true", "csv?with_bom=false&compressed=true", "json", "jsonl", "geojson", "xlsx", "parquet", "csv?select=" + field, "jsonl?where=" + value + "&select=name",
		"csv?order_by=amount desc&limit=5", "json?group_by=region&select=count(*) as n", "json?limit=20000", "parquet?where=region='south'"}
	catalogue := []string{"", "where='" + id + "'", "where='" + twin(canaryTitle) + "'", "where='" + canaryTitle[:4] + "*'", "where='" + field + "'", "where='" + twin(canaryLabel) + "'", "where='" + twin(canaryWord) + "'", "select=_order", "where=dataset_id='" + id + "'",
		"where=`custom." + twin(canaryMeta) + "` is not null", "select=custom." + twin(canaryMeta), "select=count(*)", "group_by=dataset_id", "group_by=title&select=count(*)", "group_by=records_count", "select=sum(records_count)",
		"where=records_count>100", "order_by=records_count desc", "select=max(records_count)", "select=include(custom*)", "select=dataset_id,records_count,fields,features,data_visible,visibility",
		"refine=title:x", "limit=0", "include_app_metas=true&include_links=true", "order_by=dataset_id&limit=1", "order_by=dataset_id desc&limit=1", "order_by=`custom." + twin(canaryMeta) + "`"}
	d := api + "/catalog/datasets/" + id
	page, embed := "/explore/dataset/"+id, "/explore/embed/dataset/"+id
	return []door{
		{pattern: "/catalog/datasets/{dataset_id}/records", requests: with(d+"/records", questions...)},
		{pattern: "/catalog/datasets/{dataset_id}/records/{record_id}", requests: with(d+"/records/RECORD", "", "select="+field, "select=*", "select=name,recordid")},
		{pattern: "/catalog/datasets/{dataset_id}/facets", requests: with(d+"/facets", facets...)},
		{pattern: "/catalog/datasets/{dataset_id}/exports", requests: with(d+"/exports", "")},
		{pattern: "/catalog/datasets/{dataset_id}/exports/{format}", requests: below(d+"/exports/", exports...), file: true},
		{pattern: "/catalog/datasets/{dataset_id}/attachments", requests: with(d+"/attachments", "")},
		{pattern: "/catalog/datasets/{dataset_id}/attachments/{attachment_id}", requests: below(d+"/attachments/", "manual", "nothing")},
		{pattern: "/catalog/datasets/{dataset_id}/files/{file_id}", requests: below(d+"/files/", paper, paperShown, "nothing")},
		{pattern: "/catalog/datasets/{dataset_id}", requests: with(d, "", "select=fields", "select=records_count", "include_app_metas=true", "include_links=true", "lang=fr", "select=custom."+twin(canaryMeta), "select=length(title) as l", "select=data_visible,features,metas")},
		{pattern: "/catalog/datasets", requests: with(api+"/catalog/datasets", catalogue...)},
		{pattern: "/catalog/facets", requests: with(api+"/catalog/facets", "", "facet=title", "facet=dataset_id", "facet=`custom."+twin(canaryMeta)+"`", "facet=records_count", "where='"+id+"'")},
		{pattern: "/catalog/exports/{format}", requests: below(api+"/catalog/exports/", "csv", "json", "xlsx", "csv?select=dataset_id,records_count", "json?where='"+id+"'", "csv?where='"+twin(canaryLabel)+"'", "csv?where='"+twin(canaryWord)+"'&lang=fr")},
		{pattern: "", harmless: "names the catalogue"}, {pattern: "/swagger.json", harmless: "describes the API"}, {pattern: "/catalog", harmless: "names what there is to ask"},
		{pattern: "/catalog/exports", harmless: "names formats"}, {pattern: "/api/explore/{$}", harmless: "names versions"}, {pattern: "/api/explore/", harmless: "no route"},

		{pattern: "automation /datasets", requests: with(automated+"/datasets", "", "dataset_id="+id)},
		{pattern: "automation /datasets/{dataset}/security/default", requests: with(automated+"/datasets/UID/security/default", "")},
		{pattern: "automation /datasets/{dataset}/security/users", requests: with(automated+"/datasets/UID/security/users", "")},
		{pattern: "automation /datasets/{dataset}/security/groups", requests: with(automated+"/datasets/UID/security/groups", "")},
		{pattern: "automation /datasets/{dataset}/security/users/{username}", requests: with(automated+"/datasets/UID/security/users/ann@example.org", "")},
		{pattern: "automation /datasets/{dataset}/security/groups/{group}", requests: with(automated+"/datasets/UID/security/groups/staff", "")},
		{pattern: "automation /users", harmless: people}, {pattern: "automation /users/invite", harmless: people}, {pattern: "automation /users/{username}", harmless: people},
		{pattern: "automation /groups", harmless: people}, {pattern: "automation /groups/{group}", harmless: people}, {pattern: "automation /groups/{group}/users", harmless: people},
		{pattern: "automation /groups/{group}/users/{username}", harmless: people}, {pattern: "automation /invitations", harmless: people},
		{pattern: "automation /invitations/{invitation}/resend", harmless: people}, {pattern: "automation /invitations/{invitation}", harmless: people},
		{pattern: "automation /apikeys", harmless: people}, {pattern: "automation /apikeys/{key}", harmless: people}, {pattern: "automation /apikeys/{key}/revoke", harmless: people},
		{pattern: "automation /api/automation/", harmless: "no route"},

		{pattern: "/explore/{$}", requests: with("/explore/", "", "q="+id, "q="+twin(canaryTitle), "q="+field, "q="+twin(canaryLabel), "q="+twin(canaryWord), "sort=title", "where=records_count>100", "refine.title=x", "lang=fr")},
		{pattern: "/explore/dataset/{id}/information/{$}", requests: with(page+"/information/", "", "lang=fr", "lang=ar")},
		{pattern: "/explore/dataset/{id}/table/{$}", requests: with(page+"/table/", "", "q="+value+"1", "where="+field+"='x'", "where=region='south'", "refine."+field+"=x", "refine.region=north", "sort=-amount", "sort="+field, "page=3", "lang=fr")},
		{pattern: "/explore/dataset/{id}/export/{$}", requests: with(page+"/export/", "", "where="+field+"='x'", "q="+value+"1", "lang=fr")},
		{pattern: "/explore/dataset/{id}/export/{format}/{$}", requests: below(page+"/export/", "csv/", "parquet/?lang=fr", "csv/?where="+field+"='x'", "jsonl/?q="+value+"1", "json/?refine.region=south")},
		{pattern: "/explore/dataset/{id}/api/{$}", requests: with(page+"/api/", "", "select="+field, "where="+field+"='x'", "group_by=region&select=count(*)")},
		{pattern: "/explore/dataset/{id}/record/{record}/{$}", requests: with(page+"/record/RECORD/", "", "lang=fr")},
		{pattern: "/explore/dataset/{id}/map/{$}", requests: with(page+"/map/", "", "color=amount", "color="+field, "color=region", "q="+value+"1", "where="+field+"='x'", "geofilter.distance=7,8,900000", "lang=ar")},
		{pattern: "/explore/embed/dataset/{id}/map/{$}", requests: with(embed+"/map/", "", "color="+field, "refine.region=south")},
		{pattern: "/explore/dataset/{id}/tiles/{z}/{x}/{y}", requests: with(page+"/tiles/0/0/0.mvt", "", "color=name&q="+name+"1", "color=amount", "color="+field, "q="+value+"1", "where="+field+"='x'", "refine.region=south")},
		{pattern: "/explore/dataset/{id}/table/column/{field}/{$}", requests: with(page+"/table/column/name/", "", "q="+value+"1", "where="+field+"='x'", "refine.region=south")},
		{pattern: "/explore/dataset/{id}/calendar/{$}", requests: with(page+"/calendar/", "month=2026-02", "month=2026-02&q="+name+"1", "month=2026-03&where="+field+"='x'", "start="+field)},
		{pattern: "/explore/embed/dataset/{id}/calendar/{$}", requests: with(embed+"/calendar/", "month=2026-02&lang=fr", "where="+field+"='x'")},
		{pattern: "/explore/dataset/{id}/calendar.ics", requests: with(page+"/calendar.ics", "", "q="+value+"1"), file: true},
		{pattern: "/explore/dataset/{id}/images/{$}", requests: with(page+"/images/", "", "page=17", "page=17&field=paper", "q="+value+"1", "where="+field+"='x'", "refine.region=south", "lang=fr")},
		{pattern: "/explore/embed/dataset/{id}/images/{$}", requests: with(embed+"/images/", "", "page=17", "q="+value+"1", "refine.region=south")},
		{pattern: "/explore/dataset/{id}/files/{file}/{size}/{$}", requests: below(page+"/files/", paper+"/300/", paperShown+"/300/", "nothing/300/")},
		{pattern: "/explore/dataset/{id}/images/{file}/download/{$}", harmless: "sends to the API whether it is there or not"},
		{pattern: "/explore/dataset/{id}/citation/{format}", requests: below(page+"/citation/", "bib", "ris", "json", "json?lang=fr")},
		{pattern: "/explore/dataset/{id}/versions/{$}", requests: with(page+"/versions/", "", "lang=fr")},
		{pattern: "/explore/embed/dataset/{id}/table/{$}", requests: with(embed+"/table/", "", "q="+value+"1", "sort="+field, "refine.region=south")},
		{pattern: "/explore/dataset/{id}/feed.atom", requests: with(page+"/feed.atom", "", "lang=fr")},
		{pattern: "/explore/feed.atom", requests: with("/explore/feed.atom", "", "q="+id, "q="+field, "q="+twin(canaryWord)+"&lang=fr")},
		{pattern: "/sitemap.xml", requests: with("/sitemap.xml", "")},
		{pattern: "/explore/dataset/{id}/analyse/{$}", harmless: "sends to the tab whether it is there or not"},
		{pattern: "/explore/dataset/{id}/custom/{$}", harmless: "sends to the tab whether it is there or not"},
		{pattern: "/explore/embed/dataset/{id}/{$}", harmless: "sends to the tab whether it is there or not"},
		{pattern: "/explore/dataset/{id}/download/{$}", harmless: "sends to the API whether it is there or not"},
		{pattern: "/explore/dataset/{id}/files/{file}/download/{$}", harmless: "sends to the API whether it is there or not"},
		{pattern: "/basemap/own/{z}/{x}/{y}", harmless: "the operator's ground, which is everybody's"},
		{pattern: "/basemap/{z}/{x}/{y}", harmless: "the ground, which is everybody's"},
		{pattern: "/explore/dataset/{id}/analyze/{$}", requests: with(page+"/analyze/", "", "x=name", "x="+field, "x=name&fn=sum&y=amount", "x=region&by="+field, "kind=scatter&x=amount", "kind=heat&x=name&by=region", "q="+value+"1", "where="+field+"='x'", "refine.region=south", "lang=ar")},
		{pattern: "/explore/embed/dataset/{id}/analyze/{$}", requests: with(embed+"/analyze/", "", "x=name", "x="+field)},
		{pattern: "/explore/dataset/{id}/analyze/values.csv", requests: with(page+"/analyze/values.csv", "", "x=name", "x="+field)},
		{pattern: "/explore/dataset/{id}/analyze/values.json", requests: with(page+"/analyze/values.json", "", "x=name", "x="+field, "kind=box&x=name&y=amount")},
		{pattern: "/explore/dataset/{id}/analyze/figure.svg", requests: with(page+"/analyze/figure.svg", "", "x=name", "x="+field)},
		{pattern: "/explore/dataset/{id}/imprint.svg", requests: with(page+"/imprint.svg", "", "v=2-1", "dark=1")},
		{pattern: "/stats/{$}", requests: with("/stats/", "", "period=2026", "period=2026-11", "lang=fr")}, {pattern: "/stats/data.csv", requests: with("/stats/data.csv", "", "period=2026-11")},
		{pattern: "/stats/data.json", requests: with("/stats/data.json", "", "period=2026")}, {pattern: "/stats/dataset/{id}/{$}", requests: with("/stats/dataset/"+id+"/", "", "lang=ar")},
		{pattern: "/stats/dataset/{id}/data.csv", requests: with("/stats/dataset/"+id+"/data.csv", "")}, {pattern: "/stats/dataset/{id}/data.json", requests: with("/stats/dataset/"+id+"/data.json", "period=2026")},
		{pattern: "/backoffice/{$}", requests: with("/backoffice/", "")}, {pattern: "/backoffice/datasets/{$}", requests: with("/backoffice/datasets/", "", "lang=fr")},
		{pattern: "/backoffice/datasets/{dataset}/rights/{$}", requests: with("/backoffice/datasets/"+id+"/rights/", "")},
		{pattern: "/backoffice/datasets/{dataset}/rights/new/{$}", requests: with("/backoffice/datasets/"+id+"/rights/new/", "")},
		{pattern: "/backoffice/datasets/{dataset}/rights/{who}/{$}", requests: with("/backoffice/datasets/"+id+"/rights/p21/", "")},
		{pattern: "/backoffice/monitoring/{$}", requests: with("/backoffice/monitoring/", "", "lang=fr")}, {pattern: "/backoffice/monitoring/data.csv", requests: with("/backoffice/monitoring/data.csv", "")},
		{pattern: "/backoffice/monitoring/dataset/{id}/{$}", requests: with("/backoffice/monitoring/dataset/"+id+"/", "")},
		{pattern: "/backoffice/monitoring/dataset/{id}/data.csv", requests: with("/backoffice/monitoring/dataset/"+id+"/data.csv", "")},
		{pattern: "/backoffice/datasets/{dataset}/rights/{who}/remove/{$}", harmless: "changes a grant, for who manages the dataset"},
		{pattern: "/backoffice/audit/{$}", harmless: office}, {pattern: "/backoffice/keys/{$}", harmless: office}, {pattern: "/backoffice/keys/{key}/revoke/{$}", harmless: office},
		{pattern: "/backoffice/groups/{$}", harmless: office}, {pattern: "/backoffice/groups/new/{$}", harmless: office}, {pattern: "/backoffice/groups/{group}/{$}", harmless: office},
		{pattern: "/backoffice/groups/{group}/members/{$}", harmless: office}, {pattern: "/backoffice/groups/{group}/remove/{$}", harmless: office},
		{pattern: "/backoffice/users/{$}", harmless: office}, {pattern: "/backoffice/users/invite/{$}", harmless: office}, {pattern: "/backoffice/users/invitations/{$}", harmless: office},
		{pattern: "/backoffice/users/invitations/{invitation}/resend/{$}", harmless: office}, {pattern: "/backoffice/users/invitations/{invitation}/revoke/{$}", harmless: office},
		{pattern: "/backoffice/users/{person}/{$}", harmless: office}, {pattern: "/backoffice/users/{person}/access/{$}", harmless: office}, {pattern: "/backoffice/users/{person}/active/{$}", harmless: office},
		{pattern: "/backoffice/users/{person}/remove/{$}", harmless: office}, {pattern: "/backoffice/requests/{$}", harmless: "for who manages every dataset"},
		{pattern: "/backoffice/requests/{request}/{$}", harmless: "for who manages every dataset"},
		{pattern: "/pages/{$}", harmless: "titles of pages, in the words of their editors"}, {pattern: "/pages/{slug}/{$}", requests: with("/pages/a-page/", "", "lang=fr")},
		{pattern: "/backoffice/pages/{$}", harmless: writes}, {pattern: "/backoffice/pages/new/{$}", harmless: writes}, {pattern: "/backoffice/pages/{page}/settings/{$}", harmless: writes},
		{pattern: "/backoffice/pages/{page}/remove/{$}", harmless: writes}, {pattern: "/backoffice/pages/{page}/{language}/{$}", harmless: writes}, {pattern: "/backoffice/pages/{page}/{language}/history/{$}", harmless: writes},
		{pattern: "/charts/{$}", harmless: "titles, in the words of who made them"}, {pattern: "/maps/{$}", harmless: "sends to the list"},
		{pattern: "/charts/new/{$}", harmless: drawing}, {pattern: "/charts/{visual}/edit/{$}", harmless: drawing}, {pattern: "/maps/new/{$}", harmless: drawing}, {pattern: "/maps/{visual}/edit/{$}", harmless: drawing},
		{pattern: "/charts/{visual}/{$}", requests: with("/charts/1/", "", "lang=fr")}, {pattern: "/charts/{visual}/embed/{$}", requests: with("/charts/1/embed/", "")}, {pattern: "/charts/{visual}/values.csv", requests: with("/charts/1/values.csv", "")},
		{pattern: "/charts/{visual}/values.json", requests: with("/charts/1/values.json", "")}, {pattern: "/charts/{visual}/figure.svg", requests: with("/charts/1/figure.svg", "")},
		{pattern: "/maps/{visual}/{$}", requests: with("/maps/2/", "", "lang=ar")}, {pattern: "/maps/{visual}/embed/{$}", requests: with("/maps/2/embed/", "")},
		{pattern: "/reuses/{$}", requests: with("/reuses/", "", "dataset="+id, "kind=article", "lang=fr")},
		{pattern: "/reuses/{id}/{$}", requests: with("/reuses/1/", "", "lang=fr")}, {pattern: "/reuses/{id}/report/{$}", requests: with("/reuses/1/report/", "")},
		{pattern: "/reuses/{id}/picture.jpg", requests: with("/reuses/1/picture.jpg", "")}, {pattern: "/reuses/new/{$}", requests: with("/reuses/new/", "dataset="+id)},
		{pattern: "/reuses/new/sent/{token}/{$}", harmless: "says what its reader wrote"},
		{pattern: "/backoffice/reuses/{$}", harmless: "for who looks after reuses: texts of those who sent them"},
		{pattern: "/backoffice/reuses/{reuse}/{$}", harmless: "for who looks after reuses, and names the datasets that they may know of"},
		{pattern: "/explore/dataset/{id}/{$}", harmless: "sends to the first tab whether it is there or not"},
		{pattern: "/{$}", requests: with("/", "", "lang=fr")}, {pattern: "/", harmless: "no route"}, {pattern: "/assets/", harmless: "files of the portal"}, {pattern: "/favicon.ico", harmless: "files of the portal"},
		{pattern: "/robots.txt", harmless: "a text"}, {pattern: "/poster.png", harmless: "the portal's name"},
		{pattern: "/explore/dataset/{id}/poster.png", requests: with(page+"/poster.png", "lang=fr")},
	}
}

// twin writes that a text and one as long that nothing is called are asked for.
func twin(canary string) string { return "{" + canary + "|" + absent(canary) + "}" }

// with gives addresses with these queries, below with what follows.
func with(address string, queries ...string) (out []string) {
	for _, q := range queries {
		if q != "" {
			q = "?" + q
		}
		out = append(out, address+q)
	}
	return out
}

func below(address string, rest ...string) (out []string) {
	for _, r := range rest {
		out = append(out, address+r)
	}
	return out
}

// TestEveryDoorHasItsLine finds the routes in the sources of every room that may ask the catalogue or the explorer.
func TestEveryDoorHasItsLine(t *testing.T) {
	lines := map[string]bool{}
	for _, d := range doorList() {
		lines[d.pattern] = true
		if len(d.requests) == 0 && d.harmless == "" {
			t.Errorf("the line of %s asks nothing", d.pattern)
		}
	}
	found := map[string]bool{}
	for room, patterns := range routesFound(t) {
		for _, p := range patterns {
			found[p] = true
			if !lines[p] {
				t.Errorf("%s registers %q, which has no line in doorList: say how to ask it, so that every access rule is held against it", room, p)
			}
		}
	}
	for _, d := range doorList() {
		if !found[d.pattern] {
			t.Errorf("doorList has a line for %q, which no room registers", d.pattern)
		}
	}
}

var methodForm = regexp.MustCompile(`^(GET|HEAD|POST|PUT|PATCH|DELETE) /`)

var routeForm = regexp.MustCompile(`^((GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS) )?(/.*)?$`)

// routesFound gives the patterns that stand in calls which register routes and in lists of them, by room.
func routesFound(t *testing.T) map[string][]string {
	out := map[string][]string{}
	err := filepath.WalkDir(".", func(file string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(file, ".go") || strings.HasSuffix(file, "_test.go") {
			return err
		}
		room := path.Dir(filepath.ToSlash(file))
		if !mayAsk(t, room) {
			return nil
		}
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		if err != nil {
			return err
		}
		take := func(x ast.Expr) {
			if text, is := x.(*ast.BasicLit); is && text.Kind == token.STRING {
				pattern, _ := strconv.Unquote(text.Value)
				if m := routeForm.FindStringSubmatch(pattern); m != nil && m[2] != "OPTIONS" {
					pattern = m[3]
					if room == "api/automation" { // its paths are short, as the API's are
						pattern = "automation " + pattern
					}
					out[room] = append(out[room], pattern)
				}
			}
		}
		ast.Inspect(f, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.BasicLit: // whatever it is called that registers it
				if text, err := strconv.Unquote(n.Value); n.Kind == token.STRING && err == nil && methodForm.MatchString(text) {
					take(n)
				}
			case *ast.CallExpr:
				name := ""
				switch f := n.Fun.(type) {
				case *ast.Ident:
					name = f.Name
				case *ast.SelectorExpr:
					name = f.Sel.Name
				}
				if len(n.Args) == 2 && (name == "page" || name == "Handle" || name == "HandleFunc" || name == "post" || name == "get") {
					take(n.Args[0])
				}
			case *ast.CompositeLit:
				if list, is := n.Type.(*ast.ArrayType); is {
					if of, is := list.Elt.(*ast.Ident); is && of.Name == "route" {
						for _, element := range n.Elts {
							for _, part := range element.(*ast.CompositeLit).Elts {
								if text, is := part.(*ast.BasicLit); is && (text.Value == `""` || strings.HasPrefix(text.Value, `"/`)) {
									take(text)
									break
								}
							}
						}
					}
				}
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(out) < 2 {
		t.Fatalf("routes are found in %d rooms: is the search still right?", len(out))
	}
	return out
}

// mayAsk tells whether a file of a room imports what datasets come from.
func mayAsk(t *testing.T, room string) bool {
	files, err := filepath.Glob(filepath.Join(filepath.FromSlash(room), "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
		if err != nil {
			t.Fatal(err)
		}
		for _, i := range f.Imports {
			if i.Path.Value == `"parvis/internal/explore"` || i.Path.Value == `"parvis/internal/catalog"` || i.Path.Value == `"parvis/internal/engine"` || i.Path.Value == `"parvis/internal/web/data"` {
				return true
			}
		}
	}
	return false
}

// TestOnlyExploreSeesWhatIsWithheld holds Entry.Everything, which undoes the access rule, to the room that applies it.
func TestOnlyExploreSeesWhatIsWithheld(t *testing.T) {
	err := filepath.WalkDir("..", func(file string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(file, ".go") {
			return err
		}
		room := path.Dir(filepath.ToSlash(file))
		if room == "../internal/explore" || room == "../internal/catalog" {
			return nil
		}
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		if err != nil {
			return nil //nolint:nilerr // no source of ours
		}
		ast.Inspect(f, func(n ast.Node) bool {
			if call, is := n.(*ast.CallExpr); is {
				if sel, is := call.Fun.(*ast.SelectorExpr); is && sel.Sel.Name == "Everything" && len(call.Args) == 0 {
					if x, is := sel.X.(*ast.Ident); !is || x.Name != "exploretest" {
						t.Errorf("%s asks an entry for Everything", file)
					}
				}
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
