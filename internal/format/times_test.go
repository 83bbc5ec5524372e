package format

import (
	"math/rand/v2"
	"testing"
	"time"
)

func TestAppendDateTime(t *testing.T) {
	paris, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		t.Fatal(err)
	}
	micros := func(text string) int64 {
		at, err := time.Parse(time.RFC3339Nano, text)
		if err != nil {
			t.Fatal(err)
		}
		return at.UnixMicro()
	}
	for _, c := range []struct {
		at, precision string
		zone          *time.Location
		want          string
	}{
		{"2026-06-27T04:00:00Z", "", nil, "2026-06-27T04:00:00+00:00"},
		{"2021-03-05T08:00:00Z", "", paris, "2021-03-05T09:00:00+01:00"},
		{"2021-07-05T08:00:00Z", "", paris, "2021-07-05T10:00:00+02:00"},
		{"2026-06-27T04:00:00.170000Z", "", nil, "2026-06-27T04:00:00.170000+00:00"},
		{"1969-12-31T23:59:59.999999Z", "", nil, "1969-12-31T23:59:59.999999+00:00"},
		{"2026-06-27T04:17:31.5Z", "minute", nil, "2026-06-27T04:17:00+00:00"},
		{"2026-06-27T04:17:31.5Z", "hour", nil, "2026-06-27T04:00:00+00:00"},
		{"2026-12-31T23:30:00Z", "day", paris, "2027-01-01"},
		{"2026-12-31T23:30:00Z", "year", paris, "2027"},
		{"1850-01-01T00:00:00Z", "", paris, "1850-01-01T00:09:21+00:09:21"},
	} {
		if got := string(NewTimes(c.zone).AppendDateTime(nil, micros(c.at), c.precision)); got != c.want {
			t.Errorf("%s %s: got %s, want %s", c.at, c.precision, got, c.want)
		}
	}
}

// Package time gives the same text for instants all over four centuries, in zones with odd histories.
func TestAppendDateTimeAgainstTime(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, name := range []string{"UTC", "Europe/Paris", "America/St_Johns", "Asia/Kathmandu", "Africa/Casablanca", "Pacific/Apia"} {
		zone, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		times := NewTimes(zone)
		for range 20000 {
			at := time.Unix(r.Int64N(400*365*86400)-170*365*86400, 0).In(zone)
			_, offset := at.Zone()
			const form = "2006-01-02T15:04:05-07:00"
			if offset%60 != 0 {
				continue // package time has no layout that spares the seconds
			}
			if got := string(times.AppendDateTime(nil, at.UnixMicro(), "")); got != at.Format(form) {
				t.Fatalf("%s: got %s, want %s", name, got, at.Format(form))
			}
		}
	}
}

func TestAppendDate(t *testing.T) {
	for day := int64(-800000); day < 2932896; day += 97 {
		want := time.Unix(day*86400, 0).UTC().Format("2006-01-02")
		if day < -719528 { // before the year 0, package time counts otherwise
			continue
		}
		if got := string(AppendDate(nil, day, "")); got != want {
			t.Fatalf("day %d: got %s, want %s", day, got, want)
		}
	}
	for precision, want := range map[string]string{"year": "1988", "month": "1988-01", "day": "1988-01-01", "": "1988-01-01"} {
		if got := string(AppendDate(nil, 6574, precision)); got != want {
			t.Errorf("precision %q: got %s, want %s", precision, got, want)
		}
	}
	if got := string(AppendDate(nil, -719528-365, "")); got != "-0001-01-01" {
		t.Errorf("the year before 0: %s", got)
	}
}
