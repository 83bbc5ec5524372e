package front

import (
	"strings"
	"testing"

	"parvis/internal/web/data"
	"parvis/internal/web/page/pagetest"
)

func TestHeadSaysWhatThePageIs(t *testing.T) {
	h := demoSite(t, "communes-gpseo")
	_, body, _ := pagetest.Get(t, h, data.Address("communes-gpseo", "table")+"?lang=fr&sort=commune&q=saint&page=1")
	address := "/explore/dataset/communes-gpseo/table/"
	for _, want := range []string{
		`<meta name="description" content="Les 73 communes`,
		address + `?lang=fr">` + "\n" + `<link rel="alternate" hreflang="fr" href="http`,
		`hreflang="x-default" href="http://portal.example` + address + `">`,
		`hreflang="en" href="http://portal.example` + address + `?lang=en">`,
	} {
		if !strings.Contains(body, want) {
			t.Errorf("the head lacks %q", want)
		}
	}
	if status, robots, header := pagetest.Get(t, h, "/robots.txt"); status != 200 || !strings.Contains(robots, "Disallow: /api/") || !strings.HasPrefix(header.Get("Content-Type"), "text/plain") {
		t.Errorf("robots.txt: %d %q", status, robots)
	}
}

// TestTagsDoNotFlutter asks for pages whose forms carry many hidden fields: their order must not change the tag.
func TestTagsDoNotFlutter(t *testing.T) {
	h := demoSite(t, "communes-gpseo")
	filter := "?lang=fr&q=saint&refine.arrondissement=Mantes-la-Jolie&refine.tranche=moins+de+1+000&exclude.codes_postaux=78200&sort=commune"
	for _, name := range []string{"table", "export", "information"} {
		_, _, first := pagetest.Get(t, h, data.Address("communes-gpseo", name)+filter)
		for range 12 {
			if _, _, again := pagetest.Get(t, h, data.Address("communes-gpseo", name)+filter); again.Get("ETag") == "" || again.Get("ETag") != first.Get("ETag") {
				t.Fatalf("%s: tag %q, then %q", name, first.Get("ETag"), again.Get("ETag"))
			}
		}
	}
}
