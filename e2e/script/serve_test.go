package script_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// served is a running server.
type served struct {
	url    string // of the portal
	inner  string // of the metrics
	cmd    *exec.Cmd
	ended  chan error
	client *http.Client
}

// start runs "parvis serve" over data on free ports until the test ends.
func start(t *testing.T, data string, args ...string) *served {
	t.Helper()
	return startLogging(t, data, t.Output(), args...)
}

// startLogging is start with a log of its own, which is whole after stop.
func startLogging(t *testing.T, data string, log io.Writer, args ...string) *served {
	t.Helper()
	inner := freeAddr(t)
	cmd := exec.Command("parvis", append([]string{"serve", "--data", data, "--addr", "127.0.0.1:0", "--metrics-addr", inner}, args...)...)
	cmd.Dir = t.TempDir()
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stderr = log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	_, url, found := strings.Cut(strings.TrimSpace(line), "listens on ")
	if err != nil || !found {
		cmd.Process.Kill()
		t.Fatalf("the server says %q (%v; %v)", line, err, cmd.Wait())
	}
	s := &served{url: url, inner: "http://" + inner, cmd: cmd, ended: make(chan error, 1), client: &http.Client{Timeout: 30 * time.Second}}
	go func() { s.ended <- cmd.Wait() }()
	t.Cleanup(func() {
		s.client.CloseIdleConnections()
		cmd.Process.Kill()
		<-s.ended
	})
	return s
}

// stop ends the server and waits for it.
func (s *served) stop(t *testing.T) {
	t.Helper()
	s.client.CloseIdleConnections()
	if err := s.cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	err := <-s.ended
	s.ended <- err
	if err != nil {
		t.Errorf("the server ends with %v", err)
	}
}

// freeAddr gives an address that nobody listens on.
func freeAddr(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// get asks for an address and gives status and body.
func (s *served) get(t *testing.T, url string, header ...string) (int, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	answer, err := s.client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	b, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, string(b)
}

const api = "/api/explore/v2.1/catalog/datasets"

// within polls until a condition holds.
func within(t *testing.T, limit time.Duration, what string, holds func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	ticks := time.NewTicker(20 * time.Millisecond)
	defer ticks.Stop()
	for !holds() {
		select {
		case <-ticks.C:
		case <-ctx.Done():
			t.Fatalf("%s: not within %s", what, limit)
		}
	}
}

func TestServerTakesInWhatOthersPublish(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	s := start(t, data)
	count := func() int {
		status, body := s.get(t, s.url+api+"/towns/records?limit=0")
		if status == http.StatusNotFound {
			return -1
		}
		var answer struct {
			Total int `json:"total_count"`
		}
		if err := json.Unmarshal([]byte(body), &answer); err != nil || status != http.StatusOK {
			t.Fatalf("status %d, %v: %s", status, err, body)
		}
		return answer.Total
	}
	if got := count(); got != -1 {
		t.Fatalf("an empty portal has %d towns", got)
	}
	for i, n := range []int{30, 50} {
		parvis(t, "import", "--data", data, "--id", "towns", towns(t, n, fmt.Sprint("mark", i)))
		within(t, time.Second, "the new version", func() bool { return count() == n })
	}
	for _, page := range []string{"/explore/", "/explore/dataset/towns/information/"} {
		if status, body := s.get(t, s.url+page); status != http.StatusOK || !strings.Contains(body, "towns") {
			t.Errorf("%s: status %d", page, status)
		}
	}
	parvis(t, "dataset", "remove", "--data", data, "towns")
	within(t, time.Second, "the removal", func() bool { return count() == -1 })
}

func TestKeysOpenHiddenRows(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	s := start(t, data)
	parvis(t, "import", "--data", data, hidden(t))
	url := s.url + api + "/hidden/records"
	within(t, time.Second, "the dataset", func() bool {
		status, _ := s.get(t, s.url+api+"/hidden")
		return status == http.StatusOK
	})
	if status, _ := s.get(t, url); status != http.StatusForbidden {
		t.Errorf("anonymous: status %d", status)
	}
	secret := strings.TrimSpace(parvis(t, "apikey", "create", "--data", data, "--label", "test"))
	if status, body := s.get(t, url, "Authorization", "Apikey "+secret); status != http.StatusOK {
		t.Errorf("a fresh key: status %d, %s", status, body)
	}
	if status, _ := s.get(t, url+"?apikey="+secret+"x"); status != http.StatusUnauthorized {
		t.Errorf("a wrong key: status %d", status)
	}
	parvis(t, "apikey", "revoke", "--data", data, "1")
	within(t, time.Second, "the revocation", func() bool {
		status, _ := s.get(t, url+"?apikey="+secret)
		return status == http.StatusUnauthorized
	})
}

func TestServerEndsWhenRequestsAreAnswered(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	s := start(t, data)
	for path, want := range map[string]string{"/healthz": "ok", "/readyz": "ready", "/metrics": "parvis_http_requests_total"} {
		s.get(t, s.url+api)
		if status, body := s.get(t, s.inner+path); status != http.StatusOK || !strings.Contains(body, want) {
			t.Errorf("%s: status %d: %.200s", path, status, body)
		}
	}
	// A request whose header has come in half when the server is told to end is answered still.
	conn, err := net.Dial("tcp", strings.TrimPrefix(s.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(20 * time.Second)); err != nil {
		t.Fatal(err)
	}
	fmt.Fprintf(conn, "GET %s HTTP/1.1\r\nHost: x\r\n", api)
	// Connections are accepted in their order: once a later one is answered, this one has been.
	s.client.CloseIdleConnections()
	s.get(t, s.url+api)
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	within(t, 5*time.Second, "the end of readiness", func() bool {
		r, err := s.client.Get(s.inner + "/readyz")
		if err != nil {
			return errors.Is(err, syscall.ECONNREFUSED)
		}
		r.Body.Close()
		return r.StatusCode == http.StatusServiceUnavailable
	})
	fmt.Fprint(conn, "\r\n")
	answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatalf("the request in flight was lost: %v", err)
	}
	answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		t.Errorf("the request in flight: status %d", answer.StatusCode)
	}
	select {
	case err := <-s.ended:
		if err != nil {
			t.Errorf("the server ended with %v", err)
		}
		s.ended <- nil
	case <-time.After(15 * time.Second):
		t.Error("the server does not end")
	}
}

// hidden writes a portal folder with one dataset whose rows are hidden.
func hidden(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for name, content := range map[string]string{
		"dataset.json": `{"dataset_id": "hidden", "has_records": true, "fields": [{"name": "a", "type": "int"}],
			"metas": {"default": {"title": "Hidden"}}, "security": {"is_data_visible": false}}`,
		"records.jsonl": `{"a": 1}` + "\n",
	} {
		path := filepath.Join(dir, "hidden", name)
		if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}
