package browser_test

import (
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"
)

// workshop is a folder that the tests share, with the binary in it; it is built once.
var workshop = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "parvis-browser-")
	if err != nil {
		return "", err
	}
	shared = append(shared, func() { os.RemoveAll(dir) })
	return dir, command("go", "build", "-o", filepath.Join(dir, "parvis"), "./cmd/parvis")
})

// demo serves the demo portal in French to every test that only looks at it.
var demo = sync.OnceValues(func() (*portal, error) {
	dir, err := workshop()
	if err != nil {
		return nil, err
	}
	p, err := start(filepath.Join(dir, "demo"), []string{"demo"}, "--language", "fr")
	if err == nil {
		shared = append(shared, p.stop)
	}
	return p, err
})

// shared ends what the tests share, the last first.
var shared []func()

func TestMain(m *testing.M) {
	code := m.Run()
	for _, end := range slices.Backward(shared) {
		end()
	}
	os.Exit(code)
}

// portal is a running server.
type portal struct {
	base   string // its address
	output string // the file of what it writes to standard output
	server *exec.Cmd
	said   *os.File
}

func (p *portal) stop() {
	p.server.Process.Signal(os.Interrupt)
	p.server.Wait()
	p.said.Close()
}

// command runs a command at the root of the project.
func command(name string, args ...string) error {
	cmd := exec.Command(name, args...)
	cmd.Dir = "../.."
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s %v: %w\n%s", name, args, err, out)
	}
	return nil
}

// binary gives the path of the built binary.
func binary(t *testing.T) string {
	t.Helper()
	dir, err := workshop()
	if err != nil {
		t.Fatal(err)
	}
	return filepath.Join(dir, "parvis")
}

// serveDemo gives the address of the demo portal in French, which tests share: they change nothing in it.
func serveDemo(t *testing.T) string {
	t.Helper()
	p, err := demo()
	if err != nil {
		t.Fatal(err)
	}
	return p.base
}

// servePortal imports folders and serves them with some more flags until the test ends.
func servePortal(t *testing.T, folders []string, flags ...string) *portal {
	t.Helper()
	binary(t)
	p, err := start(t.TempDir(), folders, flags...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.stop)
	return p
}

// start imports folders into a data folder below dir and serves it.
func start(dir string, folders []string, flags ...string) (*portal, error) {
	shop, err := workshop()
	if err != nil {
		return nil, err
	}
	binary, data := filepath.Join(shop, "parvis"), filepath.Join(dir, "data")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	for _, folder := range folders {
		if err := command(binary, "import", "--data", data, folder); err != nil {
			return nil, err
		}
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	addr := listener.Addr().String()
	listener.Close()
	p := &portal{base: "http://" + addr, output: filepath.Join(dir, "output")}
	if p.said, err = os.Create(p.output); err != nil {
		return nil, err
	}
	p.server = exec.Command(binary, append([]string{"serve", "--data", data, "--addr", addr, "--metrics-addr", "off"}, flags...)...)
	p.server.Stdout, p.server.Stderr = p.said, os.Stderr
	if err := p.server.Start(); err != nil {
		return nil, err
	}
	for deadline := time.Now().Add(20 * time.Second); ; {
		if answer, err := http.Get(p.base + "/explore/"); err == nil {
			answer.Body.Close()
			return p, nil
		}
		if time.Now().After(deadline) {
			p.stop()
			return nil, fmt.Errorf("the server does not answer within 20 s")
		}
		<-time.After(50 * time.Millisecond)
	}
}
