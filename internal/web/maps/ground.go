package maps

import (
	"context"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
	"golang.org/x/sync/singleflight"

	"parvis/internal/basemap"
	"parvis/internal/fault"
	"parvis/internal/pmtiles"
)

// groundTile answers with a tile of the built-in ground.
func (s *Maps) groundTile(w http.ResponseWriter, r *http.Request) error {
	z, x, y, err := position(r, ".mvt")
	if err != nil {
		return err
	}
	if z > basemap.MostZoom {
		return fault.New(fault.NotFound, "The base map has no tiles nearer than zoom %d.", basemap.MostZoom)
	}
	text, err := basemap.Tile(z, x, y)
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("Cache-Control", "no-cache")
	if r.URL.Query().Get("v") == basemap.Edition() {
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	return send(w, r, `"g`+basemap.Edition()+`"`, text)
}

// Ground is an operator's own base map: tiles of an archive, or pictures of a server. The portal asks for them itself and
// hands them on, so that whoever looks at a map asks nobody else.
type Ground struct {
	Host   string // of the server that the portal asks; "" for none
	Credit string

	archive  *pmtiles.Archive
	template string   // of pictures by {z}, {x} and {y}
	service  *url.URL // a web map service
	client   *http.Client
	known    *lru.Cache[string, []byte]
	once     singleflight.Group
}

const (
	groundKept    = 1024      // tiles of a server that are kept ready
	groundLargest = 100 << 10 // of those, in bytes
	groundMost    = 2 << 20   // of any tile
	groundTime    = 10 * time.Second
	groundZoom    = 20
)

// OpenGround opens the base map that a setting names: a file of PMTiles, the address of tiles with {z}, {x} and {y} (as a WMTS
// server has them, too), or that of a web map service with its layers. nil for "". Kind Invalid: it is none of these.
func OpenGround(setting, credit string) (*Ground, error) {
	if setting == "" {
		return nil, nil
	}
	g := &Ground{Credit: credit}
	var err error
	if g.known, err = lru.New[string, []byte](groundKept); err != nil {
		return nil, err
	}
	if !strings.HasPrefix(setting, "http://") && !strings.HasPrefix(setting, "https://") {
		if g.archive, err = pmtiles.Open(setting); err == nil && g.archive.Kind == pmtiles.AVIF {
			err = fault.New(fault.Invalid, "The base map's tiles are AVIF, which is not shown: use PNG, JPEG, WebP or vector tiles.")
		}
		return g, err
	}
	u, err := url.Parse(setting)
	if err != nil || u.Hostname() == "" {
		return nil, fault.New(fault.Invalid, "The base map's address %q names no host.", setting)
	}
	g.Host, g.client = u.Hostname(), &http.Client{Timeout: groundTime}
	g.template = strings.NewReplacer("{TileMatrix}", "{z}", "{TileCol}", "{x}", "{TileRow}", "{y}").Replace(setting)
	switch {
	case strings.Contains(g.template, "{z}") && strings.Contains(g.template, "{x}") && strings.Contains(g.template, "{y}"):
	case parameter(u.Query(), "layers") != "":
		g.service = u
	default:
		return nil, fault.New(fault.Invalid, "The base map's address has neither {z}, {x} and {y}, as tiles have, nor the parameter layers, as a web map service has.")
	}
	return g, nil
}

// parameter gives a parameter of a query, however its name is written.
func parameter(q url.Values, name string) string {
	for key, values := range q {
		if strings.EqualFold(key, name) {
			return values[0]
		}
	}
	return ""
}

// vector tells whether the tiles are to be drawn, not pictures.
func (g *Ground) vector() bool { return g.archive != nil && g.archive.Kind == pmtiles.MVT }

// nearest gives the nearest zoom of the tiles.
func (g *Ground) nearest() int {
	if g.archive != nil {
		return g.archive.MaxZoom
	}
	return groundZoom
}

// address gives the address of a tile at the server.
func (g *Ground) address(z, x, y int) string {
	if g.service == nil {
		return strings.NewReplacer("{z}", strconv.Itoa(z), "{x}", strconv.Itoa(x), "{y}", strconv.Itoa(y)).Replace(g.template)
	}
	const half = math.Pi * 6378137 // of the world's square, in metres
	side := 2 * half / float64(int(1)<<z)
	west, north := float64(x)*side-half, half-float64(y)*side
	q := g.service.Query()
	for name, value := range map[string]string{
		"service": "WMS", "version": "1.3.0", "request": "GetMap", "crs": "EPSG:3857", "width": "256", "height": "256", "format": "image/png", "styles": parameter(q, "styles"), "layers": parameter(q, "layers"),
		"bbox": fmt.Sprintf("%.3f,%.3f,%.3f,%.3f", west, north-side, west+side, north),
	} {
		for key := range q {
			if strings.EqualFold(key, name) {
				q.Del(key)
			}
		}
		q.Set(name, value)
	}
	u := *g.service
	u.RawQuery = q.Encode()
	return u.String()
}

// tile gives a tile, nil where there is none. Kind Unavailable: its server does not answer as it should.
func (g *Ground) tile(ctx context.Context, z, x, y int) ([]byte, error) {
	if g.archive != nil {
		return g.archive.Tile(z, x, y)
	}
	key := fmt.Sprintf("%d/%d/%d", z, x, y)
	if text, ok := g.known.Get(key); ok {
		return text, nil
	}
	found, err, _ := g.once.Do(key, func() (any, error) {
		text, err := g.fetch(context.WithoutCancel(ctx), g.address(z, x, y))
		if err == nil && len(text) <= groundLargest {
			g.known.Add(key, text)
		}
		return text, err
	})
	if err != nil {
		return nil, err
	}
	text, _ := found.([]byte)
	return text, nil
}

// fetch asks the server for a picture.
func (g *Ground) fetch(ctx context.Context, address string) ([]byte, error) {
	ask, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, err
	}
	ask.Header.Set("User-Agent", "Parvis")
	answer, err := g.client.Do(ask)
	if err != nil {
		return nil, fault.Wrap(err, fault.Unavailable, "The server of the base map does not answer.")
	}
	defer answer.Body.Close()
	switch answer.StatusCode {
	case http.StatusOK:
	case http.StatusNoContent, http.StatusNotFound:
		return nil, nil
	default:
		return nil, fault.New(fault.Unavailable, "The server of the base map answers with status %d.", answer.StatusCode)
	}
	text, err := io.ReadAll(io.LimitReader(answer.Body, groundMost))
	if err != nil {
		return nil, fault.Wrap(err, fault.Unavailable, "The server of the base map does not answer.")
	}
	if pictureType(text) == "" {
		return nil, fault.New(fault.Unavailable, "The server of the base map answers with something else than a PNG, JPEG or WebP picture.")
	}
	return text, nil
}

// pictureType gives the type of a picture, "" for anything else.
func pictureType(text []byte) string {
	switch kind := http.DetectContentType(text); kind {
	case "image/png", "image/jpeg", "image/webp":
		return kind
	}
	return ""
}

// ownTile answers with a tile of the operator's ground.
func (s *Maps) ownTile(w http.ResponseWriter, r *http.Request) error {
	if s.ground == nil {
		return fault.New(fault.NotFound, "This portal has no base map of its own.")
	}
	z, x, y, err := position(r, "")
	if err != nil {
		return err
	}
	text, err := s.ground.tile(r.Context(), z, x, y)
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("Cache-Control", "public, max-age=86400")
	if len(text) == 0 {
		w.WriteHeader(http.StatusNoContent)
		return nil
	}
	if s.ground.vector() {
		h.Set("Content-Type", "application/vnd.mapbox-vector-tile")
		if s.ground.archive.Packed {
			h.Set("Content-Encoding", "gzip")
		}
	} else {
		h.Set("Content-Type", pictureType(text))
	}
	h.Set("Content-Length", strconv.Itoa(len(text)))
	_, err = w.Write(text)
	return err
}
