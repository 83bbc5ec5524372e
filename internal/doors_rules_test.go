package internal_test

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"

	"parvis/internal/account"
	"parvis/internal/catalog"
)

// rule is a way of withholding something from somebody.
type rule struct {
	name      string
	security  catalog.Security
	actor     *account.Actor // nil: nobody in particular
	neighbour *account.Actor // asks before them, and is shown something else
	forbidden []string       // texts, and "rows" for the number of rows
	record    string         // the name of a row whose page is asked for; "" for a hidden one
	unknown   bool           // the dataset is as if it were not there
	noRows    bool           // every door of rows refuses
	noFiles   bool           // every door of files refuses
}

func ruleList(group int64) []rule {
	everything := []string{canaryID, canaryTitle, canaryMeta, canaryField, canaryLabel, canaryWord, canaryValue, canaryRow, canaryFile, canaryPaper, "rows"}
	field := []string{canaryField, canaryLabel, canaryWord, canaryValue, canaryPaper}
	rows := []string{canaryRow, "rows", canaryValue + "3", canaryValue + "777", "kraken", canaryPaper}
	visible := []string{"name", "region", "amount", "place", "offices"}
	down := catalog.Rule{Right: catalog.Download}
	cut := catalog.Rule{Right: catalog.Download, Fields: visible}
	north := catalog.Rule{Right: catalog.Download, Filter: "region = 'north'"}
	person := func(p account.Person, scope account.Permissions) *account.Actor {
		if p.ID == 0 {
			p.ID = 21
		}
		return &account.Actor{Key: 5, Person: &p, Scope: scope}
	}
	open := func(r catalog.Rule) catalog.Security { return catalog.Security{Default: r} }
	shut := func(grants ...catalog.Grant) catalog.Security {
		return catalog.Security{Restricted: true, Default: down, Grants: grants}
	}
	to := func(group int64, r catalog.Rule) catalog.Grant { return catalog.Grant{Group: group, Rule: r} }
	own := func(r catalog.Rule) catalog.Grant { return catalog.Grant{Person: 21, Rule: r} }
	attributes := map[string][]string{"office": {"n-office", "elsewhere"}, "empty": {}}
	elsewhere := person(account.Person{ID: 23, Attributes: map[string][]string{"office": {"kraken"}}}, account.Every)
	return []rule{
		{name: "restricted", security: shut(), forbidden: everything, unknown: true},
		{name: "restricted, somebody without a grant", security: shut(to(group, down), catalog.Grant{Person: 22, Rule: down}), actor: person(account.Person{Groups: []int64{3}}, account.Every), forbidden: everything, unknown: true},
		{name: "restricted, an administrator's key of small scope", security: shut(own(down)), forbidden: everything, unknown: true,
			actor: person(account.Person{Permissions: account.Every}, account.PermissionsOf(account.EditDataset, account.EditPage))},
		{name: "restricted, a granted person's key of no scope", security: shut(own(catalog.Rule{Right: catalog.Manage})), actor: person(account.Person{}, 0), forbidden: everything, unknown: true},
		{name: "restricted, somebody who may look at the statistics", security: shut(), forbidden: everything, unknown: true,
			actor: person(account.Person{Permissions: account.PermissionsOf(account.ExploreMonitoring)}, account.Every)},
		{name: "rows hidden", security: open(catalog.Rule{Right: catalog.Download, DataHidden: true}), forbidden: []string{canaryValue, canaryRow, "rows", canaryFile, canaryPaper, "kraken"}, noRows: true},
		{name: "field hidden", security: open(cut), forbidden: field, record: "anna1"},
		{name: "rows filtered", security: open(north), forbidden: rows, record: "anna1"},
		{name: "rows filtered, a hidden one's page", security: open(north), forbidden: rows},
		{name: "rows and field hidden", security: open(catalog.Rule{Right: catalog.Download, Fields: visible, Filter: "not region = 'south' and search(" + canaryField + ", '" + canaryValue + "1')"}),
			forbidden: append(slices.Clone(rows), field...), record: "anna1"},
		{name: "rows by attribute, nobody", security: open(catalog.Rule{Right: catalog.Download, Filter: "#attr(offices, office)"}), forbidden: append(rows, "anna"), neighbour: elsewhere},
		{name: "rows by absent attribute turned round", security: open(catalog.Rule{Right: catalog.Download, Filter: "not #attr(offices, empty)"}), forbidden: append(rows, "anna"),
			actor: person(account.Person{Attributes: attributes}, account.Every)},
		{name: "rows by attribute", security: open(catalog.Rule{Right: catalog.Download, Filter: "#attr(offices, office)"}), forbidden: rows, record: "anna1", neighbour: elsewhere,
			actor: person(account.Person{Attributes: attributes}, account.Every)},
		{name: "no files", security: open(catalog.Rule{Right: catalog.See}), noFiles: true, record: "anna1"},
		{name: "group grant", security: shut(to(group, cut)), actor: person(account.Person{Groups: []int64{3, group}}, account.Every), forbidden: field, record: "anna1"},
		{name: "group grant beside another", security: shut(to(group, cut), to(3, north)), forbidden: field, record: "anna1",
			actor: person(account.Person{Groups: []int64{group}}, account.Every), neighbour: person(account.Person{ID: 23, Groups: []int64{3}}, account.Every)},
		{name: "two groups", security: shut(to(group, cut), to(3, north)), actor: person(account.Person{Groups: []int64{3, group}}, account.Every), forbidden: field, record: "anna1"},
		{name: "own grant before the group's", security: shut(to(group, down), own(north)), actor: person(account.Person{Groups: []int64{group}}, account.Every), forbidden: rows, record: "anna1"},
		{name: "an editor's key that may only look", security: shut(own(catalog.Rule{Right: catalog.Edit, Fields: visible})), forbidden: field, record: "anna1",
			actor: person(account.Person{}, account.PermissionsOf(account.ExploreRestrictedDataset))},
		{name: "whoever may see restricted ones gets the default", security: catalog.Security{Restricted: true, Default: north}, forbidden: rows, record: "anna1",
			actor: person(account.Person{Permissions: account.PermissionsOf(account.ExploreRestrictedDataset)}, account.Every)},
	}
}

// TestEveryRuleAtEveryDoor asks every door under every rule: first as somebody who sees everything, so that whatever
// is kept for later is kept, then as who is shown less.
func TestEveryRuleAtEveryDoor(t *testing.T) {
	b := openDoors(t)
	b.actors["root"] = account.Operator
	for _, r := range ruleList(b.group) {
		t.Run(r.name, func(t *testing.T) {
			for _, problem := range b.hold(t, r) {
				t.Error(problem)
			}
		})
	}
}

// TestTheMatrixCanFail asks as if the rule were forgotten: every door that shows anything must be found out.
func TestTheMatrixCanFail(t *testing.T) {
	b := openDoors(t)
	b.actors["root"] = account.Operator
	for _, r := range ruleList(b.group) {
		if r.name != "restricted" && r.name != "field hidden" && r.name != "rows filtered, a hidden one's page" && r.name != "no files" {
			continue
		}
		r.actor = &account.Operator
		problems := strings.Join(b.hold(t, r), "\n")
		for _, d := range doorList() {
			switch {
			case d.harmless != "", r.name == "no files" && !d.file:
			case r.name != "restricted" && strings.HasPrefix(d.pattern, "/stats/"): // of datasets, never of rows
			case r.name == "field hidden" && !strings.Contains(d.pattern, "dataset"),
				r.name != "restricted" && (strings.HasSuffix(d.pattern, "/exports") || strings.Contains(d.pattern, "attachments") || d.pattern == "/explore/dataset/{id}/imprint.svg" || d.pattern == "/catalog/exports/{format}" || d.pattern == "/catalog/facets" || d.pattern == "/explore/{$}"):
			case r.name != "restricted" && (strings.HasPrefix(d.pattern, "/reuses/") || d.pattern == "/{$}"): // of datasets, not of fields and rows
			case d.pattern == "/reuses/{id}/picture.jpg", d.pattern == "/explore/dataset/{id}/poster.png": // pixels hold no text to find; the test of its room asks for it
			case d.pattern == "/sitemap.xml": // asks as nobody in particular, whoever asks
			case r.name == "field hidden" && (d.pattern == "/explore/dataset/{id}/versions/{$}" || d.pattern == "/explore/dataset/{id}/feed.atom"),
				r.name != "restricted" && (d.pattern == "/explore/feed.atom" || strings.Contains(d.pattern, "/citation/")): // of versions and datasets, not of fields and rows
			case strings.HasPrefix(d.pattern, "/backoffice/") && (r.name != "restricted" || d.pattern == "/backoffice/{$}"): // of datasets, for who manages them
			case strings.HasPrefix(d.pattern, "automation ") && (r.name != "restricted" || strings.Contains(d.pattern, "/security/users/") || strings.Contains(d.pattern, "/security/groups/")):
				// Who manages is shown everything anyway, and these two grants are not there.
			case !strings.Contains(problems, d.pattern+": "):
				t.Errorf("%s: nothing is found at %s when the rule is forgotten", r.name, d.pattern)
			}
		}
	}
}

// hold asks every door under a rule and gives what is wrong.
func (b *building) hold(t *testing.T, r rule) (problems []string) {
	t.Helper()
	b.secure(t, r.security)
	key := ""
	delete(b.actors, "who")
	if r.actor != nil {
		key = "who"
		b.actors["who"] = *r.actor
	}
	delete(b.actors, "neighbour")
	if r.neighbour != nil {
		b.actors["neighbour"] = *r.neighbour
	}
	id := b.recordFor(t, r, key)
	for _, d := range doorList() {
		for _, address := range d.requests {
			address = strings.NewReplacer("RECORD", id, "UID", b.uid).Replace(address)
			for _, p := range b.probe(key, r, d, address) {
				problems = append(problems, d.pattern+": "+address+": "+p)
			}
		}
	}
	return problems
}

// recordFor gives the id of a record to ask for: as the actor is shown it, or, for a hidden one, as it really is.
func (b *building) recordFor(t *testing.T, r rule, key string) string {
	t.Helper()
	name, as := canaryRow+"7", "root"
	if r.record != "" {
		name, as = r.record, key
	}
	w := b.ask(as, api+"/catalog/datasets/"+canaryID+"/records?select=recordid&limit=1&where=name='"+name+"'")
	var got struct{ Results []struct{ RecordID string } }
	if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil || len(got.Results) != 1 {
		if r.record != "" && r.actor != nil && r.actor.Everything {
			t.Fatalf("no record %s: %d %s", name, w.Code, w.Body)
		}
		t.Fatalf("%s: no record %s for %q: %d %s", r.name, name, as, w.Code, w.Body)
	}
	id := got.Results[0].RecordID
	if r.record == "" { // the best that somebody could guess who knows the portal's own key
		if e, err := b.Catalog.Find(b.actors[key], canaryID); err == nil && e.Access.RecordKey != "" {
			sum := sha256.Sum256([]byte(e.Access.RecordKey + strings.ToUpper(id)))
			id = hex.EncodeToString(sum[:20])
		}
	}
	return id
}

var pair = regexp.MustCompile(`\{([^{}|]+)\|([^{}|]+)\}`)

// probe asks one address: with what is really called so and with what is not.
func (b *building) probe(key string, r rule, d door, address string) (problems []string) {
	bad := func(format string, args ...any) { problems = append(problems, fmt.Sprintf(format, args...)) }
	// The dataset's own name in an address is known to who asks unless the dataset is not to be known of.
	secret := func(canary string) bool { return slices.Contains(r.forbidden, canary) }
	known := pair.ReplaceAllString(address, "$1")
	other := pair.ReplaceAllStringFunc(address, func(s string) string {
		m := pair.FindStringSubmatch(s)
		if secret(m[1]) {
			return m[2]
		}
		return m[1]
	})
	whole := b.ask("root", known)
	if r.neighbour != nil {
		b.ask("neighbour", known)
	}
	tag := whole.Header().Get("ETag")
	w := b.ask(key, known)
	again := b.ask(key, known, "If-None-Match", tag)
	text := plain(w)

	if w.Code >= 500 || whole.Code >= 500 {
		bad("status %d, and %d to who sees everything", w.Code, whole.Code)
	}
	if tag != "" && !bytes.Equal(w.Body.Bytes(), whole.Body.Bytes()) && (w.Header().Get("ETag") == tag || again.Code == 304) {
		bad("the tag of who sees everything is good here")
	}
	if again.Code == 304 && w.Code != 200 {
		bad("304 where the answer is %d", w.Code)
	}
	if d.file && r.noFiles && w.Code != 403 || d.pattern != "" && r.noRows && rowDoor(d) && w.Code != 403 && w.Code != 404 && !strings.HasPrefix(d.pattern, "/explore/") {
		bad("status %d", w.Code)
	}
	managing := strings.HasPrefix(d.pattern, "automation ")
	if managing && key == "" && w.Code != 401 {
		bad("status %d to nobody in particular", w.Code)
	}
	askedIn := w.Code == 303 && strings.HasPrefix(address, "/backoffice/") // to sign in, whatever there is
	if r.unknown && !askedIn && (strings.Contains(address, "/"+twin(canaryID)) || strings.Contains(d.pattern, "{dataset}")) && w.Code != 404 && (!managing || key != "") {
		bad("status %d of a dataset that is not to be known of", w.Code)
	}
	if other != known { // no difference may be told
		x := b.ask(key, other)
		a, b := masked(w, known, address, secret), masked(x, other, address, secret)
		if a != b {
			bad("tells what is there from what is not:\n%s\n%s", differs(a, b), differs(b, a))
		}
		return problems
	}
	for _, f := range r.forbidden {
		if found := leak(text, f); found != "" {
			bad("shows %s: %s", f, found)
		}
	}
	return problems
}

// rowDoor tells whether rows stand behind a door.
func rowDoor(d door) bool {
	return strings.Contains(d.pattern, "/records") || d.file || strings.HasSuffix(d.pattern, "/facets") && d.pattern != "/catalog/facets" || strings.HasSuffix(d.pattern, "/{attachment_id}") || strings.HasSuffix(d.pattern, "/{file_id}")
}

// plain gives all that an answer says: headers, and the body unpacked.
func plain(w *httptest.ResponseRecorder) string {
	var out strings.Builder
	for name, values := range w.Header() {
		if name == "Etag" || name == "Content-Security-Policy" {
			continue
		}
		fmt.Fprintln(&out, name, values)
	}
	body := w.Body.Bytes()
	if z, err := gzip.NewReader(bytes.NewReader(body)); err == nil {
		if text, err := io.ReadAll(z); err == nil {
			body = text
		}
	}
	if z, err := zip.NewReader(bytes.NewReader(body), int64(len(body))); err == nil {
		body = nil
		for _, f := range z.File {
			if r, err := f.Open(); err == nil {
				text, _ := io.ReadAll(r)
				body = append(body, text...)
			}
		}
	}
	out.Write(body)
	return out.String()
}

var allRows = regexp.MustCompile(`(^|[^0-9A-Za-z_-])1[,. \x{a0}\x{202f}]?213([^0-9A-Za-z_-]|$)`)

// leak gives the surroundings of a text that must not be there, "" where it is not.
func leak(text, what string) string {
	at := strings.Index(text, what)
	if what == "rows" {
		at = -1
		if found := allRows.FindStringIndex(text); found != nil {
			at = found[0]
		}
	}
	if at < 0 {
		return ""
	}
	return strings.ToValidUTF8(text[max(0, at-60):min(len(text), at+60)], "?")
}

// tokens are what is another one with every page.
var tokens = regexp.MustCompile(`(csrftoken=|name="csrfmiddlewaretoken" value="|Expires=)[A-Za-z0-9][^;"\n]*`)

// masked gives an answer with what was asked for taken out.
func masked(w *httptest.ResponseRecorder, asked, address string, secret func(string) bool) string {
	text := fmt.Sprint(w.Code, "\n", tokens.ReplaceAllString(plain(w), "$1"))
	for _, m := range pair.FindAllStringSubmatch(address, -1) {
		if secret(m[1]) {
			text = strings.ReplaceAll(strings.ReplaceAll(text, m[1], "X"), m[2], "X")
		}
	}
	var lines []string
	for line := range strings.SplitSeq(text, "\n") {
		if !strings.HasPrefix(line, "X-Ratelimit") && !strings.HasPrefix(line, "Date") && !strings.Contains(line, "\u00a0ms") {
			lines = append(lines, line)
		}
	}
	slices.Sort(lines[:min(len(lines), 30)])
	return strings.Join(lines, "\n")
}

// differs gives where a text begins to differ from another.
func differs(a, b string) string {
	i := 0
	for i < len(a) && i < len(b) && a[i] == b[i] {
		i++
	}
	return strings.ToValidUTF8(a[max(0, i-80):min(len(a), i+120)], "?")
}
