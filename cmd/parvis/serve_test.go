package main

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
)

// serving runs "parvis serve" in this process; stop asks it to end, and ended gives its exit status.
func serving(t *testing.T, data string, args ...string) (url string, stop func(), ended <-chan int) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	reader, writer := io.Pipe()
	status := make(chan int, 1)
	p := process{args: append([]string{"serve", "--data", data, "--addr", "127.0.0.1:0"}, args...), env: environment(nil), out: writer, err: t.Output()}
	go func() {
		status <- p.run(ctx)
		writer.Close()
	}()
	line, err := bufio.NewReader(reader).ReadString('\n')
	_, url, found := strings.Cut(strings.TrimSpace(line), "listens on ")
	if err != nil || !found {
		cancel()
		t.Fatalf("the server says %q, %v, and ends with %d", line, err, <-status)
	}
	return url, cancel, status
}

// A download that is under way when the server is told to end comes whole.
func TestDownloadsOutliveTheSignal(t *testing.T) {
	t.Chdir(t.TempDir())
	const rows = 600_000 // more than the sockets' buffers hold
	data := published(t, rows)
	status, secret, errout := runLine(t, "apikey", "create", "--label", "test", "--data", data)
	if status != 0 {
		t.Fatal(errout)
	}
	url, stop, ended := serving(t, data, "--metrics-addr", "off")
	defer stop()
	download := func(path string) *http.Response {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url+"/api/explore/v2.1/catalog/datasets/towns"+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", "Apikey "+strings.TrimSpace(secret))
		r.Header.Set("Accept-Encoding", "identity")
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		return answer
	}
	answer := download("/exports/jsonl")
	defer answer.Body.Close()
	lines := bufio.NewScanner(answer.Body)
	if !lines.Scan() || answer.StatusCode != http.StatusOK {
		t.Fatalf("status %d, %q", answer.StatusCode, lines.Text())
	}
	stop()
	n := 1
	for lines.Scan() {
		n++
	}
	if err := lines.Err(); err != nil || n != rows {
		t.Errorf("%d of %d rows came, %v", n, rows, err)
	}
	if status := <-ended; status != 0 {
		t.Errorf("the server ended with status %d", status)
	}
}

func TestListenersThatAreTaken(t *testing.T) {
	t.Chdir(t.TempDir())
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	addr := taken.Addr().String()
	for flag, args := range map[string][]string{
		"--addr":         {"--addr", addr, "--metrics-addr", "off"},
		"--metrics-addr": {"--addr", "127.0.0.1:0", "--metrics-addr", addr},
	} {
		status, _, errout := runLine(t, append([]string{"serve", "--data", t.TempDir()}, args...)...)
		if status != 1 || !strings.Contains(errout, flag) || !strings.Contains(errout, addr) {
			t.Errorf("%s taken: status %d, %s", flag, status, errout)
		}
	}
	// The default of the metrics, which another portal on the machine may hold, is no reason not to serve.
	other, err := net.Listen("tcp", "127.0.0.1:9180")
	if err == nil {
		defer other.Close()
	}
	_, stop, ended := serving(t, t.TempDir())
	stop()
	if status := <-ended; status != 0 {
		t.Errorf("the server ended with status %d", status)
	}
}
