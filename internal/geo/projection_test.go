package geo

import (
	"math"
	"testing"

	"github.com/wroge/wgs84"
)

// Coordinates published by the mapping agencies or by EPSG's own guidance note.
func TestProjectionKnownPoints(t *testing.T) {
	for _, c := range []struct {
		name     string
		epsg     int
		lon, lat float64
		x, y     float64
		within   float64 // metres
	}{
		{"Paris, web Mercator", 3857, 2.3488, 48.85341, 261467.220, 6250024.643, 0.01},
		{"Paris, Lambert-93", 2154, 2.3488, 48.85341, 652216.635, 6861682.612, 0.1},
		{"origin of Lambert-93", 2154, 3, 46.5, 700000, 6600000, 0.001},
		{"origin of CC49", 3949, 3, 49, 1700000, 8200000, 30},
		{"Amersfoort, tower of Our Lady", 28992, 5.387203658, 52.155172910, 155000, 463000, 0.5},
		{"Bern, old observatory", 2056, 7.438632495, 46.951082773, 2600000, 1200000, 0.5},
		{"Bern, old observatory, LV03", 21781, 7.438632495, 46.951082773, 600000, 200000, 0.5},
		{"Caister water tower", 27700, 1.716073973, 52.658007833, 651409.903, 313177.270, 5},
		{"LAEA test point of EPSG", 3035, 5, 50, 3962799.45, 2999718.85, 0.01},
		{"UTM 31N on its meridian", 32631, 3, 0, 500000, 0, 0.001},
		{"UTM 40S", 2975, 57, 0, 500000, 10000000, 0.001},
		{"Brussels, Lambert 2008", 3812, 4.35921583333333, 50.797815, 649328, 665262, 0.001},
		{"CN Tower, UTM 17N", 32617, -79.387139, 43.642567, 630084, 4833438, 2},
	} {
		forward, inverse, ok := Projection(c.epsg)
		if !ok {
			t.Fatalf("%s: EPSG:%d is not known", c.name, c.epsg)
		}
		x, y := forward(c.lon, c.lat)
		if d := math.Hypot(x-c.x, y-c.y); !(d <= c.within) {
			t.Errorf("%s: EPSG:%d gives %.3f %.3f, want %.3f %.3f: %.3f m apart", c.name, c.epsg, x, y, c.x, c.y, d)
		}
		lon, lat := inverse(x, y)
		if d := Distance(lon, lat, c.lon, c.lat); !(d < 0.01) {
			t.Errorf("%s: there and back in EPSG:%d is %.4f m off", c.name, c.epsg, d)
		}
	}
}

// Every projection comes back to where it began, over the region it is for.
func TestProjectionRoundTrip(t *testing.T) {
	for epsg := range 33000 {
		d, ok := definition(epsg)
		if !ok || d.method == degrees {
			continue
		}
		forward, inverse, _ := Projection(epsg)
		lat0 := d.lat
		if lat0 == 0 || lat0 == 90 {
			lat0 = 48
		}
		if d.y == 10000000 {
			lat0 = -20
		}
		for dx := -3.0; dx <= 3; dx++ {
			for dy := -3.0; dy <= 3; dy++ {
				lon, lat := d.lon+dx, lat0+dy
				x, y := forward(lon, lat)
				lon2, lat2 := inverse(x, y)
				if off := Distance(lon, lat, lon2, lat2); !(off < 0.02) {
					t.Errorf("EPSG:%d at %v, %v: there and back is %v m off (%v %v)", epsg, lon, lat, off, x, y)
				}
			}
		}
	}
}

// An independent library agrees where its formulas are exact enough.
func TestProjectionAgainstLibrary(t *testing.T) {
	other := wgs84.EPSG()
	for _, c := range []struct {
		epsg     int
		lon, lat float64
	}{
		{2154, 2.3488, 48.85341}, {2154, -4.5, 48.4}, {3949, 1.9, 48.97}, {27700, -3.2, 55.9}, {31467, 9.2, 48.8},
		{3857, -70, -33}, {32631, 4.9, 45.7}, {25832, 8.6, 50.1}, {31287, 16.3, 48.2}, {3416, 11.4, 47.3},
		{3035, 2.35, 48.85}, {31285, 14.2, 48.3}, {32733, 16, -22},
	} {
		forward, _, _ := Projection(c.epsg)
		x, y := forward(c.lon, c.lat)
		x2, y2, _ := other.Transform(4326, c.epsg)(c.lon, c.lat, 0)
		if d := math.Hypot(x-x2, y-y2); !(d < 0.05) {
			t.Errorf("EPSG:%d at %v, %v: %.3f %.3f, the library has %.3f %.3f", c.epsg, c.lon, c.lat, x, y, x2, y2)
		}
	}
}

func TestProjectionUnknown(t *testing.T) {
	if _, _, ok := Projection(1234); ok {
		t.Error("EPSG:1234 is known")
	}
	got := Supported()
	if want := "3942-3950"; !contains(got, want) || !contains(got, "32601-32660") {
		t.Errorf("Supported() = %q, want %q in it", got, want)
	}
}
