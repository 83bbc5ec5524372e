package privacy

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// builders gives the places of a file where it builds a cookie by other means than this room.
func builders(t *testing.T, name string, source any) []string {
	t.Helper()
	set := token.NewFileSet()
	file, err := parser.ParseFile(set, name, source, 0)
	if err != nil {
		t.Logf("%s cannot be read: %v", name, err) // its own build says so
		return nil
	}
	cookie := func(e ast.Expr) bool {
		lit, ok := e.(*ast.BasicLit)
		if !ok || lit.Kind != token.STRING {
			return false
		}
		s, err := strconv.Unquote(lit.Value)
		return err == nil && (strings.EqualFold(s, "Set-Cookie") || strings.EqualFold(s, "Set-Cookie2"))
	}
	of := func(e ast.Expr, name string) bool {
		sel, ok := e.(*ast.SelectorExpr)
		if !ok || sel.Sel.Name != name {
			return false
		}
		pack, ok := sel.X.(*ast.Ident)
		return ok && pack.Name == "http"
	}
	var out []string
	found := func(n ast.Node) { out = append(out, set.Position(n.Pos()).String()) }
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.SelectorExpr:
			if of(n, "SetCookie") {
				found(n)
			}
		case *ast.CompositeLit:
			if of(n.Type, "Cookie") {
				found(n)
			}
			for _, e := range n.Elts { // http.Header{"Set-Cookie": …}
				if pair, ok := e.(*ast.KeyValueExpr); ok && cookie(pair.Key) {
					found(n)
				}
			}
		case *ast.CallExpr:
			if sel, ok := n.Fun.(*ast.SelectorExpr); ok && (sel.Sel.Name == "Set" || sel.Sel.Name == "Add") && len(n.Args) > 0 && cookie(n.Args[0]) {
				found(n)
			}
			if name, ok := n.Fun.(*ast.Ident); ok && name.Name == "new" && len(n.Args) == 1 && of(n.Args[0], "Cookie") {
				found(n)
			}
		case *ast.AssignStmt:
			for _, left := range n.Lhs {
				if index, ok := left.(*ast.IndexExpr); ok && cookie(index.Index) {
					found(n)
				}
			}
		}
		return true
	})
	return out
}

// TestOnlyThisRoomBuildsCookies reads the source of the whole portal.
func TestOnlyThisRoomBuildsCookies(t *testing.T) {
	files := 0
	for _, root := range []string{"..", "../../cmd"} {
		err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") || strings.HasPrefix(filepath.ToSlash(path), "../privacy/") {
				return err
			}
			files++
			for _, place := range builders(t, path, nil) {
				t.Errorf("%s builds a cookie: privacy.Registry.Set is the only way", place)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if files < 100 {
		t.Fatalf("only %d files read: does the walk still see the portal?", files)
	}
}

func TestBuildersAreFound(t *testing.T) {
	for _, line := range []string{
		`http.SetCookie(w, c)`, `f(http.SetCookie)`, `c := &http.Cookie{Name: "x"}`, `c := new(http.Cookie)`, `w.Header().Set("Set-Cookie", "x")`, "h.Add(`set-cookie`, x)",
		`h["Set-Cookie"] = nil`, `h = http.Header{"SET-COOKIE": {"x"}}`,
	} {
		if len(builders(t, "x.go", "package x\nfunc y() {\n"+line+"\n}")) == 0 {
			t.Errorf("%s is not found", line)
		}
	}
	for _, line := range []string{`r.Cookie("x")`, `h.Del("Set-Cookie")`, `_, ok := h["Set-Cookie"]`, `registry.Set(w, privacy.Session, x)`} {
		if found := builders(t, "x.go", "package x\nfunc y() {\n"+line+"\n}"); len(found) > 0 {
			t.Errorf("%s is found", line)
		}
	}
}

// storage finds what a page's script could store by itself.
var storage = regexp.MustCompile(`document\s*\.\s*cookie|localStorage|sessionStorage|indexedDB|cookieStore|\bcaches\s*[.\[]|serviceWorker|window\s*\.\s*name\s*=|sendBeacon|\bping\s*=`)

// TestPagesStoreNothingByThemselves reads every script and template that the portal ships.
func TestPagesStoreNothingByThemselves(t *testing.T) {
	files := 0
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		switch filepath.Ext(path) {
		case ".js", ".mjs", ".html", ".svg", ".css":
		default:
			return nil
		}
		if strings.Contains(filepath.ToSlash(path), "/testdata/") {
			return nil
		}
		files++
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if found := storage.Find(text); found != nil {
			t.Errorf("%s holds %q: a page stores nothing by itself", path, found)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if files < 10 {
		t.Fatalf("only %d files read: does the walk still see the pages?", files)
	}
	for _, bad := range []string{"document.cookie='x'", "window.localStorage.x=1", "caches.open('x')", "navigator.serviceWorker.register('/x')", `<a ping="/x">`} {
		if !storage.MatchString(bad) {
			t.Errorf("%s is not found", bad)
		}
	}
}
