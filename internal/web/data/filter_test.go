package data

import (
	"net/url"
	"reflect"
	"testing"

	"parvis/internal/fault"
)

// TestFilterRoundTrip writes and reads filters: what an address says stays what it says.
func TestFilterRoundTrip(t *testing.T) {
	for _, address := range []string{
		"", "q=saint&where=a+%3E+1", "refine.x=1&refine.x=2&exclude.y=z&disjunctive.x=true",
		"geofilter.polygon=(48.9,1.7),(48.8,1.9),(49,2)&geofilter.distance=48.9,1.7,1500",
	} {
		query, err := url.ParseQuery(address)
		if err != nil {
			t.Fatal(err)
		}
		f, err := ReadFilter(query)
		if err != nil {
			t.Errorf("%s: %v", address, err)
			continue
		}
		if got := f.Values(); !reflect.DeepEqual(got, query) {
			t.Errorf("%s became %s", address, got.Encode())
		}
	}
}

func TestFilterQuestions(t *testing.T) {
	query, _ := url.ParseQuery("geofilter.polygon=(48.9,1.7),(48.8,1.9),(49,2),(48.9,1.7)&geofilter.distance=48.9,1.7,1500&refine.x=1&disjunctive.x=true&disjunctive.y=true")
	f, err := ReadFilter(query)
	if err != nil {
		t.Fatal(err)
	}
	f.Geo = "place"
	q := f.Question()
	want := []string{"intersects(place, geom'POLYGON((1.7 48.9, 1.9 48.8, 2 49, 1.7 48.9))') or within_distance(place, geom'POINT(1.7 48.9)', 1500m)"}
	if !reflect.DeepEqual(q.Where, want) {
		t.Errorf("where is %q, want %q", q.Where, want)
	}
	if want := []string{`facet(name="x", disjunctive=true)`}; !reflect.DeepEqual(q.Facet, want) {
		t.Errorf("facet is %q, want %q", q.Facet, want)
	}
}

func TestFiltersThatAreNone(t *testing.T) {
	for _, address := range []string{
		"geofilter.polygon=x", "geofilter.polygon=(1,2),(3,4)", "geofilter.polygon=(1,2),(3,4),(5)", "geofilter.polygon=(91,2),(3,4),(5,6)",
		"geofilter.distance=1,2", "geofilter.distance=1,2,-5", "geofilter.distance=1,2,NaN", "geofilter.distance=1,2,Inf", "geofilter.distance=1,181,5",
	} {
		query, _ := url.ParseQuery(address)
		if _, err := ReadFilter(query); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%s: %v", address, err)
		}
	}
}
