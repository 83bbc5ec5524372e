// Package internal_test holds the imports of every room to the order written in docs/ARCHITECTURE.md.
package internal_test

import (
	"bufio"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// row matches a row of the table of rooms: | `room` | what lives there | `a`, `b` |
var row = regexp.MustCompile("^\\| `([a-z0-9/]+)` \\|[^|]*\\|([^|]*)\\|$")
var quoted = regexp.MustCompile("`([a-z0-9/]+)`")

// rooms reads the table: each room in reading order with the rooms that it may import.
func rooms(t *testing.T) (order []string, may map[string][]string) {
	f, err := os.Open("../docs/ARCHITECTURE.md")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	may = map[string][]string{}
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		m := row.FindStringSubmatch(lines.Text())
		if m == nil {
			continue
		}
		order = append(order, m[1])
		may[m[1]] = nil
		for _, q := range quoted.FindAllStringSubmatch(m[2], -1) {
			may[m[1]] = append(may[m[1]], q[1])
		}
	}
	if len(order) < 10 {
		t.Fatalf("docs/ARCHITECTURE.md holds %d rooms: is the table still there?", len(order))
	}
	return order, may
}

func TestRoomsImportOnlyWhatTheyMay(t *testing.T) {
	order, may := rooms(t)
	for i, room := range order {
		for _, dep := range may[room] {
			if j := slices.Index(order, dep); j < 0 || j >= i {
				t.Errorf("the table lets %s import %s, which does not stand above it", room, dep)
			}
			if strings.HasPrefix(dep, room+"/") {
				t.Errorf("the table lets %s import its own sub-room %s", room, dep)
			}
		}
	}
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		room := filepath.ToSlash(filepath.Dir(path))
		allowed, known := may[room]
		if !known {
			t.Errorf("%s: the room %s has no row in docs/ARCHITECTURE.md", path, room)
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		for _, spec := range file.Imports {
			dep, ours := strings.CutPrefix(strings.Trim(spec.Path.Value, `"`), "parvis/internal/")
			if ours && !slices.Contains(allowed, dep) {
				t.Errorf("%s imports %s, which the table does not let %s do", path, dep, room)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, room := range order {
		if found, _ := filepath.Glob(room + "/*.go"); len(found) == 0 {
			t.Errorf("the table has a row for %s, but there is no such room", room)
		}
	}
}
