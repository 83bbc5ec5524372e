package front

import (
	"encoding/xml"
	"io"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"parvis/internal/web/data"
	"parvis/internal/web/page/pagetest"
)

// TestWalkTheDemo follows the links of the pages over the real demo portal and holds every page to what a page
// must be.
func TestWalkTheDemo(t *testing.T) {
	h := demoSite(t)
	const most = 250
	seen, drawn := map[string]bool{}, map[string]bool{}
	queue := []string{"/explore/?lang=en", "/explore/", "/terms/cookies-policy/"}
	for len(queue) > 0 && len(seen) < most {
		target := queue[0]
		queue = queue[1:]
		if seen[target] {
			continue
		}
		seen[target] = true
		status, body, header := pagetest.Get(t, h, target)
		if status != 200 {
			t.Errorf("%s: %d", target, status)
			continue
		}
		if !strings.HasPrefix(header.Get("Content-Type"), "text/html") { // a feed, or a figure's file
			continue
		}
		c := pagetest.Check(t, target, body)
		for _, link := range c.Links {
			u, err := url.Parse(link)
			if err != nil || u.Host != "" || u.Scheme != "" || !strings.HasPrefix(u.Path, "/") || strings.HasPrefix(u.Path, "/api/") || u.Path == "/terms/cookies-policy.json" {
				continue
			}
			u.Fragment = ""
			// One row page and one facet link of a kind are as good as another.
			kind := regexp.MustCompile(`[0-9a-f]{40}|=[^&]*`).ReplaceAllString(u.String(), "~")
			if !drawn[kind] {
				drawn[kind] = true
				queue = append(queue, u.String())
			}
		}
		for _, d := range c.Drawings {
			for _, variant := range []string{d, d + "&dark"} {
				if !seen[variant] {
					seen[variant] = true
					status, svg, header := pagetest.Get(t, h, variant)
					if status != 200 || header.Get("Content-Type") != "image/svg+xml" || !strings.Contains(header.Get("Cache-Control"), "immutable") {
						t.Errorf("%s: %d %v", variant, status, header)
					}
					checkSVG(t, variant, svg)
				}
			}
		}
	}
	if len(seen) < 80 {
		t.Errorf("only %d pages were met", len(seen))
	}
}

// checkSVG holds a drawing to be well formed, small and inert.
func checkSVG(t *testing.T, what, svg string) {
	t.Helper()
	if len(svg) > 60_000 {
		t.Errorf("%s: %d bytes", what, len(svg))
	}
	marks := 0
	d := xml.NewDecoder(strings.NewReader(svg))
	for {
		tok, err := d.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		if e, ok := tok.(xml.StartElement); ok {
			marks++
			for _, a := range e.Attr {
				if a.Name.Local == "style" || strings.HasPrefix(a.Name.Local, "on") || strings.Contains(a.Value, "NaN") {
					t.Errorf("%s: <%s %s=%q>", what, e.Name.Local, a.Name.Local, a.Value)
				}
			}
		}
	}
	if marks < 2 {
		t.Errorf("%s is empty", what)
	}
}

// TestDemoAnswers asks the questions a visitor would.
func TestDemoAnswers(t *testing.T) {
	h := demoSite(t, "communes-gpseo", "communes-ile-de-france", "jours-feries")
	for _, c := range []struct {
		target string
		status int
		has    []string
		lacks  []string
	}{
		{"/explore/?lang=fr", 200, []string{"3 jeux de données", "Communes de Grand Paris Seine &amp; Oise", "imprint.svg"}, nil},
		{"/explore/?q=feries&lang=fr", 200, []string{"1 jeu de données", "Jours fériés"}, []string{"Aucun jeu"}},
		{"/explore/?refine.theme=Territoire&lang=fr", 200, []string{"2 jeux de données", `class="chip"`}, []string{"<bdi>Jours fériés"}},
		{"/explore/?q=xyzzyx&lang=fr", 200, []string{"Aucun jeu ne correspond"}, nil},
		{data.Address("communes-gpseo", "table") + "?sort=-population_municipale&lang=fr", 200, []string{"Lignes 1 à 73 sur 73", "44\u00a0246", `aria-sort="descending"`}, nil},
		{data.Address("communes-gpseo", "table") + "?q=limay&lang=fr", 200, []string{"Lignes 1 à 1 sur 1", "Limay"}, nil},
		{data.Address("communes-gpseo", "table") + "?refine.codes_postaux=78200&lang=fr", 200, []string{"Mantes-la-Jolie", "checked"}, []string{"Poissy"}},
		{data.Address("communes-ile-de-france", "table") + "?page=2&lang=fr", 200, []string{"Lignes 101 à 200 sur 1\u00a0266", `rel="prev"`}, nil},
		{data.Address("communes-ile-de-france", "table") + "?refine.territoire=%C3%8Ele-de-France%2FYvelines&lang=fr", 200, []string{"sur 259", "CU Grand Paris Seine et Oise"}, nil},
		{data.Address("communes-gpseo", "table") + "?where=population_municipale+%3E%3E+3&lang=fr", 400, []string{"ODSQL", `value="population_municipale &gt;&gt; 3"`, `aria-describedby="where-error where-help"`, "à partir du caractère", "<mark>"}, nil},
		{data.Address("communes-gpseo", "table") + "?where=population+%3E+3&lang=fr", 400, []string{"Il n’y a pas de champ «\u00a0population\u00a0»", "<code>population_municipale</code>"}, []string{"<mark>"}},
		{data.Address("communes-gpseo", "table") + "?where=population_municipale+%3E&lang=fr", 400, []string{"s’arrête trop tôt", "▲"}, nil},
		{data.Address("communes-gpseo", "table") + "?where=population_municipale+%3E+'a'&lang=fr", 400, []string{"de type «\u00a0entier\u00a0»"}, nil},
		{data.Address("communes-gpseo", "export") + "?where=population+%3E+3&lang=fr", 400, []string{"toutes les lignes, sans ce filtre", "toutes (73)"}, []string{"filtrées ("}},
		{data.Address("communes-gpseo", "table") + "?refine.nothing=1&lang=fr", 400, []string{"Le filtre ne peut pas être lu", "Afficher toutes les lignes"}, nil},
		{data.Address("communes-gpseo", "export") + "?where=population_municipale+%3E+20000&lang=fr", 200, []string{"filtrées (", "toutes (73)"}, nil},
		{data.Address("jours-feries", "information") + "?lang=en", 200, []string{"2,145 rows", `lang="fr"`, "from Jan 1, 2020"}, nil},
		{data.Address("communes-gpseo", "information") + "?lang=en", 200, []string{"<bdi >Towns of Grand Paris Seine &amp; Oise", "<bdi >Postal codes</bdi>", "The town’s identifier"}, []string{`lang="fr" dir`}},
		{data.Address("communes-gpseo", "information") + "?lang=ar", 200, []string{`<html lang="ar" dir="rtl">`, "<bdi >بلديات تجمّع غران باري سين وواز", "73 صفًا", "«بلديات"}, []string{`lang="fr" dir`}},
		{data.Address("jours-feries", "information") + "?lang=ar", 200, []string{`<h1><bdi lang="fr" dir="ltr">Jours fériés`, `><bdi lang="fr" dir="ltr">`}, nil},
		{data.Address("communes-gpseo", "table") + "?lang=en&refine.region=%C3%8Ele-de-France", 200, []string{"<bdi >Municipal population</bdi>", `<span class="k">Region</span>`}, nil},
		{data.Address("communes-gpseo", "export") + "?lang=en", 200, []string{"exports/csv?lang=en&amp;use_labels=true"}, nil},
		{data.Address("communes-gpseo", "information") + "?lang=fr", 200, []string{"Mantes-la-Jolie</bdi></a> (<bdi>81\u00a0%", "citation/bib"}, []string{"<bdi>0\u00a0%"}},
		{"/explore/dataset/communes-gpseo/citation/bib", 200, []string{"@dataset{communes-gpseo,"}, nil},
		{"/explore/dataset/communes-gpseo/citation/doc", 404, nil, []string{"@dataset"}},
		{data.Address("communes-gpseo", "export") + "?lang=fr", 200, []string{"exports/csv?use_labels=true"}, nil},
		{"/explore/?lang=ar&q=%D8%A8%D9%84%D8%AF%D9%8A%D8%A7%D8%AA", 200, []string{"مجموعة بيانات واحدة", "بلديات تجمّع"}, nil},
		{"/explore/dataset/communes-gpseo/record/zz/?lang=fr", 404, []string{"cette ligne", `content="noindex"`}, []string{"canonical"}},
		{data.Address("nope", "table") + "?lang=fr", 404, []string{"jeu «\u00a0nope\u00a0»"}, []string{"The requested"}},
	} {
		status, body, _ := pagetest.Get(t, h, c.target)
		if status != c.status {
			t.Errorf("%s: %d, want %d", c.target, status, c.status)
		}
		for _, s := range c.has {
			if !strings.Contains(body, s) {
				t.Errorf("%s lacks %q", c.target, s)
			}
		}
		for _, s := range c.lacks {
			if strings.Contains(body, s) {
				t.Errorf("%s holds %q", c.target, s)
			}
		}
	}
}

func TestPageTagsFollowTheirContent(t *testing.T) {
	h := demoSite(t, "communes-gpseo")
	_, _, first := pagetest.Get(t, h, "/explore/?lang=fr")
	_, _, again := pagetest.Get(t, h, "/explore/?lang=fr")
	_, _, other := pagetest.Get(t, h, "/explore/?lang=en")
	if first.Get("ETag") == "" || first.Get("ETag") != again.Get("ETag") || first.Get("ETag") == other.Get("ETag") {
		t.Errorf("tags %q, %q, %q", first.Get("ETag"), again.Get("ETag"), other.Get("ETag"))
	}
}
