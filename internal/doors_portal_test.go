package internal_test

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"image"
	"image/png"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"parvis/internal/account"
	"parvis/internal/account/accounttest"
	"parvis/internal/account/session"
	"parvis/internal/api/automation"
	v2 "parvis/internal/api/v2"
	"parvis/internal/catalog"
	"parvis/internal/dataset"
	"parvis/internal/db/dbtest"
	"parvis/internal/editorial"
	"parvis/internal/explore"
	"parvis/internal/explore/exploretest"
	"parvis/internal/fault"
	"parvis/internal/locale"
	"parvis/internal/media"
	"parvis/internal/privacy/privacytest"
	"parvis/internal/reuse"
	"parvis/internal/server"
	"parvis/internal/statistics"
	"parvis/internal/visual"
	"parvis/internal/web/analyse"
	"parvis/internal/web/back"
	"parvis/internal/web/calendar"
	"parvis/internal/web/data"
	editorialpages "parvis/internal/web/editorial"
	"parvis/internal/web/front"
	"parvis/internal/web/images"
	"parvis/internal/web/machine"
	"parvis/internal/web/maps"
	"parvis/internal/web/page"
	"parvis/internal/web/reuses"
	"parvis/internal/web/saved"
	"parvis/internal/web/tabs"
	"parvis/internal/web/usage"
)

// What must not come out where a rule withholds it. Each text stands nowhere else, so that finding it is a leak.
const (
	canaryID    = "nimbus"                           // of the dataset
	canaryTitle = "Quokka"                           // in its title
	canaryMeta  = "yttrium"                          // a metadata that no other dataset has
	canaryField = "qfield"                           // the hidden field
	canaryLabel = "Qlabel"                           // and its label
	canaryWord  = "Qtraduit"                         // and that in another language
	canaryValue = "zanzibar"                         // the values of the hidden field begin with it
	canaryRow   = "xerxes"                           // the names in hidden rows begin with it
	canaryFile  = "vexillum"                         // in an attachment
	canaryPaper = "0123456789abcdef0123456789abcdef" // the file of a hidden row, in the hidden field "paper"
	paperShown  = "fedcba9876543210fedcba9876543210" // that of a row that is shown
	hiddenOne   = 777                                // the hidden row
	rowsInAll   = 1213
	rowsShown   = 3 // rows of the region "north"; all others are of the region "south"
)

// absent gives a text that nothing is called, as long as a canary and asked for in its place.
func absent(canary string) string { return canary[:len(canary)-1] + "7" }

// building is a portal with every door that serves datasets, and people of every kind.
type building struct {
	*exploretest.Portal
	handler http.Handler
	actors  map[string]account.Actor // by the secret of their key
	group   int64
	uid     string // of the dataset of the canaries
}

// openDoors opens the building: the dataset of the canaries and a plain one.
func openDoors(t *testing.T) *building {
	t.Helper()
	b := &building{Portal: exploretest.OpenFolder(t, fstest.MapFS{}), group: 7, actors: map[string]account.Actor{}}
	registry := privacytest.New(t, nil)
	locales, err := locale.Load(locale.Options{Fallback: "en"})
	if err != nil {
		t.Fatal(err)
	}
	s := server.New(server.Options{Strict: true, Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Metrics: server.NewMetrics(), Privacy: registry, Keys: b.find, Sessions: b})
	api := v2.New(v2.Options{Explorer: b.Explorer, Catalog: b.Catalog, Server: s, Temp: b.Temp, BaseURL: "https://data.example.org"})
	t.Cleanup(api.Close)
	frame, err := page.New(page.Options{Server: s, Locales: locales, Privacy: registry, Title: "Portal", URL: "https://data.example.org"})
	if err != nil {
		t.Fatal(err)
	}
	mux, pages := http.NewServeMux(), http.NewServeMux()
	api.Register(mux)
	pool := dbtest.Open(t)
	people, err := account.OpenPeople(t.Context(), account.PeopleOptions{DB: pool})
	if err != nil {
		t.Fatal(err)
	}
	keys, err := account.OpenKeys(t.Context(), account.KeyOptions{DB: pool, People: people})
	if err != nil {
		t.Fatal(err)
	}
	automation.New(automation.Options{Server: s, People: people, Keys: keys, Catalog: b.Catalog}).Register(mux)
	now := time.Date(2026, 11, 18, 12, 0, 0, 0, time.UTC)
	counter, err := statistics.Open(t.Context(), statistics.Options{DB: dbtest.Open(t), Log: slog.New(slog.DiscardHandler), Clock: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	onData := data.New(frame, data.Explored{Explorer: b.Explorer, Catalog: b.Catalog})
	made := reuse.New(reuse.Options{DB: pool})
	visible := func(a account.Actor) []*catalog.Entry { all, _ := b.Catalog.All(a); return all }
	gallery, err := reuses.New(reuses.Options{Frame: onData, Reuses: made, Visible: visible})
	if err != nil {
		t.Fatal(err)
	}
	gallery.Register(pages)
	written := editorial.New(editorial.Options{DB: pool})
	told, err := editorialpages.New(onData, written)
	if err != nil {
		t.Fatal(err)
	}
	told.Register(pages)
	public, err := front.New(front.Options{Frame: onData, Reuses: gallery})
	if err != nil {
		t.Fatal(err)
	}
	public.Register(pages)
	datasets, err := tabs.New(tabs.Options{Frame: onData, Reuses: gallery, API: mux, Files: api, Counts: true, Versions: b.Catalog.Versions})
	if err != nil {
		t.Fatal(err)
	}
	datasets.Register(pages)
	atlas, err := maps.New(maps.Options{Frame: onData})
	if err != nil {
		t.Fatal(err)
	}
	atlas.Register(pages)
	drawn := visual.New(pool, nil)
	analyses, err := analyse.New(onData)
	if err != nil {
		t.Fatal(err)
	}
	analyses.Register(pages)
	combined, err := saved.New(saved.Options{Frame: onData, Visuals: drawn, Analyses: analyses, Maps: atlas})
	if err != nil {
		t.Fatal(err)
	}
	combined.Register(pages)
	calendars, err := calendar.New(onData, nil)
	if err != nil {
		t.Fatal(err)
	}
	pictures, err := images.New(onData)
	if err != nil {
		t.Fatal(err)
	}
	calendars.Register(pages)
	pictures.Register(pages)
	machine.New(machine.Options{Frame: onData, Versions: b.Catalog.Versions}).Register(pages)
	use, err := usage.New(usage.Options{
		Frame: frame, Counter: counter, Visible: visible, Find: b.Catalog.Find,
	})
	if err != nil {
		t.Fatal(err)
	}
	use.Register(pages)
	office, err := back.New(back.Options{Frame: frame, People: people, Keys: keys, Catalog: b.Catalog, Reuses: made, Editorial: written, Check: explore.CheckFilter, Rows: back.Counted(b.Explorer), Counter: counter})
	if err != nil {
		t.Fatal(err)
	}
	office.Register(pages)
	mux.Handle("/", frame.Guard(pages))
	b.handler = frame.Wrap(mux)
	b.publish(t)
	b.reuse(t, made)
	tell(t, written)
	draw(t, pool, drawn)
	all, _ := b.Catalog.All(account.Actor{Everything: true, Scope: account.Every})
	for _, e := range all { // every dataset was used, often enough to be listed
		for range 60 {
			r := httptest.NewRequest(http.MethodGet, "/", nil)
			r.Header.Set("User-Agent", "Mozilla/5.0 Firefox/140.0")
			counter.Note(r, http.StatusOK, &statistics.Hit{Kind: statistics.Download, Format: "csv", Dataset: e.UID})
			counter.Note(r, http.StatusOK, &statistics.Hit{Kind: statistics.View, Page: "table", Dataset: e.UID})
		}
	}
	if err := counter.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	now = now.AddDate(0, 0, 1)
	return b
}

// find tells whose key a secret is.
func (b *building) find(_ context.Context, secret string) (account.Actor, error) {
	if a, ok := b.actors[secret]; ok {
		return a, nil
	}
	return account.Anonymous, fault.New(fault.Unauthenticated, "The API key is unknown or was revoked.")
}

// Find tells whose session an identifier is: that of a key's person, who may do there all that they may.
func (b *building) Find(_ context.Context, id string) (*session.Session, bool, error) {
	a, ok := b.actors[strings.TrimRight(id, "-")]
	if ok && a.Everything {
		a.Person, a.Scope = &account.Person{ID: 1, Permissions: account.Every}, account.Every
	}
	if !ok || a.Person == nil || a.Scope != account.Every {
		return nil, false, nil
	}
	return &session.Session{Person: a.Person, Secret: strings.Repeat("s", 32)}, false, nil
}

// Rotate is asked of nobody: no rights change here.
func (b *building) Rotate(context.Context, string) (string, error) {
	return "", fault.New(fault.Unauthenticated, "the session is over")
}

func (b *building) publish(t *testing.T) {
	t.Helper()
	facet := dataset.Annotations{Facet: true}
	fields := []dataset.Field{
		{Name: "name", Type: dataset.Text, Label: "Name", Annotations: facet},
		{Name: "region", Type: dataset.Text, Label: "Region", Annotations: facet},
		{Name: "amount", Type: dataset.Int, Label: "Amount"},
		{Name: canaryField, Type: dataset.Text, Label: canaryLabel, Description: "the " + canaryField, Annotations: facet},
		{Name: "place", Type: dataset.GeoPoint, Label: "Place"},
		{Name: "offices", Type: dataset.Text, Label: "Offices", Annotations: dataset.Annotations{Multivalued: ","}},
		{Name: "day", Type: dataset.Date, Label: "Day"},
		{Name: "paper", Type: dataset.File, Label: "Paper"},
	}
	e := b.PublishRows(t, catalog.Publication{ID: canaryID, Fields: fields,
		Translations: dataset.Translations{"fr": {Title: "Le " + canaryTitle, Fields: map[string]dataset.FieldTranslation{canaryField: {Label: canaryWord}, "name": {Label: "Nom"}}}},
		Metas: dataset.Metas{
			"default":                     {"title": "The " + canaryTitle, "bbox": map[string]any{"note": canaryRow}},
			"custom":                      {canaryMeta: canaryMeta + " value"},
			"visualization":               {"table_fields": []any{canaryField}},
			"asset_content_configuration": {"facets": []any{map[string]any{"field_name": canaryField}}},
		},
		Attachments: []catalog.Upload{{Attachment: dataset.Attachment{ID: "manual", Title: "manual.txt", MIMEType: "text/plain"},
			Open: func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(canaryFile)), nil }}},
	}, rowsInAll, func(i int, values []any) {
		values[0], values[1], values[2] = fmt.Sprintf("%s%d", canaryRow, i%50), "south", int64(i)
		values[3] = fmt.Sprintf("%s%d", canaryValue, i)
		values[4] = dataset.Point{Lon: 7, Lat: 8}
		values[5] = []any{"hq", "kraken"}
		values[6] = dataset.Day(20500 + i%300)
		paper := dataset.FileValue{ID: fmt.Sprintf("%032x", i), Filename: fmt.Sprintf("%s%d.png", canaryValue, i), MIMEType: "image/png", Thumbnail: true}
		switch i {
		case 0:
			paper.ID = paperShown
		case hiddenOne:
			paper.ID = canaryPaper
		}
		values[7] = paper.Text()
		if i < rowsShown {
			values[0], values[1] = fmt.Sprintf("anna%d", i), "north"
			values[4] = dataset.Point{Lon: 1, Lat: 2}
			values[5] = []any{"hq", "n-office"}
			values[6] = dataset.Day(20500)
		}
	})
	b.uid = e.UID
	for id, content := range map[string]string{paperShown: canaryValue + "0", canaryPaper: canaryValue + "777 of " + canaryRow} {
		b.PutFiles(t, e, map[string]string{id: content, media.Small(id): content})
	}
	b.Publish(t, catalog.Publication{ID: "plain", Fields: fields[:1], Metas: dataset.Metas{"default": {"title": "Plain"}}},
		[]map[string]any{{"name": "one"}})
	// One that the people of the rules may know of, so that they ask the index in which restricted ones stand.
	b.Publish(t, catalog.Publication{ID: "cirrus", Fields: fields[:1], Metas: dataset.Metas{"default": {"title": "Cirrus"}}},
		[]map[string]any{{"name": "two"}})
	err := b.Catalog.SetSecurity(t.Context(), account.Operator, "cirrus", catalog.Security{Restricted: true, Default: catalog.Rule{Right: catalog.Download},
		Grants: []catalog.Grant{{Person: 21, Rule: catalog.Rule{Right: catalog.Download}}}})
	if err != nil {
		t.Fatal(err)
	}
}

// reuse publishes what somebody made of the dataset of the canaries.
func (b *building) reuse(t *testing.T, made *reuse.Reuses) {
	t.Helper()
	var picture bytes.Buffer
	if err := png.Encode(&picture, image.NewGray(image.Rect(0, 0, 16, 9))); err != nil {
		t.Fatal(err)
	}
	_, err := made.Submit(t.Context(), account.Anonymous, reuse.Draft{
		Title: "What the " + canaryTitle + " eats", Kind: "article", Address: "https://example.org/", Author: "Ada", Language: "en", Datasets: []string{b.uid}, Picture: picture.Bytes(),
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := made.Publish(t.Context(), account.Operator, 1); err != nil {
		t.Fatal(err)
	}
}

// tell publishes a page whose blocks ask for the dataset of the canaries. Its own words are those of its editors.
func tell(t *testing.T, written *editorial.Pages) {
	t.Helper()
	id, err := written.Create(t.Context(), account.Operator, "a-page", "en", editorial.Content{Title: "A page", Blocks: []editorial.Block{
		{Kind: editorial.Figure, Of: canaryID, Value: "count(*)"}, {Kind: editorial.Figure, Of: canaryID, Value: "max(" + canaryField + ")"}, {Kind: editorial.Figure, Of: canaryID, Value: "max(name)"},
		{Kind: editorial.View, Of: "/explore/dataset/" + canaryID + "/table/"}, {Kind: editorial.List, Of: canaryID}, {Kind: editorial.List, Of: "/explore/?q=" + canaryTitle},
	}})
	if err == nil {
		err = written.Publish(t.Context(), account.Operator, id, "en", 1)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// draw saves a chart of the dataset of the canaries, by names and by the hidden field.
func draw(t *testing.T, pool *sql.DB, drawn *visual.Visuals) {
	t.Helper()
	accounttest.New(t, pool, time.Time{}).Add(99, "draws@example.org")
	by := account.Actor{Person: &account.Person{ID: 99}, Scope: account.Every}
	for _, one := range []struct {
		kind string
		of   []string
	}{{"bar", []string{"analyze/?kind=bar&x=name", "analyze/?kind=bar&x=" + canaryField}}, {visual.Map, []string{"map/?color=name", "map/?color=" + canaryField, "map/?color=none"}}} {
		d := visual.Draft{Title: "A drawing", Kind: one.kind, Language: "en", Open: true}
		for _, of := range one.of {
			d.Layers = append(d.Layers, visual.Layer{Of: "/explore/dataset/" + canaryID + "/" + of, Label: "rows"})
		}
		if _, err := drawn.Save(t.Context(), by, d); err != nil {
			t.Fatal(err)
		}
	}
}

// secure says who may see what of the dataset of the canaries.
func (b *building) secure(t testing.TB, s catalog.Security) {
	t.Helper()
	if err := b.Catalog.SetSecurity(context.Background(), account.Operator, canaryID, s); err != nil {
		t.Fatal(err)
	}
}

// ask puts a request to the doors as the owner of a key, "" nobody.
func (b *building) ask(key, address string, headers ...string) *httptest.ResponseRecorder {
	path, query, _ := strings.Cut(address, "?")
	r := httptest.NewRequest(http.MethodGet, "http://localhost"+path, nil)
	r.URL.RawQuery = escape(query)
	switch {
	case key == "":
	case strings.HasPrefix(path, "/backoffice/"):
		r.Header.Set("Cookie", "sessionid="+key+strings.Repeat("-", 43-len(key)))
	default:
		r.Header.Set("Authorization", "Apikey "+key)
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	b.handler.ServeHTTP(w, r)
	return w
}

// escape percent-encodes the values of a query that is written plainly.
func escape(query string) string {
	var out []string
	for pair := range strings.SplitSeq(query, "&") {
		if name, value, ok := strings.Cut(pair, "="); ok {
			pair = name + "=" + url.QueryEscape(value)
		}
		out = append(out, pair)
	}
	return strings.Join(out, "&")
}
