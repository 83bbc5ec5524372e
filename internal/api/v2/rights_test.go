package v2_test

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"parvis/internal/account"
	v2 "parvis/internal/api/v2"
	"parvis/internal/catalog"
	"parvis/internal/server"
)

// keys lets people in by secrets that are their names.
func keys(actors map[string]account.Actor) server.KeyFinder {
	return func(_ context.Context, secret string) (account.Actor, error) { return actors[secret], nil }
}

func TestQuotasOfDatasetsAndPeople(t *testing.T) {
	now := time.Date(2024, 5, 6, 7, 8, 9, 0, time.UTC)
	actors := map[string]account.Actor{
		"ann": {Key: 1, Scope: account.Every, Person: &account.Person{ID: 1, Groups: []int64{4}}},
		"bob": {Key: 2, Scope: account.Every, Person: &account.Person{ID: 2}},
		"eve": {Key: 3, Scope: account.Every, Person: &account.Person{ID: 3, Quota: account.Quota{Limit: 1, Unit: "minute"}}},
	}
	d := openWith(t, keys(actors), func(o *v2.Options) { o.Clock = func() time.Time { return now } })
	two := account.Quota{Limit: 2, Unit: "hour"}
	err := d.Catalog.SetSecurity(t.Context(), account.Operator, "towns", catalog.Security{
		Default: catalog.Rule{Right: catalog.Download, Quota: two},
		Grants:  []catalog.Grant{{Group: 4, Rule: catalog.Rule{Right: catalog.Download, Quota: account.Quota{Limit: 3, Unit: "hour"}}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	count := func(key string, paths ...string) (let int, last *http.Response) {
		for _, path := range paths {
			if key != "" {
				path += "?apikey=" + key
			}
			w := d.ask(http.MethodGet, "/catalog/datasets/towns"+path)
			if w.Code == 200 {
				let++
			}
			last = w.Result()
		}
		return let, last
	}
	paths := []string{"/records", "/facets", "/exports/csv", "/records", "/records"}
	let, last := count("", paths...)
	if let != 2 || last.StatusCode != 429 || last.Header.Get("X-RateLimit-dataset-Limit") != "2" || last.Header.Get("X-RateLimit-dataset-Remaining") != "0" ||
		last.Header.Get("X-RateLimit-dataset-Reset") != "2024-05-06 08:00:00+00:00" || last.Header.Get("Retry-After") != "3111" {
		t.Errorf("nobody in particular: %d were let through, then %d %v", let, last.StatusCode, last.Header)
	}
	var body struct {
		Code  int    `json:"errorcode"`
		Reset string `json:"reset_time"`
		Unit  string `json:"limit_time_unit"`
		Limit int64  `json:"call_limit"`
		Error string
	}
	if err := json.NewDecoder(last.Body).Decode(&body); err != nil || body.Code != 10004 || body.Reset != "2024-05-06T08:00:00Z" || body.Unit != "hour" || body.Limit != 2 || !strings.Contains(body.Error, "this dataset") {
		t.Errorf("the refusal says %+v, %v", body, err)
	}
	if let, _ := count("ann", paths...); let != 3 {
		t.Errorf("a member of the group: %d were let through", let)
	}
	if let, _ := count("bob", paths...); let != 2 {
		t.Errorf("another person: %d were let through", let)
	}
	if let, _ := count("", "", "/attachments"); let != 2 {
		t.Error("the description counts against the quota of rows")
	}
	for i, want := range []int{200, 429} {
		w := d.ask(http.MethodGet, "/catalog/datasets?apikey=eve")
		if w.Code != want || w.Header().Get("X-RateLimit-Limit") != "1" {
			t.Errorf("call %d of who has a limit of their own: %d %v", i+1, w.Code, w.Header())
		}
	}
	now = now.Add(time.Hour)
	if let, _ := count("", "/records"); let != 1 {
		t.Error("the next hour begins used up")
	}
}

func TestCountsOutliveARestart(t *testing.T) {
	d := openWith(t, keys(nil))
	start := time.Now().UTC().Truncate(24 * time.Hour)
	kept := catalog.CallCount{Name: "dataset/da_000000", Start: start, End: start.Add(24 * time.Hour), Calls: 4}
	over := catalog.CallCount{Name: "person/1", Start: start.Add(-48 * time.Hour), End: start.Add(-24 * time.Hour), Calls: 9}
	if err := d.Catalog.SaveCallCounts(t.Context(), []catalog.CallCount{kept, over}); err != nil {
		t.Fatal(err)
	}
	got, err := d.Catalog.CallCounts(t.Context(), time.Now())
	if err != nil || len(got) != 1 || got[0] != kept {
		t.Errorf("%+v, %v", got, err)
	}
}
