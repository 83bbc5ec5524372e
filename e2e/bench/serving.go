package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// serving starts the binary over a thousand datasets, then asks one of them the same thing again and again.
func serving(ctx context.Context, r *report, binary, dir string) error {
	folder, data := filepath.Join(dir, "thousand"), filepath.Join(dir, "thousand-data")
	if err := writeMany(folder, 1000); err != nil {
		return err
	}
	start := time.Now()
	if out, err := exec.CommandContext(ctx, binary, "import", "--data", data, folder).CombinedOutput(); err != nil {
		return fmt.Errorf("import: %w\n%s", err, out)
	}
	r.note("import of 1,000 small datasets", fmt.Sprintf("%.1f s", time.Since(start).Seconds()))
	start = time.Now()
	server, addr, err := serve(ctx, binary, data)
	if err != nil {
		return err
	}
	defer server.stop()
	r.figure("start with 1,000 datasets to the first answer", time.Since(start).Seconds(), 1, "s", true, "")
	r.figure("idle memory with 1,000 datasets", float64(residentOf(server.pid()))/1e6, 300, "MB", true, "")

	path := "/api/explore/v2.1/catalog/datasets/d0001/records?where=n%3E2&limit=10"
	header, _, err := get("http://" + addr + path)
	if err != nil {
		return err
	}
	again, err := hammer(addr, path, "")
	if err != nil {
		return err
	}
	r.figure("the same request again, from the cache", again, 10_000, "/s", false, "client and server share the cores")
	again, err = hammer(addr, path, "If-None-Match: "+header.Get("ETag")+"\r\n")
	if err != nil {
		return err
	}
	r.figure("the same request again, 304", again, 10_000, "/s", false, "client and server share the cores")
	return nil
}

// running is a server of the binary.
type running struct{ command *exec.Cmd }

func (s running) pid() int { return s.command.Process.Pid }

func (s running) stop() {
	s.command.Process.Signal(os.Interrupt)
	s.command.Wait()
}

// serve starts the binary over a data folder and waits, at most a minute, for its first answer.
func serve(ctx context.Context, binary, data string) (s running, addr string, err error) {
	if addr, err = freeAddress(); err != nil {
		return s, "", err
	}
	s.command = exec.CommandContext(ctx, binary, "serve", "--data", data, "--addr", addr, "--metrics-addr", "off")
	if err := s.command.Start(); err != nil {
		return s, "", err
	}
	for start := time.Now(); time.Since(start) < time.Minute; {
		if _, _, err := get("http://" + addr + "/api/explore/v2.1/catalog/datasets?limit=20"); err == nil {
			return s, addr, nil
		}
	}
	s.stop()
	return s, "", fmt.Errorf("the server does not answer")
}

// get reads an answer whole, as it is sent to who takes gzip; a status other than 200 and 204 is an error.
func get(address string) (header http.Header, body []byte, err error) {
	request, err := http.NewRequest(http.MethodGet, address, nil)
	if err != nil {
		return nil, nil, err
	}
	request.Header.Set("Accept-Encoding", "gzip")
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, nil, err
	}
	defer answer.Body.Close()
	body, err = io.ReadAll(answer.Body)
	if err == nil && answer.StatusCode != http.StatusOK && answer.StatusCode != http.StatusNoContent {
		err = fmt.Errorf("%s: %s", address, answer.Status)
	}
	return answer.Header, body, err
}

// hammer sends one request over eight connections for two seconds and gives the answers a second. The client is bare, since it shares the cores with the server.
func hammer(addr, path, header string) (float64, error) {
	request := []byte("GET " + path + " HTTP/1.1\r\nHost: " + addr + "\r\n" + header + "\r\n")
	var done atomic.Int64
	var failed atomic.Pointer[error]
	var all sync.WaitGroup
	end := time.Now().Add(2 * time.Second)
	for range 8 {
		all.Go(func() {
			if err := ask(addr, request, end, &done); err != nil {
				failed.Store(&err)
			}
		})
	}
	all.Wait()
	if err := failed.Load(); err != nil {
		return 0, *err
	}
	return float64(done.Load()) / 2, nil
}

func ask(addr string, request []byte, end time.Time, done *atomic.Int64) error {
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		return err
	}
	defer conn.Close()
	in := bufio.NewReader(conn)
	for time.Now().Before(end) {
		if _, err := conn.Write(request); err != nil {
			return err
		}
		answer, err := http.ReadResponse(in, nil)
		if err != nil {
			return err
		}
		if answer.StatusCode != http.StatusOK && answer.StatusCode != http.StatusNotModified {
			return fmt.Errorf("status %s", answer.Status)
		}
		if _, err := io.Copy(io.Discard, answer.Body); err != nil {
			return err
		}
		done.Add(1)
	}
	return nil
}

// writeMany makes a portal folder of n datasets of a hundred rows.
func writeMany(folder string, n int) error {
	type field struct {
		Name  string `json:"name"`
		Type  string `json:"type"`
		Label string `json:"label"`
	}
	var records strings.Builder
	for i := range 100 {
		fmt.Fprintf(&records, "{\"n\":%d,\"name\":\"name %d\",\"day\":\"2024-01-%02d\"}\n", i, i, 1+i%28)
	}
	for i := range n {
		dir := filepath.Join(folder, fmt.Sprintf("d%04d", i))
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return err
		}
		description, err := json.Marshal(map[string]any{
			"dataset_id": fmt.Sprintf("d%04d", i), "has_records": true,
			"fields": []field{{"n", "int", "Number"}, {"name", "text", "Name"}, {"day", "date", "Day"}},
			"metas":  map[string]any{"default": map[string]any{"title": fmt.Sprint("Dataset number ", i), "publisher": fmt.Sprint("Publisher ", i%20), "theme": []string{"Theme"}}},
		})
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(dir, "dataset.json"), description, 0o644); err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(dir, "records.jsonl"), []byte(records.String()), 0o644); err != nil {
			return err
		}
	}
	return nil
}

func freeAddress() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer l.Close()
	return l.Addr().String(), nil
}
