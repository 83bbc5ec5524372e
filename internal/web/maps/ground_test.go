package maps

import (
	"bytes"
	"image"
	"image/png"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"parvis/internal/fault"
)

func tilePicture(t *testing.T) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := png.Encode(&out, image.NewGray(image.Rect(0, 0, 256, 256))); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestGroundOfAServer(t *testing.T) {
	picture, asked := tilePicture(t), []string{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.URL.String())
		switch {
		case strings.HasPrefix(r.URL.Path, "/3/"):
			w.Write([]byte("<html>no picture</html>"))
		case strings.HasPrefix(r.URL.Path, "/4/"):
			http.NotFound(w, r)
		case strings.HasPrefix(r.URL.Path, "/5/"):
			w.WriteHeader(http.StatusForbidden)
		default:
			w.Write(picture)
		}
	}))
	defer server.Close()
	g, err := OpenGround(server.URL+"/{z}/{x}/{y}.png", "Somebody")
	if err != nil || g.Host != "127.0.0.1" {
		t.Fatalf("%+v %v", g, err)
	}
	for range 2 {
		if text, err := g.tile(t.Context(), 2, 1, 3); err != nil || !bytes.Equal(text, picture) {
			t.Errorf("a tile: %d bytes (%v)", len(text), err)
		}
	}
	if len(asked) != 1 || asked[0] != "/2/1/3.png" {
		t.Errorf("the server was asked %q", asked)
	}
	if _, err := g.tile(t.Context(), 3, 0, 0); fault.KindOf(err) != fault.Unavailable {
		t.Errorf("a page instead of a picture: %v", err)
	}
	if text, err := g.tile(t.Context(), 4, 0, 0); err != nil || text != nil {
		t.Errorf("no tile: %q (%v)", text, err)
	}
	if _, err := g.tile(t.Context(), 5, 0, 0); fault.KindOf(err) != fault.Unavailable {
		t.Errorf("a refusal: %v", err)
	}
	server.Close()
	if _, err := g.tile(t.Context(), 6, 0, 0); fault.KindOf(err) != fault.Unavailable {
		t.Errorf("a server that is gone: %v", err)
	}
}

func TestGroundOfAMapService(t *testing.T) {
	g, err := OpenGround("https://wms.example.org/wms?Layers=plan&token=x", "")
	if err != nil {
		t.Fatal(err)
	}
	u, err := url.Parse(g.address(1, 1, 0))
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	for name, want := range map[string]string{"layers": "plan", "token": "x", "request": "GetMap", "crs": "EPSG:3857", "bbox": "0.000,0.000,20037508.343,20037508.343", "width": "256"} {
		if q.Get(name) != want {
			t.Errorf("%s is %q, want %q", name, q.Get(name), want)
		}
	}
	if q.Has("Layers") || u.Host != "wms.example.org" {
		t.Errorf("%s", u)
	}
	wmts, err := OpenGround("https://wmts.example.org/plan/{TileMatrix}/{TileRow}/{TileCol}.jpg", "")
	if err != nil || wmts.address(5, 16, 11) != "https://wmts.example.org/plan/5/11/16.jpg" {
		t.Errorf("a WMTS: %v", err)
	}
}

func TestGroundThatIsNone(t *testing.T) {
	if g, err := OpenGround("", ""); g != nil || err != nil {
		t.Errorf("none: %+v %v", g, err)
	}
	name := filepath.Join(t.TempDir(), "town.pmtiles")
	if err := os.WriteFile(name, []byte("no tiles"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, setting := range []string{"https://tiles.example.org/", "https:///{z}/{x}/{y}", "no.pmtiles", name} {
		if _, err := OpenGround(setting, ""); err == nil {
			t.Errorf("%s is taken", setting)
		}
	}
}
