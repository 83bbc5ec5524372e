package reuses_test

import (
	"bytes"
	"html"
	"image"
	"image/png"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"parvis/internal/account"
	"parvis/internal/catalog"
	"parvis/internal/dataset"
	"parvis/internal/db/dbtest"
	"parvis/internal/locale"
	"parvis/internal/locale/localetest"
	"parvis/internal/privacy/privacytest"
	"parvis/internal/reuse"
	"parvis/internal/server"
	"parvis/internal/web/data"
	"parvis/internal/web/page"
	"parvis/internal/web/page/pagetest"
	"parvis/internal/web/reuses"
)

// town is the pages over a portal with an open dataset, trees, and a hidden one, graves.
type town struct {
	http.Handler
	*reuse.Reuses
	t *testing.T
}

func open(t *testing.T, o locale.Options, who reuses.Who) town {
	t.Helper()
	registry := privacytest.New(t, nil)
	locales, err := locale.Load(o)
	if err != nil {
		t.Fatal(err)
	}
	frame, err := page.New(page.Options{
		Locales: locales, Privacy: registry, Title: "⟦Town⟧", SignIn: true,
		Server: server.New(server.Options{Strict: true, Log: slog.New(slog.NewTextHandler(t.Output(), nil)), Metrics: server.NewMetrics(), Privacy: registry,
			Long: map[string]int64{reuses.NewPath: reuses.LongestForm}}),
	})
	if err != nil {
		t.Fatal(err)
	}
	made := reuse.New(reuse.Options{DB: dbtest.Open(t)})
	trees := &catalog.Entry{Dataset: dataset.Dataset{ID: "trees", UID: "da_trees", Metas: dataset.Metas{"default": {"title": "⟦Trees⟧"}}}}
	site, err := reuses.New(reuses.Options{Frame: data.New(frame, nil), Reuses: made, Who: who, Visible: func(account.Actor) []*catalog.Entry { return []*catalog.Entry{trees} }})
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	site.Register(mux)
	return town{frame.Wrap(frame.Guard(mux)), made, t}
}

func (w town) get(target string) (int, string) {
	w.t.Helper()
	status, body, _ := pagetest.Get(w.t, w, target)
	if status < 300 && strings.HasPrefix(body, "<!doctype") {
		pagetest.Check(w.t, target, body)
	}
	return status, body
}

var (
	tokenForm = regexp.MustCompile(`name="csrfmiddlewaretoken" value="([^"]+)"`)
	keptForm  = regexp.MustCompile(`name="kept" value="([^"]+)"`)
)

// send fills a form in as a browser does and gives the answer.
func (w town) send(target string, picture []byte, fields ...string) *httptest.ResponseRecorder {
	w.t.Helper()
	form, body, header := pagetest.Get(w.t, w, target)
	token := tokenForm.FindStringSubmatch(body)
	if token == nil {
		w.t.Fatalf("%s: %d, no form", target, form)
	}
	var sent bytes.Buffer
	parts := multipart.NewWriter(&sent)
	for i, pairs := 0, append(fields, "csrfmiddlewaretoken", token[1]); i < len(pairs); i += 2 {
		if err := parts.WriteField(pairs[i], pairs[i+1]); err != nil {
			w.t.Fatal(err)
		}
	}
	if picture != nil {
		file, err := parts.CreateFormFile("picture", "shot.png")
		if err == nil {
			_, err = file.Write(picture)
		}
		if err != nil {
			w.t.Fatal(err)
		}
	}
	parts.Close()
	r := httptest.NewRequestWithContext(w.t.Context(), http.MethodPost, "http://portal.example"+target, &sent)
	r.Header.Set("Content-Type", parts.FormDataContentType())
	r.Header.Set("Origin", "http://portal.example")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	cookie, _, _ := strings.Cut(header.Get("Set-Cookie"), ";")
	r.Header.Set("Cookie", cookie)
	answer := httptest.NewRecorder()
	w.ServeHTTP(answer, r)
	return answer
}

// shot is a picture of two million points, larger than forms may be elsewhere.
func shot(t *testing.T) []byte {
	t.Helper()
	var out bytes.Buffer
	encoder := png.Encoder{CompressionLevel: png.NoCompression}
	if err := encoder.Encode(&out, image.NewGray(image.Rect(0, 0, 1920, 1080))); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestAReuseIsSentShownAndReported(t *testing.T) {
	w := open(t, locale.Options{}, reuses.Everybody)
	if status, body := w.get("/reuses/"); status != http.StatusOK || !strings.Contains(body, "Nobody has shown a reuse yet.") {
		t.Fatalf("an empty gallery: %d", status)
	}
	if _, body := w.get("/reuses/new/?dataset=trees"); !strings.Contains(body, ">trees</textarea>") {
		t.Error("the form forgets the dataset that it was reached from")
	}
	wrong := w.send("/reuses/new/", shot(t), "title", "Shade <near> you", "author", "", "address", "ftp://example.org", "datasets", "trees\nnothing")
	body := wrong.Body.String()
	for _, says := range []string{"Say who made it", "Give an address of the web", "Choose what it is", "There is no dataset “nothing” here", "Shade &lt;near&gt; you"} {
		if !strings.Contains(body, says) {
			t.Errorf("%d: the form does not say %q", wrong.Code, says)
		}
	}
	kept := keptForm.FindStringSubmatch(body)
	if kept == nil {
		t.Fatal("the picture is lost where the rest must be mended")
	}
	sent := w.send("/reuses/new/", nil, "title", "Shade <near> you", "author", "Ada", "address", "https://example.org/shade", "kind", "application", "description", "Where\nit is cool.",
		"datasets", "https://data.example.org/explore/dataset/trees/map/?q=oak\n trees \n", "kept", html.UnescapeString(kept[1]))
	own := sent.Header().Get("Location")
	if sent.Code != http.StatusSeeOther || !strings.HasPrefix(own, "/reuses/new/sent/") {
		t.Fatalf("sent: %d to %q", sent.Code, own)
	}
	if _, body := w.get(own); !strings.Contains(body, "It is with those who look after reuses") || strings.Contains(body, "<meta name=\"description\"") {
		t.Error("who sent it is not told that it waits")
	}
	for _, hidden := range []string{"/reuses/1/", "/reuses/1/picture.jpg", "/reuses/1/report/"} {
		if status, _ := w.get(hidden); status != http.StatusNotFound {
			t.Errorf("%s of one that waits: %d", hidden, status)
		}
	}
	if err := w.Publish(t.Context(), account.Operator, 1); err != nil {
		t.Fatal(err)
	}
	if _, body := w.get("/reuses/?dataset=trees"); !strings.Contains(body, "Shade &lt;near&gt; you") || !strings.Contains(body, `src="/reuses/1/picture.jpg"`) {
		t.Error("the gallery does not show it")
	}
	if _, body := w.get("/reuses/?kind=article"); strings.Contains(body, "Shade") {
		t.Error("the gallery shows an application among the articles")
	}
	if _, body := w.get("/reuses/1/"); !strings.Contains(body, `href="https://example.org/shade"`) || strings.Count(body, "⟦Trees⟧") < 1 || !strings.Contains(body, `"isBasedOn":[{`) {
		t.Error("its page does not tell what it is made of")
	}
	if status, _, header := pagetest.Get(t, w, "/reuses/1/picture.jpg"); status != http.StatusOK || header.Get("Content-Type") != "image/jpeg" || header.Get("X-Content-Type-Options") != "nosniff" {
		t.Errorf("its picture: %d %q", status, header)
	}
	if answer := w.send("/reuses/1/report/", nil, "reason", " "); answer.Code != http.StatusUnprocessableEntity {
		t.Errorf("a report without a reason: %d", answer.Code)
	}
	if answer := w.send("/reuses/1/report/", nil, "reason", "The link is dead."); answer.Code != http.StatusSeeOther {
		t.Errorf("a report: %d", answer.Code)
	}
	if n, err := w.Waiting(t.Context()); err != nil || n != 1 {
		t.Errorf("%d wait (%v)", n, err)
	}
	if err := w.Refuse(t.Context(), account.Operator, 1, "The link <is> dead."); err != nil {
		t.Fatal(err)
	}
	if _, body := w.get(own); !strings.Contains(body, "The link &lt;is&gt; dead.") {
		t.Error("who sent it does not learn why it went")
	}
}

// A reuse tells that its datasets are there.
func TestReusesOfHiddenDatasets(t *testing.T) {
	w := open(t, locale.Options{}, reuses.Everybody)
	for _, uids := range [][]string{{"da_graves"}, {"da_graves", "da_trees"}, nil} {
		d := reuse.Draft{Title: "Walks", Kind: "paper", Address: "https://example.org/", Author: "Ada", Language: "en", Datasets: uids, Picture: shot(t)}
		if _, err := w.Submit(t.Context(), account.Anonymous, d); err != nil {
			t.Fatal(err)
		}
	}
	for id := range int64(3) {
		if err := w.Publish(t.Context(), account.Operator, id+1); err != nil {
			t.Fatal(err)
		}
	}
	for id, want := range map[string]int{"1": http.StatusNotFound, "2": http.StatusOK, "3": http.StatusOK, "4": http.StatusNotFound, "x": http.StatusNotFound} {
		for _, what := range []string{"", "picture.jpg"} {
			if status, body := w.get("/reuses/" + id + "/" + what); status != want || strings.Contains(body, "graves") {
				t.Errorf("reuse %s %s: %d, want %d", id, what, status, want)
			}
		}
	}
	if _, body := w.get("/reuses/"); !strings.Contains(body, "2 reuses") {
		t.Error("the gallery counts what it does not show")
	}
	if status, _ := w.get("/reuses/?dataset=graves"); status != http.StatusNotFound {
		t.Errorf("the reuses of a hidden dataset: %d", status)
	}
}

func TestWhoMaySend(t *testing.T) {
	for who, want := range map[reuses.Who]int{reuses.Everybody: http.StatusOK, reuses.People: http.StatusSeeOther, reuses.Nobody: http.StatusNotFound} {
		w := open(t, locale.Options{}, who)
		if status, _ := w.get("/reuses/new/"); status != want {
			t.Errorf("%s: %d, want %d", who, status, want)
		}
		if _, body := w.get("/reuses/"); strings.Contains(body, "/reuses/new/") != (who == reuses.Everybody) {
			t.Errorf("%s: the gallery offers the form wrongly", who)
		}
	}
}

func TestNoTextIsHardCoded(t *testing.T) {
	w := open(t, locale.Options{Enabled: []string{locale.Pseudo, "fr"}, Fallback: locale.Pseudo}, reuses.Everybody)
	look := func(what, body string) {
		for _, text := range localetest.Untranslated(body, locale.Pseudo, "Parvis", "Ada", "Walks", "example.org") {
			t.Errorf("%s: %s", what, text)
		}
	}
	for _, target := range []string{"/reuses/", "/reuses/?kind=paper", "/reuses/new/"} {
		_, body := w.get(target)
		look(target, body)
	}
	look("a form to mend", w.send("/reuses/new/", []byte("no picture"), "datasets", "none", "description", strings.Repeat("x", 2001)).Body.String())
	d := reuse.Draft{Title: "Walks", Kind: "paper", Address: "https://example.org/", Author: "Ada", Language: locale.Pseudo, Datasets: []string{"da_trees"}}
	for i, k := range reuse.Kinds() {
		d.Kind = k
		token, err := w.Submit(t.Context(), account.Anonymous, d)
		if err != nil {
			t.Fatal(err)
		}
		_, body := w.get("/reuses/new/sent/" + token + "/")
		look("sent", body)
		if i%2 == 0 {
			err = w.Publish(t.Context(), account.Operator, int64(i+1))
		} else {
			err = w.Refuse(t.Context(), account.Operator, int64(i+1), "⟦no⟧")
		}
		if err != nil {
			t.Fatal(err)
		}
		_, body = w.get("/reuses/new/sent/" + token + "/")
		look("decided", body)
	}
	for _, target := range []string{"/reuses/", "/reuses/?dataset=trees", "/reuses/1/", "/reuses/1/?done=reported", "/reuses/1/report/"} {
		_, body := w.get(target)
		look(target, body)
	}
	look("a report to mend", w.send("/reuses/1/report/", nil, "reason", "").Body.String())
}
