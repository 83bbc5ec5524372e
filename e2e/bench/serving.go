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
	if err := writeThousand(folder); err != nil {
		return err
	}
	start := time.Now()
	if out, err := exec.CommandContext(ctx, binary, "import", "--data", data, folder).CombinedOutput(); err != nil {
		return fmt.Errorf("import: %w\n%s", err, out)
	}
	r.note("import of 1,000 small datasets", fmt.Sprintf("%.1f s", time.Since(start).Seconds()))
	addr, err := freeAddress()
	if err != nil {
		return err
	}
	start = time.Now()
	server := exec.CommandContext(ctx, binary, "serve", "--data", data, "--addr", addr, "--metrics-addr", "off")
	if err := server.Start(); err != nil {
		return err
	}
	defer func() {
		server.Process.Signal(os.Interrupt)
		server.Wait()
	}()
	url := "http://" + addr + "/api/explore/v2.1/catalog/datasets?limit=20"
	for {
		if answer, err := http.Get(url); err == nil {
			_, err = io.Copy(io.Discard, answer.Body)
			answer.Body.Close()
			if err != nil {
				return err
			}
			break
		}
		if time.Since(start) > time.Minute {
			return fmt.Errorf("the server does not answer")
		}
	}
	r.figure("start with 1,000 datasets to the first answer", time.Since(start).Seconds(), 1, "s", true, "")
	r.figure("idle memory with 1,000 datasets", float64(residentOf(server.Process.Pid))/1e6, 300, "MB", true, "")

	path := "/api/explore/v2.1/catalog/datasets/d0001/records?where=n%3E2&limit=10"
	answer, err := http.Get("http://" + addr + path)
	if err != nil {
		return err
	}
	if _, err := io.Copy(io.Discard, answer.Body); err != nil {
		return err
	}
	answer.Body.Close()
	again, err := hammer(addr, path, "")
	if err != nil {
		return err
	}
	r.figure("the same request again, from the cache", again, 10_000, "/s", false, "client and server share the cores")
	again, err = hammer(addr, path, "If-None-Match: "+answer.Header.Get("ETag")+"\r\n")
	if err != nil {
		return err
	}
	r.figure("the same request again, 304", again, 10_000, "/s", false, "client and server share the cores")
	return nil
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

// writeThousand makes a portal folder of a thousand datasets of a hundred rows.
func writeThousand(folder string) error {
	type field struct {
		Name  string `json:"name"`
		Type  string `json:"type"`
		Label string `json:"label"`
	}
	var records strings.Builder
	for i := range 100 {
		fmt.Fprintf(&records, "{\"n\":%d,\"name\":\"name %d\",\"day\":\"2024-01-%02d\"}\n", i, i, 1+i%28)
	}
	for i := range 1000 {
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
