package statistics

import (
	"encoding/json"
	"fmt"
	"reflect"
	"testing"
)

func TestPublishedNumbersAreRounded(t *testing.T) {
	for n, want := range map[int64]string{0: "0", 1: "<5", 4: "<5", 5: "5", 7: "5", 8: "10", 12: "10", 13: "15", 99: "100", 102: "100", 103: "105", 499: "500",
		503: "500", 505: "510", 994: "990", 1049: "1000", 1050: "1100", 12_345: "12000", 1_234_567: "1200000"} {
		if got := Publish(n).String(); got != want {
			t.Errorf("%d is published as %s, want %s", n, got, want)
		}
	}
	last := int64(0)
	for n := range int64(200_000) {
		f := Publish(n)
		if f.N < 0 || f.N > 0 && f.N < Threshold || f.N < last || f.Hidden != (n > 0 && n < Threshold) {
			t.Fatalf("%d is published as %+v after %d", n, f, last)
		}
		last = f.N
	}
	text, err := json.Marshal([]Figure{Publish(3), Publish(8), Publish(0)})
	if err != nil || string(text) != "[null,10,0]" {
		t.Errorf("%s, %v", text, err)
	}
}

// fill counts random uses over five months.
func fill(b *bench, seed uint64, n int) (from, to Month) {
	d := &dice{seed}
	from = b.Today().Month()
	for range n {
		b.clock.now = (from.First() + Day(d.throw(150))).Start()
		uid := fmt.Sprintf("da_%06d", d.throw(1+d.throw(12)))
		agent := [...]string{firefox, firefox, "curl/8", google}[d.throw(4)]
		h := Hit{Kind: View, Page: [...]string{"dataset", "catalogue", "legal"}[d.throw(3)], Searched: d.throw(5) == 0, Terms: "budget", Found: d.throw(2) == 0}
		switch d.throw(4) {
		case 0:
			h = Hit{Kind: Download, Format: [...]string{"csv", "json", "xlsx"}[d.throw(1+d.throw(3))], Dataset: uid, Endpoint: "exports"}
		case 1:
			h = Hit{Kind: Call, Endpoint: [...]string{"records", "facets", "dataset"}[d.throw(1+d.throw(3))], Dataset: uid}
		case 2:
			h.Page, h.Dataset = "dataset", uid
		}
		b.ask(h, 200, "User-Agent", agent, "Referer", fmt.Sprintf("https://site%d.example.org/", d.throw(1+d.throw(9))))
	}
	b.clock.now = (from.First() + 151).Start()
	b.flush()
	return from, b.Today().Month()
}

// figures finds every figure in a value.
func figures(v reflect.Value, found func(path string, f Figure), path string) {
	if f, ok := v.Interface().(Figure); ok {
		found(path, f)
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		figures(v.Elem(), found, path)
	case reflect.Struct:
		for i := range v.NumField() {
			figures(v.Field(i), found, path+"."+v.Type().Field(i).Name)
		}
	case reflect.Slice:
		for i := range v.Len() {
			figures(v.Index(i), found, path+"[]")
		}
	case reflect.Int, reflect.Int64, reflect.Float64:
		if _, ok := v.Interface().(Month); !ok {
			if _, ok := v.Interface().(Day); !ok {
				found(path+" is a bare number", Figure{N: -1})
			}
		}
	}
}

// TestNothingSmallIsPublished: whatever is asked, no figure is in 1 to 4, none is a bare count, and every figure is what
// Publish or Total gives, so that a count cannot be told from its neighbours.
func TestNothingSmallIsPublished(t *testing.T) {
	for seed := range uint64(8) {
		b := open(t, Counts)
		from, to := fill(b, seed, 30+int(seed)*150)
		n, hidden := 0, 0
		check := func(path string, f Figure) {
			n++
			if f.Hidden {
				hidden++
			}
			if f.N < 0 || f.N > 0 && f.N < Threshold || f.N%5 != 0 || f.Hidden && f.N != 0 {
				t.Errorf("seed %d: %s is %+v", seed, path, f)
			}
		}
		for first := from; first <= to; first++ {
			for last := first; last <= to; last++ {
				for _, may := range []func(string) bool{func(string) bool { return true }, func(uid string) bool { return uid > "da_000003" }} {
					p, err := b.Public(t.Context(), first, last, may)
					if err != nil {
						t.Fatal(err)
					}
					figures(reflect.ValueOf(p), check, "public")
					totals(t, p)
					for _, u := range p.Datasets {
						if !may(u.Dataset) {
							t.Errorf("%s is shown to who may not see it", u.Dataset)
						}
					}
				}
				for i := range 12 {
					d, err := b.PublicDataset(t.Context(), fmt.Sprintf("da_%06d", i), first, last)
					if err != nil {
						t.Fatal(err)
					}
					figures(reflect.ValueOf(d), check, "dataset")
				}
			}
		}
		if n < 500 || hidden == 0 {
			t.Errorf("seed %d: only %d figures, %d hidden", seed, n, hidden)
		}
	}
}

// totals holds every total to be made of the figures that are shown with it: then subtracting them gives what is known.
func totals(t *testing.T, p *Public) {
	t.Helper()
	var months, calls []Figure
	for _, m := range p.Months {
		var days []Figure
		for _, d := range p.Days {
			if d.Day.Month() == m.Month {
				days = append(days, d.Views)
			}
		}
		if m.Views != Total(days...) {
			t.Errorf("%s: %v views, its days say %v", m.Month, m.Views, Total(days...))
		}
		months, calls = append(months, m.Views), append(calls, m.Calls)
	}
	if p.Total.Views != Total(months...) || p.Total.Calls != Total(calls...) {
		t.Errorf("total %+v", p.Total)
	}
}

// TestSubtractingFindsNothing: a dataset with four views beside one with many is hidden, and whatever it had, everything
// else that is published of its month by dataset and format is the same.
func TestSubtractingFindsNothing(t *testing.T) {
	var before string
	for n := 1; n < Threshold; n++ {
		b := open(t, Counts)
		for range 23 {
			b.ask(Hit{Kind: Download, Format: "csv", Dataset: "da_aaaaaa", Endpoint: "exports"}, 200)
		}
		for range n {
			b.ask(Hit{Kind: Download, Format: "csv", Dataset: "da_bbbbbb"}, 200)
			b.ask(Hit{Kind: View, Page: "dataset", Dataset: "da_bbbbbb"}, 200)
		}
		b.clock.now = b.clock.now.AddDate(0, 0, 1)
		b.flush()
		m := b.Today().Month()
		p, err := b.Public(t.Context(), m, m, func(string) bool { return true })
		if err != nil {
			t.Fatal(err)
		}
		d, err := b.PublicDataset(t.Context(), "da_bbbbbb", m, m)
		if err != nil {
			t.Fatal(err)
		}
		if !d.Total.Views.Hidden || !d.Total.Downloads.Hidden || len(d.Formats) > 0 {
			t.Errorf("%d uses: %+v", n, d)
		}
		p.Clients = nil // kept apart, by the week
		after := fmt.Sprintf("%+v %+v", p, d)
		if before != "" && after != before {
			t.Errorf("%d uses can be told from %d:\n%s\n%s", n, n-1, before, after)
		}
		before = after
	}
}
