package privacy

import (
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"parvis/internal/fault"
	"parvis/internal/locale"
)

// noon is when these tests take place.
var noon = time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)

// printers gives every language that is there, French first.
func printers(t testing.TB) []*locale.Printer {
	t.Helper()
	l, err := locale.Load(locale.Options{Fallback: "fr"})
	if err != nil {
		t.Fatal(err)
	}
	return l.Printers()
}

func english(t testing.TB) *locale.Printer {
	t.Helper()
	list := printers(t)
	return list[slices.IndexFunc(list, func(p *locale.Printer) bool { return p.Tag == "en" })]
}

// options are those of a plain portal by HTTPS in all languages, at noon.
func options(t testing.TB) Options {
	t.Helper()
	return Options{
		Operator: "Mairie de Test", Languages: printers(t), Secure: true, Secret: []byte("0123456789abcdef0123456789abcdef"),
		Clock: func() time.Time { return noon },
	}
}

func open(t testing.TB, change func(*Options)) *Registry {
	t.Helper()
	o := options(t)
	if change != nil {
		change(&o)
	}
	r, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func with(services ...string) func(*Options) { return func(o *Options) { o.Services = services } }

// asking makes a request with cookies.
func asking(cookies ...string) *http.Request {
	req := httptest.NewRequest(http.MethodGet, "/", nil)
	if len(cookies) > 0 {
		req.Header.Set("Cookie", strings.Join(cookies, "; "))
	}
	return req
}

func TestTheFourCookiesInTheirOrder(t *testing.T) {
	for languages, want := range map[int]string{
		2: "sessionid django_language csrftoken cookies_preferences",
		1: "sessionid csrftoken cookies_preferences",
	} {
		r := open(t, func(o *Options) { o.Languages = o.Languages[:languages] })
		var names []string
		for _, it := range r.Items() {
			names = append(names, it.Name)
		}
		if got := strings.Join(names, " "); got != want {
			t.Errorf("with %d languages: %s, want %s", languages, got, want)
		}
		if r.Has(Language) != (languages > 1) {
			t.Errorf("with %d languages the choice of one is declared: %v", languages, r.Has(Language))
		}
	}
}

func TestWhatThePolicySaysInEnglish(t *testing.T) {
	d := open(t, nil).Document(english(t), "https://data.example.org", noon)
	for i, want := range []struct {
		name, function, purpose string
		age                     int64
		sliding                 bool
		attributes              string
	}{
		{"sessionid", "(?i)authentication", "(?i)remember the user.*page", 1209600, true, "Path=/ HttpOnly Secure SameSite=Lax"},
		{"django_language", "(?i)language", "(?i)language", 31536000, false, "Path=/ HttpOnly Secure SameSite=Lax"},
		{"csrftoken", "(?i)API.*CSRF", "(?i)retrieve data.*API", 31449600, false, "Path=/ Secure SameSite=Lax"},
		{"cookies_preferences", "(?i)cookie preferences", "(?i)remember.*cookie preferences", 15552000, false, "Path=/ HttpOnly Secure SameSite=Lax"},
	} {
		row := d.Items[i]
		if row.Name != want.name || row.MaxAge != want.age || row.Sliding != want.sliding || strings.Join(row.Attributes, " ") != want.attributes {
			t.Errorf("row %d is %+v", i+1, row)
		}
		if !regexp.MustCompile(want.function).MatchString(row.Function) || !regexp.MustCompile(want.purpose).MatchString(row.Purpose) {
			t.Errorf("row %d says %q, %q", i+1, row.Function, row.Purpose)
		}
		if row.Location != "front and back office" || row.Provider != "Mairie de Test" {
			t.Errorf("row %d is of %q, %q", i+1, row.Provider, row.Location)
		}
	}
	if words := len(strings.Fields(strings.Join(d.What, " "))); words < 40 {
		t.Errorf("what a cookie is, in %d words", words)
	}
	if d.Updated != "2026-11-25" || d.Portal != "https://data.example.org" {
		t.Errorf("updated %q, portal %q", d.Updated, d.Portal)
	}
}

func TestNoCellIsEmptyInAnyLanguage(t *testing.T) {
	r := open(t, with("youtube", "vimeo", "dailymotion"))
	seen := map[string]string{}
	for _, p := range printers(t) {
		d := r.Document(p, "", time.Time{})
		if len(d.Items) < 4+6 || len(d.Services) != 3 || d.Hash != r.Hash() {
			t.Errorf("%s: %d rows, %d services, hash %s", p.Tag, len(d.Items), len(d.Services), d.Hash)
		}
		for _, row := range d.Items {
			for _, cell := range []string{row.Name, row.Provider, row.Function, row.Location, row.Purpose, row.Duration, row.SetWhen, row.DeletedWhen} {
				if strings.TrimSpace(cell) == "" || strings.ContainsAny(cell, "{}") {
					t.Errorf("%s: the row of %s has the cell %q", p.Tag, row.Name, cell)
				}
			}
		}
		purpose := d.Items[0].Purpose
		if other, twice := seen[purpose]; twice {
			t.Errorf("%s says the same as %s: %q", p.Tag, other, purpose)
		}
		seen[purpose] = p.Tag
	}
}

func TestDurationFollowsTheSetting(t *testing.T) {
	for idle, want := range map[time.Duration]string{
		0: "14 days after the last visit", 3 * day: "3 days after the last visit", 90 * time.Minute: "90 minutes after the last visit", 5 * time.Hour: "5 hours after the last visit",
	} {
		r := open(t, func(o *Options) { o.SessionIdle = idle })
		if got := r.Document(english(t), "", noon).Items[0].Duration; got != want {
			t.Errorf("%s: %q, want %q", idle, got, want)
		}
	}
}

func TestDurationNamesItsEnd(t *testing.T) {
	r := open(t, func(o *Options) { o.SessionMax = 90 * day })
	if got := r.Document(english(t), "", noon).Items[0].Duration; got != "14 days after the last visit, 90 days at most" {
		t.Errorf("%q", got)
	}
}

func TestHashCoversEveryWordAndNothingElse(t *testing.T) {
	same := open(t, nil).Hash()
	if other := open(t, func(o *Options) {
		o.Clock = time.Now
		o.Secret = []byte(strings.Repeat("x", 32))
		slices.Reverse(o.Languages)
	}).Hash(); other != same {
		t.Errorf("the hash depends on the day, the secret or the order of languages: %s, %s", same, other)
	}
	seen := map[string]string{same: "nothing"}
	for name, change := range map[string]func(*Options){
		"operator": func(o *Options) { o.Operator = "Another" }, "languages": func(o *Options) { o.Languages = o.Languages[:1] },
		"idle": func(o *Options) { o.SessionIdle = day }, "http": func(o *Options) { o.Secure = false },
		"prefix": func(o *Options) { o.Prefix = PrefixHost }, "service": with("vimeo"),
		"statistics": func(o *Options) { o.Measurement = Measurement{On: true, RetentionMonths: 25, Threshold: 5} },
	} {
		hash := open(t, change).Hash()
		if other, twice := seen[hash]; twice {
			t.Errorf("the hash is the same after a change of %s and of %s", name, other)
		}
		seen[hash] = name
	}
	o := options(t)
	o.SessionIdle = StandardSession
	items := own(&o)
	words := items[3].Words
	items[3].Words = func(p *locale.Printer) Words { // one text, in one language
		w := words(p)
		if p.Tag == "fr" {
			w.DeletedWhen += "!"
		}
		return w
	}
	r, err := assemble(o, items, nil)
	if err != nil || r.Hash() == same {
		t.Errorf("one changed text gives the hash %s (%v)", r.Hash(), err)
	}
}

func TestSettingsThatContradict(t *testing.T) {
	for says, change := range map[string]func(*Options){
		"https":            func(o *Options) { o.Prefix, o.Secure = PrefixHost, false },
		"prefix":           func(o *Options) { o.Prefix = "secure" },
		"operator":         func(o *Options) { o.Operator = "" },
		"one language":     func(o *Options) { o.Languages = nil },
		"32 bytes":         func(o *Options) { o.Secret = o.Secret[:31] },
		"400 days":         func(o *Options) { o.SessionIdle = 401 * day },
		"one minute":       func(o *Options) { o.SessionIdle = time.Second },
		"optional service": with("youtube", "analytics"),
		"25 months":        func(o *Options) { o.Measurement = Measurement{On: true, RetentionMonths: 26, Threshold: 5} },
		"threshold":        func(o *Options) { o.Measurement = Measurement{On: true, RetentionMonths: 25, Threshold: 1} },
		"told apart for 1 ": func(o *Options) {
			o.Measurement = Measurement{On: true, RetentionMonths: 25, Threshold: 5, Uniques: true, UniqueHours: 25}
		},
	} {
		o := options(t)
		change(&o)
		if _, err := New(o); fault.KindOf(err) != fault.Invalid || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v", says, err)
		}
	}
}

func TestItemsThatAreNotToldInFull(t *testing.T) {
	for says, spoil := range map[string]func(*Item){
		"no name":        func(i *Item) { i.Name = "" },
		"no provider":    func(i *Item) { i.Provider = "" },
		"no location":    func(i *Item) { i.Location = "" },
		"no category":    func(i *Item) { i.Category = "" },
		"no legal basis": func(i *Item) { i.Basis = "" },
		"no texts":       func(i *Item) { i.Words = nil },
		"no duration":    func(i *Item) { i.Duration = 0 },
		"looks like":     func(i *Item) { i.Grammar = nil },
		"no purpose": func(i *Item) {
			i.Words = func(*locale.Printer) Words { return Words{Function: "x", SetWhen: "x", DeletedWhen: "x"} }
		},
		"13 months":        func(i *Item) { i.Category, i.Basis, i.Duration = Statistical, ExemptAudience, 427*day },
		"ground for exemp": func(i *Item) { i.Basis = Consent },
		"only with cons":   func(i *Item) { i.Category = FirstParty },
		"twice":            func(i *Item) { i.Name = string(Session) },
	} {
		o := options(t)
		o.SessionIdle = StandardSession
		items := own(&o)
		spoil(&items[2])
		if _, err := assemble(o, items, nil); fault.KindOf(err) != fault.Invalid || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v", says, err)
		}
	}
}

func TestServicesFitIntoTheCookie(t *testing.T) {
	known := Known()
	if len(known) > 10 {
		t.Fatalf("%d services: their answers no longer fit", len(known))
	}
	codes := map[byte]bool{}
	for _, s := range known {
		if codes[s.Code] || s.Code < 'a' || s.Code > 'z' {
			t.Errorf("%s has the letter %c", s.ID, s.Code)
		}
		codes[s.Code] = true
		if s.Name == "" || s.Company == "" || !strings.HasPrefix(s.Policy, "https://") || s.Contact == "" || len(s.Origins) == 0 || len(s.Hosts) == 0 || len(s.Stored) == 0 {
			t.Errorf("%s is not told in full", s.ID)
		}
	}
}

// TestFormsMayLeadOn holds the policy of a page whose form leads elsewhere to one origin more, whatever the address.
func TestFormsMayLeadOn(t *testing.T) {
	r := open(t, nil)
	for address, want := range map[string]string{
		"https://maps.example:8443/back?x=1": "form-action 'self' https://maps.example:8443;",
		"com.example.app:/back":              "form-action 'self' com.example.app:;",
		"https://a.example;script-src *":     "form-action 'self';",
		"https://a.example'unsafe-inline'":   "form-action 'self';",
		"/back":                              "form-action 'self';",
		"":                                   "form-action 'self';",
		"https://[::1":                       "form-action 'self';",
	} {
		got := r.FormCSP(address)
		if !strings.Contains(got, want) || strings.Replace(got, want, "form-action 'self';", 1) != r.CSP() {
			t.Errorf("%q gives %q", address, got)
		}
	}
}

func TestContentSecurityPolicy(t *testing.T) {
	off, on := open(t, nil), open(t, with("vimeo", "youtube"))
	for name, csp := range map[string]string{"off": off.CSP(), "off, asked": off.CSP("youtube"), "on": on.CSP(), "on, another": on.CSP("dailymotion", "x")} {
		for _, part := range []string{"default-src 'none'", "base-uri 'none'", "form-action 'self'", "frame-ancestors 'none'", "script-src 'self'"} {
			if !slices.Contains(strings.Split(csp, "; "), part) {
				t.Errorf("%s: %q lacks %s", name, csp, part)
			}
		}
		for _, bad := range []string{"unsafe", "*", "http", "blob:", "frame-src", "youtube"} {
			if strings.Contains(csp, bad) {
				t.Errorf("%s: %q holds %s", name, csp, bad)
			}
		}
	}
	if got := on.CSP("youtube"); got != on.CSP()+"; frame-src https://www.youtube-nocookie.com" {
		t.Errorf("YouTube allowed: %q", got)
	}
	if got := on.EmbedCSP(); !strings.Contains(got, "frame-ancestors *") || strings.Contains(got, "https:") {
		t.Errorf("embedded: %q", got)
	}
}

func TestAssessmentFollowsTheConstants(t *testing.T) {
	for _, p := range printers(t) {
		m := Measurement{On: true, RetentionMonths: 17, Threshold: 7, Uniques: true, UniqueHours: 23, HourlyDays: 61}
		var text strings.Builder
		for _, c := range m.Assessment(p) {
			if c.Condition == "" || c.Answer == "" {
				t.Errorf("%s: %s is empty", p.Tag, c.ID)
			}
			text.WriteString(c.Answer + "\n")
		}
		for _, want := range []string{"17", "7", "23"} {
			if !strings.Contains(text.String(), want) {
				t.Errorf("%s: the assessment lacks %s", p.Tag, want)
			}
		}
		sentences := strings.Join(m.Sentences(p), "\n")
		for _, want := range []string{"17", "7", "23", "61"} {
			if !strings.Contains(sentences, want) {
				t.Errorf("%s: the policy lacks %s", p.Tag, want)
			}
		}
		if got := (Measurement{}).Assessment(p); got != nil {
			t.Errorf("%s: nothing is counted, and still %v", p.Tag, got)
		}
	}
}
