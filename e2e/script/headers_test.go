package script_test

import (
	"bytes"
	"io"
	"net/http"
	"os/exec"
	"regexp"
	"strings"
	"testing"
)

// reading are addresses that anybody reads.
func reading() []string {
	d := "/explore/dataset/jours-feries"
	a := api + "/jours-feries"
	return []string{"/explore/", "/explore/?q=noel", "/explore/?sort=title", d + "/information/", d + "/table/", d + "/table/?page=2", d + "/export/", d + "/api/", d + "/imprint.svg", "/explore/nowhere/",
		"/terms/cookies-policy/", "/terms/cookies-policy.json", "/terms/audience-measurement", "/.well-known/gpc.json", "/robots.txt", "/stats/", "/stats/data.csv", "/stats/data.json", "/stats/dataset/jours-feries/",
		api, api + "?limit=1", a, a + "/records", a + "/records?limit=1&select=count(*)", a + "/facets", a + "/exports", a + "/exports/csv", a + "/exports/json", a + "/exports/jsonl?limit=3",
		"/api/explore/v2.1/catalog/facets", "/api/explore/v2.1/catalog/exports/csv", "/api/explore/v2.1/swagger.json", a + "/records?where=nothing", "/assets/nothing.css"}
}

// TestWhatAnswersCarry reads every address twice, as two visitors who have never been there, and holds the answers to
// CSRF-004, HDR-001, HDR-006, HDR-007, HDR-008, HDR-010, HDR-011, EMB-003, EMB-007 and LOG-001.
func TestWhatAnswersCarry(t *testing.T) {
	data := t.TempDir()
	if out, err := exec.Command("parvis", "import", "--data", data, "../../demo/jours-feries").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	s := start(t, data, "--log-level", "debug", "--statistics", "off")
	link := regexp.MustCompile(`(?:href|src|action|srcset)="([^"]+)"`)
	script := regexp.MustCompile(`<script([^>]*)>`)
	visitor := 0
	ask := func(path string, headers ...string) (*http.Response, string) {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.url+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		for i := 0; i+1 < len(headers); i += 2 {
			r.Header.Set(headers[i], headers[i+1])
		}
		answer, err := s.client.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
		body, err := io.ReadAll(answer.Body)
		if err != nil {
			t.Fatal(err)
		}
		return answer, string(body)
	}
	policies := map[string]bool{}
	for _, path := range reading() {
		visitor++
		first, body := ask(path, "User-Agent", "One/1.0", "X-Forwarded-For", "203.0.113.77")
		second, _ := ask(path, "User-Agent", "Another/2.0", "X-Forwarded-For", "198.51.100.7")
		h := first.Header
		for _, name := range []string{"Etag", "Last-Modified"} {
			if h.Get(name) != second.Header.Get(name) {
				t.Errorf("%s: %s %q for one visitor, %q for another", path, name, h.Get(name), second.Header.Get(name))
			}
		}
		if len(h["Set-Cookie"]) > 0 || len(second.Header["Set-Cookie"]) > 0 {
			t.Errorf("%s stores %q", path, h["Set-Cookie"])
		}
		if strings.HasPrefix(path, "/assets/") {
			continue
		}
		policy := h.Get("Content-Security-Policy")
		for _, bad := range []string{"unsafe-", "*", "http:", "https:"} {
			if strings.Contains(policy, bad) {
				t.Errorf("%s: the policy %q holds %s", path, policy, bad)
			}
		}
		if !strings.HasPrefix(policy, "default-src 'none'") || !strings.Contains(policy, "frame-ancestors") || h.Get("X-Content-Type-Options") != "nosniff" || h.Get("Referrer-Policy") != "same-origin" {
			t.Errorf("%s: %v", path, h)
		}
		if h.Get("Strict-Transport-Security") != "" {
			t.Errorf("%s is told to be HTTPS only over HTTP", path)
		}
		isAPI := strings.HasPrefix(path, "/api/explore/")
		if (h.Get("Access-Control-Allow-Origin") == "*") != isAPI || h.Get("Access-Control-Allow-Credentials") != "" {
			t.Errorf("%s: open to other sites: %q", path, h.Get("Access-Control-Allow-Origin"))
		}
		if want := map[bool]string{true: "cross-origin", false: "same-origin"}[isAPI]; h.Get("Cross-Origin-Resource-Policy") != want {
			t.Errorf("%s may be used by %q", path, h.Get("Cross-Origin-Resource-Policy"))
		}
		if strings.HasPrefix(h.Get("Content-Type"), "text/html") {
			policies[policy] = true
			for _, m := range link.FindAllStringSubmatch(body, -1) {
				if strings.Contains(m[0], `src`) && !strings.HasPrefix(m[1], "/") {
					t.Errorf("%s loads %s", path, m[1])
				}
				for _, bad := range []string{"sessionid", "csrf", "sid=", "utm_", "visitor", "203.0.113"} {
					if strings.Contains(m[1], bad) {
						t.Errorf("%s links to %s", path, m[1])
					}
				}
			}
			if strings.Contains(body, " ping=") {
				t.Errorf("%s tells others of clicks", path)
			}
			for _, m := range script.FindAllStringSubmatch(body, -1) {
				if !strings.Contains(m[1], ` src="/assets/`) && m[1] != ` type="application/ld+json"` {
					t.Errorf("%s runs <script%s>", path, m[1])
				}
			}
		}
	}
	if len(policies) != 1 {
		t.Errorf("pages have %d content security policies: %v", len(policies), policies)
	}
	for _, path := range []string{"/backoffice/", "/account/", "/login/", "/api/automation/v1.0/users/"} {
		if answer, _ := ask(path, "Origin", "https://elsewhere.example"); answer.Header.Get("Access-Control-Allow-Origin") != "" {
			t.Errorf("%s is open to other sites", path)
		}
	}
	secure := start(t, data, "--url", "https://portal.example")
	if answer, err := secure.client.Get(secure.url + "/explore/"); err != nil || answer.Header.Get("Strict-Transport-Security") != "max-age=31536000" {
		t.Errorf("HTTPS: %v, %v", answer, err)
	}
}

// TestLogsTellNothingOfVisitors does everything that a log could tell of, at the most talkative level.
func TestLogsTellNothingOfVisitors(t *testing.T) {
	data := t.TempDir()
	if out, err := exec.Command("parvis", "import", "--data", data, "../../demo/jours-feries").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	var log bytes.Buffer
	s := startLogging(t, data, &log, "--log-level", "debug", "--trusted-proxies", "127.0.0.1/32")
	const canary = "canaryword"
	for _, path := range append(reading(), "/login/?next=/"+canary, "/explore/?q="+canary, api+"/jours-feries/records?where="+canary+"&apikey="+canary, "/oauth2/authorize/?client_id="+canary, "/welcome/"+canary+"/", "/password/reset/"+canary+"/") {
		s.get(t, s.url+path, "User-Agent", canary, "Referer", "https://"+canary+".example/"+canary, "X-Forwarded-For", "203.0.113.77", "Authorization", "Apikey "+canary,
			"Cookie", "sessionid="+canary+canary+canary+canary+"abc; csrftoken="+canary)
	}
	for _, path := range []string{"/login/", "/password/forgotten/", "/i18n/setlang/", "/terms/cookies/", "/logout/", "/oauth2/token/", "/api/automation/v1.0/users/"} {
		body := strings.NewReader("email=" + canary + "@example.org&password=" + canary + "&language=" + canary + "&next=/" + canary + "&csrfmiddlewaretoken=" + canary + "&client_secret=" + canary)
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.url+path, body)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Origin", s.url)
		answer, err := s.client.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		if answer.StatusCode >= 500 {
			t.Errorf("%s: %d", path, answer.StatusCode)
		}
	}
	s.stop(t)
	if !strings.Contains(log.String(), "answered") {
		t.Fatal("the log tells of no request: is it still the right one?")
	}
	for _, bad := range []string{canary, "203.0.113"} {
		if i := strings.Index(log.String(), bad); i >= 0 {
			t.Errorf("the log holds %s: %s", bad, log.String()[max(0, i-200):min(log.Len(), i+100)])
		}
	}
}
