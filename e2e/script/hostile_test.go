package script_test

import (
	"bufio"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"os/exec"
	"regexp"
	"strings"
	"testing"
	"time"
)

// hostileHeaders are those that the portal, or something that it uses, reads.
var hostileHeaders = []string{"Cookie", "Authorization", "Accept-Language", "Accept-Encoding", "Accept", "Origin", "Referer", "Host", "X-CSRFToken", "X-Forwarded-For",
	"X-Forwarded-Host", "X-Forwarded-Proto", "Forwarded", "Content-Type", "Content-Length", "Transfer-Encoding", "If-None-Match", "If-Modified-Since", "Range", "If-Range",
	"Sec-Fetch-Site", "Sec-GPC", "DNT", "Purpose", "User-Agent", "ODS-API-Analytics-App", "X-HTTP-Method-Override", "Expect", "Upgrade", "Connection"}

// hostileValues are what has broken readers of headers before.
var hostileValues = []string{"", " ", "0", "-1", "null", "1,1", "*", ";", ";;;=;=", "=", "a=b; a=b", "sessionid=x", "sessionid=" + strings.Repeat("A", 43), "sessionid=a; sessionid=b",
	"csrftoken=\x01", "csrftoken=abcdefghijklmnopqrstuvwxyzABCDEF", "django_language=fr%0d%0aSet-Cookie:x=1", "django_language=../../etc/passwd", "cookies_preferences=v1.x.y.z",
	"__Host-sessionid=x", "\u2000__Host-sessionid=x", "\"sessionid=x\"", "$Version=1; sessionid=x", "Apikey", "Apikey ", "Apikey ' OR 1=1 --", "Bearer", "Bearer \x00", "Basic !!!", "Digest a=b",
	"bytes=0-", "bytes=-1", "bytes=5-1", "bytes=0-0,1-1,2-2", "bytes=99999999999999999999-", "W/", `"`, `"a", W/"b", *`, "gzip;q=9", "gzip;q=a, *;q=0", "zstd;q=", "identity;q=0",
	"fr;q=nan", "en-US,en;q=0.9,*;q=0.5,", "xx-" + strings.Repeat("x-", 400), "http://evil.example", "https://portal@evil.example", "//evil", "[::1", "a:b:c", "%", "%zz", "evil.example:99999",
	"multipart/form-data", "multipart/form-data; boundary=", "multipart/form-data; boundary=\"x", "application/x-www-form-urlencoded; charset=\xff", "application/json", "chunked", "gzip, chunked", "100-continue", "websocket",
	"'", "\"><script>alert(1)</script>", "${jndi:ldap://x}", "{{7*7}}", "%s%n%x", "\t", "\x7f", "é", "\xff\xfe", strings.Repeat("A", 9000), strings.Repeat("a=b; ", 300), "1; DROP TABLE people", "../../../../etc/passwd"}

// TestHostileHeaders sends headers that no browser sends, some thousand requests, and holds the portal to this: it
// never fails, never sets what it does not declare, never repeats to a visitor what they sent as a header or a cookie of its own,
// and goes on answering.
func TestHostileHeaders(t *testing.T) {
	data := t.TempDir()
	if out, err := exec.Command("parvis", "import", "--data", data, "../../demo/jours-feries").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	s := start(t, data, "--title", "Portal")
	address := strings.TrimPrefix(s.url, "http://")
	paths := []string{"/", "/explore/", "/explore/dataset/jours-feries/table/", api, api + "/jours-feries/records?limit=1", api + "/jours-feries/exports/csv", "/terms/cookies-policy/",
		"/login/", "/account/", "/backoffice/", "/i18n/setlang/", "/terms/cookies/", "/terms/cookies/reset", "/logout/", "/oauth2/token/", "/api/automation/v1.0/users/", "/stats/", "/nowhere"}
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	draw := rand.New(rand.NewPCG(seed, 1))
	pick := func(list []string) string { return list[draw.IntN(len(list))] }
	const rounds = 4000
	declared := regexp.MustCompile(`^(sessionid|csrftoken|django_language|cookies_preferences)=[A-Za-z0-9._-]*; `)
	refused, answered := 0, map[int]int{}
	for range rounds {
		method := pick([]string{"GET", "GET", "GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "get", "FOO"})
		var request strings.Builder
		fmt.Fprintf(&request, "%s %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n", method, pick(paths), address)
		for range 1 + draw.IntN(5) {
			fmt.Fprintf(&request, "%s: %s\r\n", pick(hostileHeaders), pick(hostileValues))
		}
		request.WriteString("\r\n")
		if draw.IntN(3) == 0 {
			request.WriteString("language=fr&next=//evil.example&choice=accept")
		}
		status, header := shout(t, address, request.String())
		answered[status]++
		switch {
		case status == 0: // given up, as for a body that is announced and never comes
			refused++
		case status >= 500 && status != http.StatusNotImplemented && status != http.StatusHTTPVersionNotSupported:
			t.Fatalf("status %d for\n%q", status, request.String())
		}
		for _, cookie := range header["Set-Cookie"] {
			if !declared.MatchString(cookie) {
				t.Fatalf("cookie %q for\n%q", cookie, request.String())
			}
		}
		if to := header.Get("Location"); strings.Contains(to, "evil") && !strings.HasPrefix(to, "/") {
			t.Fatalf("sent to %q by\n%q", to, request.String())
		}
	}
	if refused > rounds/4 || answered[http.StatusOK] < rounds/20 {
		t.Errorf("of %d requests these were answered so: %v", rounds, answered)
	}
	if status, _ := s.get(t, s.url+"/explore/"); status != http.StatusOK {
		t.Errorf("afterwards: %d", status)
	}
}

// shout writes bytes to an address and reads an answer, 0 for none within a short while.
func shout(t *testing.T, address, request string) (status int, header http.Header) {
	t.Helper()
	conn, err := (&net.Dialer{Timeout: 5 * time.Second}).DialContext(t.Context(), "tcp", address)
	if err != nil {
		t.Fatalf("the portal is gone: %v", err)
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(300 * time.Millisecond)); err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Write([]byte(request)); err != nil {
		return 0, nil
	}
	answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		return 0, nil
	}
	defer answer.Body.Close()
	return answer.StatusCode, answer.Header
}
